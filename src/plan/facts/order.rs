//! In which order the stages of an environment are applied after a change: what comes needs foundation first, what goes
//! leaves services first, and a version of a secret has to be there before a service asks for it.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::{Facts, Stated, entries, split};

/// The stages in the order in which what is new is applied.
const STAGES: [&str; 3] = ["governance", "foundation", "services"];

/// The steps for one environment whose files of these stages changed; empty where the environment is new or gone, since
/// its README has the steps of a first apply.
#[must_use]
pub fn apply_order(
    before: &Facts,
    after: &Facts,
    environment: &str,
    changed: &BTreeSet<&str>,
) -> Vec<&'static str> {
    let (Some(old), Some(new)) = (before.get(environment), after.get(environment)) else {
        return Vec::new();
    };
    let mut order: Vec<&str> = STAGES
        .into_iter()
        .filter(|stage| changed.contains(stage))
        .collect();
    let services = order.iter().position(|stage| *stage == "services");
    // What comes needs foundation first, whatever goes; that is told as a finding.
    let only_goes = gained(old, new).is_empty() && !gained(new, old).is_empty();
    if only_goes && services.is_some() && changed.contains("foundation") {
        order.retain(|stage| *stage != "foundation");
        order.push("foundation");
    }
    let services = order.iter().position(|stage| *stage == "services");
    if let Some(at) = services
        && versions_are_asked(old, new)
    {
        order.insert(at, "secrets.sh");
    }
    order
}

/// What runs after a change and what it is given by foundation, each with the element that it is given to or is, where it
/// was not so before. The other way round it is what goes.
pub(in crate::plan) fn gained(before: &Stated, after: &Stated) -> BTreeMap<String, String> {
    let mut gained = ways(after);
    let known = ways(before);
    gained.retain(|way, _| !known.contains_key(way));
    gained
}

/// What runs, and what foundation gives it, each with its element.
fn ways(facts: &Stated) -> BTreeMap<String, String> {
    let mut ways = BTreeMap::new();
    for (key, value) in facts {
        let (element, fact) = split(key);
        let kind = element.split('.').next().unwrap_or_default();
        if ["services", "jobs", "workers", "workflows", "network"].contains(&kind) {
            ways.insert(element.to_owned(), element.to_owned());
        }
        let given = match (kind, fact.as_str()) {
            ("services" | "jobs" | "workers", "egress") => value == "all-traffic",
            ("services" | "jobs" | "workers" | "workflows", "grants")
            | ("services" | "jobs" | "workers", "encryption")
            | ("databases" | "caches", "users")
            | ("subscriptions", "topic" | "dead_letter" | "identity" | "writes")
            | ("schedules", "does" | "identity")
            | ("queues", "identity")
            | ("events", "hears" | "does" | "identity")
            | ("delivery", "account") => true,
            ("network", fact) => {
                ["egress.openings", "nat", "private_zones", "routes"].contains(&fact)
            }
            _ => false,
        };
        // Who may call a service stands in its policy, which is of its own stage.
        let of_foundation = |entry: &&str| given && !entry.starts_with("run.invoker ");
        for entry in entries(Some(value)).into_iter().filter(of_foundation) {
            // An opening for several is one for each.
            let (way, holders) = entry.split_once(" for ").unwrap_or((entry, ""));
            for holder in holders.split('+') {
                ways.insert(format!("{way} {holder} {key}"), element.to_owned());
            }
        }
    }
    ways
}

