//! Datasets of BigQuery, and what uses them.

use toml::{Table, Value};

use super::workload::env;
use super::{Choices, Plot, keys, table, texts};

/// Chooses them.
pub fn datasets(choices: &mut Choices<'_>, root: &mut Table) {
    let mut datasets = Table::new();
    for name in &["ledger", "Old_sales", "_clicks"][..choices.below(4)] {
        let mut dataset = Table::new();
        let full = format!("projects/acme-warehouse/datasets/{name}_2");
        match choices.below(4) {
            0 => dataset.insert("existing".to_owned(), true.into()),
            1 => dataset.insert("existing".to_owned(), full.into()),
            _ => made(choices, &mut dataset),
        };
        if dataset.contains_key("existing") {
            choices.perhaps(3, &mut dataset, "tables", texts(&["order-lines", "months"]));
        }
        datasets.insert((*name).to_owned(), Value::Table(dataset));
    }
    if !datasets.is_empty() {
        root.insert("datasets".to_owned(), Value::Table(datasets));
    }
}

/// One that is made here.
fn made(choices: &mut Choices<'_>, dataset: &mut Table) -> Option<Value> {
    let location = choices.one(&["eu", "us", "us-east1"]);
    choices.perhaps(3, dataset, "location", location);
    choices.perhaps(3, dataset, "default_table_expiration", "90d");
    choices.perhaps(3, dataset, "default_partition_expiration", "24h");
    choices.perhaps(4, dataset, "labels", table([("class", "rows".into())]));
    choices.perhaps(4, dataset, "deletion_protection", false);
    choices.perhaps(6, dataset, "retire", true);
    None
}

/// Those that an element uses, and what it is told of the first.
pub fn used(choices: &mut Choices<'_>, plot: &Plot, element: &mut Table) {
    let datasets = choices.some(&plot.datasets, 2);
    let Some(first) = datasets.first() else {
        return;
    };
    let mut uses = Table::new();
    for name in &datasets {
        uses.insert(name.clone(), choices.one(&["read", "write"]).into());
    }
    element.insert("datasets".to_owned(), Value::Table(uses));
    if choices.once_in(2) {
        let told = format!(
            "${{datasets.{first}.project}}/${{datasets.{first}.name}}/${{datasets.{first}.id}}"
        );
        env(element).insert("DATASET".to_owned(), told.into());
    }
}

/// What a group may say of the first.
pub fn shared(choices: &mut Choices<'_>, plot: &Plot, group: &mut Table) {
    if let Some(first) = plot.datasets.first() {
        let reads = table([(first.as_str(), "read".into())]);
        choices.perhaps(6, group, "datasets", reads);
    }
}

/// What an environment may say of the first.
pub fn overlay(choices: &mut Choices<'_>, plot: &Plot, overlay: &mut Table) {
    if let Some(first) = plot.datasets.first() {
        let open = table([("deletion_protection", false.into())]);
        choices.perhaps(3, overlay, "datasets", table([(first.as_str(), open)]));
    }
}

/// What may be written into the first of them: it, or a table of it.
pub fn named(choices: &mut Choices<'_>, root: &Table) -> Option<String> {
    let datasets = keys(root, "datasets");
    let first = datasets.first().filter(|_| choices.once_in(2))?;
    Some(format!("datasets.{first}"))
}
