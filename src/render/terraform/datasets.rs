//! Datasets of BigQuery.

use askama::Template;

use super::filters;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::google::bigquery::API;
use crate::plan::model::{Dataset, DatasetPath, Labels, expires_after};
use crate::proof::{self, Waiver};

#[derive(Template)]
#[template(path = "terraform/datasets.tf.j2")]
struct File<'a> {
    project: Expr,
    waiver: Waiver,
    datasets: Vec<DatasetView<'a>>,
}

struct DatasetView<'a> {
    name: &'a str,
    id: &'a str,
    location: String,
    /// Milliseconds after which something is deleted; 0 for never.
    table_expiration: u64,
    partition_expiration: u64,
    labels: &'a Labels,
    deletion_protection: bool,
}

/// Adds the datasets that are made here.
pub(super) fn add(module: &mut Module<'_>) {
    let datasets: Vec<_> = module.plan.datasets.iter().filter_map(view).collect();
    if datasets.is_empty() {
        return;
    }
    let file = File {
        project: module.project(API),
        waiver: proof::DATASET_KEY,
        datasets,
    };
    let summary =
        "Datasets of BigQuery, without their tables; who reads and writes stands with the grants.";
    module.add("datasets.tf", summary, &file);
}

fn view(dataset: &Dataset) -> Option<DatasetView<'_>> {
    let Dataset {
        name,
        path,
        existing,
        // They are not made here.
        tables: _,
        location,
        table_days,
        partition_days,
        deletion_protection,
        labels,
    } = dataset;
    (!existing).then(|| DatasetView {
        name,
        id: &path.id,
        // Google writes its multi-regions so.
        location: if location.contains('-') {
            location.clone()
        } else {
            location.to_uppercase()
        },
        table_expiration: expires_after(*table_days) * 1000,
        partition_expiration: expires_after(*partition_days) * 1000,
        labels,
        deletion_protection: *deletion_protection,
    })
}

/// The dataset that lies there, where this stage makes it.
pub(super) fn made(module: &Module<'_>, path: &DatasetPath, attribute: &str) -> Option<Expr> {
    let mut made = module.plan.made_datasets();
    let found = made.find(|one| one.path == *path);
    let found = found.filter(|_| module.makes_foundation())?;
    Some(reference("google_bigquery_dataset", &found.name, attribute))
}
