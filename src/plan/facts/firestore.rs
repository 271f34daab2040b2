//! The posture of databases of Firestore.

use super::{Facts, granted_under};
use crate::plan::google::roles;
use crate::plan::model::{Firestore, FirestoreMode, Plan};

pub(super) fn firestore(plan: &Plan, firestore: &Firestore, facts: &mut Facts) {
    let element = format!("firestores.{}", firestore.name);
    let (on, only) = (firestore.path.resource(), firestore.only());
    for (fact, role) in [
        ("readers", roles::DATASTORE_VIEWER),
        ("writers", roles::DATASTORE_USER),
    ] {
        let holders = granted_under(plan, &on, role, &only.title);
        facts.list(&element, fact, holders, "nobody");
    }
    if firestore.existing {
        return;
    }
    facts.say(&element, "database", &firestore.path.id);
    let mode = match firestore.mode {
        FirestoreMode::Native => "native",
        FirestoreMode::Datastore => "datastore",
    };
    facts.say(&element, "mode", mode);
    facts.say(&element, "location", &firestore.location);
    facts.switch(&element, "pitr", firestore.pitr);
    let ttl = firestore.ttl.iter();
    let ttl = ttl.map(|one| format!("{} by {}", one.collection, one.field));
    facts.list(&element, "deleted_by_time", ttl, "none");
    facts.encryption(plan, &element, firestore.encryption_key.as_ref());
    let protection = firestore.deletion_protection;
    facts.switch(&element, "deletion_protection", protection);
}
