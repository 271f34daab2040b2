//! The facts of caches.

use super::{Posture, switch};
use crate::cloud::one;

impl Posture<'_> {
    pub(super) fn cache(&self, cache: &str, name: &str) -> Option<String> {
        let settings = self.cloud.find("memorystore instances", cache)?;
        let setting = |field: &str| one(settings, field);
        Some(match name {
            "users" => {
                let end = format!("/instances/{cache}'");
                let (grants, role) = (
                    self.cloud.grants.iter(),
                    "roles/memorystore.dbConnectionUser",
                );
                self.holders_under(grants, role, |expression| expression.ends_with(&end))
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
