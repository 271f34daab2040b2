//! In which order the stages of an environment are applied after a change: what comes needs foundation first, what goes
//! leaves services first, and a version of a secret has to be there before a service asks for it.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::{Facts, elements};

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
    let (old_elements, new_elements) = (elements(old), elements(new));
    let comes = new_elements.difference(&old_elements).next().is_some();
    let goes = old_elements.difference(&new_elements).next().is_some();
    let mut order: Vec<&str> = STAGES
        .into_iter()
        .filter(|stage| changed.contains(stage))
        .collect();
    let both = changed.contains("foundation") && changed.contains("services");
    if goes && both {
        // What comes finds all it needs; what nobody needs any longer goes last.
        order.retain(|stage| *stage != "foundation" || comes);
        order.push("foundation");
    }
    let versions = |facts: &BTreeMap<String, String>| -> Vec<(String, String)> {
        let pinned = facts
            .iter()
            .filter(|(key, _)| key.starts_with("secrets.") && key.ends_with(".pinned"));
        pinned
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    let known = versions(old);
    let asked = versions(new)
        .into_iter()
        .any(|version| !known.contains(&version));
    if asked && let Some(at) = order.iter().position(|stage| *stage == "services") {
        order.insert(at, "secrets.sh");
    }
    order
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
        assert_eq!(
            order(&[WEB], &[NEW]),
            ["foundation", "services", "foundation"]
        );
        assert_eq!(
            order(&[WEB], &[WEB, KEY]),
            ["foundation", "secrets.sh", "services"]
        );
        assert_eq!(
            order(&[WEB, KEY], &[WEB, KEY_2]),
            ["foundation", "secrets.sh", "services"]
        );
        assert_eq!(order(&[WEB, KEY], &[WEB]), ["services", "foundation"]);
    }

    #[test]
    fn one_stage_and_a_new_environment() {
        let services = BTreeSet::from(["services"]);
        let order = |before: &Facts| apply_order(before, &facts(&[WEB]), "prod", &services);
        assert_eq!(order(&facts(&[WEB, NEW])), ["services"]);
        assert!(order(&Facts::new()).is_empty());
    }
}
