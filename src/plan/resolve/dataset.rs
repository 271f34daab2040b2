//! Datasets of BigQuery: who reads and writes each, and where the queries run.

use std::collections::BTreeSet;

use crate::blueprint::schema::{self, DatasetAccess};
use crate::blueprint::units::Duration;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{bigquery as google, roles, run};
use crate::plan::model::{Dataset, Principal};
use crate::rules;

use super::context::Context;
use super::database::existing_idle;
use super::grants::Grants;
use super::labels;
use super::lies;
use super::workload::Parts;

/// What an element does with datasets, granted on each, and the right to run queries.
pub(super) fn used(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    grants: &mut Grants,
    principal: &Principal,
) {
    let key = parts.key.then("datasets");
    for (name, access) in parts.datasets {
        let all = &cx.blueprint.datasets;
        let place = || Place::Key(key.then(name));
        let known = cx.named(rules::DATASET_UNKNOWN, "dataset", name, all, place);
        // One that is named wrongly has its own finding.
        let Some((written, (path, _))) = known.zip(lies::dataset(cx, name)) else {
            continue;
        };
        let places = path.places(&tables(written));
        let role = match access {
            DatasetAccess::Read => roles::BIGQUERY_DATA_VIEWER,
            DatasetAccess::Write => roles::BIGQUERY_DATA_EDITOR,
        };
        for on in places {
            grants.add(on, role, principal.clone(), None, &key);
        }
        // A query is a job of the project that asks, wherever the data lies.
        grants.on_project(roles::BIGQUERY_JOB_USER, principal.clone(), None, &key);
    }
}

/// The datasets of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>) -> Vec<Dataset> {
    let all = cx.blueprint.datasets.iter();
    all.filter_map(|(name, written)| dataset(cx, name, written))
        .collect()
}

fn dataset(cx: &mut Context<'_>, name: &str, written: &schema::Dataset) -> Option<Dataset> {
    let key = Key::of(&["datasets", name]);
    let at = Place::Key(key.clone());
    cx.check_name(Kind::Dataset, name, "a dataset's name", &at);
    let Some((path, existing)) = lies::dataset(cx, name) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{name}` does not name a dataset"),
            &Place::Value(key.then("existing")),
            "not a dataset's full name",
        )
        .help("write `projects/PROJECT/datasets/NAME`, or `true` for this name in this project");
        return None;
    };
    check_tables(cx, &key, written, existing);
    if existing {
        idle(cx, &key, written);
    }
    Some(Dataset {
        name: name.to_owned(),
        path,
        existing,
        tables: tables(written),
        location: location(cx, &key, written),
        table_days: expires(
            cx,
            &key.then("default_table_expiration"),
            written.default_table_expiration,
        ),
        partition_days: expires(
            cx,
            &key.then("default_partition_expiration"),
            written.default_partition_expiration,
        ),
        deletion_protection: written.deletion_protection.unwrap_or(true)
            && written.retire != Some(true),
        labels: labels::of(cx, &key, &written.labels),
    })
}

/// The tables are such, and are there when somebody is granted something on them.
fn check_tables(cx: &mut Context<'_>, key: &Key, written: &schema::Dataset, existing: bool) {
    let Some(tables) = &written.tables else {
        return;
    };
    for (index, table) in tables.iter().enumerate() {
        let at = Place::Value(key.then("tables").item(index));
        cx.check_name(Kind::Table, table, "a table's name", &at);
    }
    let (message, label, help) = if tables.is_empty() {
        (
            "is used for no table",
            "nobody could use it",
            "name the tables, or leave `tables` out for the whole dataset",
        )
    } else if !existing {
        (
            "is made here, and its tables are not there yet",
            "a right on one of them could not be granted",
            "leave `tables` out; or write `existing = true` once somebody else has made the dataset and these",
        )
    } else {
        return;
    };
    cx.report(
        rules::DATASET_TABLES_ABSENT,
        format!("`{key}` {message}"),
        &Place::Value(key.then("tables")),
        label,
    )
    .help(help);
}

/// Keys that change nothing of a dataset that is left as it is.
fn idle(cx: &mut Context<'_>, key: &Key, written: &schema::Dataset) {
    let keys = [
        ("location", written.location.is_some()),
        (
            "default_table_expiration",
            written.default_table_expiration.is_some(),
        ),
        (
            "default_partition_expiration",
            written.default_partition_expiration.is_some(),
        ),
        ("labels", !written.labels.is_empty()),
    ];
    existing_idle(cx, key, &keys);
}

fn location(cx: &mut Context<'_>, key: &Key, written: &schema::Dataset) -> String {
    let Some(location) = &written.location else {
        return cx.project.region.clone();
    };
    let all = || run::REGIONS.into_iter().chain(google::MULTI_REGIONS);
    if !all().any(|known| known == location) {
        let at = Place::Value(key.then("location"));
        let what = "location of BigQuery";
        cx.unknown(rules::REGION_UNKNOWN, what, location, all(), &at);
    }
    location.clone()
}

/// Days after which something is deleted.
fn expires(
    cx: &mut Context<'_>,
    key: &Key,
    written: Option<Duration>,
) -> Option<std::num::NonZero<u32>> {
    cx.whole_days(
        "a time until then",
        key,
        written?,
        google::EXPIRATION_MAX_DAYS,
    )
}

/// The tables that a dataset is used for.
fn tables(written: &schema::Dataset) -> Vec<String> {
    let tables: BTreeSet<&String> = written.tables.iter().flatten().collect();
    tables.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests;
