//! Which way a fact changed: tighter or wider. The order of each fact's values stands here, once.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::BY_NETWORK;
use super::log_sink::LOCKED;
use super::traffic::LATEST_ALONE;

/// The facts of one environment, by their keys.
pub(in crate::plan) type Stated = BTreeMap<String, String>;

/// The facts of each environment, as the lock holds them.
pub type Facts = BTreeMap<String, Stated>;

/// Which way a change goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// It opens something, or it cannot be told that it does not.
    Wider,
    /// It closes something.
    Tighter,
    /// Neither.
    Neither,
}

impl Direction {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Wider => "wider",
            Self::Tighter => "tighter",
            Self::Neither => "neither",
        }
    }
}

/// A fact that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactChange {
    /// The environment.
    pub environment: String,
    /// The element: `services.orders`, `waf`.
    pub element: String,
    /// The fact's name; of an exception `exception` and its rule.
    pub fact: String,
    /// Its value before; nothing where it was not stated.
    pub before: Option<String>,
    /// Its value now; nothing where it is no longer stated.
    pub after: Option<String>,
    /// Which way it changed.
    pub direction: Direction,
}

impl FactChange {
    /// Whether it is a new exception from a rule.
    #[must_use]
    pub fn is_new_exception(&self) -> bool {
        self.before.is_none() && self.fact.starts_with(EXCEPTION)
    }
}

const EXCEPTION: &str = "exception ";

/// The facts that changed, in the order of their environments and keys.
#[must_use]
pub fn changed_facts(before: &Facts, after: &Facts) -> Vec<FactChange> {
    let environments: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let none = BTreeMap::new();
    let mut changes = Vec::new();
    for environment in environments {
        let old = before.get(environment).unwrap_or(&none);
        let new = after.get(environment).unwrap_or(&none);
        if old == new {
            continue;
        }
        let (old_elements, new_elements) = (elements(old), elements(new));
        let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for key in keys {
            let (before, after) = (old.get(key), new.get(key));
            if before == after {
                continue;
            }
            let (element, fact) = split(key);
            // What guards an element that is not there guards nothing, nor does what guards a way that is no more.
            let stays = old_elements.contains(element)
                && new_elements.contains(element)
                && !is_left(old, new, element);
            let direction = order(element, &fact).direction(
                before.map(String::as_str),
                after.map(String::as_str),
                stays,
            );
            changes.push(FactChange {
                environment: environment.clone(),
                element: element.to_owned(),
                fact,
                before: before.cloned(),
                after: after.cloned(),
                direction,
            });
        }
    }
    changes
}

/// Whether the load balancer leads to a service in another region no longer.
fn is_left(old: &Stated, new: &Stated, element: &str) -> bool {
    let states = |facts: &Stated, fact: &str| facts.contains_key(&format!("{element}.{fact}"));
    states(new, "region") && states(old, "waf") && !states(new, "waf")
}

/// Which way a fact goes from one value to another, of an element that has both.
#[must_use]
pub fn direction(element: &str, fact: &str, before: &str, after: &str) -> Direction {
    order(element, fact).direction(Some(before), Some(after), true)
}

/// The elements that facts are of.
pub(in crate::plan) fn elements(facts: &Stated) -> BTreeSet<&str> {
    facts.keys().map(|key| split(key).0).collect()
}

/// Elements that there is one of, or that stand for all of their kind.
const SINGLE: [&str; 11] = [
    "audit_logs",
    "binary_authorization",
    "delivery",
    "governance",
    "internal_load_balancer",
    "load_balancer",
    "logs",
    "monitoring",
    "network",
    "perimeter",
    "project",
];

/// The facts of a WAF: what follows `waf.` and is none of them is the name of a service's own.
const WAF: [&str; 4] = ["adaptive", "logging", "mode", "rules"];

/// The element and the name of a fact.
pub(in crate::plan) fn split(key: &str) -> (&str, String) {
    let nth = |wanted: usize| {
        let mut dots = key.match_indices('.').map(|(at, _)| at);
        dots.nth(wanted).unwrap_or(key.len())
    };
    let rest = |at: usize| key.get(at + 1..).unwrap_or_default().to_owned();
    let kind = &key[..nth(0)];
    if kind == "exceptions" {
        let element = key.get(nth(0) + 1..nth(2)).unwrap_or(key);
        return (element, format!("{EXCEPTION}{}", rest(nth(2))));
    }
    let second = key.get(nth(0) + 1..nth(1)).unwrap_or_default();
    let end = if SINGLE.contains(&kind) || (kind == "waf" && WAF.contains(&second)) {
        nth(0)
    } else {
        nth(1)
    };
    (&key[..end], rest(end))
}

