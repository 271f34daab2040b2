//! How long logs are kept, and which of them go where.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by};
use crate::plan::google::logging;
use crate::plan::model::{LogBucketPath, LogSink, LogTarget, OwnLogBucket, Plan};

#[derive(Template)]
#[template(path = "gcloud/log-sinks.sh.j2")]
struct Section<'a> {
    default_bucket: &'static str,
    default_location: &'static str,
    /// Days of the project's own log bucket.
    retention: Option<u32>,
    sinks: Vec<SinkView<'a>>,
}

struct SinkView<'a> {
    name: &'a str,
    destination: String,
    filter: &'a str,
    /// Whether entries go into tables of BigQuery.
    tables: bool,
    /// The log bucket that is made for it.
    own: Option<&'a OwnLogBucket>,
}

/// Whether something is said about logs.
pub(super) fn any(plan: &Plan) -> bool {
    plan.log_retention.is_some() || !plan.log_sinks.is_empty()
}

/// Whether entries go into tables of BigQuery.
pub(super) fn tables(plan: &Plan) -> bool {
    let mut sinks = plan.log_sinks.iter();
    sinks.any(|sink| matches!(sink.to, LogTarget::Dataset(_)))
}

/// The kinds that are read.
pub(super) fn kinds(plan: &Plan) -> Vec<&'static str> {
    let own = |sink: &LogSink| sink.to.own().is_some();
    let buckets = plan.log_retention.is_some() || plan.log_sinks.iter().any(own);
    let kinds = [
        (buckets, "logging buckets"),
        (!plan.log_sinks.is_empty(), "logging sinks"),
    ];
    let there = kinds.into_iter().filter(|(there, _)| *there);
    there.map(|(_, kind)| kind).collect()
}

/// Adds the steps.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    if !any(plan) {
        return;
    }
    script.section(&Section {
        default_bucket: logging::DEFAULT_BUCKET,
        default_location: logging::DEFAULT_LOCATION,
        retention: plan.log_retention.map(Into::into),
        sinks: plan.log_sinks.iter().map(view).collect(),
    });
}

fn view(sink: &LogSink) -> SinkView<'_> {
    let LogSink {
        name,
        filter,
        to,
        // A refusal of Terraform's own.
        deletion_protection: _,
    } = sink;
    SinkView {
        name,
        destination: to.destination(),
        filter,
        tables: matches!(to, LogTarget::Dataset(_)),
        own: to.own(),
    }
}

/// How a fact of the project's own log bucket is read.
pub(super) fn retention(name: &str) -> Option<Reading> {
    let found = format!("{} {}", logging::DEFAULT_BUCKET, logging::DEFAULT_LOCATION);
    (name == "retention").then_some(())?;
    by(["log_kept", &found])
}

/// How a fact of a sink is read.
pub(super) fn reading(plan: &Plan, sink: &str, name: &str) -> Option<Reading> {
    let found = plan.log_sinks.iter().find(|one| one.name == sink)?;
    let kind = "logging sinks";
    match name {
        "destination" => by(["sinks_into", sink]),
        "filter" => by(["setting", kind, sink, "--log-filter", "none"]),
        "enabled" => by(["sinks_at_all", sink]),
        "exclusions" => by(["set_of", kind, sink, "--exclusion", "none"]),
        "identity" => by(["sink_identity", sink]),
        "retention" => {
            let LogBucketPath { location, id, .. } = &found.to.own()?.path;
            by(["log_kept", &format!("{id} {location}")])
        }
        // A refusal of Terraform's own.
        "deletion_protection" => Some(Reading::Nowhere),
        _ => None,
    }
}
