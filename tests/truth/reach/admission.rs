//! Which images run: those that the declared policy admits, and none that nobody is asked about.

use toml::{Table, Value};

use super::Broken::ImagesAreAdmitted;
use super::Model;
use crate::cloud::{Grant, many, one};
use crate::declared::{strings, word};

fn written(governance: &Table) -> Option<&Table> {
    governance.get("binary_authorization")?.as_table()
}

fn is(table: &Table, key: &str) -> bool {
    table.get(key).and_then(Value::as_bool) == Some(true)
}

impl Model<'_> {
    pub(super) fn admission(&mut self) {
        let governance = self.declared.table("governance");
        let written = written(&governance);
        let asked = written.is_some_and(|one| !is(one, "retire"));
        for kind in ["run services", "run jobs", "run worker-pools"] {
            for (name, settings) in self.cloud.all(kind) {
                let asks = one(settings, "binary-authorization");
                let right = asks == asked.then_some("default");
                let past = one(settings, "breakglass").is_some();
                let says = format!("{kind} {name} asks {asks:?}, past it: {past}");
                self.must(right && !past, ImagesAreAdmitted, says);
            }
        }
        let own = written.filter(|one| !is(one, "existing"));
        let policy = self.cloud.find("container binauthz policy", "");
        let (Some(written), Some(policy)) = (own, policy) else {
            let says = "a policy that nobody declares, or none".to_owned();
            self.must(own.is_none() && policy.is_none(), ImagesAreAdmitted, says);
            return;
        };
        let attestors = strings(written.get("attestors"));
        let exempt = strings(written.get("exempt_images"));
        let mode = word(written, "mode").unwrap_or("enforce");
        let (evaluation, enforcement, attestors, exempt) = match (asked, attestors.is_empty(), mode)
        {
            (false, ..) => (
                "ALWAYS_ALLOW",
                "ENFORCED_BLOCK_AND_AUDIT_LOG",
                Vec::new(),
                Vec::new(),
            ),
            (true, none, mode) => (
                if none {
                    "ALWAYS_DENY"
                } else {
                    "REQUIRE_ATTESTATION"
                },
                match mode {
                    "dry-run" => "DRYRUN_AUDIT_LOG_ONLY",
                    _ => "ENFORCED_BLOCK_AND_AUDIT_LOG",
                },
                attestors.into_iter().collect(),
                exempt.into_iter().collect(),
            ),
        };
        let right = one(policy, "evaluation") == Some(evaluation)
            && one(policy, "enforcement") == Some(enforcement)
            && one(policy, "global") == Some("DISABLE")
            && *many(policy, "attestors") == attestors
            && *many(policy, "exempt") == exempt;
        self.must(
            right,
            ImagesAreAdmitted,
            format!("another policy: {policy:?}"),
        );
    }

    /// Whether a grant lets Binary Authorization's agent see an attestor that is declared.
    pub(super) fn is_about_admission(&self, grant: &Grant) -> bool {
        let governance = self.declared.table("governance");
        let attestors = written(&governance).map(|one| strings(one.get("attestors")));
        let path = grant
            .on
            .strip_prefix("//binaryauthorization.googleapis.com/");
        let named = path
            .zip(attestors)
            .is_some_and(|(path, all)| all.contains(path));
        named
            && grant.role == "roles/binaryauthorization.attestorsVerifier"
            && grant.to.starts_with("serviceAccount:service-")
            && grant
                .to
                .ends_with("@gcp-sa-binaryauthorization.iam.gserviceaccount.com")
    }
}
