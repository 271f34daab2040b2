//! The facts of what may run.

use super::{Posture, joined};
use crate::cloud::{many, one};

impl Posture<'_> {
    pub(super) fn admission(&self, name: &str) -> Option<String> {
        let policy = self.cloud.find("container binauthz policy", "")?;
        let list = |field: &str| joined(many(policy, field).to_vec(), "none");
        Some(match name {
            "mode" => match (one(policy, "evaluation")?, one(policy, "enforcement")?) {
                ("ALWAYS_ALLOW", _) => "off",
                (_, "ENFORCED_BLOCK_AND_AUDIT_LOG") => "enforce",
                (_, "DRYRUN_AUDIT_LOG_ONLY") => "dry-run",
                _ => return None,
            }
            .to_owned(),
            "attestors" if one(policy, "evaluation")? == "REQUIRE_ATTESTATION" => list("attestors"),
            "attestors" => "none".to_owned(),
            "exempt_images" => list("exempt"),
            _ => return None,
        })
    }
}
