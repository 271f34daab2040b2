//! The facts of caches.

use super::{Posture, switch};
use crate::cloud::one;

impl Posture<'_> {
    pub(super) fn cache(&self, cache: &str, name: &str) -> Option<String> {
        let mut known = self.names.caches.iter();
        let (_, project, path) = known.find(|(one, _, _)| one == cache)?;
        if name == "users" {
            let role = if path.contains("/clusters/") {
                "roles/redis.dbConnectionUser"
            } else {
                "roles/memorystore.dbConnectionUser"
            };
            let on = format!("//cloudresourcemanager.googleapis.com/projects/{project}");
            let only = format!("resource.name == '{path}'");
            let grants = self.cloud.grants.iter().chain(self.elsewhere);
            let grants = grants.filter(|grant| grant.on == on);
            return Some(self.holders_under(grants, role, |expression| expression == only));
        }
        let valkey = self.cloud.find("memorystore instances", cache);
        let settings = valkey.or_else(|| self.cloud.find("redis clusters", cache))?;
        let setting = |field: &str| one(settings, field);
        Some(match name {
            "version" if valkey.is_none() => "REDIS_CLUSTER".to_owned(),
            "version" => setting("engine-version")?.to_owned(),
            "encryption" => self.key_in_short(setting("kms-key")?),
            "tls" if setting("transit-encryption-mode") == Some("server-authentication") => {
                "encrypted".to_owned()
            }
            "tls" => "none".to_owned(),
            "iam_login" => {
                let mode = setting("authorization-mode").or(setting("auth-mode"));
                switch(mode == Some("iam-auth"))
            }
            "availability" => match setting("replica-count")? {
                "0" => "zonal".to_owned(),
                _ => "regional".to_owned(),
            },
            "deletion_protection" => {
                let own = setting("prevent-destroy").is_none_or(|on| on == "true");
                let on = setting("deletion-protection-enabled").or(setting("deletion-protection"));
                switch(own && on == Some("true"))
            }
            _ => return None,
        })
    }
}
