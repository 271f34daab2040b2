//! Log sinks: which entries of the logs go where.

use std::num::NonZero;

use super::{DatasetPath, TopicPath};

/// What the facts call a log bucket that is made for a sink, before its location.
pub const OWN_LOG_BUCKET: &str = "own log bucket in ";

/// A log sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSink {
    /// Its name.
    pub name: String,
    /// Which entries it takes, in the query language of Cloud Logging.
    pub filter: String,
    /// Where they go.
    pub to: LogTarget,
    /// Whether Terraform refuses to delete it and its log bucket.
    pub deletion_protection: bool,
}

/// Where entries of logs go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogTarget {
    /// Into a log bucket that is made for the sink and called like it.
    Own(OwnLogBucket),
    /// Into a log bucket that exists already.
    LogBucket(LogBucketPath),
    /// Into a bucket of Cloud Storage, by its name there.
    Bucket(String),
    /// Onto a topic.
    Topic(TopicPath),
    /// Into tables of a dataset of BigQuery, one for each log, each divided by days.
    Dataset(DatasetPath),
}

/// A log bucket that is made for a sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnLogBucket {
    /// What it is and where.
    pub path: LogBucketPath,
    /// Days for which it keeps an entry.
    pub days: NonZero<u32>,
    /// Whether nobody can change that any longer.
    pub locked: bool,
}

/// A log bucket by its full name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogBucketPath {
    /// The project's id.
    pub project: String,
    /// The location.
    pub location: String,
    /// Its id there.
    pub id: String,
}

impl LogBucketPath {
    /// Its full name: `projects/P/locations/L/buckets/B`.
    #[must_use]
    pub fn path(&self) -> String {
        let Self {
            project,
            location,
            id,
        } = self;
        format!("projects/{project}/locations/{location}/buckets/{id}")
    }
}

impl LogTarget {
    /// The log bucket that is made for the sink.
    #[must_use]
    pub fn own(&self) -> Option<&OwnLogBucket> {
        match self {
            Self::Own(own) => Some(own),
            Self::LogBucket(_) | Self::Bucket(_) | Self::Topic(_) | Self::Dataset(_) => None,
        }
    }

    /// As a sink names it (<https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks#LogSink>).
    #[must_use]
    pub fn destination(&self) -> String {
        match self {
            Self::Own(OwnLogBucket { path: bucket, .. }) | Self::LogBucket(bucket) => {
                format!("logging.googleapis.com/{}", bucket.path())
            }
            Self::Bucket(bucket) => format!("storage.googleapis.com/{bucket}"),
            Self::Topic(topic) => format!("pubsub.googleapis.com/{}", topic.path()),
            Self::Dataset(dataset) => format!("bigquery.googleapis.com/{}", dataset.path()),
        }
    }

    /// What the facts of a project with that id call it: `own log bucket in europe-west1`, `bucket acme-archive`.
    #[must_use]
    pub fn in_short(&self, home: &str) -> String {
        match self {
            Self::Own(own) => format!("{OWN_LOG_BUCKET}{}", own.path.location),
            Self::LogBucket(LogBucketPath {
                project,
                location,
                id,
            }) if project == home => format!("log bucket {id} in {location}"),
            Self::LogBucket(LogBucketPath {
                project,
                location,
                id,
            }) => format!("log bucket {id} in {location} of {project}"),
            Self::Bucket(bucket) => format!("bucket {bucket}"),
            Self::Topic(topic) => format!("topic {}", topic.in_short(home)),
            Self::Dataset(DatasetPath { project, id }) if project == home => {
                format!("dataset {id}")
            }
            Self::Dataset(DatasetPath { project, id }) => format!("dataset {id} in {project}"),
        }
    }

    /// Whether Cloud Logging writes there as its agent: into a log bucket of the same project it needs no right.
    #[must_use]
    pub fn is_written_as_agent(&self, home: &str) -> bool {
        match self {
            Self::Own(_) => false,
            Self::LogBucket(bucket) => bucket.project != home,
            Self::Bucket(_) | Self::Topic(_) | Self::Dataset(_) => true,
        }
    }
}
