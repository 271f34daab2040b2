//! Caches: nobody reaches one that the blueprint does not give, and none takes who does not log in.

use super::Broken::CachesAreGiven;
use super::Model;
use crate::cloud::{Grant, one};

impl Model<'_> {
    pub(super) fn caches(&mut self) {
        let declared = self.declared;
        let valkey = self.cloud.all("memorystore instances");
        let valkey = valkey.map(|(name, cache)| ("valkey", name, cache, "authorization-mode"));
        let redis = self.cloud.all("redis clusters");
        let redis = redis.map(|(name, cache)| ("redis", name, cache, "auth-mode"));
        let all: Vec<_> = valkey.chain(redis).collect();
        for (engine, name, cache, login) in all {
            let closed = one(cache, login) == Some("iam-auth")
                && one(cache, "transit-encryption-mode") == Some("server-authentication");
            let closed = closed && declared.cache_engine(name).as_deref() == Some(engine);
            let says = format!("{name} takes whoever comes, or what everybody hears");
            self.must(closed, CachesAreGiven, says);
        }
        let rights = self.grants.clone().into_iter();
        let of_caches = ["roles/memorystore.", "roles/redis."];
        let of_caches = |grant: &Grant| of_caches.iter().any(|one| grant.role.starts_with(one));
        for grant in rights.filter(|grant| of_caches(grant)) {
            let email = grant.to.strip_prefix("serviceAccount:").unwrap_or_default();
            let asked = (grant.role.clone(), grant.on.clone());
            let condition = grant.condition.as_ref().map(|(_, condition)| condition);
            let given = declared.elements().any(|element| {
                let caches = element.caches();
                let mut own = caches.iter().map(|cache| {
                    let (path, project) = declared.cache_path(cache);
                    let role = match declared.cache_engine(cache).as_deref() {
                        Some("redis") => "roles/redis.dbConnectionUser",
                        _ => "roles/memorystore.dbConnectionUser",
                    };
                    let on = format!("//cloudresourcemanager.googleapis.com/projects/{project}");
                    (role, on, format!("resource.name == '{path}'"))
                });
                let logs_in = own.any(|(role, on, only)| {
                    grant.role == role && grant.on == on && condition == Some(&only)
                });
                element.account() == email && (logs_in || element.grants().contains(&asked))
            });
            self.must(given, CachesAreGiven, format!("{grant:?}"));
        }
    }
}
