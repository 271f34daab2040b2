//! Keys of one's own for what products encrypt.

use toml::{Table, Value};

use super::{Choices, table, texts};

/// The products, each with the table whose elements may say otherwise.
const PRODUCTS: [(&str, &str); 10] = [
    ("run", ""),
    ("artifacts", "registries"),
    ("eventarc", ""),
    ("firestore", "firestores"),
    ("memorystore", "caches"),
    ("pubsub", ""),
    ("redis", ""), // what a cache says, it says of either
    ("secrets", "secrets"),
    ("sql", "databases"),
    ("storage", "buckets"),
];

/// Chooses products, keys that exist already, and elements that say otherwise. Where something lies elsewhere, a key of there is named.
pub fn encryption(choices: &mut Choices<'_>, root: &mut Table) {
    if !choices.once_in(3) {
        return;
    }
    let mut encryption = Table::new();
    let words = PRODUCTS.map(|(word, _)| word.to_owned());
    let some = choices.some(&words, 3);
    match choices.below(4) {
        1 => {
            encryption.insert("cmek".to_owned(), true.into());
        }
        2 => {
            encryption.insert("cmek".to_owned(), false.into());
        }
        _ => {
            encryption.insert("cmek".to_owned(), texts(&some));
        }
    }
    choices.perhaps(3, &mut encryption, "rotation", "30d");
    let protection = choices.one(&["hsm", "software"]);
    choices.perhaps(2, &mut encryption, "protection", protection);
    choices.perhaps(4, &mut encryption, "deletion_protection", false);
    for (_, kind) in PRODUCTS.iter().filter(|(_, kind)| !kind.is_empty()) {
        let elements = root.get_mut(*kind).and_then(Value::as_table_mut);
        for (_, element) in elements.into_iter().flatten() {
            let element = element.as_table_mut().unwrap();
            let own = choices.once_in(2);
            // What exists already lies under the key that it was made with.
            if !element.contains_key("existing") {
                choices.perhaps(4, element, "cmek", own);
            }
        }
    }
    let keys = named(choices, root);
    if !keys.is_empty() {
        encryption.insert("keys".to_owned(), Value::Table(keys));
    }
    root.insert("encryption".to_owned(), Value::Table(encryption));
    let environments = root["environments"].as_table_mut().unwrap();
    if let Some(staging) = environments.get_mut("stg").and_then(Value::as_table_mut) {
        let cheap = table([("protection", "software".into())]);
        choices.perhaps(2, staging, "encryption", cheap);
    }
}

/// A key for each place that something lies in, by product.
fn named(choices: &mut Choices<'_>, root: &mut Table) -> Table {
    let region = root["project"]["region"].as_str().unwrap().to_owned();
    let mut named = Table::new();
    for (word, kind) in PRODUCTS {
        let mut places = Vec::new();
        for (_, element) in root
            .get(kind)
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            let one = element.get("location").and_then(Value::as_str);
            let several = element.get("replicas").and_then(Value::as_array);
            let several = several.into_iter().flatten().filter_map(Value::as_str);
            places.extend(one.into_iter().chain(several).map(str::to_owned));
        }
        places.retain(|place| *place != region);
        if choices.once_in(4) {
            places.push(region.clone());
        }
        places.sort();
        places.dedup();
        let mut keys = Vec::new();
        for place in places {
            let location = match place.as_str() {
                "eu" | "eur3" => "europe",
                "nam5" => "us",
                other => other,
            };
            let name = format!("{word}-{location}");
            let full = format!(
                "projects/acme-keys/locations/{location}/keyRings/central/cryptoKeys/{word}"
            );
            let key = table([("purpose", "encrypt".into()), ("existing", full.into())]);
            let all = root
                .entry("keys")
                .or_insert_with(|| Value::Table(Table::new()));
            all.as_table_mut().unwrap().insert(name.clone(), key);
            keys.push(name);
        }
        if !keys.is_empty() {
            named.insert(word.to_owned(), texts(&keys));
        }
    }
    named
}
