//! Repositories of images, and what lies in them.

use toml::{Table, Value};

use super::workload::env;
use super::{Choices, Plot, table, texts};

/// A repository that was made up, with whether it exists in one environment only.
pub fn registries(choices: &mut Choices<'_>, plot: &mut Plot, root: &mut Table) {
    let mut registries = Table::new();
    let names = ["app-images", "mirror", "their-images"];
    for name in &names[..choices.below(4)] {
        let mut registry = Table::new();
        let readers = texts(&["group:developers@example.com"]);
        choices.perhaps(3, &mut registry, "readers", readers);
        let kind = table([("kind", "images".into())]);
        choices.perhaps(4, &mut registry, "labels", kind);
        let writers = texts(&["serviceAccount:build@acme-ci.iam.gserviceaccount.com"]);
        match choices.below(6) {
            3 => {
                registry.insert("existing".to_owned(), true.into());
                choices.perhaps(2, &mut registry, "writers", writers);
            }
            4 => {
                let full = format!("projects/acme-images/locations/europe/repositories/{name}");
                registry.insert("existing".to_owned(), full.into());
                choices.perhaps(2, &mut registry, "writers", writers);
            }
            5 => {
                let remote = choices.one(&["docker-hub", "https://ghcr.io"]);
                registry.insert("remote".to_owned(), remote.into());
                made(choices, &mut registry);
            }
            _ => {
                let immutable = choices.once_in(2);
                choices.perhaps(2, &mut registry, "immutable_tags", immutable);
                choices.perhaps(2, &mut registry, "writers", writers);
                made(choices, &mut registry);
            }
        }
        plot.registries.push((*name).to_owned());
        registries.insert((*name).to_owned(), Value::Table(registry));
    }
    if !registries.is_empty() {
        root.insert("registries".to_owned(), Value::Table(registries));
    }
}

fn made(choices: &mut Choices<'_>, registry: &mut Table) {
    if choices.once_in(2) {
        let mut keep = table([("age", choices.one(&["1d", "90d"]).into())]);
        choices.perhaps(2, keep.as_table_mut().unwrap(), "versions", 7);
        registry.insert("keep".to_owned(), keep);
    }
    choices.perhaps(4, registry, "deletion_protection", false);
    choices.perhaps(6, registry, "retire", true);
}

/// A service, job or worker whose code pulls from one.
pub fn used(choices: &mut Choices<'_>, plot: &Plot, element: &mut Table) {
    let Some(first) = plot.registries.first() else {
        return;
    };
    if choices.once_in(4) {
        let all = format!("${{registries.{first}.url}} ${{registries.{first}.name}}");
        env(element).insert("IMAGES".to_owned(), all.into());
    }
}
