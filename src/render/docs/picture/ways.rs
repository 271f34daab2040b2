//! What accounts do with the data, read from their grants.

use std::collections::BTreeMap;

use super::id;
use crate::plan::google::roles;
use crate::plan::model::{Grant, Plan, Principal, Resource};

/// What accounts do with things: by their addresses, each thing's node with the word for each role there.
pub(super) type Ways<'p> = BTreeMap<&'p str, Vec<(String, Vec<&'p str>)>>;

pub(super) fn to_buckets(plan: &Plan) -> Ways<'_> {
    let buckets = plan.buckets.iter();
    let buckets = buckets.map(|bucket| (id("bucket", &bucket.name), bucket.resource()));
    to(plan, buckets, |role| match role {
        roles::STORAGE_VIEWER => "reads",
        roles::STORAGE_USER => "reads and writes",
        roles::STORAGE_CREATOR => "adds",
        role => role,
    })
}

pub(super) fn to_firestores(plan: &Plan) -> Ways<'_> {
    let firestores = plan.firestores.iter();
    let firestores = firestores.map(|firestore| {
        let node = id("firestore", &firestore.name);
        (
            node,
            firestore.path.resource(),
            Some(firestore.only().title),
        )
    });
    under(plan, firestores, |role| match role {
        roles::DATASTORE_VIEWER => "reads",
        roles::DATASTORE_USER => "reads and writes",
        role => role,
    })
}

pub(super) fn to_datasets(plan: &Plan) -> Ways<'_> {
    let datasets = plan.datasets.iter().filter_map(|dataset| {
        // An arrow to the dataset says it, however many tables it is used for.
        let on = dataset.places().into_iter().next();
        on.map(|on| (id("dataset", &dataset.name), on))
    });
    to(plan, datasets, |role| match role {
        roles::BIGQUERY_DATA_VIEWER => "reads",
        roles::BIGQUERY_DATA_EDITOR => "reads and writes",
        role => role,
    })
}

pub(super) fn to_keys(plan: &Plan) -> Ways<'_> {
    let keys = plan.keys.iter();
    let keys = keys.map(|key| (id("key", &key.name), key.path.resource()));
    to(plan, keys, |role| match role {
        roles::KMS_SIGNER => "signs",
        roles::KMS_PUBLIC_KEY_VIEWER => "verifies",
        roles::KMS_ENCRYPTER => "encrypts",
        roles::KMS_DECRYPTER => "decrypts",
        roles::KMS_ADMIN => "manages",
        role => role,
    })
}

fn to<'p>(
    plan: &'p Plan,
    things: impl Iterator<Item = (String, Resource)>,
    word: impl Fn(&'p str) -> &'p str,
) -> Ways<'p> {
    under(plan, things.map(|(node, on)| (node, on, None)), word)
}

/// The same, of things that a condition of that title tells from what else its resource holds.
fn under<'p>(
    plan: &'p Plan,
    things: impl Iterator<Item = (String, Resource, Option<String>)>,
    word: impl Fn(&'p str) -> &'p str,
) -> Ways<'p> {
    let mut ways = Ways::new();
    for (node, on, title) in things {
        let mut does: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let such = |grant: &&Grant| {
            let condition = grant.condition.as_ref().map(|one| &one.title);
            title.is_none() || title.as_ref() == condition
        };
        for grant in plan.grants_on(&on).iter().filter(such) {
            if let Principal::Account { id: _, email } = &grant.to {
                does.entry(email).or_default().push(word(&grant.role));
            }
        }
        for (email, does) in does {
            ways.entry(email).or_default().push((node.clone(), does));
        }
    }
    ways
}
