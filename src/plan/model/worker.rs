//! Worker pools of Cloud Run.

use super::{Call, CiOwns, Workload};

/// A Cloud Run worker pool: instances that run all the time and that nothing calls. Nobody is granted a role on it here, since
/// gcloud has no command for its policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Its name.
    pub name: String,
    /// How many instances run.
    pub instances: u32,
    /// What runs, and as whom.
    pub workload: Workload,
    /// What a pipeline changes and Terraform and the scripts leave alone.
    pub ci_owns: Vec<CiOwns>,
    /// Whether Terraform refuses to delete it.
    pub deletion_protection: bool,
    /// Whether it is on its way out (`retire = true`).
    pub retiring: bool,
    /// The services that it calls.
    pub calls: Vec<Call>,
    /// The services whose policy must stand before it.
    pub after_policies: Vec<String>,
}
