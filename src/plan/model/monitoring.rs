//! Who hears of what fails, and of what.

use super::{Dashboard, Labels};

/// Channels, uptime checks and alerts of an environment.
///
/// Google chooses their ids, so they are told apart by their display names: the project's name and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitoring {
    /// Who is written to; never empty.
    pub channels: Vec<NotificationChannel>,
    /// What is asked from outside, by host.
    pub checks: Vec<UptimeCheck>,
    /// The alerts, by id.
    pub alerts: Vec<Alert>,
    /// The page to look at then; `None` where none is wanted.
    pub dashboard: Option<Dashboard>,
    /// The labels of channels, alerts and dashboard. Checks have none: gcloud 528 takes labels of a check and leaves them out.
    pub labels: Labels,
}

/// An address that alerts go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationChannel {
    /// Its display name: `shop oncall@example.com`.
    pub name: String,
    /// The address.
    pub address: String,
}

/// A request that is made every minute from several places of the world, by HTTPS and with a certificate that must be valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UptimeCheck {
    /// Its display name: `shop shop.example.com`.
    pub name: String,
    /// Its name as a resource: `shop-example-com`.
    pub local: String,
    /// The host.
    pub host: String,
    /// The path.
    pub path: String,
    /// The answers that are good.
    pub accepts: Statuses,
}

/// Statuses of HTTP: classes or codes, since Google takes no mixture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statuses {
    /// Of these hundreds.
    Classes(Vec<u8>),
    /// These.
    Codes(Vec<u16>),
}

impl Statuses {
    /// In short: `2xx`, `401 403`.
    #[must_use]
    pub fn in_short(&self) -> String {
        let words: Vec<String> = match self {
            Self::Classes(classes) => classes.iter().map(|class| format!("{class}xx")).collect(),
            Self::Codes(codes) => codes.iter().map(ToString::to_string).collect(),
        };
        words.join(" ")
    }
}

/// An alert: a condition, and what is written when it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What it is about: `dead-letters`.
    pub id: &'static str,
    /// Its display name: `shop dead-letters`.
    pub name: String,
    /// The subject of what is written.
    pub subject: String,
    /// What it means and what to look at first, in lines of Markdown.
    pub documentation: Vec<String>,
    /// How bad it is.
    pub severity: AlertSeverity,
    /// When it goes off.
    pub condition: AlertCondition,
    /// The number above which it goes off, where there is one: in percent, milliseconds of a latency, seconds of an age, or a count.
    pub limit: Option<String>,
}

/// How bad an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertSeverity {
    /// Somebody has to act now.
    Critical,
    /// Something fails.
    Error,
    /// Something will fail.
    Warning,
}

impl AlertSeverity {
    /// Google's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "CRITICAL",
            Self::Error => "ERROR",
            Self::Warning => "WARNING",
        }
    }
}

/// When an alert goes off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertCondition {
    /// A query has an answer.
    Query {
        /// The lines of the query, in `PromQL`.
        lines: Vec<String>,
        /// Seconds for which it must have one.
        lasts: u32,
    },
    /// An entry is logged.
    Log {
        /// The lines of the filter, which must all hold.
        lines: Vec<String>,
    },
}
