//! Log sinks: which entries of the logs are kept where, and for how long.

use std::num::NonZero;

use crate::blueprint::schema;
use crate::blueprint::units::Duration;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{logging, roles};
use crate::plan::model::{
    Condition, DatasetPath, LogBucketPath, LogSink, LogTarget, OwnLogBucket, Resource,
};
use crate::rules;

use super::context::Context;
use super::grants::Grants;
use super::lies;

/// The log sinks of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>, grants: &mut Grants) -> Vec<LogSink> {
    let blueprint = cx.blueprint;
    let all = blueprint.log_sinks.iter();
    all.filter_map(|(name, written)| sink(cx, name, written, grants))
        .collect()
}

/// Days for which the project's own log bucket keeps what it holds; `None`: it is left as it is.
pub(super) fn retention(cx: &mut Context<'_>) -> Option<NonZero<u32>> {
    let written = cx.blueprint.governance.as_ref()?.log_retention?;
    Some(days(
        cx,
        &Key::of(&["governance", "log_retention"]),
        written,
    ))
}

fn sink(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::LogSink,
    grants: &mut Grants,
) -> Option<LogSink> {
    let key = Key::of(&["log_sinks", name]);
    let at = Place::Key(key.clone());
    cx.check_name(Kind::Own, name, "a log sink's name", &at);
    let filter = filter(cx, &key.then("filter"), written.filter.as_ref());
    let to = match &written.to {
        None => own(cx, &key, name, written),
        Some(to) => {
            idle(cx, &key, written);
            target(cx, &key.then("to"), name, to)
        }
    };
    let to = to?;
    granted(cx, &key, &to, grants);
    let retiring = written.retire == Some(true);
    Some(LogSink {
        name: name.to_owned(),
        filter,
        to,
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
    })
}

/// A log bucket of its own.
fn own(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    written: &schema::LogSink,
) -> Option<LogTarget> {
    let Some(retention) = written.retention else {
        cx.missing(key, "retention", "how long its log bucket keeps an entry");
        return None;
    };
    Some(LogTarget::Own(OwnLogBucket {
        path: LogBucketPath {
            project: cx.project.id.clone(),
            location: cx.project.region.clone(),
            id: name.to_owned(),
        },
        days: days(cx, &key.then("retention"), retention),
        locked: written.locked == Some(true),
    }))
}

/// Keys of a log bucket that is not this sink's.
fn idle(cx: &mut Context<'_>, key: &Key, written: &schema::LogSink) {
    let keys = [
        ("retention", written.retention.is_some()),
        ("locked", written.locked.is_some()),
    ];
    for (name, _) in keys.into_iter().filter(|(_, written)| *written) {
        cx.report(
            rules::LOG_RETENTION_IDLE,
            format!("`{name}` of `{key}` changes nothing"),
            &Place::Key(key.then(name)),
            "of a log bucket of its own alone",
        )
        .and(&Place::Value(key.then("to")), "the entries go there")
        .help("leave it out: what they go into says how long it keeps them");
    }
}

/// A retention in days, at that key.
fn days(cx: &mut Context<'_>, key: &Key, written: Duration) -> NonZero<u32> {
    let days = cx.whole_days("a retention", key, written, logging::RETENTION_MAX_DAYS);
    // Something is kept, whatever the number was meant to be.
    days.unwrap_or(NonZero::<u32>::MIN)
}

/// Which entries are taken: the audit logs where nothing is written.
fn filter(cx: &mut Context<'_>, key: &Key, written: Option<&String>) -> String {
    let Some(filter) = written else {
        return logging::AUDIT_LOGS.to_owned();
    };
    let length = filter.chars().count();
    let problem = if filter.trim().is_empty() {
        "takes every entry: say so with `severity >= DEFAULT`".to_owned()
    } else if filter.chars().any(char::is_control) {
        "holds a line break or another control character".to_owned()
    } else if length > logging::FILTER_MAX {
        let most = logging::FILTER_MAX;
        format!("has {length} characters, and Cloud Logging takes {most}")
    } else {
        return filter.clone();
    };
    cx.report(
        rules::LOG_FILTER_INVALID,
        format!("`{key}` is no filter"),
        &Place::Value(key.clone()),
        problem,
    )
    .help("write for instance `resource.type = \"http_load_balancer\" AND severity >= WARNING`, in one line");
    filter.clone()
}

