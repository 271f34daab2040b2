//! What holds for every blueprint: the same bytes for any order of its keys, on every run.

#![allow(
    clippy::expect_used,
    clippy::format_collect,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

#[path = "generator/mod.rs"]
mod generator;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use ravelin::{expand, source::Source};

/// The blueprints that ship with the project: name and text.
fn blueprints() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints");
    let mut found: Vec<(String, String)> = fs::read_dir(folder)
        .expect("the folder is part of the project")
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .map(|path| {
            let name = path
                .file_name()
                .expect("a file has a name")
                .to_string_lossy()
                .into_owned();
            (
                name,
                fs::read_to_string(&path).expect("a blueprint is a text"),
            )
        })
        .collect();
    found.sort();
    assert!(found.len() > 1, "there are blueprints to look at");
    found
}

/// The leaves of a table as lines of dotted keys: `services.web.max = 20`.
fn leaves(prefix: &str, table: &toml::Table, lines: &mut Vec<String>) {
    for (name, value) in table {
        let key = toml::Value::String(name.clone()).to_string();
        let key = if prefix.is_empty() {
            key
        } else {
            format!("{prefix}.{key}")
        };
        match value {
            toml::Value::Table(below) if !below.is_empty() => leaves(&key, below, lines),
            other => lines.push(format!("{key} = {other}")),
        }
    }
}

/// All files of a blueprint as one text.
fn bytes(name: &str, text: &str) -> String {
    let expansion = expand(&Source::new(name, text), &|name| {
        Some(generator::file(name))
    });
    assert!(
        !expansion.has_errors(),
        "{name}: {:#?}",
        expansion.diagnostics
    );
    let tree = expansion.tree();
    assert!(!tree.is_empty());
    tree.iter()
        .map(|(path, file)| format!("== {path} {}\n{}", file.executable, file.text))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_order_of_keys_gives_the_same_bytes(seed in any::<u64>()) {
        for (name, text) in blueprints() {
            let table: toml::Table = text.parse().expect("a blueprint is TOML");
            let shuffled = shuffled(&table, seed);
            prop_assert_ne!(&text, &shuffled);
            prop_assert_eq!(bytes(&name, &text), bytes(&name, &shuffled));
        }
    }

    #[test]
    fn any_order_of_keys_of_what_is_made_up_gives_the_same_bytes(made in generator::blueprint(), seed in any::<u64>()) {
        let source = Source::new("made.toml", made.text());
        let beside = |name: &str| Some(generator::file(name));
        prop_assume!(!expand(&source, &beside).has_errors());
        let shuffled = shuffled(&made.table, seed);
        prop_assert_eq!(bytes("made.toml", &made.text()), bytes("made.toml", &shuffled));
    }
}

/// The lines of a blueprint, each with its whole key, in an order that depends on the seed alone.
fn shuffled(table: &toml::Table, seed: u64) -> String {
    let mut lines = Vec::new();
    leaves("", table, &mut lines);
    lines.sort_by_cached_key(|line| {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        (seed, line).hash(&mut hasher);
        hasher.finish()
    });
    lines.join("\n")
}

#[test]
fn a_second_run_gives_the_same_bytes() {
    for (name, text) in blueprints() {
        assert_eq!(bytes(&name, &text), bytes(&name, &text));
    }
}

/// A blueprint of many services, each calling the next, for what must hold at size.
#[test]
fn a_hundred_services_have_a_hundred_accounts() {
    let mut text = String::from(
        "schema = 1\n[project]\nname = \"many\"\nregion = \"europe-west1\"\n[environments.prod]\nproject_id = \"acme-many-prod\"\n[network]\nsubnet = \"10.0.0.0/16\"\n",
    );
    for number in 0..100 {
        use std::fmt::Write as _;
        let image = format!("europe-docker.pkg.dev/acme-many-prod/app/s@sha256:{number:064x}");
        write!(
            text,
            "[services.s{number}]\nimage = \"{image}\"\ncalls = [\"s{}\"]\n",
            (number + 1) % 100
        )
        .expect("writing to a `String` cannot fail");
    }
    let expansion = expand(&Source::new("many.toml", text), &|_| None);
    assert!(!expansion.has_errors(), "{:#?}", expansion.diagnostics);
    let accounts: BTreeSet<&str> = expansion.plans[0]
        .services
        .iter()
        .map(|service| service.workload.account.email.as_str())
        .collect();
    assert_eq!(accounts.len(), 100);
    // A circle of calls is legal: nobody waits for a policy in it.
    assert!(
        expansion.plans[0]
            .services
            .iter()
            .all(|service| service.after_policies.is_empty())
    );
}
