//! The network.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Table;
use crate::blueprint::json_schema::Path;
use crate::name::Kind;

/// The network: one of your own, or one that exists already.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// The range that instances take their addresses from. It must hold four addresses for each instance, since old and new
    /// ones run side by side during a rollout, and two for each cache.
    #[schemars(extend("default" = "10.8.0.0/24"))]
    pub subnet: Option<String>,
    /// The range that databases take their addresses from. It is reserved where there is a database.
    #[schemars(extend("default" = "10.9.0.0/20"))]
    pub service_range: Option<String>,
    /// The ranges that instances of other regions take their addresses from, by region: for each that is among the `regions` of a
    /// service, sized as `subnet`.
    #[schemars(extend("examples" = [{"us-central1": "10.10.0.0/24"}]))]
    pub subnets: Table<String>,
    /// The range that the internal load balancer calls from, which nothing else has addresses in. It is taken where a service has
    /// `private_domains`.
    #[schemars(extend("default" = "10.7.0.0/23"))]
    pub proxy_range: Option<String>,
    /// A network that exists already, also that of a Shared VPC host project. Nothing is made in it but what
    /// `private_zones` allows.
    pub existing: Option<ExistingNetwork>,
}

/// A network that exists already.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExistingNetwork {
    /// Its name, or `projects/HOST/global/networks/NAME` in another project.
    #[schemars(transform = Path("projects/[^/]*/global/networks/", Kind::Compute), extend("x-required" = true))]
    pub network: Option<String>,
    /// Its subnetwork's name, or `projects/HOST/regions/REGION/subnetworks/NAME`.
    #[schemars(transform = Path("projects/[^/]*/regions/[^/]*/subnetworks/", Kind::Compute), extend("x-required" = true))]
    pub subnet: Option<String>,
    /// Whether the private zone for run.app may be made in it. It turns the look-ups of everybody in that network.
    #[schemars(extend("default" = false))]
    pub private_zones: Option<bool>,
}
