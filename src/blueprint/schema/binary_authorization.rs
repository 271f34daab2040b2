//! Which images may run.

use schemars::JsonSchema;
use serde::Deserialize;

/// What happens to an image that the policy does not admit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AdmissionMode {
    /// It does not run, and the audit log says so.
    Enforce,
    /// It runs, and the audit log says that it would not have.
    DryRun,
}

/// Binary Authorization: Cloud Run asks the project's policy before an image runs, for services with each revision, for jobs with each execution. The policy is
/// the project's one and is made as a whole. All services, jobs and workers are asked about; nothing here uses its way out (`--breakglass`), and `verify.sh`
/// finds what did.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BinaryAuthorization {
    /// Whether the policy is somebody else's: then it is left as it is, and only asked.
    #[schemars(extend("default" = false))]
    pub existing: Option<bool>,
    /// What happens to an image that is not admitted.
    #[schemars(extend("default" = "enforce"))]
    pub mode: Option<AdmissionMode>,
    /// The attestors by their full names, `projects/PROJECT/attestors/NAME`, of this project or another one. An image is admitted when all of them have signed
    /// its digest.
    ///
    /// Default: none; then only what `exempt_images` names is admitted.
    #[schemars(extend("examples" = [["projects/acme-security/attestors/built-by-release"]]))]
    pub attestors: Vec<String>,
    /// Images that need no attestation: one by its digest, or all whose names begin so, with `*` at the end for what has no further `/`, or `**` for all below.
    #[schemars(extend("examples" = [["europe-docker.pkg.dev/acme-images/app/*"]]))]
    pub exempt_images: Vec<String>,
    /// Whether it is on its way out: nothing is asked any longer, and the policy admits everything, as a project's does from the beginning. Then it can leave
    /// the blueprint.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
}