/// How the values of a fact stand to each other.
#[derive(Debug, Clone, Copy)]
enum Order {
    /// From tight to wide; `|` between values that are alike. A value that is not among them is the widest.
    Steps(&'static [&'static str]),
    /// The same, where nothing is stated: what guards nothing is the widest.
    Guard(&'static [&'static str]),
    /// A list of what is let in or may be done: more is wider.
    Opens,
    /// A list of what guards: less is wider.
    Guards,
    /// A list of what is let through: where nothing is stated, everything is.
    Lets,
    /// A list of those who all have to agree: where it is empty nothing passes, and where nothing is stated everything does.
    Agree,
    /// A number of which more is tighter, such as days of backups.
    More,
    /// The same, and perhaps locked, which is tighter.
    Locked,
    /// A number of which less is tighter, such as days between rotations.
    Less,
    /// A key of one's own, in the place of one of Google's.
    Key,
    /// A rule of a WAF.
    Rule,
    /// An exception and its last day.
    Exception,
    /// A name or a place.
    Name,
}

const SWITCH: Order = Order::Steps(&["on", "off"]);

fn order(element: &str, fact: &str) -> Order {
    let kind = element.split('.').next().unwrap_or_default();
    if fact.starts_with(EXCEPTION) {
        return Order::Exception;
    }
    match (kind, fact) {
        ("project", _)
        | ("audit_logs", "services")
        | ("waf", "logging")
        | ("subscriptions", "topic" | "delivery" | "filter" | "ordering")
        | ("topics", "definition" | "schema_language")
        | ("events", "hears")
        | ("log_sinks", "destination" | "filter" | "identity")
        | ("keys", "algorithm" | "purpose")
        | ("firestores", "database" | "deleted_by_time" | "mode")
        | ("datasets", "table_expiration" | "partition_expiration")
        | ("registries", "remote")
        | ("delivery", "issuer") => Order::Name,
        ("keys", "protection") => Order::Steps(&["hsm", "software"]),
        ("keys" | "secrets", "rotation") => Order::Less,
        ("log_sinks", "retention") => Order::Locked,
        ("governance" | "audit_logs" | "monitoring", _) | ("perimeter", "services") => {
            Order::Guards
        }
        ("binary_authorization" | "perimeter", "mode") => {
            Order::Guard(&["enforce", "dry-run", "off"])
        }
        ("binary_authorization", "attestors") => Order::Agree,
        ("binary_authorization", "exempt_images") | ("perimeter", "lets_in" | "lets_out") => {
            Order::Lets
        }
        ("perimeter", "network") => Order::Guard(&["protected services"]),
        ("firestores", "pitr") => SWITCH,
        ("waf", "mode") => Order::Steps(&["enforce", "preview"]),
        ("waf", fact) if fact.starts_with("rules.") => Order::Rule,
        ("network", "egress") => Order::Steps(&["denied", "allowed"]),
        ("load_balancer" | "internal_load_balancer", "tls") => {
            Order::Steps(&["restricted", "modern"])
        }
        (_, "tls") => Order::Steps(&["mtls", "encrypted"]),
        (_, "min_tls") => Order::Steps(&["1.3", "1.2"]),
        (_, "http") => Order::Steps(&["redirect"]),
        (_, "unknown_host") => Order::Steps(&["refuse"]),
        (_, "reached_from") => Order::Steps(&["its region", "every region"]),
        (_, "ingress") => Order::Steps(&["internal", "internal-and-cloud-load-balancing", "all"]),
        (_, "auth") => Order::Steps(&["iam|iap", "anonymous"]),
        (_, "iap") => Order::Steps(&["backend|service", "none"]),
        (_, "traffic") => Order::Steps(&[LATEST_ALONE]),
        (_, "run_app") => Order::Steps(&["closed", "open"]),
        (_, "egress") => Order::Steps(&["all-traffic", "private-ranges-only", "outside"]),
        (_, "egress.internet") => Order::Steps(&["none", "nat", BY_NETWORK, "direct"]),
        ("network", "nat") | (_, "public_address") => Order::Steps(&["none"]),
        (_, "availability") => Order::Steps(&["regional", "zonal"]),
        (_, "backups" | "destroyed_after" | "pitr" | "retention" | "soft_delete") => Order::More,
        (
            _,
            "adaptive"
            | "connectors_only"
            | "deletion_protection"
            | "dns_logs"
            | "enabled"
            | "flow_logs"
            | "iam_login"
            | "immutable_tags"
            | "invoker_check"
            | "password_policy"
            | "public_access_prevention"
            | "uniform_access"
            | "versioning",
        ) => SWITCH,
        (_, "encryption") => Order::Key,
        ("subscriptions", "expires") => Order::Steps(&["never"]),
        (_, "binary_authorization" | "headers" | "logs" | "schema" | "waf" | "dead_letter") => {
            Order::Guards
        }
        (
            _,
            "account" | "bucket" | "certificate" | "google_access" | "location" | "pinned"
            | "private_zones" | "proxy_range" | "reached_in" | "region" | "replicas"
            | "services_range" | "subnet" | "version",
        ) => Order::Name,
        // Whatever else is stated is a list of who or what gets somewhere.
        _ => Order::Opens,
    }
}

