//! The facts of keys.

use super::{Posture, joined, switch};
use crate::cloud::one;

impl Posture<'_> {
    /// A key as the facts call it: without its project where that is this one.
    pub(super) fn key_in_short(&self, key: &str) -> String {
        let home = format!("projects/{}/", self.place.project);
        key.strip_prefix(&home).unwrap_or(key).to_owned()
    }

    pub(super) fn key(&self, key: &str, name: &str) -> Option<String> {
        let mut known = self.names.keys.iter();
        let (_, path) = known.find(|(one, _)| one == key)?;
        let on = format!("//cloudkms.googleapis.com/{path}");
        let holders = |role: &str| Some(joined(self.holders(&on, role), "nobody"));
        match name {
            "signers" => return holders("roles/cloudkms.signer"),
            "verifiers" => return holders("roles/cloudkms.publicKeyViewer"),
            "encrypters" => return holders("roles/cloudkms.cryptoKeyEncrypter"),
            "decrypters" => return holders("roles/cloudkms.cryptoKeyDecrypter"),
            "encrypter_decrypters" => {
                return holders("roles/cloudkms.cryptoKeyEncrypterDecrypter");
            }
            "managers" => return holders("roles/cloudkms.admin"),
            _ => {}
        }
        let inside = format!("{} {}", path.location, path.ring);
        self.cloud.find("kms keyrings", &inside)?;
        let settings = self
            .cloud
            .find("kms keys", &format!("{inside} {}", path.id))?;
        let days = |field: &str| {
            let seconds = one(settings, field)?.strip_suffix('s')?;
            let seconds: u64 = seconds.parse().unwrap();
            assert_eq!(seconds % 86_400, 0, "{field} of {key}");
            Some(format!("{} days", seconds / 86_400))
        };
        match name {
            "purpose" => Some(
                match one(settings, "purpose")? {
                    "encryption" => "encrypt",
                    "asymmetric-signing" => "sign",
                    other => panic!("a key for {other}"),
                }
                .to_owned(),
            ),
            "algorithm" => one(settings, "default-algorithm").map(str::to_owned),
            "protection" => one(settings, "protection-level").map(str::to_owned),
            "rotation" => days("rotation-period"),
            "destroyed_after" => days("destroy-scheduled-duration"),
            // Terraform's own.
            "deletion_protection" => Some(switch(one(settings, "prevent-destroy")? == "true")),
            _ => None,
        }
    }
}
