//! The facts of what services share: network, load balancer, WAF.

use super::{Posture, joined, switch};
use crate::cloud::{Settings, many, one};

/// The facts of a subnetwork.
pub(super) fn subnetwork(subnet: &Settings, name: &str) -> Option<String> {
    let on = |field: &str| Some(switch(one(subnet, field) == Some("true")));
    match name {
        "flow_logs" => on("enable-flow-logs"),
        "google_access" => on("enable-private-ip-google-access"),
        "subnet" => one(subnet, "range").map(str::to_owned),
        _ => None,
    }
}

impl Posture<'_> {
    pub(super) fn project(&self, name: &str, promised: &str) -> Option<String> {
        if name == "state" {
            return self.state.cloned();
        }
        if name != "name" {
            return self.cloud.one("project", "", name).map(str::to_owned);
        }
        // What is shared is called by it: the network that is made here, and the load balancer.
        let networks = self.cloud.all("compute networks");
        let proxies = self.cloud.all("compute target-https-proxies");
        let proxies = proxies.filter(|(_, proxy)| !proxy.contains_key("region"));
        let mut shared = networks.chain(proxies).map(|(name, _)| name);
        let other = shared.find(|name| *name != promised);
        Some(other.unwrap_or(promised).to_owned())
    }

    pub(super) fn network(&self, name: &str) -> Option<String> {
        let mut networks = self.cloud.all("compute networks");
        let own = networks.next();
        let zones = self.cloud.all("dns managed-zones");
        let here = Some(self.place.region.as_str());
        let subnets = self.cloud.all("compute networks subnets");
        let subnets = subnets.filter(|(_, subnet)| one(subnet, "region") == here);
        let is_for_proxies = |subnet: &Settings| subnet.contains_key("purpose");
        let (proxies, instances): (Vec<_>, Vec<_>) =
            subnets.partition(|(_, subnet)| is_for_proxies(subnet));
        let mut policies = self.cloud.all("dns policies");
        let on = |settings: &Settings, field: &str| switch(one(settings, field) == Some("true"));
        match name {
            "private_zones" => {
                let private = zones.filter(|(_, zone)| one(zone, "visibility") == Some("private"));
                Some(joined(
                    private.map(|(_, zone)| one(zone, "dns-name").unwrap().to_owned()),
                    "none",
                ))
            }
            "existing" => {
                assert!(own.is_none());
                let kinds = [
                    "run services",
                    "run jobs",
                    "run worker-pools",
                    "sql instances",
                    "dns managed-zones",
                ];
                let all = kinds.into_iter().flat_map(|kind| self.cloud.all(kind));
                let networks = all.filter_map(|(_, settings)| {
                    one(settings, "network").or(one(settings, "networks"))
                });
                Some(joined(networks.map(str::to_owned), "none"))
            }
            "egress" => Some(
                if self.denies("egress") {
                    "denied"
                } else {
                    "allowed"
                }
                .to_owned(),
            ),
            "egress.openings" => Some(self.openings("egress")),
            "ingress.openings" => Some(self.openings("ingress")),
            "dns_logs" => Some(on(policies.next()?.1, "enable-logging")),
            "routes" => {
                assert_eq!(one(own?.1, "default-routes"), Some("none"));
                let routes = self.cloud.all("compute routes");
                Some(joined(
                    routes.map(|(_, route)| one(route, "destination-range").unwrap().to_owned()),
                    "none",
                ))
            }
            "nat" => {
                let nats = self.cloud.all("compute routers nats");
                let pool = |nat: &Settings| one(nat, "nat-external-ip-pool").unwrap().to_owned();
                Some(joined(nats.map(|(_, nat)| pool(nat)), "none"))
            }
            "services_range" => {
                let mut addresses = self.cloud.all("compute addresses");
                let (_, range) = addresses
                    .find(|(_, address)| one(address, "purpose") == Some("VPC_PEERING"))?;
                Some(format!(
                    "{}/{}",
                    one(range, "addresses")?,
                    one(range, "prefix-length")?
                ))
            }
            "proxy_range" => {
                let (_, proxies) = proxies.first()?;
                assert_eq!(one(proxies, "purpose"), Some("REGIONAL_MANAGED_PROXY"));
                one(proxies, "range").map(str::to_owned)
            }
            other => subnetwork(instances.first()?.1, other),
        }
    }

    fn rules(&self, direction: &str) -> impl Iterator<Item = &Settings> {
        let rules = self.cloud.all("compute firewall-rules");
        rules
            .map(|(_, rule)| rule)
            .filter(move |rule| one(rule, "direction") == Some(direction))
    }

    fn denies(&self, direction: &str) -> bool {
        let everywhere = ["0.0.0.0/0".to_owned()];
        self.rules(direction).any(|rule| {
            one(rule, "action") == Some("DENY")
                && many(rule, "rules") == ["all"]
                && many(rule, "target-tags").is_empty()
                && (many(rule, "destination-ranges") == everywhere
                    || many(rule, "source-ranges") == everywhere)
        })
    }

    fn openings(&self, direction: &str) -> String {
        let open = self
            .rules(direction)
            .filter(|rule| one(rule, "action") == Some("ALLOW"));
        let short = |rule: &Settings| {
            let (to, ranges) = match direction {
                "egress" => ("to", many(rule, "destination-ranges")),
                _ => ("from", many(rule, "source-ranges")),
            };
            let tags = many(rule, "target-tags");
            let tags = if tags.is_empty() {
                String::new()
            } else {
                format!(" for {}", tags.join("+"))
            };
            // A range of ports comes after the ports before it, whatever its digits are.
            let mut ports = many(rule, "rules").to_vec();
            ports.sort_by_key(|ports| ports.split(['-', ':']).nth(1)?.parse::<u16>().ok());
            format!("{} {to} {}{tags}", ports.join("+"), ranges.join("+"))
        };
        joined(open.map(short), "none")
    }

    pub(super) fn load_balancer(&self, name: &str) -> Option<String> {
        let mut proxies = self.cloud.all("compute target-https-proxies");
        let (_, https) = proxies.find(|(_, proxy)| !proxy.contains_key("region"))?;
        let (_, http) = self.cloud.all("compute target-http-proxies").next()?;
        let map = self
            .cloud
            .find("compute url-maps", one(https, "url-map")?)?;
        let policy = || {
            self.cloud
                .find("compute ssl-policies", one(https, "ssl-policy")?)
        };
        Some(match name {
            "hosts" => hosts(map),
            "unknown_host" => unknown_host(map)?,
            "http" => {
                let map = self.cloud.find("compute url-maps", one(http, "url-map")?)?;
                let redirects = one(map, "redirect/httpsRedirect") == Some("true")
                    && !map.contains_key("default");
                if redirects { "redirect" } else { "lead" }.to_owned()
            }
            "tls" => one(policy()?, "profile")?.to_lowercase(),
            "min_tls" => one(policy()?, "min-tls-version")?.to_owned(),
            "certificate" => match one(https, "certificate-map") {
                None if one(https, "ssl-certificates").is_some() => "classic".to_owned(),
                None => "none".to_owned(),
                Some(map) => {
                    let home = format!(
                        "projects/{}/locations/global/certificateMaps/",
                        self.place.project
                    );
                    let own = map.strip_prefix(&home);
                    let made = own.is_some_and(|own| {
                        self.cloud.find("certificate-manager maps", own).is_some()
                    });
                    if made { "managed" } else { map }.to_owned()
                }
            },
            _ => return None,
        })
    }

    pub(super) fn waf(&self, own: &str, name: &str, promised: &str) -> Option<String> {
        let project = &self.names.project;
        let policy = if own.is_empty() {
            project.clone()
        } else {
            format!("{project}-{own}")
        };
        let settings = self.cloud.find("compute security-policies", &policy)?;
        let kind = "compute security-policies rules";
        match name {
            "mode" => {
                let prefix = format!("{policy} ");
                let mut rules = self
                    .cloud
                    .all(kind)
                    .filter(|(rule, _)| rule.starts_with(&prefix));
                let preview = rules.any(|(_, rule)| one(rule, "preview") == Some("true"));
                Some(if preview { "preview" } else { "enforce" }.to_owned())
            }
            "adaptive" => Some(switch(
                one(settings, "enable-layer7-ddos-defense") == Some("true"),
            )),
            "logging" => one(settings, "log-level").map(str::to_lowercase),
            rule => {
                // A rule's name stands nowhere in the cloud; its place among the others does.
                rule.strip_prefix("rules.")?;
                let (_, priority) = promised.rsplit_once("priority ")?;
                let rule = self.cloud.find(kind, &format!("{policy} {priority}"))?;
                Some(format!("{}, priority {priority}", rule_in_short(rule)?))
            }
        }
    }
}

