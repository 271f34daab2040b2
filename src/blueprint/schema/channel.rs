//! Channels of Eventarc.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Table;
use crate::blueprint::json_schema::Labels;
use crate::blueprint::units::Truth;

/// A channel of Eventarc: the code publishes events of its own to it, and `[events]` tell of them. It lies in the project's region.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Channel {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// Principals who may publish, beside what says so in its own `channels`. They may publish to every channel of the project.
    #[schemars(extend("examples" = [["serviceAccount:till@acme-stores.iam.gserviceaccount.com"]]))]
    pub publishers: Vec<String>,
    /// A channel that exists already: `true` for this name in this project, or its full name,
    /// `projects/PROJECT/locations/LOCATION/channels/NAME`. It is not made, but the grants for it are.
    #[schemars(extend("default" = false))]
    pub existing: Option<Truth>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
    /// Whether Terraform refuses to delete it.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
}
