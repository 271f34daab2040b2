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

/// A service, job or worker whose image lies in one, or whose code pulls from it.
pub fn used(choices: &mut Choices<'_>, plot: &Plot, element: &mut Table) {
    let Some(first) = plot.registries.first() else {
        return;
    };
    if choices.once_in(3) {
        let digest = "7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263";
        let image = format!("${{registries.{first}.url}}/inner/app@sha256:{digest}");
        element.insert("image".to_owned(), image.into());
    }
    if choices.once_in(4) {
        let all = format!("${{registries.{first}.url}} ${{registries.{first}.name}}");
        env(element).insert("IMAGES".to_owned(), all.into());
    }
}
