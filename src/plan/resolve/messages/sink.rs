//! What Pub/Sub writes messages to by itself, with what its agent needs for it.

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{pubsub, roles};
use crate::plan::model::{Resource, Sink};
use crate::plan::resolve::context::Context;
use crate::plan::resolve::grants::Grants;
use crate::plan::resolve::lies;
use crate::plan::resolve::workload::grant_resource;
use crate::rules;

use super::{agent, seconds};

/// The ways by which a subscription hands messages over where nobody pulls: their keys, and what they do.
fn ways(written: &schema::Subscription) -> impl Iterator<Item = (&'static str, &'static str)> {
    let ways = [
        ("target", "pushes", written.target.is_some()),
        ("bigquery", "writes", written.bigquery.is_some()),
        ("storage", "writes", written.storage.is_some()),
    ];
    let there = ways.into_iter().filter(|(_, _, there)| *there);
    there.map(|(key, does, _)| (key, does))
}

/// The first of these ways.
pub(super) fn way(written: &schema::Subscription) -> Option<(&'static str, &'static str)> {
    ways(written).next()
}

/// What a subscription writes to.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Subscription,
    grants: &mut Grants,
) -> Option<Sink> {
    let ways: Vec<&str> = ways(written).map(|(way, _)| way).collect();
    if let [first, second, ..] = ways.as_slice() {
        cx.report(
            rules::SUBSCRIPTION_GOES_TWICE,
            format!("`{key}` has `{first}` and `{second}`"),
            &Place::Key(key.then(second)),
            "each message goes one way",
        )
        .and(&Place::Key(key.then(first)), "its messages go there")
        .help(format!(
            "write a second subscription of the same topic, with `{second}`"
        ));
        return None;
    }
    let bigquery = written.bigquery.as_ref();
    let table = bigquery.and_then(|written| table(cx, &key.then("bigquery"), written, grants));
    let storage = written.storage.as_ref();
    table.or_else(|| storage.and_then(|written| files(cx, &key.then("storage"), written, grants)))
}

fn table(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::BigQuery,
    grants: &mut Grants,
) -> Option<Sink> {
    let place = key.then("table");
    let Some(name) = &written.table else {
        cx.missing(key, "table", "the table's full name");
        return None;
    };
    let found = grant_resource(cx, name);
    let found = found.filter(|on| matches!(on, Resource::Table { .. }));
    let Some((on, (_, path))) = found.and_then(|on| Some((on.clone(), on.in_sql()?))) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{key}` does not name a table"),
            &Place::Value(place),
            "not a table's full name",
        )
        .help("write `datasets.NAME.TABLE`, or `//bigquery.googleapis.com/projects/PROJECT/datasets/DATASET/tables/TABLE`");
        return None;
    };
    let role = roles::BIGQUERY_DATA_EDITOR;
    grants.add(on, role, agent(cx), None, &place);
    Some(Sink::Table {
        path,
        by_column: written.use_table_schema.unwrap_or(false),
        metadata: written.write_metadata.unwrap_or(false),
    })
}

fn files(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Storage,
    grants: &mut Grants,
) -> Option<Sink> {
    let place = key.then("bucket");
    let duration = duration(cx, key, written);
    if let Some(prefix) = &written.prefix {
        let at = Place::Value(key.then("prefix"));
        cx.check_name(Kind::Objects, prefix, "what names of files begin with", &at);
    }
    let Some(name) = &written.bucket else {
        cx.missing(key, "bucket", "the bucket that takes them");
        return None;
    };
    let all = &cx.blueprint.buckets;
    let at = || Place::Value(place.clone());
    cx.named(rules::BUCKET_UNKNOWN, "bucket", name, all, at)?;
    // One that is named wrongly has its own finding.
    let on = lies::bucket(cx, name)?;
    for role in [roles::STORAGE_BUCKET_READER, roles::STORAGE_CREATOR] {
        grants.add(on.bucket(), role, agent(cx), None, &place);
    }
    Some(Sink::Files {
        bucket: on.id,
        prefix: written.prefix.clone().unwrap_or_default(),
        duration,
        metadata: written.write_metadata.unwrap_or(false),
    })
}

/// Seconds for which a file is written to.
fn duration(cx: &mut Context<'_>, key: &Key, written: &schema::Storage) -> u32 {
    let duration = written
        .max_duration
        .map_or(pubsub::FILE_DURATION_DEFAULT, |one| one.seconds);
    let key = key.then("max_duration");
    seconds(cx, &key, duration, pubsub::FILE_DURATION)
}

