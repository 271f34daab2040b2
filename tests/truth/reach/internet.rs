//! From the internet: the ways to each service, and what stands on them.

use toml::Value;

use super::Broken::{InternalStaysInside, PublicIsReached, PublicPassesTheWaf};
use super::Model;
use crate::cloud::{Settings, one};
use crate::declared::Element;

/// A way from the internet to a service.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    /// Its run.app address.
    RunApp,
    /// A domain that is mapped to it.
    Mapped(String),
    /// A backend of the load balancer, for a host and a path; nothing where the whole host leads there.
    Balanced {
        backend: String,
        host: String,
        path: String,
    },
}

impl<'a> Model<'a> {
    /// The ways from the internet to each service, by the three settings that decide it
    /// (<https://cloud.google.com/run/docs/securing/ingress>).
    fn ways(&self) -> Vec<(&'a str, Way)> {
        let mut ways = Vec::new();
        for (name, service) in self.cloud.all("run services") {
            let ingress = one(service, "ingress").unwrap_or("all");
            if ingress == "all" && one(service, "default-url") != Some("false") {
                ways.push((name, Way::RunApp));
            }
            for (domain, mapping) in self.cloud.all("run domain-mappings") {
                if one(mapping, "service") == Some(name) && ingress == "all" {
                    ways.push((name, Way::Mapped(domain.to_owned())));
                }
            }
            if ingress != "internal" {
                ways.extend(self.balanced(name).into_iter().map(|way| (name, way)));
            }
        }
        ways
    }

    fn balanced(&self, service: &str) -> Vec<Way> {
        let backends = self.backends(service);
        let mut ways = Vec::new();
        for (name, map) in self.cloud.all("compute url-maps") {
            if !self.is_open(name) {
                continue;
            }
            for (field, values) in map {
                let backend = values.concat();
                if field.starts_with("test/") || !backends.contains(backend.as_str()) {
                    continue;
                }
                let place = field.strip_prefix("host/").unwrap_or("*");
                let (host, path) = place.split_at(place.find('/').unwrap_or(place.len()));
                ways.push(Way::Balanced {
                    backend,
                    host: host.to_owned(),
                    path: path.to_owned(),
                });
            }
        }
        ways
    }

    /// Whether a forwarding rule on the internet leads to a URL map.
    fn is_open(&self, map: &str) -> bool {
        let proxies = ["target-https-proxy", "target-http-proxy"];
        let rules = self.cloud.all("compute forwarding-rules");
        let inside =
            |rule: &Settings| one(rule, "load-balancing-scheme") == Some("INTERNAL_MANAGED");
        let mut outside = rules.filter(|(_, rule)| !inside(rule));
        outside.any(|(_, rule)| {
            proxies.iter().any(|proxy| {
                let kind = format!("compute {}ies", &proxy[..proxy.len() - 1]);
                one(rule, proxy).and_then(|name| self.cloud.one(&kind, name, "url-map"))
                    == Some(map)
            })
        })
    }

    pub(super) fn ways_in(&mut self) {
        let ways = self.ways();
        let declared = self.declared;
        for service in declared.elements().filter(Element::is_public) {
            let reached = ways.iter().any(|(name, _)| *name == service.name);
            if service.leaves() {
                let led = format!("{} is on its way out", service.name);
                self.must(!reached, InternalStaysInside, led);
                continue;
            }
            self.must(
                reached,
                PublicIsReached,
                format!("nothing leads to {}", service.name),
            );
        }
        for (name, way) in ways {
            let Some(service) = self.declared.service(name) else {
                self.hole(
                    InternalStaysInside,
                    format!("{name} is not declared: {way:?}"),
                );
                continue;
            };
            if !service.is_public() {
                self.hole(InternalStaysInside, format!("{name} is internal: {way:?}"));
                continue;
            }
            self.way(service, &way);
        }
        for (name, settings) in self.cloud.all("run services") {
            let declared = self.declared.service(name);
            let internal = declared.is_none_or(|service| !service.is_public());
            let ingress = one(settings, "ingress");
            // Two locks: nothing leads there, and it would not answer.
            self.must(
                !internal || ingress == Some("internal"),
                InternalStaysInside,
                format!("{name}: ingress {ingress:?}"),
            );
        }
    }

    fn way(&mut self, service: Element<'_>, way: &Way) {
        let name = service.name;
        let excepted = service.excepts("all-ingress");
        match way {
            Way::RunApp => self.must(excepted, PublicPassesTheWaf, format!("{name} by run.app")),
            Way::Mapped(domain) => {
                let declared = excepted && service.domain_mappings().contains(domain);
                self.must(declared, PublicPassesTheWaf, format!("{name} by {domain}"));
            }
            Way::Balanced {
                backend,
                host,
                path,
            } => {
                let paths = service.paths();
                let below = |one: &String| path == one || *path == format!("{one}/*");
                let wanted = service.domains().contains(host)
                    && if paths.is_empty() {
                        path.is_empty()
                    } else {
                        paths.iter().any(below)
                    };
                self.must(
                    wanted,
                    InternalStaysInside,
                    format!("{name} by {host}{path}"),
                );
                let waf = self
                    .cloud
                    .one("compute backend-services", backend, "security-policy");
                let found = waf
                    .is_some_and(|waf| self.cloud.find("compute security-policies", waf).is_some());
                self.must(
                    found,
                    PublicPassesTheWaf,
                    format!("{name} by {backend}, whose WAF is {waf:?}"),
                );
            }
        }
    }

    /// What no service has is refused, plain HTTP only redirects, and TLS is what is declared.
    pub(super) fn load_balancer(&mut self) {
        for (name, proxy) in self.cloud.all("compute target-https-proxies") {
            let map =
                one(proxy, "url-map").and_then(|map| self.cloud.find("compute url-maps", map));
            let refused = map
                .and_then(|map| one(map, "default"))
                .is_some_and(|to| to.starts_with("refuse 404 "));
            self.must(
                refused,
                InternalStaysInside,
                "an unknown host is not refused",
            );
            let policy = one(proxy, "ssl-policy")
                .and_then(|policy| self.cloud.find("compute ssl-policies", policy));
            let balancer = self.declared.table("load_balancer");
            let word = |key: &str, default: &str| {
                balancer
                    .get(key)
                    .and_then(Value::as_str)
                    .unwrap_or(default)
                    .to_owned()
            };
            let tls = policy.is_some_and(|policy| {
                one(policy, "profile") == Some(word("tls", "restricted").to_uppercase().as_str())
                    && one(policy, "min-tls-version") == Some(word("min_tls", "1.2").as_str())
            });
            self.must(
                tls,
                PublicPassesTheWaf,
                format!("{name} speaks another TLS than is declared"),
            );
        }
        for (name, proxy) in self.cloud.all("compute target-http-proxies") {
            let map =
                one(proxy, "url-map").and_then(|map| self.cloud.find("compute url-maps", map));
            let leads = map.is_none_or(|map| {
                one(map, "redirect/httpsRedirect") != Some("true")
                    || map.keys().any(|field| !field.starts_with("redirect/"))
            });
            self.must(
                !leads,
                PublicPassesTheWaf,
                format!("{name} answers without TLS"),
            );
        }
    }
}