/// Where entries go, by what is written.
fn target(cx: &mut Context<'_>, key: &Key, sink: &str, to: &str) -> Option<LogTarget> {
    let part = |name: &str| Place::Part(key.clone(), name.to_owned());
    if let Some(name) = to.strip_prefix("buckets.") {
        let all = &cx.blueprint.buckets;
        cx.named(rules::BUCKET_UNKNOWN, "bucket", name, all, || part(name))?;
        // One that is named wrongly has its own finding.
        return Some(LogTarget::Bucket(lies::bucket(cx, name)?.id));
    }
    if let Some(name) = to.strip_prefix("topics.") {
        let all = &cx.blueprint.topics;
        cx.named(rules::TOPIC_UNKNOWN, "topic", name, all, || part(name))?;
        return Some(LogTarget::Topic(lies::topic(cx, name)?.topic()));
    }
    if let Some(name) = to.strip_prefix("datasets.") {
        let all = &cx.blueprint.datasets;
        cx.named(rules::DATASET_UNKNOWN, "dataset", name, all, || part(name))?;
        let (path, _) = lies::dataset(cx, name)?;
        return Some(LogTarget::Dataset(path));
    }
    let dataset = lies::named(to, "bigquery", ["projects", "datasets"]);
    let dataset = dataset
        .filter(|[project, id]| Kind::ProjectId.accepts(project) && Kind::Dataset.accepts(id));
    if let Some([project, id]) = dataset {
        return Some(LogTarget::Dataset(DatasetPath {
            project: project.to_owned(),
            id: id.to_owned(),
        }));
    }
    let kinds = ["projects", "locations", "buckets"];
    let takes = [Kind::ProjectId, Kind::Compute, Kind::LogBucket];
    let path = lies::named(to, "logging", kinds)
        .filter(|path| takes.iter().zip(path).all(|(kind, id)| kind.accepts(id)));
    if let Some([project, location, id]) = path {
        if [project, location, id] == [&cx.project.id, &cx.project.region, sink] {
            cx.report(
                rules::LOG_TARGET_INVALID,
                format!("`{id}` is how a log bucket of its own would be called"),
                &Place::Value(key.clone()),
                "cannot be told from one that is made for the sink",
            )
            .help("give the sink another name than the log bucket, or have it made by leaving `to` out");
        }
        return Some(LogTarget::LogBucket(LogBucketPath {
            project: project.to_owned(),
            location: location.to_owned(),
            id: id.to_owned(),
        }));
    }
    let place = Place::Value(key.clone());
    let finding = cx.report(
        rules::LOG_TARGET_INVALID,
        format!("`{}` is nothing that logs can go to", to.escape_debug()),
        &place,
        "takes `buckets.NAME`, `topics.NAME`, `datasets.NAME`, or the full name of a log bucket or a dataset",
    );
    finding.help("a log bucket is `projects/PROJECT/locations/LOCATION/buckets/NAME`, a dataset `//bigquery.googleapis.com/projects/PROJECT/datasets/NAME`; without `to`, a log bucket is made");
    None
}

/// What Cloud Logging's agent needs to write there.
fn granted(cx: &Context<'_>, key: &Key, to: &LogTarget, grants: &mut Grants) {
    if !to.is_written_as_agent(&cx.project.id) {
        return;
    }
    let agent = cx.agent(logging::API, logging::AGENT);
    let cause = key.then("to");
    let (on, role, condition) = match to {
        LogTarget::Own(_) => return,
        LogTarget::Bucket(name) => {
            let lies = super::bucket::by_its_name(cx, name);
            (lies.bucket(), roles::STORAGE_CREATOR, None)
        }
        LogTarget::Topic(topic) => (topic.resource(), roles::PUBSUB_PUBLISHER, None),
        LogTarget::Dataset(dataset) => (dataset.resource(), roles::BIGQUERY_DATA_EDITOR, None),
        // A log bucket has no policy of its own
        // (<https://cloud.google.com/logging/docs/export/configure_export_v2#dest-auth>).
        LogTarget::LogBucket(bucket) => {
            let LogBucketPath {
                project,
                location,
                id,
            } = bucket;
            let on = Resource::Project {
                project: project.clone(),
            };
            let condition = Condition {
                title: format!("only-log-bucket-{id}-in-{location}"),
                expression: format!(
                    "resource.name.endsWith(\"/locations/{location}/buckets/{id}\")"
                ),
            };
            (on, roles::LOG_BUCKET_WRITER, Some(condition))
        }
    };
    grants.add(on, role, agent, condition, &cause);
}

