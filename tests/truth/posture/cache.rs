//! The facts of caches.

use super::{Posture, switch};
use crate::cloud::one;

impl Posture<'_> {
    pub(super) fn cache(&self, cache: &str, name: &str) -> Option<String> {
        let valkey = self.cloud.find("memorystore instances", cache);
        let (settings, things, role) = if let Some(settings) = valkey {
            (settings, "instances", "roles/memorystore.dbConnectionUser")
        } else {
            let settings = self.cloud.find("redis clusters", cache)?;
            (settings, "clusters", "roles/redis.dbConnectionUser")
        };
        let setting = |field: &str| one(settings, field);
        Some(match name {
            "users" => {
                let end = format!("/{things}/{cache}'");
                let grants = self.cloud.grants.iter();
                self.holders_under(grants, role, |expression| expression.ends_with(&end))
            }
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
