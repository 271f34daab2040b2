//! Repositories of Artifact Registry.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Table;
use crate::blueprint::json_schema::{Labels, Shaped};
use crate::blueprint::units::{Duration, Truth};

/// A repository of images in Artifact Registry, in the project's region. What Cloud Run pulls from it follows from the images.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Registry {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// Whether a tag stays on the image that it was given to. An image with such a tag cannot be deleted, not even by `keep`.
    ///
    /// Default: `true`; a mirror has no tags of its own.
    #[schemars(extend("examples" = [false]))]
    pub immutable_tags: Option<bool>,
    /// What is kept of each image when it is old. Without it nothing is deleted.
    pub keep: Option<Keep>,
    /// The registry of which it is a mirror: `docker-hub`, or an address. Whoever may read it has what is pulled fetched from
    /// there once and kept. It cannot be changed later.
    #[schemars(transform = Shaped(REMOTE), extend("examples" = ["docker-hub", "https://ghcr.io"]))]
    pub remote: Option<String>,
    /// A repository that exists already: `true` for this name in this project and region, or its full name,
    /// `projects/PROJECT/locations/LOCATION/repositories/NAME`. It is not made, but the grants on it are.
    #[schemars(extend("default" = false))]
    pub existing: Option<Truth>,
    /// Principals who may pull its images.
    #[schemars(extend("examples" = [["group:developers@example.com"]]))]
    pub readers: Vec<String>,
    /// Principals who may pull and push images.
    #[schemars(extend("examples" = [["serviceAccount:build@acme-ci.iam.gserviceaccount.com"]]))]
    pub writers: Vec<String>,
    /// Whether it lies under a key of one's own. It cannot be changed later.
    ///
    /// Default: as `[encryption]` says of `artifacts`.
    pub cmek: Option<bool>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
    /// Whether Terraform refuses to delete it with all its images.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
}

/// What a mirror may stand in front of.
const REMOTE: &str = r"^(docker-hub|https://[a-z0-9.-]+(/[A-Za-z0-9._/-]*)?)$";

/// What is kept of each image when it is old.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Keep {
    /// From which age on a version is deleted, in whole days.
    #[schemars(extend("x-required" = true, "examples" = ["90d"]))]
    pub age: Option<Duration>,
    /// How many versions of each image stay all the same, the newest ones. What runs is a copy of Cloud Run's own, but what is
    /// deployed again, by a rollback or by Terraform, has to be there.
    #[schemars(extend("default" = 20))]
    pub versions: Option<u32>,
}