impl Order {
    fn direction(self, before: Option<&str>, after: Option<&str>, stays: bool) -> Direction {
        use Direction::{Neither, Tighter, Wider};
        match self {
            Self::Name => Neither,
            Self::Steps(steps) => {
                let rank = |value: &str| {
                    let is = |step: &&str| step.split('|').any(|one| one == value);
                    steps.iter().position(is).unwrap_or(steps.len())
                };
                match (before.map_or(0, rank), after.map_or(0, rank)) {
                    (before, after) if before < after => Wider,
                    (before, after) if before > after => Tighter,
                    // Two values that are both unknown cannot be told apart.
                    (before, _) if before == steps.len() => Wider,
                    _ => Neither,
                }
            }
            Self::Guard(steps) => {
                let rank = |value: &str| steps.iter().position(|step| *step == value);
                let rank = |value: Option<&str>| value.and_then(rank).unwrap_or(steps.len());
                match rank(before).cmp(&rank(after)) {
                    Ordering::Less => Wider,
                    Ordering::Greater => Tighter,
                    Ordering::Equal => Neither,
                }
            }
            Self::Lets | Self::Agree => match (before, after) {
                (None, None) => Neither,
                (None, _) => Tighter,
                (_, None) => Wider,
                (before, after) => {
                    let (old, new) = (entries(before), entries(after));
                    match self {
                        Self::Lets => more_is_wider(&old, &new),
                        // Nobody who could agree is tighter than everybody.
                        _ if old.is_empty() == new.is_empty() => more_is_wider(&new, &old),
                        _ if old.is_empty() => Wider,
                        _ => Tighter,
                    }
                }
            },
            Self::Opens => more_is_wider(&entries(before), &entries(after)),
            Self::Guards if !stays => Neither,
            Self::Guards => match (before, after) {
                // What is not there guards as little as what nobody speaks of.
                (None, Some("none")) | (Some("none"), None) => Neither,
                (None, _) => Tighter,
                (_, None) => Wider,
                // A constraint that allows a list of values guards by what is not on it.
                (Some(before), Some(after)) if is_allow_list(before) || is_allow_list(after) => {
                    more_is_wider(&entries(Some(before)), &entries(Some(after)))
                }
                _ => more_is_wider(&entries(after), &entries(before)),
            },
            Self::More => match (before.map(number), after.map(number)) {
                (Some(before), Some(after)) if before > after => Wider,
                (Some(before), Some(after)) if before < after => Tighter,
                _ => Neither,
            },
            Self::Locked => {
                let kept = |value: &str| (value.ends_with(LOCKED), number(value));
                match (before.map(kept), after.map(kept)) {
                    (Some(before), Some(after)) if before > after => Wider,
                    (Some(before), Some(after)) if before < after => Tighter,
                    _ => Neither,
                }
            }
            Self::Less => Self::More.direction(after, before, stays),
            Self::Key => match (before, after) {
                _ if !stays => Neither,
                (None, _) => Tighter,
                // Who may use another key cannot be told from its name.
                (Some(before), Some(after)) if before == after => Neither,
                _ => Wider,
            },
            Self::Rule => rule(before, after, stays),
            Self::Exception => match (before.map(last_day), after.map(last_day)) {
                (None, _) => Wider,
                (_, None) => Tighter,
                (before, after) if before < after => Wider,
                (before, after) if before > after => Tighter,
                _ => Neither,
            },
        }
    }
}

