//! Datasets of BigQuery.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by, who};
use crate::plan::dataset_rights;
use crate::plan::model::{Dataset, Labels, Plan, expires_after};

#[derive(Template)]
#[template(path = "gcloud/datasets.sh.j2")]
struct Datasets<'a> {
    datasets: Vec<DatasetView<'a>>,
}

struct DatasetView<'a> {
    name: &'a str,
    path: String,
    location: &'a str,
    /// Seconds after which something is deleted; 0 for never.
    table_expiration: u64,
    partition_expiration: u64,
    labels: &'a Labels,
}

/// Whether datasets are made here.
pub(super) fn any(plan: &Plan) -> bool {
    plan.made_datasets().next().is_some()
}

/// Adds the datasets that are made here.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    if any(plan) {
        script.section(&Datasets {
            datasets: plan.datasets.iter().filter_map(view).collect(),
        });
    }
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
        // bq cannot set it; it is a protection against Terraform's own destroy.
        deletion_protection: _,
        labels,
    } = dataset;
    (!existing).then(|| DatasetView {
        name,
        path: path.in_sql(),
        location,
        table_expiration: expires_after(*table_days),
        partition_expiration: expires_after(*partition_days),
        labels,
    })
}

/// How a fact of a dataset is read.
pub(super) fn reading(plan: &Plan, dataset: &str, name: &str) -> Option<Reading> {
    let found = plan.datasets.iter().find(|one| one.name == dataset)?;
    let path = found.path.in_sql();
    match name {
        "location" => by(["dataset_location", &path]),
        "table_expiration" => by(["dataset_expiration", &path, "defaultTableExpirationMs"]),
        "partition_expiration" => by(["dataset_expiration", &path, "defaultPartitionExpirationMs"]),
        "basic_roles" => by(["dataset_basic_roles", &path]),
        // A refusal of Terraform's own.
        "deletion_protection" => Some(Reading::Nowhere),
        _ => {
            let mut rights = dataset_rights(found).into_iter();
            let (_, on, role) = rights.find(|(fact, _, _)| fact == name)?;
            who(plan, &on, role)
        }
    }
}
