//! How long logs are kept, and which of them go where.

use askama::Template;

use super::datasets;
use super::filters;
use super::messages;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::google::logging;
use crate::plan::model::{Bucket, LogSink, LogTarget, OwnLogBucket};
use crate::proof::{self, Waiver};
use crate::render::quote::hcl::Hcl;

#[derive(Template)]
#[template(path = "terraform/log-sinks.tf.j2")]
struct File<'a> {
    project: Expr,
    default_bucket: &'static str,
    default_location: &'static str,
    /// Days of the project's own log bucket.
    retention: Option<u32>,
    sinks: Vec<SinkView<'a>>,
}

struct SinkView<'a> {
    local: &'a str,
    destination: Expr,
    filter: &'a str,
    /// The log bucket that is made for it.
    own: Option<&'a OwnLogBucket>,
    /// Whether entries go into tables of BigQuery.
    tables: bool,
    protected: bool,
    waiver: Option<Waiver>,
}

/// Adds them.
pub(super) fn add(module: &mut Module<'_>) {
    let plan = module.plan;
    let file = File {
        project: module.project(logging::API),
        default_bucket: logging::DEFAULT_BUCKET,
        default_location: logging::DEFAULT_LOCATION,
        retention: plan.log_retention.map(Into::into),
        sinks: (plan.log_sinks.iter())
            .map(|sink| view(module, sink))
            .collect(),
    };
    let summary = "Logs: how long they are kept, and which of them go where.";
    module.add("log-sinks.tf", summary, &file);
}

fn view<'a>(module: &Module<'a>, sink: &'a LogSink) -> SinkView<'a> {
    let LogSink {
        name,
        filter,
        to,
        deletion_protection,
    } = sink;
    SinkView {
        local: name,
        destination: destination(module, name, to),
        filter,
        own: to.own(),
        tables: matches!(to, LogTarget::Dataset(_)),
        protected: *deletion_protection,
        waiver: made_bucket(module, to).map(|_| proof::SINK_BUCKET),
    }
}

/// The bucket that entries go to, where it is made here.
fn made_bucket<'a>(module: &Module<'a>, to: &LogTarget) -> Option<&'a Bucket> {
    let LogTarget::Bucket(name) = to else {
        return None;
    };
    module.index.bucket(name).filter(|one| !one.existing)
}

/// Where the entries go: as a reference where this stage makes it.
fn destination(module: &Module<'_>, sink: &str, to: &LogTarget) -> Expr {
    let made = match to {
        LogTarget::Own(_) => {
            let kind = "google_logging_project_bucket_config";
            Some(("logging", reference(kind, sink, "id")))
        }
        LogTarget::LogBucket(_) => None,
        LogTarget::Dataset(path) => datasets::made(module, path, "id").map(|id| ("bigquery", id)),
        LogTarget::Bucket(_) => made_bucket(module, to).map(|one| {
            let name = reference("google_storage_bucket", &one.name, "name");
            ("storage", name)
        }),
        LogTarget::Topic(topic) => messages::made(module, &topic.project, &topic.id)
            .map(|local| ("pubsub", reference("google_pubsub_topic", local, "id"))),
    };
    made.map_or_else(
        || Expr(to.destination().hcl().0),
        |(api, Expr(made))| Expr(format!("\"{api}.googleapis.com/${{{made}}}\"")),
    )
}