/// The entries of a list.
pub(in crate::plan) fn entries(value: Option<&str>) -> BTreeSet<&str> {
    let entries = value.into_iter().flat_map(|value| value.split(", "));
    entries
        .filter(|entry| !["none", "nobody", "nothing"].contains(entry))
        .collect()
}

/// Everyone, everyone inside and every address hold whatever else a list names.
fn more_is_wider(before: &BTreeSet<&str>, after: &BTreeSet<&str>) -> Direction {
    let everybody = |entries: &BTreeSet<&str>| match () {
        () if entries.contains("everybody") || entries.contains("anywhere") => 2,
        () if entries.contains("everything inside the network") => 1,
        () => 0,
    };
    let (old, new) = (everybody(before), everybody(after));
    if old != new {
        return if old < new {
            Direction::Wider
        } else {
            Direction::Tighter
        };
    }
    if after.difference(before).next().is_some() {
        Direction::Wider
    } else if before.difference(after).next().is_some() {
        Direction::Tighter
    } else {
        Direction::Neither
    }
}

/// Whether a constraint's value says what it allows.
fn is_allow_list(value: &str) -> bool {
    value == "nothing"
        || value.split(", ").all(|one| {
            one.starts_with("internal")
                || one.ends_with("-traffic")
                || one.ends_with("-only")
                || one == "all"
        })
}

fn number(value: &str) -> u64 {
    let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn last_day(value: &str) -> &str {
    value.rsplit(' ').next().unwrap_or_default()
}

/// A rule of a WAF: one that lets through opens, every other guards. Which of two texts of a rule is wider is told by its
/// action, its rate, and the fields and signatures that it does not look at; what cannot be told counts as wider.
fn rule(before: Option<&str>, after: Option<&str>, stays: bool) -> Direction {
    use Direction::{Neither, Tighter, Wider};
    let strength = |rule: &str| {
        let actions = ["allow", "throttle", "ban", "deny"];
        let action = rule.split(' ').next().unwrap_or_default();
        actions.iter().position(|one| *one == action)
    };
    let (before, after) = match (before, after) {
        _ if !stays => return Neither,
        (Some(before), Some(after)) => (before, after),
        (None, Some(rule)) | (Some(rule), None) => {
            let opens = strength(rule) == Some(0);
            return if opens == after.is_some() {
                Wider
            } else {
                Tighter
            };
        }
        (None, None) => return Neither,
    };
    let plain = |rule: &'_ str| {
        rule.rsplit_once(", priority ")
            .map_or(rule, |(rule, _)| rule)
            .to_owned()
    };
    let (before, after) = (plain(before), plain(after));
    if before == after {
        return Neither;
    }
    match (strength(&before), strength(&after)) {
        (Some(old), Some(new)) if old < new => return Tighter,
        (Some(old), Some(new)) if old > new => return Wider,
        _ => {}
    }
    let exclusions = |rule: &str| -> BTreeSet<String> {
        rule.split(", without ")
            .skip(1)
            .map(str::to_owned)
            .collect()
    };
    let rest = |rule: &str| {
        rule.split(", without ")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let (old, new) = (exclusions(&before), exclusions(&after));
    if rest(&before) == rest(&after) {
        return if new.is_subset(&old) { Tighter } else { Wider };
    }
    let after_rate = |rule: &str| {
        let (start, rest) = rule.split_once(" above ")?;
        let (requests, rest) = rest.split_once(" in ")?;
        let (seconds, rest) = rest.split_once(" seconds ")?;
        let rate = (requests.parse::<u64>().ok()?, seconds.parse::<u64>().ok()?);
        Some((start.to_owned(), rest.to_owned(), rate))
    };
    if let (Some(old), Some(new)) = (after_rate(&before), after_rate(&after))
        && (&old.0, &old.1) == (&new.0, &new.1)
    {
        let more =
            u128::from(old.2.0) * u128::from(new.2.1) < u128::from(new.2.0) * u128::from(old.2.1);
        return if more { Wider } else { Tighter };
    }
    Wider
}

#[cfg(test)]
mod tests;
