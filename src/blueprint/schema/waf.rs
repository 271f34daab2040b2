//! The WAF.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Exception;
use crate::blueprint::json_schema::Matching;
use crate::blueprint::units::Duration;
use crate::name::Kind;

/// Whether the WAF denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WafMode {
    /// It only logs what it would deny.
    Preview,
    /// It denies.
    Enforce,
}

/// A version of the OWASP core rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Crs {
    /// 4.22.
    #[serde(rename = "4.22")]
    V4_22,
    /// 3.3.
    #[serde(rename = "3.3")]
    V3_3,
}

/// How much the WAF logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WafLogging {
    /// Which rule matched.
    Normal,
    /// Parts of requests too, and whatever stands in them.
    Verbose,
}

/// The web application firewall (Cloud Armor) before all public services. The first rule that matches decides: refused ranges,
/// countries, rules of your own, trusted ranges, rule sets, and last the rate limit.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Waf {
    /// Whether it denies or only logs. It has no default once a service is public: here or in each environment it is said.
    pub mode: Option<WafMode>,
    /// The version of the OWASP core rule set.
    #[schemars(extend("default" = "4.22"))]
    pub crs: Option<Crs>,
    /// How much the rule sets suspect, from 1 (few false alarms) to 4.
    #[schemars(extend("default" = 1))]
    pub sensitivity: Option<u8>,
    /// The rule sets that look into requests. An empty list needs the exception `waf-without-rules`.
    ///
    /// Default: all sets of the version.
    #[schemars(extend("examples" = [["sqli", "xss"]]))]
    pub rules: Option<Vec<String>>,
    /// Signatures of the sets that are left out, by their full ids, as the logs name them.
    #[schemars(extend("examples" = [["owasp-crs-v042200-id942350-sqli"]]))]
    pub opt_out: Vec<String>,
    /// Fields of requests that a set does not look at.
    pub exclude: Vec<Exclusion>,
    /// The limit of requests of each client.
    ///
    /// Default: 600 requests in 60 seconds, then a throttle.
    pub rate_limit: Option<RateLimit>,
    /// Ranges whose requests skip the rule sets and the rate limit. It needs the exception `waf-trust`.
    #[schemars(extend("examples" = [["192.0.2.0/24"]]))]
    pub trust: Vec<String>,
    /// Ranges that are let in; everybody else is refused.
    ///
    /// Default: everybody.
    #[schemars(extend("examples" = [["192.0.2.0/24"]]))]
    pub only: Vec<String>,
    /// Ranges that are refused.
    #[schemars(extend("examples" = [["198.51.100.0/24"]]))]
    pub deny: Vec<String>,
    /// Countries that are let in or refused: `{ only = ["JP"] }` or `{ deny = ["…"] }`.
    pub regions: Option<Regions>,
    /// Rules of your own.
    pub custom: Vec<CustomRule>,
    /// Whether adaptive protection watches for floods of requests.
    #[schemars(extend("default" = true))]
    pub adaptive: Option<bool>,
    /// How much is logged.
    #[schemars(extend("default" = "normal"))]
    pub logging: Option<WafLogging>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

/// A field that a rule set does not look at: one of `header`, `cookie`, `query`, `uri`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Exclusion {
    /// The rule set.
    #[schemars(extend("x-required" = true, "examples" = ["sqli"]))]
    pub rule: Option<String>,
    /// Signatures of the set that do not look at it.
    ///
    /// Default: all of the set.
    pub ids: Vec<String>,
    /// The name of a header; `*` is any.
    pub header: Option<String>,
    /// The name of a cookie; `*` is any.
    pub cookie: Option<String>,
    /// The name of a parameter of the query or of a form; `*` is any.
    pub query: Option<String>,
    /// A path; `*` is any.
    pub uri: Option<String>,
    /// How the name is compared.
    #[schemars(extend("default" = "equals"))]
    pub compare: Option<Compare>,
}

/// How names are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Compare {
    Equals,
    StartsWith,
    EndsWith,
    Contains,
}

/// What happens above a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RateAction {
    /// Requests above the limit get 429.
    Throttle,
    /// The client is shut out for a while.
    Ban,
}

/// A limit of requests. It is counted for each client, behind the rule sets.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimit {
    /// How many requests are let through: at most 1,000,000 by a throttle, 10,000 by a ban.
    #[schemars(extend("x-required" = true, "examples" = [100]))]
    pub requests: Option<u32>,
    /// In which time they are counted; one of Cloud Armor's intervals, from 10 seconds to an hour.
    #[schemars(extend("default" = "60s"))]
    pub per: Option<Duration>,
    /// What happens above the limit.
    #[schemars(extend("default" = "throttle"))]
    pub action: Option<RateAction>,
    /// For how long a client is shut out, from a minute to a day. Only with `action = "ban"`.
    #[schemars(extend("default" = "600s"))]
    pub ban: Option<Duration>,
    /// By what clients are told apart: `ip`, `xff-ip`, `header:NAME`, `cookie:NAME`, `path`, `region`, `all`, `ja3`, `ja4`.
    #[schemars(extend("default" = "ip"))]
    pub key: Option<String>,
}

/// Countries, by their two letters (ISO 3166-1): either list, not both.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Regions {
    /// Only these are let in.
    #[schemars(extend("examples" = [["JP"]]))]
    pub only: Vec<String>,
    /// These are refused.
    #[schemars(extend("examples" = [["GB"]]))]
    pub deny: Vec<String>,
}

/// A rule of your own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CustomRule {
    /// Its name, for the logs.
    #[schemars(transform = Matching(Kind::Part), extend("x-required" = true, "examples" = ["no-admin"]))]
    pub name: Option<String>,
    /// Which requests it is for: an expression in Cloud Armor's CEL.
    #[schemars(extend("x-required" = true, "examples" = ["request.path.startsWith('/admin')"]))]
    pub when: Option<String>,
    /// What it does with them.
    #[schemars(extend("x-required" = true))]
    pub action: Option<CustomAction>,
    /// Its place among the rules of your own; the lowest comes first.
    #[schemars(extend("x-required" = true))]
    pub priority: Option<u32>,
}

/// What a rule of your own does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CustomAction {
    /// Lets the request through, past the rule sets; needs the exception `waf-trust`.
    Allow,
    /// Answers 403.
    Deny,
    /// Answers 404.
    #[serde(rename = "deny-404")]
    Deny404,
    /// Answers 502.
    #[serde(rename = "deny-502")]
    Deny502,
}
