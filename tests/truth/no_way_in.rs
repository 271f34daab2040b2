//! No way in: what each backend leaves keeps every promise of the blueprint.

use std::fmt::Write;

use ravelin::tree::Tree;
use toml::Table;

use crate::cloud::Place;
use crate::declared::Declared;
use crate::examples::examples;
use crate::reach::holes;
use crate::seen::Seen;

/// Where a declared environment is.
pub fn place(declared: &Declared) -> Place {
    Place {
        environment: declared.environment.clone(),
        project: declared.project.clone(),
        region: declared.region.clone(),
        number: declared.number(),
    }
}

/// The promises that a backend breaks in an environment; nothing where all are kept.
pub fn broken(declared: &Declared, seen: &Seen) -> String {
    let mut out = String::new();
    for (backend, cloud) in seen.backends() {
        for (broken, what) in holes(declared, cloud, &seen.policies) {
            writeln!(
                out,
                "{backend}, {}: {broken:?}: {what}",
                declared.environment
            )
            .unwrap();
        }
    }
    out
}

/// The promises that any backend breaks in any environment of a blueprint.
fn broken_anywhere(blueprint: &Table, tree: &Tree) -> String {
    let environments = Declared::environments(blueprint);
    environments
        .iter()
        .map(|declared| broken(declared, &Seen::of(place(declared), tree)))
        .collect()
}

#[test]
fn the_examples_keep_every_promise() {
    for example in examples() {
        let found = broken_anywhere(&example.table, &example.expansion.tree());
        assert!(found.is_empty(), "{}:\n{found}", example.name);
    }
}
