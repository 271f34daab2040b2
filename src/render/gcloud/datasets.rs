//! Datasets of BigQuery.

use super::verify::{Reading, who};
use crate::plan::dataset_rights;
use crate::plan::model::Plan;

/// How a fact of a dataset is read.
pub(super) fn reading(plan: &Plan, dataset: &str, name: &str) -> Option<Reading> {
    let found = plan.datasets.iter().find(|one| one.name == dataset)?;
    let mut rights = dataset_rights(found).into_iter();
    let (_, on, role) = rights.find(|(fact, _, _)| fact == name)?;
    who(plan, &on, role)
}
