//! The facts of the internal load balancer.

use super::shared::{hosts, unknown_host};
use super::{Posture, joined};
use crate::cloud::{Settings, many, one};

impl Posture<'_> {
    pub(super) fn internal_load_balancer(&self, name: &str) -> Option<String> {
        let rules = self.cloud.all("compute forwarding-rules");
        let inside: Vec<&Settings> = rules
            .map(|(_, rule)| rule)
            .filter(|rule| one(rule, "load-balancing-scheme") == Some("INTERNAL_MANAGED"))
            .collect();
        let proxy = one(inside.first()?, "target-https-proxy")?;
        let proxy = self.cloud.find("compute target-https-proxies", proxy)?;
        let map = self
            .cloud
            .find("compute url-maps", one(proxy, "url-map")?)?;
        let policy = one(proxy, "ssl-policy")?;
        let policy = self.cloud.find("compute ssl-policies", policy)?;
        Some(match name {
            "hosts" => hosts(map),
            "unknown_host" => unknown_host(map)?,
            "ports" => {
                let ports = inside.iter().filter_map(|rule| one(rule, "ports"));
                joined(ports.map(str::to_owned), "none")
            }
            "reached_from" => {
                let far = inside
                    .iter()
                    .any(|rule| one(rule, "allow-global-access") != Some("false"));
                if far { "every region" } else { "its region" }.to_owned()
            }
            "certificate" => {
                let certificates = many(proxy, "certificate-manager-certificates");
                let made = |name: &String| {
                    let found = self.cloud.find("certificate-manager certificates", name);
                    found.is_some_and(|one| one.contains_key("domains"))
                };
                let managed = !certificates.is_empty() && certificates.iter().all(made);
                if managed { "managed" } else { "other" }.to_owned()
            }
            "tls" => one(policy, "profile")?.to_lowercase(),
            "min_tls" => one(policy, "min-tls-version")?.to_owned(),
            _ => return None,
        })
    }
}
