//! Keys, and what uses them.

use toml::{Table, Value};

use super::workload::env;
use super::{Choices, Plot, exception, table, texts};

/// A key that was made up.
#[derive(Debug, Clone)]
pub struct Chosen {
    pub name: String,
    /// What can be done with it.
    pub uses: [&'static str; 2],
}

pub fn keys(choices: &mut Choices<'_>, plot: &mut Plot, root: &mut Table) {
    let mut keys = Table::new();
    let names = ["seal", "Note_s", "their-key"];
    for name in &names[..choices.below(4)] {
        let mut key = Table::new();
        let signs = choices.once_in(2);
        let purpose = if signs { "sign" } else { "encrypt" };
        key.insert("purpose".to_owned(), purpose.into());
        let (lists, uses) = if signs {
            (["signers", "verifiers"], ["sign", "verify"])
        } else {
            (["encrypters", "decrypters"], ["encrypt", "decrypt"])
        };
        for (list, who) in lists.iter().zip(["auditors", "operators"]) {
            let who = texts(&[format!("group:{who}@example.com")]);
            choices.perhaps(4, &mut key, list, who);
        }
        choices.perhaps(4, &mut key, "labels", table([("kind", "key".into())]));
        match choices.below(5) {
            3 => {
                key.insert("existing".to_owned(), true.into());
            }
            4 => {
                let location = choices.one(&["global", "europe-west1"]);
                let full = format!(
                    "projects/acme-keys/locations/{location}/keyRings/Their_ring/cryptoKeys/{name}"
                );
                key.insert("existing".to_owned(), full.into());
            }
            _ => made(choices, signs, &mut key),
        }
        plot.keys.push(Chosen {
            name: (*name).to_owned(),
            uses,
        });
        keys.insert((*name).to_owned(), Value::Table(key));
    }
    if !keys.is_empty() {
        root.insert("keys".to_owned(), Value::Table(keys));
    }
}

fn made(choices: &mut Choices<'_>, signs: bool, key: &mut Table) {
    if signs {
        let algorithm = choices.one(&["ec-sign-p384-sha384", "rsa-sign-pss-4096-sha512"]);
        choices.perhaps(2, key, "algorithm", algorithm);
    } else {
        let rotation = choices.one(&["1d", "365d", "36500d"]);
        choices.perhaps(2, key, "rotation", rotation);
    }
    let protection = choices.one(&["hsm", "software"]);
    choices.perhaps(2, key, "protection", protection);
    choices.perhaps(4, key, "deletion_protection", false);
    choices.perhaps(6, key, "retire", true);
}

/// What a service, job or worker does with them.
pub fn used(choices: &mut Choices<'_>, plot: &Plot, element: &mut Table) {
    let mut uses = Table::new();
    let mut manages = false;
    for key in &plot.keys {
        if !choices.once_in(3) {
            continue;
        }
        let one = choices.one(&key.uses);
        let mut does = match choices.below(3) {
            0 => Value::from(one),
            1 => texts(&[one]),
            _ => texts(&key.uses),
        };
        if choices.once_in(5) {
            manages = true;
            does = texts(&[one, "manage"]);
        }
        uses.insert(key.name.clone(), does);
    }
    if manages {
        let exceptions = element
            .entry("exceptions")
            .or_insert_with(|| Value::Array(Vec::new()));
        let exceptions = exceptions.as_array_mut().unwrap();
        exceptions.push(exception("key-managed-by-program"));
    }
    let first = uses.keys().next().cloned();
    if let Some(first) = first {
        if choices.once_in(2) {
            let key = |what: &str| format!("${{keys.{first}.{what}}}");
            let all = [key("id"), key("name"), key("ring")].join(" ");
            env(element).insert("KEY".to_owned(), all.into());
        }
        element.insert("keys".to_owned(), Value::Table(uses));
    }
}
