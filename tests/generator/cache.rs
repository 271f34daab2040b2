//! Caches, and what uses them.

use toml::{Table, Value};

use super::workload::env;
use super::{Choices, Plot, table, texts};

/// Chooses them.
pub fn caches(choices: &mut Choices<'_>, plot: &mut Plot, root: &mut Table) {
    let mut caches = Table::new();
    let names = ["sessions", "live-data"];
    // Each makes a network, and some blueprints shall have none.
    let rare = plot.databases.is_empty() && !choices.once_in(4);
    let many = if rare { 0 } else { choices.below(3) };
    for name in &names[..many] {
        let mut cache = Table::new();
        if choices.once_in(5) {
            existing(choices, &mut cache, name);
            plot.caches.push((*name).to_owned());
            caches.insert((*name).to_owned(), Value::Table(cache));
            continue;
        }
        let version = choices.one(&["8.0", "7.2", "9.0", "of Google's"]);
        if version == "of Google's" {
            cache.insert("engine".to_owned(), "redis".into());
        } else {
            cache.insert("version".to_owned(), version.into());
            choices.perhaps(4, &mut cache, "engine", "valkey");
        }
        let node = choices.one(&[
            "standard-small",
            "shared-core-nano",
            "highmem-medium",
            "highmem-xlarge",
        ]);
        choices.perhaps(2, &mut cache, "node_type", node);
        let availability = choices.one(&["regional", "zonal"]);
        choices.perhaps(2, &mut cache, "availability", availability);
        choices.perhaps(4, &mut cache, "ca_version", 2);
        choices.perhaps(4, &mut cache, "labels", table([("kind", "fast".into())]));
        choices.perhaps(4, &mut cache, "deletion_protection", false);
        choices.perhaps(6, &mut cache, "retire", true);
        plot.caches.push((*name).to_owned());
        caches.insert((*name).to_owned(), Value::Table(cache));
    }
    if !caches.is_empty() {
        root.insert("caches".to_owned(), Value::Table(caches));
    }
}

/// One that somebody else looks after: here or elsewhere, of either engine.
fn existing(choices: &mut Choices<'_>, cache: &mut Table, name: &str) {
    let kind = choices.one(&["instances", "clusters"]);
    if choices.once_in(3) {
        cache.insert("existing".to_owned(), true.into());
        let engine = if kind == "clusters" {
            "redis"
        } else {
            "valkey"
        };
        cache.insert("engine".to_owned(), engine.into());
    } else {
        let full = format!("projects/acme-shared/locations/europe-west4/{kind}/all-{name}");
        cache.insert("existing".to_owned(), full.into());
    }
    choices.perhaps(4, cache, "ca_version", 2);
}

/// Those that an element uses, and what it is told of the first.
pub fn used(choices: &mut Choices<'_>, plot: &Plot, element: &mut Table) {
    let caches = choices.some(&plot.caches, 2);
    let Some(first) = caches.first() else {
        return;
    };
    element.insert("caches".to_owned(), texts(&caches));
    let told = |what: &str| Value::from(format!("${{caches.{first}.{what}}}"));
    if choices.once_in(2) {
        env(element).insert("CACHE_CA".to_owned(), told("ca"));
    }
    if choices.once_in(2) {
        let address = format!("${{caches.{first}.host}}:${{caches.{first}.port}}");
        env(element).insert("CACHE".to_owned(), address.into());
    }
}
