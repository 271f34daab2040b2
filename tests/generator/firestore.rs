//! Databases of Firestore, and what uses them.

use toml::{Table, Value};

use super::workload::env;
use super::{Choices, Plot, table};

/// Chooses them.
pub fn firestores(choices: &mut Choices<'_>, plot: &mut Plot, root: &mut Table) {
    let mut firestores = Table::new();
    let names = ["papers", "Old_entities", "customers"];
    for name in &names[..choices.below(4)] {
        let mut firestore = Table::new();
        match choices.below(5) {
            3 => {
                firestore.insert("existing".to_owned(), true.into());
                firestore.insert("id".to_owned(), format!("their-{}", name.len()).into());
            }
            4 => {
                let full = "projects/acme-files/databases/(default)";
                let full = if *name == "papers" {
                    full.to_owned()
                } else {
                    full.replace("(default)", "their-own")
                };
                firestore.insert("existing".to_owned(), full.into());
            }
            _ => made(choices, name, &mut firestore),
        }
        let taken = firestores.values().any(|one: &Value| {
            one.get("existing") == firestore.get("existing") && one.get("id") == firestore.get("id")
        });
        if taken {
            continue;
        }
        plot.firestores.push((*name).to_owned());
        firestores.insert((*name).to_owned(), Value::Table(firestore));
    }
    if !firestores.is_empty() {
        root.insert("firestores".to_owned(), Value::Table(firestores));
    }
}

fn made(choices: &mut Choices<'_>, name: &str, firestore: &mut Table) {
    // One of them is the project's default.
    if name != "papers" {
        let id = format!("{}-1", name.to_lowercase().replace('_', "-"));
        firestore.insert("id".to_owned(), id.into());
    }
    let mode = choices.one(&["native", "datastore"]);
    choices.perhaps(2, firestore, "mode", mode);
    let datastore = firestore.get("mode").and_then(Value::as_str) == Some("datastore");
    let location = choices.one(&["eur3", "nam5", "us-east1"]);
    choices.perhaps(3, firestore, "location", location);
    let pitr = choices.once_in(2);
    choices.perhaps(3, firestore, "pitr", pitr);
    choices.perhaps(4, firestore, "deletion_protection", false);
    choices.perhaps(6, firestore, "retire", true);
    if !datastore {
        let ttl = table([
            ("drafts", "expires".into()),
            ("_Old-files", "meta.ends_at".into()),
        ]);
        choices.perhaps(3, firestore, "ttl", ttl);
    }
    let field = |path: &str, mode: &str| {
        let mut field = table([("path", path.into())]);
        let field_of = field.as_table_mut().unwrap();
        if !mode.is_empty() {
            field_of.insert("mode".to_owned(), mode.into());
        }
        field
    };
    let mut indexes = Vec::new();
    for collection in &["files", "Files-of_all"][..choices.below(3)] {
        let last = if datastore {
            choices.one(&["", "ascending", "descending"])
        } else {
            choices.one(&["", "descending", "contains"])
        };
        let fields = vec![field("author.name", ""), field("Filed", last)];
        let mut index = Table::new();
        index.insert("collection".to_owned(), (*collection).into());
        index.insert("fields".to_owned(), Value::Array(fields));
        let scope = if datastore {
            choices.one(&["collection-group", "collection-recursive"])
        } else {
            choices.one(&["collection", "collection-group"])
        };
        choices.perhaps(2, &mut index, "scope", scope);
        indexes.push(Value::Table(index));
    }
    if !indexes.is_empty() {
        firestore.insert("indexes".to_owned(), Value::Array(indexes));
    }
}

/// Those that an element uses, and what it is told of the first.
pub fn used(choices: &mut Choices<'_>, plot: &Plot, element: &mut Table) {
    let firestores = choices.some(&plot.firestores, 2);
    let Some(first) = firestores.first() else {
        return;
    };
    let mut uses = Table::new();
    for name in &firestores {
        uses.insert(name.clone(), choices.one(&["read", "write"]).into());
    }
    element.insert("firestores".to_owned(), Value::Table(uses));
    if choices.once_in(2) {
        let told = format!("${{firestores.{first}.project}}/${{firestores.{first}.id}}");
        env(element).insert("FIRESTORE".to_owned(), told.into());
    }
}

/// What a group may say of the first.
pub fn shared(choices: &mut Choices<'_>, plot: &Plot, group: &mut Table) {
    if let Some(first) = plot.firestores.first() {
        let reads = table([(first.as_str(), "read".into())]);
        choices.perhaps(6, group, "firestores", reads);
    }
}

/// What an environment may say of the first.
pub fn overlay(choices: &mut Choices<'_>, plot: &Plot, root: &Table, overlay: &mut Table) {
    if let Some(first) = plot.firestores.first()
        && root["firestores"][first].get("existing").is_none()
    {
        let protected = table([("deletion_protection", false.into())]);
        let protected = table([(first.as_str(), protected)]);
        choices.perhaps(3, overlay, "firestores", protected);
    }
}
