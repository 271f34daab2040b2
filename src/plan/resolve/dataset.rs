//! Datasets of BigQuery: who reads and writes each, and where the queries run.

use std::collections::BTreeSet;

use crate::blueprint::schema::{self, DatasetAccess};
use crate::blueprint::units::Truth;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::roles;
use crate::plan::model::{Dataset, Principal};
use crate::rules;

use super::context::Context;
use super::grants::Grants;
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
        let Some((written, path)) = known.zip(lies::dataset(cx, name)) else {
            continue;
        };
        let dataset = Dataset {
            name: name.clone(),
            path,
            tables: tables(written),
        };
        let role = match access {
            DatasetAccess::Read => roles::BIGQUERY_DATA_VIEWER,
            DatasetAccess::Write => roles::BIGQUERY_DATA_EDITOR,
        };
        for on in dataset.places() {
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
    for (index, table) in written.tables.iter().flatten().enumerate() {
        let at = Place::Value(key.then("tables").item(index));
        cx.check_name(Kind::Table, table, "a table's name", &at);
    }
    if written.tables.as_ref().is_some_and(Vec::is_empty) {
        cx.report(
            rules::INVALID_VALUE,
            format!("`{key}` is used for no table"),
            &Place::Value(key.then("tables")),
            "nobody could use it",
        )
        .help("name the tables, or leave `tables` out for the whole dataset");
    }
    if !written.existing.as_ref().is_some_and(Truth::holds) {
        cx.missing(&key, "existing", "a dataset's full name, or `true`");
        return None;
    }
    let Some(path) = lies::dataset(cx, name) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{name}` does not name a dataset"),
            &Place::Value(key.then("existing")),
            "not a dataset's full name",
        )
        .help("write `projects/PROJECT/datasets/NAME`, or `true` for this name in this project");
        return None;
    };
    Some(Dataset {
        name: name.to_owned(),
        path,
        tables: tables(written),
    })
}

/// The tables that a dataset is used for.
fn tables(written: &schema::Dataset) -> Vec<String> {
    let tables: BTreeSet<&String> = written.tables.iter().flatten().collect();
    tables.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests;