#[cfg(test)]
mod tests {
    use crate::plan::model::{LogTarget, OwnLogBucket, Plan, Resource};
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    /// The errors of a blueprint with these lines in a log sink.
    fn errors(lines: &str) -> Vec<&'static str> {
        resolve(&[INTERNAL, "[log_sinks.audit]\n", lines]).errors
    }

    #[test]
    fn a_log_bucket_of_its_own_keeps_for_whole_days() {
        for fine in ["1d", "24h", "3650d"] {
            let lines = format!("retention = \"{fine}\"");
            assert!(errors(&lines).is_empty(), "{fine}");
        }
        for wrong in ["0d", "36h", "3651d"] {
            let lines = format!("retention = \"{wrong}\"");
            assert_eq!(errors(&lines), ["out-of-range"], "{wrong}");
            let lines = format!("[governance]\nlog_retention = \"{wrong}\"");
            assert_eq!(resolve(&[INTERNAL, &lines]).errors, ["out-of-range"]);
        }
        assert_eq!(errors(""), ["missing-key"]);
        assert_eq!(errors("locked = true"), ["missing-key"]);
    }

    #[test]
    fn a_target_is_named_as_it_is() {
        let to = |to: &str| errors(&format!("to = \"{to}\"\n[buckets.kept]\n[topics.siem]"));
        for fine in [
            "buckets.kept",
            "topics.siem",
            "projects/acme-security/locations/eu/buckets/audit",
            "projects/acme-security/locations/global/buckets/_Default",
            "//logging.googleapis.com/projects/acme-security/locations/eu/buckets/audit",
            "//bigquery.googleapis.com/projects/acme-data/datasets/logs_1",
            "projects/shop-prod/datasets/logs",
        ] {
            assert!(to(fine).is_empty(), "{fine}");
        }
        for (wrong, code) in [
            ("buckets.keep", "bucket-unknown"),
            ("topics.kept", "topic-unknown"),
            ("kept", "log-target-invalid"),
            ("projects/acme-security/buckets/audit", "log-target-invalid"),
            ("projects/acme-data/datasets/my-logs", "log-target-invalid"),
            ("projects/x/datasets/logs", "log-target-invalid"),
            (
                "//bigquery.googleapis.com/projects/acme-data/datasets/a/tables/b",
                "log-target-invalid",
            ),
            (
                "projects/acme-security/locations/eu/buckets/a$(b)",
                "log-target-invalid",
            ),
            (
                "projects/x/locations/eu/buckets/audit",
                "log-target-invalid",
            ),
            ("services.orders", "log-target-invalid"),
        ] {
            assert_eq!(to(wrong), [code], "{wrong}");
        }
        let both = "to = \"topics.siem\"\nretention = \"1d\"\nlocked = true\n[topics.siem]";
        assert_eq!(errors(both), ["log-retention-idle"; 2]);
    }

    #[test]
    fn a_filter_is_one_line_that_asks_for_something() {
        let filter = |filter: &str| errors(&format!("retention = \"1d\"\nfilter = \"{filter}\""));
        assert!(filter("severity >= ERROR").is_empty());
        assert!(filter(&"a".repeat(20_000)).is_empty());
        for wrong in ["", " ", "a\\nb", &"a".repeat(20_001)] {
            assert_eq!(filter(wrong), ["log-filter-invalid"]);
        }
    }

    fn granted(plan: &Plan) -> Vec<(&Resource, &str, Option<&str>)> {
        let grants = plan.grants.iter();
        let of_agent = grants.filter(|grant| grant.to.in_short("").starts_with("agent of logging"));
        of_agent
            .map(|grant| {
                let condition = grant.condition.as_ref();
                let condition = condition.map(|condition| condition.expression.as_str());
                (&grant.on, grant.role.as_str(), condition)
            })
            .collect()
    }

    #[test]
    fn the_agent_may_write_into_what_is_not_a_log_bucket_of_this_project() {
        let own = resolve(&[INTERNAL, "[log_sinks.audit]\nretention = \"1d\"\n"]);
        let plan = own.plan();
        assert!(granted(plan).is_empty());
        assert!(matches!(
            plan.log_sinks[0].to,
            LogTarget::Own(OwnLogBucket { locked: false, .. })
        ));
        let project = plan.project.id.clone();
        let here =
            format!("[log_sinks.audit]\nto = \"projects/{project}/locations/eu/buckets/audit\"\n");
        assert!(granted(resolve(&[INTERNAL, &here]).plan()).is_empty());

        let there =
            "[log_sinks.audit]\nto = \"projects/acme-security/locations/eu/buckets/audit\"\n";
        let resolved = resolve(&[INTERNAL, there]);
        let [(on, role, condition)] = granted(resolved.plan())[..] else {
            panic!("one grant");
        };
        assert_eq!(
            on.full_name(),
            "//cloudresourcemanager.googleapis.com/projects/acme-security"
        );
        assert_eq!(role, "roles/logging.bucketWriter");
        let only = "resource.name.endsWith(\"/locations/eu/buckets/audit\")";
        assert_eq!(condition, Some(only));

        let bucket = "[log_sinks.audit]\nto = \"buckets.kept\"\n[buckets.kept]\nexisting = \"projects/acme-data/buckets/acme-kept\"\n";
        let resolved = resolve(&[INTERNAL, bucket]);
        let [(on, role, None)] = granted(resolved.plan())[..] else {
            panic!("one grant without a condition");
        };
        assert_eq!(
            (on.project(), role),
            ("acme-data", "roles/storage.objectCreator")
        );
    }
}
