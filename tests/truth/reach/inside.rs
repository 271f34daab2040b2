//! Inside the network: the ways to services by private names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::Broken::PrivateNamesAreGiven;
use super::Model;
use crate::cloud::{Settings, many, one};
use crate::declared::Element;

impl<'a> Model<'a> {
    /// The services that have private names.
    fn named(&self) -> Vec<Element<'a>> {
        let named = |one: &Element<'_>| !one.is_public() && !one.private_domains().is_empty();
        self.declared.elements().filter(named).collect()
    }

    /// Whether something calls one of them.
    fn calls_by_name(element: &Element<'_>, named: &[Element<'_>]) -> bool {
        let calls = element.calls();
        named.iter().any(|service| calls.contains(service.name))
    }

    pub(super) fn inside(&mut self) {
        let (cloud, declared) = (self.cloud, self.declared);
        let named = self.named();
        let rules = cloud.all("compute forwarding-rules");
        let inside: Vec<(&str, &Settings)> = rules
            .filter(|(_, rule)| one(rule, "load-balancing-scheme") == Some("INTERNAL_MANAGED"))
            .collect();
        let mut answered = BTreeSet::new();
        for (name, rule) in inside {
            let network = one(rule, "network").unwrap_or_default();
            let networks = cloud.all("compute networks");
            let home = networks
                .map(|(name, _)| format!("projects/{}/global/networks/{name}", declared.project));
            self.answers(
                name,
                home.into_iter().any(|one| one == network),
                format!("answers in {network}"),
            );
            let far = declared.elements().any(|element| {
                element.stands_in_for().is_some() && Self::calls_by_name(&element, &named)
            });
            let reach = one(rule, "allow-global-access");
            let wanted = if far { "true" } else { "false" };
            self.answers(
                name,
                reach == Some(wanted),
                format!("is reached from everywhere: {reach:?}"),
            );
            let address = one(rule, "address").unwrap_or_default();
            let kind = cloud.one("compute addresses", address, "address-type");
            self.answers(
                name,
                kind == Some("INTERNAL"),
                format!("answers at {kind:?}"),
            );
            self.answers(
                name,
                one(rule, "ports") == Some("443"),
                "answers elsewhere than at 443",
            );
            let proxy = one(rule, "target-https-proxy")
                .and_then(|proxy| cloud.find("compute target-https-proxies", proxy));
            let Some(proxy) = proxy else {
                self.answers(name, false, "answers without TLS");
                continue;
            };
            let proven: BTreeSet<&String> = many(proxy, "certificate-manager-certificates")
                .iter()
                .filter_map(|one| cloud.find("certificate-manager certificates", one))
                .flat_map(|one| many(one, "domains"))
                .collect();
            let map = one(proxy, "url-map").and_then(|map| cloud.find("compute url-maps", map));
            for (field, values) in map.into_iter().flatten() {
                let Some(place) = field.strip_prefix("host/") else {
                    continue;
                };
                let (host, path) = place.split_at(place.find('/').unwrap_or(place.len()));
                self.answers(
                    name,
                    proven.contains(&host.to_owned()),
                    format!("has no certificate for {host}"),
                );
                self.leads(&named, (host, path), &values.concat());
                answered.insert(host.to_owned());
                self.found(host, address);
            }
        }
        for service in &named {
            for host in service.private_domains().difference(&answered) {
                self.hole(PrivateNamesAreGiven, format!("nothing answers at {host}"));
            }
        }
    }

    fn answers(&mut self, rule: &str, holds: bool, what: impl Display) {
        self.must(holds, PrivateNamesAreGiven, format!("{rule} {what}"));
    }

    /// A host and path lead to whom they are of.
    fn leads(&mut self, named: &[Element<'_>], (host, path): (&str, &str), backend: &str) {
        if backend.starts_with("refuse 404 ") {
            return;
        }
        let below = |one: &String| path == one || *path == format!("{one}/*");
        let own = named.iter().any(|service| {
            let paths = service.paths();
            let taken = if paths.is_empty() {
                path.is_empty()
            } else {
                paths.iter().any(below)
            };
            let host = service.private_domains().contains(host);
            host && taken && self.backends(service.name).contains(backend)
        });
        let says = format!("{host}{path} leads to {backend}");
        self.must(own, PrivateNamesAreGiven, says);
    }

    /// A host is looked up in a zone of the network, and nowhere else.
    fn found(&mut self, host: &str, address: &str) {
        let record = format!(" A {host}.");
        let mut zones = Vec::new();
        for (name, settings) in self.cloud.all("dns record-sets") {
            let Some(zone) = name.strip_suffix(&record) else {
                continue;
            };
            let private = self
                .cloud
                .find("dns managed-zones", zone)
                .is_some_and(|zone| {
                    one(zone, "visibility") == Some("private") && one(zone, "networks").is_some()
                });
            let leads = many(settings, "rrdatas") == [format!("⟨compute addresses {address}⟩")];
            zones.push(private && leads);
        }
        let says = format!("{host} is looked up elsewhere");
        self.must(zones == [true], PrivateNamesAreGiven, says);
    }

    /// The way to the internal load balancer is there for those that call by a private name; where others may call too, for all.
    pub(super) fn private_opening(
        &mut self,
        (name, rule): (&str, &Settings),
        tags: &BTreeMap<String, (String, String)>,
    ) {
        let named = self.named();
        let opens = many(rule, "rules").iter().any(|one| one == "tcp:443");
        let to = many(rule, "destination-ranges");
        let elsewhere = to.iter().all(|range| {
            ["0.0.0.0/0", "199.36.153.4/30", "199.36.153.8/30"].contains(&range.as_str())
        });
        if !opens || elsewhere {
            return;
        }
        let targets = many(rule, "target-tags");
        let calls = |tag: &String| {
            tags.get(tag).is_some_and(|(kind, name)| {
                let mut elements = self.declared.elements();
                elements.any(|one| {
                    one.kind == kind && one.name == *name && Self::calls_by_name(&one, &named)
                })
            })
        };
        let given = if targets.is_empty() {
            named.iter().any(Element::is_called_from_elsewhere)
        } else {
            targets.iter().all(calls)
        };
        let says = format!("{name} opens private names to {targets:?}");
        self.must(given, PrivateNamesAreGiven, says);
    }
}
