//! The WAF: it looks before it counts, refuses what is declared, and lets nobody past.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::Broken::PublicPassesTheWaf;
use super::Model;
use crate::cloud::{Cloud, Settings, many, one};
use crate::declared::Declared;

impl Model<'_> {
    pub(super) fn wafs(&mut self) {
        let declared = self.declared.table("waf");
        let preview = declared.get("mode").and_then(Value::as_str) != Some("enforce");
        let open = Declared::excepts(&declared, "waf-without-rules");
        let trust = Declared::excepts(&declared, "waf-trust");
        let only = declared
            .get("only")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let only: Vec<String> = only
            .map(|range| range.as_str().unwrap().to_owned())
            .collect();
        for (policy, _) in self.cloud.all("compute security-policies") {
            let rules = rules(self.cloud, policy);
            let looks = rules.values().filter(|rule| {
                one(rule, "expression")
                    .is_some_and(|when| when.contains("evaluatePreconfiguredWaf"))
                    && one(rule, "action").is_some_and(|action| action.starts_with("deny"))
            });
            let sets = looks.count();
            let wanted = wanted_sets(&declared);
            self.must(
                open || sets >= wanted,
                PublicPassesTheWaf,
                format!("{policy} has {sets} sets, not {wanted}"),
            );
            let last = rules.keys().next_back();
            self.must(
                last == Some(&u32::MAX.wrapping_shr(1)),
                PublicPassesTheWaf,
                format!("{policy} has no last rule"),
            );
            let mut limited = false;
            for (priority, rule) in &rules {
                let action = one(rule, "action").unwrap_or_default();
                let only_logs = one(rule, "preview") == Some("true");
                let guards = action.starts_with("deny")
                    || action.contains("throttle")
                    || action.contains("ban");
                self.must(
                    !(only_logs && guards && !preview),
                    PublicPassesTheWaf,
                    format!("{policy} {priority} only logs"),
                );
                let everyone = *priority == u32::MAX >> 1;
                // Whoever may come in at all comes after the sets and the limit.
                let named = limited
                    && many(rule, "src-ip-ranges")
                        .iter()
                        .all(|range| only.contains(range));
                let declared = everyone || trust || named;
                self.must(
                    action != "allow" || declared,
                    PublicPassesTheWaf,
                    format!("{policy} {priority} lets through"),
                );
                let rate = action.contains("throttle") || action.contains("ban");
                let looks = one(rule, "expression")
                    .is_some_and(|when| when.contains("evaluatePreconfiguredWaf"));
                // A limit that comes first would let what is within it past the sets.
                self.must(
                    !(limited && looks),
                    PublicPassesTheWaf,
                    format!("{policy} {priority} comes after the limit"),
                );
                limited |= rate;
                if rate {
                    let refuses = one(rule, "exceed-action") == Some("deny-429");
                    self.must(
                        refuses,
                        PublicPassesTheWaf,
                        format!("{policy} {priority} limits nothing"),
                    );
                }
            }
            self.must(
                limited,
                PublicPassesTheWaf,
                format!("{policy} has no limit of requests"),
            );
            let last = rules
                .values()
                .next_back()
                .and_then(|rule| one(rule, "action"));
            let closed = last.is_some_and(|action| action.starts_with("deny"));
            self.must(
                only.is_empty() || closed,
                PublicPassesTheWaf,
                format!("{policy} lets in who is not in `only`"),
            );
        }
    }
}

/// The rules of a policy by their priority.
fn rules<'a>(cloud: &'a Cloud, policy: &str) -> BTreeMap<u32, &'a Settings> {
    let prefix = format!("{policy} ");
    let rules = cloud.all("compute security-policies rules");
    let own =
        rules.filter_map(|(name, rule)| Some((name.strip_prefix(&prefix)?.parse().unwrap(), rule)));
    own.collect()
}

/// How many rule sets are declared, and one for known holes.
fn wanted_sets(waf: &Table) -> usize {
    // Those of CRS 4.22 and 3.3 (<https://cloud.google.com/armor/docs/waf-rules>).
    let all = 12;
    let rules = waf.get("rules").and_then(Value::as_array);
    1 + rules.map_or(all, |rules| {
        rules
            .iter()
            .map(|rule| rule.as_str().unwrap())
            .collect::<BTreeSet<_>>()
            .len()
    })
}
