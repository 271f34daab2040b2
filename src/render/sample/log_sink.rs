//! Log sinks of the sample.

use std::num::NonZero;

use super::{PROJECT, REGION};
use crate::plan::google::logging;
use crate::plan::model::{DatasetPath, LogBucketPath, LogSink, LogTarget, OwnLogBucket, TopicPath};

pub(super) fn log_sinks() -> Vec<LogSink> {
    let path = |project: &str, location: &str, id: &str| LogBucketPath {
        project: project.to_owned(),
        location: location.to_owned(),
        id: id.to_owned(),
    };
    let sink = |name: &str, filter: &str, to| LogSink {
        name: name.to_owned(),
        filter: filter.to_owned(),
        to,
        deletion_protection: true,
    };
    let own = LogTarget::Own(OwnLogBucket {
        path: path(PROJECT, REGION, "audit"),
        days: NonZero::<u32>::MIN,
        locked: true,
    });
    let topic = TopicPath {
        project: PROJECT.to_owned(),
        id: "orders".to_owned(),
    };
    vec![
        sink("audit", logging::AUDIT_LOGS, own),
        sink(
            "analysts",
            "severity >= INFO",
            LogTarget::Dataset(DatasetPath {
                project: "acme-data".to_owned(),
                id: "logs".to_owned(),
            }),
        ),
        sink(
            "files",
            "severity >= ERROR",
            LogTarget::Bucket("acme-files".to_owned()),
        ),
        sink(
            "security",
            logging::AUDIT_LOGS,
            LogTarget::LogBucket(path("acme-security", "eu", "audit")),
        ),
        sink(
            "siem",
            "jsonPayload.text = \"it's ${x} `$(y)`\"",
            LogTarget::Topic(topic),
        ),
    ]
}
