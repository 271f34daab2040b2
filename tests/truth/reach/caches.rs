//! Caches: nobody reaches one that the blueprint does not give, and none takes who does not log in.

use std::collections::BTreeMap;

use super::Broken::CachesAreGiven;
use super::Model;
use crate::cloud::{Settings, many, one};

impl Model<'_> {
    pub(super) fn caches(&mut self) {
        let declared = self.declared;
        for (name, cache) in self.cloud.all("memorystore instances") {
            let closed = one(cache, "authorization-mode") == Some("iam-auth")
                && one(cache, "transit-encryption-mode") == Some("server-authentication");
            let closed = closed && declared.table("caches").contains_key(name);
            let says = format!("{name} takes whoever comes, or what everybody hears");
            self.must(closed, CachesAreGiven, says);
        }
        let rights = self.grants.clone().into_iter();
        for grant in rights.filter(|grant| grant.role.starts_with("roles/memorystore.")) {
            let email = grant.to.strip_prefix("serviceAccount:").unwrap_or_default();
            let asked = (grant.role.clone(), grant.on.clone());
            let condition = grant.condition.as_ref().map(|(_, condition)| condition);
            let given = declared.elements().any(|element| {
                let caches = element.caches();
                let mut own = caches.iter().map(|cache| {
                    let (project, region) = (&declared.project, &declared.region);
                    format!(
                        "resource.name == 'projects/{project}/locations/{region}/instances/{cache}'"
                    )
                });
                let logs_in = grant.role == "roles/memorystore.dbConnectionUser"
                    && own.any(|own| condition == Some(&own));
                element.account() == email && (logs_in || element.grants().contains(&asked))
            });
            self.must(given, CachesAreGiven, format!("{grant:?}"));
        }
    }

    /// A way to caches is there for those alone that use one.
    pub(super) fn cache_opening(
        &mut self,
        name: &str,
        rule: &Settings,
        tags: &BTreeMap<String, (String, String)>,
    ) {
        let opens = |opened: &String| opened == "tcp:6379" || opened == "all";
        if !many(rule, "rules").iter().any(opens) {
            return;
        }
        let targets = many(rule, "target-tags");
        let declared = self.declared;
        let uses = |tag: &String| {
            tags.get(tag).is_some_and(|(kind, name)| {
                let mut elements = declared.elements();
                elements.any(|element| {
                    element.kind == kind && element.name == *name && !element.caches().is_empty()
                })
            })
        };
        let given = !targets.is_empty() && targets.iter().all(uses);
        let says = format!("{name} opens caches to {targets:?}");
        self.must(given, CachesAreGiven, says);
    }
}
