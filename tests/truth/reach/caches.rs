//! Caches: nobody reaches one that the blueprint does not give, and none takes who does not log in.

use super::Broken::CachesAreGiven;
use super::Model;
use crate::cloud::one;

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
}
