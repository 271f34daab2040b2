//! The posture of datasets of BigQuery.

use super::{Facts, granted_on};
use crate::plan::google::roles;
use crate::plan::model::{Dataset, Plan, Resource};

pub(super) fn dataset(plan: &Plan, dataset: &Dataset, facts: &mut Facts) {
    let element = format!("datasets.{}", dataset.name);
    for (name, on, role) in dataset_rights(dataset) {
        facts.list(&element, name, granted_on(plan, &on, role), "nobody");
    }
    if dataset.existing {
        return;
    }
    facts.say(&element, "location", &dataset.location);
    for (name, days) in [
        ("table_expiration", dataset.table_days),
        ("partition_expiration", dataset.partition_days),
    ] {
        let days = days.map_or_else(|| "never".to_owned(), |days| format!("{days} days"));
        facts.say(&element, name, days);
    }
    // No blueprint lets others in; somebody in the console can.
    facts.say(&element, "basic_roles", "owner");
    let protection = dataset.deletion_protection;
    facts.switch(&element, "deletion_protection", protection);
}

/// What is told of who has a right: the fact, on what the right is, and the role. It is `readers` of a dataset, and
/// `months.readers` of a table of it.
pub(crate) fn dataset_rights(dataset: &Dataset) -> Vec<(String, Resource, &'static str)> {
    let mut rights = Vec::new();
    // Who makes a dataset owns it, unless that is taken back at once.
    let owners = (!dataset.existing).then_some(("owners", roles::BIGQUERY_DATA_OWNER));
    for on in dataset.places() {
        let users = [
            ("readers", roles::BIGQUERY_DATA_VIEWER),
            ("writers", roles::BIGQUERY_DATA_EDITOR),
        ];
        for (right, role) in users.into_iter().chain(owners) {
            let fact = match &on {
                Resource::Table { name, .. } => format!("{name}.{right}"),
                _ => right.to_owned(),
            };
            rights.push((fact, on.clone(), role));
        }
    }
    rights
}
