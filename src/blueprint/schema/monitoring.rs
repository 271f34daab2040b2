//! Who hears of it when something fails.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Number, OneOrFalse, Table};
use crate::blueprint::json_schema::{Items, Matching};
use crate::blueprint::units::{Duration, OrFalse};
use crate::name::Kind;

/// Who hears of it when something fails or opens. `notify` alone is enough: the hosts of the load balancer are asked from
/// around the world once a minute, whatever stands in the blueprint has the alerts that are for its kind, and one dashboard shows how
/// all of it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Monitoring {
    /// The e-mail addresses that every alert goes to, 16 at the most. A group's is better than a person's. With an empty list
    /// nothing is watched, for an environment that nobody waits for.
    #[schemars(transform = Items(Matching(Kind::Email)), extend("x-required" = true, "examples" = [["shop-oncall@example.com"]]))]
    pub notify: Option<Vec<String>>,
    /// The path that is asked for on a host of the load balancer, or `false` for a host that is not asked.
    ///
    /// Default: every host is asked, for the `health` of its service where it has one.
    #[schemars(extend("examples" = [{"shop.example.com": "/status", "old.example.com": false}]))]
    pub uptime: Table<OneOrFalse>,
    /// When an alert goes off, where that is another time than usual; `false` takes it away.
    pub alerts: Alerts,
    /// Whether there is a page to look at after an alert: a dashboard of Cloud Monitoring, with a group of charts for each kind
    /// of thing that stands in the blueprint, and a line where an alert goes off.
    #[schemars(extend("default" = true))]
    pub dashboard: Option<bool>,
}

/// When alerts go off. Each is there by itself where the blueprint has what it watches.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    /// The oldest message that waits in a subscription is older than this. Dead letters have an alert of their own.
    #[schemars(extend("default" = "1h"))]
    pub backlog: Option<OrFalse<Duration>>,
    /// The certificate of a host ends within this time, in days.
    #[schemars(extend("default" = "14d"))]
    pub certificate: Option<OrFalse<Duration>>,
    /// A database has this many percent of the connections that it accepts.
    #[schemars(extend("default" = 80))]
    pub connections: Option<OrFalse<Number>>,
    /// A message became a dead letter.
    #[schemars(extend("default" = true))]
    pub dead_letters: Option<bool>,
    /// The WAF refuses more requests than this within five minutes. Only where it enforces.
    #[schemars(extend("default" = 100))]
    pub denials: Option<OrFalse<Number>>,
    /// The disk of a database is this many percent full.
    #[schemars(extend("default" = 90))]
    pub disk: Option<OrFalse<Number>>,
    /// A service answers this many percent of its requests with 5xx, and five requests at the least.
    #[schemars(extend("default" = 5))]
    pub errors: Option<OrFalse<Number>>,
    /// This many percent of the instances that a service may have are at work. Not of a service that has one or as many as it
    /// may.
    #[schemars(extend("default" = 80))]
    pub instances: Option<OrFalse<Number>>,
    /// An execution of a job failed.
    #[schemars(extend("default" = true))]
    pub jobs: Option<bool>,
    /// One in twenty requests of a service takes longer than this. Not of a service whose `timeout` is above a minute: it is
    /// slow on purpose.
    #[schemars(extend("default" = "2s"))]
    pub latency: Option<OrFalse<Duration>>,
    /// Somebody grants something to everybody (`allUsers`, `allAuthenticatedUsers`).
    #[schemars(extend("default" = true))]
    pub public_grants: Option<bool>,
    /// A secret is to be replaced, as its `rotation` says. It stays until somebody has taken the message.
    #[schemars(extend("default" = true))]
    pub rotation: Option<bool>,
    /// Somebody else than an account of the project reads the value of a secret. Only where audit logs tell it.
    #[schemars(extend("default" = true))]
    pub secrets: Option<bool>,
    /// More tasks than this wait in a queue.
    #[schemars(extend("default" = 1000))]
    pub tasks: Option<OrFalse<Number>>,
}