/// A rule of the WAF in short, without its place.
fn rule_in_short(rule: &Settings) -> Option<String> {
    let limit = || {
        let key = one(rule, "enforce-on-key")?.replace('-', "_");
        let name = one(rule, "enforce-on-key-name")
            .map(|name| format!(" {name}"))
            .unwrap_or_default();
        Some(format!(
            "above {} in {} seconds by {key}{name}",
            one(rule, "rate-limit-threshold-count")?,
            one(rule, "rate-limit-threshold-interval-sec")?,
        ))
    };
    let action = match one(rule, "action")? {
        "throttle" => format!("throttle {}", limit()?),
        "rate-based-ban" => format!(
            "ban for {} seconds {}",
            one(rule, "ban-duration-sec")?,
            limit()?
        ),
        other => other.replace('-', " "),
    };
    let matches = match one(rule, "expression") {
        Some(expression) => format!("when {expression}"),
        None => format!("from {}", many(rule, "src-ip-ranges").join(" ")),
    };
    let mut short = format!("{action} {matches}");
    for exclusion in many(rule, "exclusions") {
        let parts: Vec<&str> = exclusion.splitn(5, ':').collect();
        let [_, ids, field, operator, name] = parts.as_slice() else {
            panic!("{exclusion} is no exclusion")
        };
        let field = if *field == "query-param" {
            "query"
        } else {
            field
        };
        let name = if name.is_empty() {
            String::new()
        } else {
            format!(" {name}")
        };
        let ids = if ids.is_empty() {
            "all".to_owned()
        } else {
            ids.replace(',', " ")
        };
        short.extend([", without ", field, " ", operator, &name, " for ", &ids]);
    }
    Some(short)
}

/// The hosts that a URL map knows.
pub(super) fn hosts(map: &Settings) -> String {
    let hosts = map.keys().filter_map(|field| field.strip_prefix("host/"));
    let hosts = hosts.filter(|host| !host.contains('/'));
    joined(hosts.map(str::to_owned), "none")
}

/// What a URL map does with a host that it does not know.
pub(super) fn unknown_host(map: &Settings) -> Option<String> {
    let refuses = one(map, "default")?.starts_with("refuse 404 ");
    Some(if refuses { "refuse" } else { "lead" }.to_owned())
}
