//! The posture of buckets.

use super::{Facts, granted_on};
use crate::plan::google::{roles, storage};
use crate::plan::model::{Bucket, Cors, Plan};

pub(super) fn bucket(plan: &Plan, bucket: &Bucket, facts: &mut Facts) {
    let element = format!("buckets.{}", bucket.name);
    let on = bucket.resource();
    for (fact, role) in [
        ("readers", roles::STORAGE_VIEWER),
        ("writers", roles::STORAGE_USER),
        ("creators", roles::STORAGE_CREATOR),
    ] {
        let holders = granted_on(plan, &on, role);
        facts.list(&element, fact, holders, "nobody");
    }
    if bucket.existing {
        return;
    }
    facts.say(&element, "bucket", &bucket.bucket);
    facts.say(&element, "location", &bucket.location);
    // No blueprint can switch these off; somebody in the console can.
    facts.switch(&element, "uniform_access", true);
    facts.switch(&element, "public_access_prevention", true);
    facts.say(
        &element,
        "soft_delete",
        format!("{} days", storage::SOFT_DELETE / 86_400),
    );
    facts.switch(&element, "versioning", bucket.versioning);
    let retention = bucket
        .retention
        .map_or_else(|| "none".to_owned(), |days| format!("{days} days"));
    facts.say(&element, "retention", retention);
    facts.list(&element, "cors", bucket.cors.iter().map(cors), "none");
    // Whoever is told of objects hears their names, and somebody can add one.
    let home = &plan.project.id;
    let told = bucket.notifications.iter().map(|one| one.in_short(home));
    facts.list(&element, "notifications", told, "none");
    facts.encryption(plan, &element, bucket.encryption_key.as_ref());
    facts.switch(&element, "deletion_protection", bucket.deletion_protection);
}

/// What browsers let through, in short: `GET+HEAD from https://shop.example.com`.
fn cors(cors: &Cors) -> String {
    format!("{} from {}", cors.methods.join("+"), cors.origins.join("+"))
}
