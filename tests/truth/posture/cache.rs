//! The facts of caches.

use super::{Posture, joined, switch};
use crate::cloud::one;

impl Posture<'_> {
    pub(super) fn cache(&self, cache: &str, name: &str) -> Option<String> {
        let settings = self.cloud.find("memorystore instances", cache)?;
        let setting = |field: &str| one(settings, field);
        Some(match name {
            "users" => {
                let end = format!("/instances/{cache}'");
                let grants = self.cloud.grants.iter().filter(|grant| {
                    let condition = grant.condition.as_ref();
                    grant.role == "roles/memorystore.dbConnectionUser"
                        && condition.is_none_or(|(_, expression)| expression.ends_with(&end))
                });
                joined(grants.map(|grant| self.short(&grant.to)), "nobody")
            }
            "version" => setting("engine-version")?.to_owned(),
            "encryption" => self.key_in_short(setting("kms-key")?),
            "tls" if setting("transit-encryption-mode") == Some("server-authentication") => {
                "encrypted".to_owned()
            }
            "tls" => "none".to_owned(),
            "iam_login" => switch(setting("authorization-mode") == Some("iam-auth")),
            "availability" => match setting("replica-count")? {
                "0" => "zonal".to_owned(),
                _ => "regional".to_owned(),
            },
            "deletion_protection" => {
                let own = setting("prevent-destroy").is_none_or(|on| on == "true");
                switch(own && setting("deletion-protection-enabled") == Some("true"))
            }
            _ => return None,
        })
    }
}