/// Whether a service asks for a version that nothing asked for before.
fn versions_are_asked(old: &Stated, new: &Stated) -> bool {
    new.iter().any(|(key, value)| {
        let (element, fact) = split(key);
        let known = entries(old.get(key).map(String::as_str));
        let asked = entries(Some(value));
        let first = known.is_empty() && !asked.is_empty();
        element.starts_with("secrets.")
            && ((fact == "pinned" && !asked.is_subset(&known)) || (fact == "readers" && first))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(keys: &[(&str, &str)]) -> Facts {
        let facts = keys
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        BTreeMap::from([("prod".to_owned(), facts.collect())])
    }

    const WEB: (&str, &str) = ("services.web.ingress", "internal");
    const NEW: (&str, &str) = ("services.new.ingress", "internal");
    const KEY: (&str, &str) = ("secrets.key.pinned", "1");
    const KEY_2: (&str, &str) = ("secrets.key.pinned", "2");

    #[test]
    fn what_comes_and_what_goes() {
        let both = BTreeSet::from(["foundation", "services"]);
        let order =
            |before: &[_], after: &[_]| apply_order(&facts(before), &facts(after), "prod", &both);
        assert_eq!(order(&[WEB], &[WEB]), ["foundation", "services"]);
        assert_eq!(order(&[WEB], &[WEB, NEW]), ["foundation", "services"]);
        assert_eq!(order(&[WEB, NEW], &[WEB]), ["services", "foundation"]);
        // What comes cannot be without what it needs; what goes loses it, and that is a finding.
        assert_eq!(order(&[WEB], &[NEW]), ["foundation", "services"]);
        assert_eq!(
            order(&[WEB], &[WEB, KEY]),
            ["foundation", "secrets.sh", "services"]
        );
        assert_eq!(
            order(&[WEB, KEY], &[WEB, KEY_2]),
            ["foundation", "secrets.sh", "services"]
        );
        assert_eq!(
            order(&[WEB, KEY_2], &[WEB, KEY]),
            ["foundation", "secrets.sh", "services"]
        );
        // Of what nobody needs any longer nothing is asked.
        assert_eq!(order(&[WEB, KEY], &[WEB]), ["foundation", "services"]);
        let none = ("secrets.key.pinned", "none");
        assert_eq!(order(&[WEB, KEY], &[WEB, none]), ["foundation", "services"]);
    }

    #[test]
    fn what_runs_loses_nothing_before_it_stops_to_need_it() {
        let both = BTreeSet::from(["foundation", "services"]);
        let order = |key: &'static str, before, after| {
            let (before, after) = ([(key, before)], [(key, after)]);
            apply_order(&facts(&before), &facts(&after), "prod", &both)
        };
        for (key, few, many) in [
            ("services.web.grants", "none", "secretAccessor on secret a"),
            ("databases.main.users", "run-a", "run-a, run-b"),
            ("network.nat", "none", "shop-nat"),
            ("services.web.egress", "private-ranges-only", "all-traffic"),
            ("services.web.encryption", "none", "projects/p/locations/l"),
            (
                "network.private_zones",
                "run.app.",
                "googleapis.com., run.app.",
            ),
            (
                "network.egress.openings",
                "tcp:3307 to 10.9.0.0/20 for run-a",
                "tcp:3307 to 10.9.0.0/20 for run-a+run-b",
            ),
        ] {
            assert_eq!(order(key, few, many), ["foundation", "services"], "{key}");
            assert_eq!(order(key, many, few), ["services", "foundation"], "{key}");
        }
        let a_reader = ["foundation", "secrets.sh", "services"];
        assert_eq!(order("secrets.key.readers", "nobody", "run-web"), a_reader);
        let services = ["foundation", "services"];
        assert_eq!(order("secrets.key.readers", "run-web", "nobody"), services);
    }

    #[test]
    fn a_call_is_of_the_services_stage() {
        let calls = [("services.web.grants", "run.invoker on service orders")];
        let none = [("services.web.grants", "none")];
        let both = BTreeSet::from(["foundation", "services"]);
        let order = apply_order(&facts(&calls), &facts(&none), "prod", &both);
        assert_eq!(order, ["foundation", "services"]);
    }

    #[test]
    fn one_stage_and_a_new_environment() {
        let services = BTreeSet::from(["services"]);
        let order = |before: &Facts| apply_order(before, &facts(&[WEB]), "prod", &services);
        assert_eq!(order(&facts(&[WEB, NEW])), ["services"]);
        assert!(order(&Facts::new()).is_empty());
    }
}
