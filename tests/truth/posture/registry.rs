//! The facts of repositories of images.

use super::{Posture, joined, switch};
use crate::cloud::one;

impl Posture<'_> {
    pub(super) fn registry(&self, registry: &str, name: &str) -> Option<String> {
        let mut known = self.names.registries.iter();
        let (_, path) = known.find(|(one, _)| one == registry)?;
        let on = format!("//artifactregistry.googleapis.com/{path}");
        let holders = |role: &str| Some(joined(self.holders(&on, role), "nobody"));
        match name {
            "readers" => return holders("roles/artifactregistry.reader"),
            "writers" => return holders("roles/artifactregistry.writer"),
            _ => {}
        }
        let settings = self.cloud.find("artifacts repositories", &path.id)?;
        assert_eq!(one(settings, "location"), Some(path.location.as_str()));
        assert_eq!(one(settings, "repository-format"), Some("docker"));
        let remote = one(settings, "remote-docker-repo");
        let mode = if remote.is_some() {
            "remote"
        } else {
            "standard"
        };
        assert_eq!(one(settings, "mode")?, format!("{mode}-repository"));
        match name {
            "remote" => Some(remote.unwrap_or("none").to_owned()),
            "encryption" => one(settings, "kms-key").map(|key| self.key_in_short(key)),
            "immutable_tags" => Some(switch(one(settings, "immutable-tags")? == "true")),
            // Terraform's own.
            "deletion_protection" => Some(switch(one(settings, "prevent-destroy")? == "true")),
            _ => None,
        }
    }
}
