//! Organisation policies and audit logs.

/// An organisation policy, set on the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgPolicy {
    /// The constraint: `run.allowedIngress`.
    pub constraint: String,
    /// What it says.
    pub rule: OrgRule,
    /// Why it is set, or why it is set so wide.
    pub why: String,
}

/// What an organisation policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrgRule {
    /// A boolean constraint holds.
    Enforce,
    /// Only these values are allowed.
    Allow(Vec<String>),
    /// No value is allowed.
    DenyAll,
}

/// Audit logs of one API. Admin activity is always logged by Google.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLog {
    /// The API, or `allServices`.
    pub service: String,
    /// What is logged: `ADMIN_READ`, `DATA_READ`, `DATA_WRITE`.
    pub kinds: Vec<String>,
}
