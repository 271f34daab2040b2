//! The posture of caches.

use super::{Facts, granted_under};
use crate::plan::google::memorystore;
use crate::plan::model::{Availability, Cache, Plan, only_cache};

pub(super) fn cache(plan: &Plan, cache: &Cache, facts: &mut Facts) {
    let element = format!("caches.{}", cache.name);
    let only = only_cache(&cache.name);
    let user = memorystore::of(cache.engine).user;
    let users = granted_under(plan, &cache.home(), user, &only);
    facts.list(&element, "users", users, "nobody");
    if cache.existing {
        return;
    }
    facts.say(&element, "version", memorystore::version(cache.engine));
    facts.say(&element, "tls", "encrypted");
    facts.switch(&element, "iam_login", true);
    let availability = match cache.availability {
        Availability::Regional => "regional",
        Availability::Zonal => "zonal",
    };
    facts.say(&element, "availability", availability);
    facts.encryption(plan, &element, cache.encryption_key.as_ref());
    facts.switch(&element, "deletion_protection", cache.deletion_protection);
}
