//! The posture of repositories of images.

use super::{Facts, granted_on};
use crate::plan::google::roles;
use crate::plan::model::{Plan, Registry};

pub(super) fn registry(plan: &Plan, registry: &Registry, facts: &mut Facts) {
    let element = format!("registries.{}", registry.name);
    let on = registry.path.resource();
    for (fact, role) in [
        ("readers", roles::ARTIFACT_READER),
        ("writers", roles::ARTIFACT_WRITER),
    ] {
        let holders = granted_on(plan, &on, role);
        facts.list(&element, fact, holders, "nobody");
    }
    if registry.existing {
        return;
    }
    let remote = registry.remote.as_ref().map_or("none", |one| one.word());
    facts.say(&element, "remote", remote);
    if registry.remote.is_none() {
        facts.switch(&element, "immutable_tags", registry.immutable_tags);
    }
    facts.encryption(plan, &element, registry.encryption_key.as_ref());
    let protection = registry.deletion_protection;
    facts.switch(&element, "deletion_protection", protection);
}
