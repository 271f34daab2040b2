//! The facts of monitoring.

use super::{Posture, joined};
use crate::cloud::{many, one};

impl Posture<'_> {
    pub(super) fn monitoring(&self, name: &str) -> Option<String> {
        let prefix = format!("{} ", self.names.project);
        let channels: Vec<&str> = self
            .cloud
            .all("monitoring channels")
            .map(|(name, _)| name)
            .collect();
        match name {
            "notify" => {
                let channels = self.cloud.all("monitoring channels");
                let addresses = channels.map(|(name, settings)| {
                    assert_eq!(one(settings, "type"), Some("email"), "{name}");
                    let address = one(settings, "channel-labels").unwrap();
                    address.strip_prefix("email_address=").unwrap().to_owned()
                });
                Some(joined(addresses, "nobody"))
            }
            "uptime" => {
                let checks = self.cloud.all("monitoring uptime").map(|(name, settings)| {
                    for (field, value) in [("protocol", "https"), ("validate-ssl", "true")] {
                        assert_eq!(one(settings, field), Some(value), "{field} of {name}");
                    }
                    let mut labels = many(settings, "resource-labels").iter();
                    let host = labels
                        .find_map(|label| label.strip_prefix("host="))
                        .unwrap();
                    let path = one(settings, "path").unwrap();
                    let good =
                        ["status-classes", "status-codes"].map(|field| many(settings, field));
                    format!("{host}{path} answers {}", good.concat().join(" "))
                });
                Some(joined(checks, "none"))
            }
            "alerts" => {
                let alerts = self.cloud.all("monitoring policies");
                let heard = alerts.filter(|(_, settings)| {
                    let on = one(settings, "enabled") == Some("true");
                    on && many(settings, "notification_channels") == channels
                });
                let ids = heard.map(|(name, _)| name.strip_prefix(&prefix).unwrap().to_owned());
                Some(joined(ids, "none"))
            }
            _ => None,
        }
    }
}
