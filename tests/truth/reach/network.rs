//! The network: what leaves it, and what in it reaches a database.

use std::collections::{BTreeMap, BTreeSet};

use super::Broken::{self, CachesAreGiven, DatabasesAreGiven, TheNetworkIsClosed};
use super::Model;
use crate::cloud::{Settings, many, one};
use crate::declared::Element;

impl Model<'_> {
    pub(super) fn network(&mut self) {
        let declared = self.declared;
        let nat: BTreeSet<(&str, &str)> = declared
            .elements()
            .filter(|element| element.egress() == "nat")
            .map(|element| (element.kind, element.name))
            .collect();
        for element in declared.elements() {
            let kind = element.things();
            let Some(settings) = self.cloud.find(kind, element.name) else {
                continue;
            };
            let wanted = match element.egress() {
                "outside" => None,
                "private" => Some("private-ranges-only"),
                _ => Some("all-traffic"),
            };
            let found = one(settings, "vpc-egress");
            self.must(
                found == wanted,
                TheNetworkIsClosed,
                format!("{} sends {found:?} into the network", element.name),
            );
        }
        if self.cloud.all("compute networks").next().is_none() {
            return;
        }
        let everywhere = |rule: &Settings, field: &str| {
            many(rule, field).iter().any(|range| range == "0.0.0.0/0")
        };
        for (direction, ranges) in [
            ("ingress", "source-ranges"),
            ("egress", "destination-ranges"),
        ] {
            let closed = self.cloud.all("compute firewall-rules").any(|(_, rule)| {
                one(rule, "direction") == Some(direction)
                    && one(rule, "action") == Some("DENY")
                    && many(rule, "rules") == ["all"]
                    && many(rule, "target-tags").is_empty()
                    && everywhere(rule, ranges)
            });
            self.must(
                closed,
                TheNetworkIsClosed,
                format!("nothing closes {direction}"),
            );
        }
        let tags: BTreeMap<String, (String, String)> = self.tags();
        for (name, rule) in self.cloud.all("compute firewall-rules") {
            if one(rule, "action") != Some("ALLOW") {
                continue;
            }
            let inward = one(rule, "direction") != Some("egress");
            self.must(!inward, TheNetworkIsClosed, format!("{name} lets in"));
            if everywhere(rule, "destination-ranges") {
                let targets = many(rule, "target-tags");
                let all = targets.iter().all(|tag| {
                    tags.get(tag)
                        .is_some_and(|(kind, name)| nat.contains(&(kind.as_str(), name.as_str())))
                });
                self.must(
                    !targets.is_empty() && all,
                    TheNetworkIsClosed,
                    format!("{name} opens the internet to {targets:?}"),
                );
            }
            self.private_opening((name, rule), &tags);
            let databases = ("databases", &["tcp:3307", "tcp:5432", "tcp:3306"][..]);
            let used = |one: &Element<'_>| !one.databases().is_empty();
            self.opening(DatabasesAreGiven, databases, used, (name, rule), &tags);
            let caches = ("caches", &["tcp:6379", "tcp:11000-13047"][..]);
            let used = |one: &Element<'_>| !one.caches().is_empty();
            self.opening(CachesAreGiven, caches, used, (name, rule), &tags);
        }
        for (name, route) in self.cloud.all("compute routes") {
            let out = one(route, "destination-range") == Some("0.0.0.0/0");
            self.must(
                !out || !nat.is_empty(),
                TheNetworkIsClosed,
                format!("{name} leads to the internet"),
            );
        }
        for (name, network) in self.cloud.all("compute networks") {
            let none = one(network, "default-routes") == Some("none")
                && one(network, "subnet-mode") == Some("custom");
            self.must(
                none,
                TheNetworkIsClosed,
                format!("{name} has routes of Google's"),
            );
        }
    }

    /// The workloads by the tag that the firewall knows them by.
    pub(super) fn tags(&self) -> BTreeMap<String, (String, String)> {
        let mut tags = BTreeMap::new();
        let kinds = [
            ("services", "run services"),
            ("jobs", "run jobs"),
            ("workers", "run worker-pools"),
        ];
        for (kind, things) in kinds {
            for (name, settings) in self.cloud.all(things) {
                for tag in many(settings, "network-tags") {
                    let declared = self.declared.service(name);
                    let stands_in = declared.as_ref().and_then(Element::stands_in_for);
                    let of = (kind.to_owned(), stands_in.unwrap_or(name).to_owned());
                    let before = tags.insert(tag.clone(), of.clone());
                    let same = before.is_none_or(|before| before == of);
                    assert!(same, "two workloads have the tag {tag}");
                }
            }
        }
        tags
    }

    /// A way to something is there for those alone that use it.
    fn opening(
        &mut self,
        promise: Broken,
        (what, ports): (&str, &[&str]),
        is_used: fn(&Element<'_>) -> bool,
        (name, rule): (&str, &Settings),
        tags: &BTreeMap<String, (String, String)>,
    ) {
        let opens = |opened: &String| ports.contains(&opened.as_str()) || opened == "all";
        if !many(rule, "rules").iter().any(opens) {
            return;
        }
        let targets = many(rule, "target-tags");
        let declared = self.declared;
        let uses = |tag: &String| {
            tags.get(tag).is_some_and(|(kind, name)| {
                let mut elements = declared.elements();
                elements.any(|element| {
                    element.kind == kind && element.name == *name && is_used(&element)
                })
            })
        };
        let given = !targets.is_empty() && targets.iter().all(uses);
        self.must(
            given,
            promise,
            format!("{name} opens {what} to {targets:?}"),
        );
    }
}
