//! Organisation policies and audit logs.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{BinaryAuthorization, Exception, Perimeter};
use crate::blueprint::units::{Duration, OneOrMany};

/// How anonymous services are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AnonymousBy {
    /// The check of the invoker is off; works under domain-restricted sharing.
    NoInvokerCheck,
    /// `allUsers` may invoke.
    AllUsers,
}

/// Which audit logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AuditLogs {
    /// Of the APIs that the blueprint uses and that guard something, and of those whose log an event listens to.
    Focused,
    /// Of all APIs.
    All,
    /// Only what Google always writes; needs the exception `audit-logs-off`.
    Off,
}

/// Organisation policies, audit logs, which images may run, and a perimeter around the project.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Governance {
    /// The organisation policies that the project gets: `true` for all that fit what the blueprint declares, or a list of
    /// constraints. They need rights in the organisation, so they have a stage of their own.
    #[schemars(extend("default" = false, "examples" = [["run.allowedIngress"]]))]
    pub org_policies: Option<OneOrMany>,
    /// How anonymous services are opened.
    #[schemars(extend("default" = "no-invoker-check"))]
    pub anonymous_by: Option<AnonymousBy>,
    /// Which audit logs of reads and writes are kept, beside those that Google always keeps.
    #[schemars(extend("default" = "focused"))]
    pub audit_logs: Option<AuditLogs>,
    /// How long the project's own log bucket `_Default` keeps an entry, in whole days up to ten years. It holds all logs but
    /// those of administrators' changes, which Google keeps for 400 days.
    ///
    /// Default: it is left as it is; Google makes it with 30 days.
    #[schemars(extend("examples" = ["90d"]))]
    pub log_retention: Option<Duration>,
    /// Which images may run.
    ///
    /// Default: Cloud Run asks nobody.
    pub binary_authorization: Option<BinaryAuthorization>,
    /// The perimeter of VPC Service Controls.
    ///
    /// Default: Google's APIs ask IAM alone.
    pub perimeter: Option<Perimeter>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}
