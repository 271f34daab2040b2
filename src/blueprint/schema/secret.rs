//! Secrets.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Exception, Table};
use crate::blueprint::json_schema::Labels;
use crate::blueprint::units::{Duration, Truth};

/// A secret of Secret Manager. Its values never stand in a file or a state: `secrets.sh` asks for them.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Secret {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// The version that `"NAME"` without a number means. Numbers are counted in each project, so with several environments
    /// it stands in each of them.
    ///
    /// Default: the place that reads it says the version.
    #[schemars(extend("examples" = [3]))]
    pub version: Option<u32>,
    /// The regions that hold a copy.
    ///
    /// Default: the project's region.
    #[schemars(extend("examples" = [["europe-west1", "europe-west3"]]))]
    pub replicas: Vec<String>,
    /// How often its value is replaced, in whole days. Secret Manager says so two weeks before, or a sixth of that time where that is less,
    /// and then each time anew; an alert tells those in `notify` of `[monitoring]`.
    ///
    /// Default: whenever somebody thinks of it.
    #[schemars(extend("examples" = ["90d"]))]
    pub rotation: Option<Duration>,
    /// Has `secrets.sh` make the first value up instead of asking for it.
    pub generate: Option<Generate>,
    /// A secret that exists already: `true` for this name in this project, or its full name,
    /// `projects/PROJECT/secrets/NAME`. It is not made, but the grants on it are.
    #[schemars(extend("default" = false))]
    pub existing: Option<Truth>,
    /// Principals who may add versions.
    #[schemars(extend("examples" = [["group:security@example.com"]]))]
    pub writers: Vec<String>,
    /// Whether it lies under a key of one's own. A later change holds for what is new from then on.
    ///
    /// Default: as `[encryption]` says of `secrets`.
    pub cmek: Option<bool>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
    /// Whether Terraform refuses to delete it.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

/// How the value of a secret is made.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Generate {
    /// How many characters it has.
    #[schemars(extend("default" = 32))]
    pub length: Option<u32>,
    /// The characters to choose from: at least ten of printable ASCII, each once.
    #[schemars(extend("default" = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"))]
    pub alphabet: Option<String>,
}
