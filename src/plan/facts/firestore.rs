//! The posture of databases of Firestore.

use super::Facts;
use crate::plan::google::roles;
use crate::plan::model::{Firestore, FirestoreMode, Plan};

pub(super) fn firestore(plan: &Plan, firestore: &Firestore, facts: &mut Facts) {
    let element = format!("firestores.{}", firestore.name);
    let (on, only) = (firestore.path.resource(), firestore.only());
    for (fact, role) in [
        ("readers", roles::DATASTORE_VIEWER),
        ("writers", roles::DATASTORE_USER),
    ] {
        let granted = plan.grants_on(&on).iter();
        let holders = granted.filter(|grant| {
            // Without a condition the right is on every database of the project.
            let condition = grant.condition.as_ref();
            grant.role == role && condition.is_none_or(|one| one.title == only.title)
        });
        let holders = holders.map(|grant| grant.to.in_short(&plan.project.id));
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
