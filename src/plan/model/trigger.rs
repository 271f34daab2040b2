//! Triggers: what calls a service from inside of Google Cloud.

use super::{Account, Text};

/// A call of a service by a trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerCall {
    /// The service's name.
    pub service: String,
    /// The path, which begins with `/`.
    pub path: String,
    /// The whole address.
    pub endpoint: Text,
    /// The service's address: what the token is for.
    pub audience: Text,
    /// Whose token it is.
    pub account: Account,
}

impl TriggerCall {
    /// It in short: `service orders/cleanup`.
    #[must_use]
    pub fn in_short(&self) -> String {
        format!("service {}{}", self.service, self.path)
    }

    /// The path, where it is another one than the root.
    #[must_use]
    pub fn path_below(&self) -> Option<&str> {
        (self.path != "/").then_some(self.path.as_str())
    }
}
