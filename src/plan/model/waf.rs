//! Cloud Armor policies.

/// A Cloud Armor policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waf {
    /// Its name.
    pub name: String,
    /// Whether the rules deny, or only log what they would deny.
    pub mode: WafMode,
    /// The rules by priority; the last is the default rule.
    pub rules: Vec<WafRule>,
    /// Whether adaptive protection watches.
    pub adaptive: bool,
    /// Whether logs hold parts of the requests.
    pub verbose_logging: bool,
}

/// Whether the rules of a policy deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WafMode {
    /// They only log what they would do.
    Preview,
    /// They deny.
    Enforce,
}

/// A rule. The first that matches decides, unless it is in preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WafRule {
    /// Unique in its policy. 2147483647 is the default rule.
    pub priority: u32,
    /// A name that is unique in its policy: `sqli`, `cve`, `rate-limit`, `default`.
    pub name: String,
    /// At most 64 characters.
    pub description: String,
    /// What it matches.
    pub matches: WafMatch,
    /// What it does.
    pub action: WafAction,
    /// Whether it only logs.
    pub preview: bool,
    /// Fields that a rule set does not look at.
    pub exclusions: Vec<WafExclusion>,
}

/// What a rule matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WafMatch {
    /// Addresses: at most 10 ranges, or `*`.
    Ranges(Vec<String>),
    /// An expression of Cloud Armor's CEL.
    Expression(String),
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WafAction {
    /// Lets it through; nothing below is looked at.
    Allow,
    /// Answers with this code: 403, 404 or 502.
    Deny(u16),
    /// Lets through what is below the limit; answers 429 above it.
    Throttle(RateLimit),
    /// As a throttle, and shuts the client out for a while.
    Ban(RateLimit, Ban),
}

/// A limit of requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// How many.
    pub requests: u32,
    /// In how many seconds.
    pub per: u32,
    /// By what clients are told apart, in Terraform's form: `IP`, `XFF_IP`, `HTTP_HEADER`…
    pub key: String,
    /// The header's or cookie's name where the key is one.
    pub key_name: Option<String>,
}

/// How long a client is shut out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// For how many seconds.
    pub seconds: u32,
}

/// A field that a rule set does not look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WafExclusion {
    /// The rule set: `sqli-v422-stable`.
    pub rule_set: String,
    /// Signatures; empty is the whole set.
    pub ids: Vec<String>,
    /// Which part of the request.
    pub field: WafField,
    /// How its name is compared, in Google's form: `EQUALS`, `STARTS_WITH`, `ENDS_WITH`, `CONTAINS`, `EQUALS_ANY`.
    pub operator: String,
    /// The name; `None` only with `EQUALS_ANY`.
    pub name: Option<String>,
}

/// A part of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WafField {
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// A parameter of the query or of a form.
    QueryParam,
    /// The path.
    Uri,
}
