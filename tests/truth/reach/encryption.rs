//! Keys of one's own: what is declared to lie under one does, and nobody but the product's agent encrypts and decrypts with it.

use std::collections::BTreeSet;

use toml::Value;

use super::Broken::KeysAreOwn;
use super::Model;
use crate::cloud::{Grant, Settings, many};
use crate::declared::{Declared, strings};

/// A product: its word, its agent, and the kinds of its things with their tables and the setting that names the key.
type Product = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str, &'static str)],
);

#[rustfmt::skip] // a table is read by its rows
const PRODUCTS: &[Product] = &[
    ("artifacts", "gcp-sa-artifactregistry", &[("artifacts repositories", "registries", "kms-key")]),
    ("eventarc", "gcp-sa-eventarc", &[("eventarc channels", "channels", "crypto-key")]),
    ("firestore", "gcp-sa-firestore", &[("firestore databases", "firestores", "kms-key-name")]),
    ("memorystore", "gcp-sa-memorystore", &[("memorystore instances", "caches", "kms-key")]),
    ("pubsub", "gcp-sa-pubsub", &[("pubsub topics", "topics", "topic-encryption-key")]),
    ("redis", "cloud-redis", &[("redis clusters", "caches", "kms-key")]),
    ("run", "serverless-robot-prod", &[("run services", "services", "key"), ("run jobs", "jobs", "key"), ("run worker-pools", "workers", "key")]),
    ("secrets", "gcp-sa-secretmanager", &[("secrets", "secrets", "copies-under")]),
    ("sql", "gcp-sa-cloud-sql", &[("sql instances", "databases", "disk-encryption-key")]),
    ("storage", "gs-project-accounts", &[("storage buckets", "buckets", "default-encryption-key")]),
];

const ROLE: &str = "roles/cloudkms.cryptoKeyEncrypterDecrypter";

impl Model<'_> {
    pub(super) fn own_keys(&mut self) {
        let declared = self.declared;
        for (product, _, kinds) in PRODUCTS {
            let keys = keys(declared, product);
            for (kind, table, field) in *kinds {
                for (name, settings) in self.cloud.all(kind) {
                    let wanted = says(declared, table, name, settings)
                        .unwrap_or_else(|| is_chosen(declared, product));
                    let under = many(settings, field);
                    // Of a secret, each copy has one.
                    let copies = many(settings, "locations").len();
                    let enough = *kind != "secrets" || under.len() == copies.max(1);
                    let own = under.iter().all(|one| {
                        let key = one.split_once(' ').map_or(one.as_str(), |(_, key)| key);
                        keys.contains(key)
                    });
                    let holds = if wanted {
                        own && enough && !under.is_empty()
                    } else {
                        under.is_empty()
                    };
                    self.must(holds, KeysAreOwn, format!("{kind} {name}: {under:?}"));
                }
            }
        }
        for grant in self.grants.clone() {
            if grant.role == ROLE {
                let held = self.is_about_encryption(grant);
                self.must(held, KeysAreOwn, format!("nothing asks for {grant:?}"));
            }
        }
    }

    /// Whether a product encrypts with a key that is its own.
    pub(super) fn is_about_encryption(&self, grant: &Grant) -> bool {
        let key = grant.on.strip_prefix("//cloudkms.googleapis.com/");
        PRODUCTS.iter().any(|(product, agent, _)| {
            let member = format!("@{agent}.iam.gserviceaccount.com");
            grant.role == ROLE
                && grant.to.starts_with("serviceAccount:service-")
                && grant.to.ends_with(&member)
                && key.is_some_and(|key| keys(self.declared, product).contains(key))
        })
    }
}

/// The keys that a product may encrypt under.
fn keys(declared: &Declared, product: &str) -> BTreeSet<String> {
    let named = declared.table("encryption");
    let named = named.get("keys").and_then(|keys| keys.get(product));
    let mut all = strings(named);
    all.insert(format!("cmek-{product}"));
    let path = |name: &String| {
        let known = declared.table("keys").contains_key(name);
        let full = if known {
            declared.key(name)
        } else {
            declared.key_of_ours(name)
        };
        full.replace("//cloudkms.googleapis.com/", "")
    };
    all.iter().map(path).collect()
}

/// Whether what says nothing itself lies under a key of one's own.
fn is_chosen(declared: &Declared, product: &str) -> bool {
    match declared.table("encryption").get("cmek") {
        Some(Value::Boolean(all)) => *all,
        list => strings(list).contains(product),
    }
}

/// What a thing says itself; a replica says what its database says.
fn says(declared: &Declared, table: &str, name: &str, settings: &Settings) -> Option<bool> {
    let of = settings.get("master-instance-name");
    let name = of.map_or(name, |of| of[0].as_str());
    let elements = declared.table(table);
    let called = |element: &str| match table {
        "buckets" => declared.bucket(element) == name,
        "firestores" => {
            let here = format!("projects/{}/databases/{name}", declared.project);
            declared.firestore(element) == here
        }
        _ => element == name,
    };
    let mut all = elements.iter();
    let (_, element) = all.find(|(element, _)| called(element))?;
    element.get("cmek")?.as_bool()
}
