//! The posture of datasets of BigQuery.

use super::{Facts, granted_on};
use crate::plan::google::roles;
use crate::plan::model::{Dataset, Plan, Resource};

pub(super) fn dataset(plan: &Plan, dataset: &Dataset, facts: &mut Facts) {
    let element = format!("datasets.{}", dataset.name);
    for (name, on, role) in dataset_rights(dataset) {
        facts.list(&element, name, granted_on(plan, &on, role), "nobody");
    }
}

/// What is told of who has a right: the fact, on what the right is, and the role. It is `readers` of a dataset, and
/// `months.readers` of a table of it.
pub(crate) fn dataset_rights(dataset: &Dataset) -> Vec<(String, Resource, &'static str)> {
    let mut rights = Vec::new();
    for on in dataset.places() {
        for (right, role) in [
            ("readers", roles::BIGQUERY_DATA_VIEWER),
            ("writers", roles::BIGQUERY_DATA_EDITOR),
        ] {
            let fact = match &on {
                Resource::Table { name, .. } => format!("{name}.{right}"),
                _ => right.to_owned(),
            };
            rights.push((fact, on.clone(), role));
        }
    }
    rights
}