#[cfg(test)]
mod tests {
    use crate::plan::model::{Sink, Stage};
    use crate::plan::resolve::testing::{INTERNAL, Resolved, resolve};

    const REST: &str = "[topics.news]\npublishers = [\"group:a@example.com\"]\n[topics.dead]\n[buckets.files]\n\
        [subscriptions.dead]\ntopic = \"dead\"\nconsumers = [\"group:a@example.com\"]\n\
        [subscriptions.one]\ntopic = \"news\"\ndead_letter = { topic = \"dead\" }\n";
    const TABLE: &str = "//bigquery.googleapis.com/projects/acme-data/datasets/sales/tables/orders";

    fn with(lines: &str) -> Resolved {
        resolve(&[INTERNAL, REST, lines])
    }

    /// What the agent is granted, and what the subscription writes to.
    fn written(lines: &str) -> (Vec<String>, Sink) {
        let resolved = with(lines);
        assert!(resolved.errors.is_empty(), "{}", resolved.said);
        let plan = resolved.plan();
        let one = plan.subscriptions.iter().find(|one| one.name == "one");
        let one = one.expect("it is there");
        assert_eq!(one.stage(), Stage::Services);
        let agent = plan.agents.iter().map(|agent| agent.service.as_str());
        assert_eq!(agent.collect::<Vec<_>>(), ["pubsub.googleapis.com"]);
        let grants = plan.grants.iter();
        let grants = grants.filter(|grant| {
            grant
                .causes
                .iter()
                .any(|key| key.contains("one.s") || key.contains("one.b"))
        });
        let grants = grants.map(|grant| format!("{} on {}", grant.role, grant.on.full_name()));
        (grants.collect(), one.sink.clone().expect("it writes"))
    }

    #[test]
    fn the_agent_may_write_to_the_table_and_to_nothing_else() {
        let (grants, sink) = written(&format!(
            "bigquery = {{ table = \"{TABLE}\", use_table_schema = true }}\n"
        ));
        assert_eq!(grants, [format!("roles/bigquery.dataEditor on {TABLE}")]);
        let path = "acme-data.sales.orders".to_owned();
        assert_eq!(
            sink,
            Sink::Table {
                path,
                by_column: true,
                metadata: false
            }
        );
    }

    #[test]
    fn the_agent_may_add_to_the_bucket_and_read_nothing() {
        let (grants, sink) = written(
            "storage = { bucket = \"files\", prefix = \"news/\", max_duration = \"2m\" }\n",
        );
        let bucket = "//storage.googleapis.com/projects/_/buckets/shop-prod-files";
        let roles = [
            "roles/storage.legacyBucketReader",
            "roles/storage.objectCreator",
        ];
        assert_eq!(grants, roles.map(|role| format!("{role} on {bucket}")));
        assert_eq!(sink.place(), "gs://shop-prod-files/news/");
    }

    #[test]
    fn what_cannot_be_written_to_is_told() {
        let dataset = TABLE.split("/tables").next().expect("it has a table");
        for (lines, code) in [
            (
                format!("bigquery = {{ table = \"{dataset}\" }}\n"),
                "existing-invalid",
            ),
            (
                "bigquery = { table = \"acme-data.sales.orders\" }\n".to_owned(),
                "existing-invalid",
            ),
            ("bigquery = {}\n".to_owned(), "missing-key"),
            ("storage = {}\n".to_owned(), "missing-key"),
            (
                "storage = { bucket = \"file\" }\n".to_owned(),
                "bucket-unknown",
            ),
            (
                "storage = { bucket = \"files\", prefix = \"a b\" }\n".to_owned(),
                "invalid-name",
            ),
            (
                "storage = { bucket = \"files\", max_duration = \"59s\" }\n".to_owned(),
                "out-of-range",
            ),
            (
                "storage = { bucket = \"files\" }\nack_deadline = \"299s\"\n".to_owned(),
                "ack-deadline-short",
            ),
            (
                "storage = { bucket = \"files\" }\ntarget = \"services.orders\"\n".to_owned(),
                "subscription-goes-twice",
            ),
            (
                "storage = { bucket = \"files\" }\nconsumers = [\"group:a@example.com\"]\n"
                    .to_owned(),
                "subscription-pushes",
            ),
        ] {
            assert_eq!(with(&lines).errors, [code], "{lines}");
        }
    }
}
