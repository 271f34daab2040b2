//! The perimeter of VPC Service Controls: by blocks of Terraform, and by words of the scripts.

use std::collections::BTreeSet;

use super::hcl::{Flat, several};
use crate::cloud::{Cloud, Values};

const KIND: &str = "access-context-manager perimeters";

/// What the scripts have said of it before the word that makes it.
#[derive(Debug, Default)]
pub struct Crossings {
    lets_in: BTreeSet<String>,
    lets_out: BTreeSet<String>,
}

impl Crossings {
    /// `let_in WHO… -- LEVEL…`
    pub fn let_in(&mut self, words: &[String]) {
        let at = words.iter().position(|word| word == "--").unwrap();
        self.lets_in.extend(each(&words[..at], &words[at + 1..]));
    }

    /// `let_out NUMBER SERVICE…`
    pub fn let_out(&mut self, words: &[String]) {
        let services = words[1..].iter();
        let each = services.map(|service| format!("{service} of {}", words[0]));
        self.lets_out.extend(each);
    }

    /// `perimeter POLICY NAME MODE PROJECT SERVICE…`
    pub fn perimeter(self, cloud: &mut Cloud, words: &[String]) {
        let [policy, name, mode, inside, services @ ..] = words else {
            panic!("{words:?}");
        };
        let name = format!("accessPolicies/{policy}/servicePerimeters/{name}");
        let inside = (!inside.is_empty()).then(|| inside.clone());
        let dry_run = mode == "dry-run";
        assert_eq!(inside.is_none(), mode == "off");
        let network = vec!["RESTRICTED-SERVICES".to_owned()];
        note(
            cloud,
            &name,
            dry_run,
            inside.into_iter().collect(),
            services.to_vec(),
            network,
            self,
        );
    }
}

/// Each of some from each place.
fn each(who: &[String], from: &[String]) -> Vec<String> {
    let or = |list: &[String], none: &str| {
        if list.is_empty() {
            vec![none.to_owned()]
        } else {
            list.to_vec()
        }
    };
    let from = or(from, "anywhere");
    let level = |level: &String| level.rsplit('/').next().unwrap().to_owned();
    let each = or(who, "anybody").into_iter().flat_map(|who| {
        let who = who.clone();
        from.iter()
            .map(level)
            .map(move |from| format!("{who} from {from}"))
            .collect::<Vec<_>>()
    });
    each.collect()
}

fn note(
    cloud: &mut Cloud,
    name: &str,
    dry_run: bool,
    inside: Values,
    services: Values,
    network: Values,
    crossings: Crossings,
) {
    let mode = vec![if dry_run { "dry-run" } else { "enforce" }.to_owned()];
    for (field, values) in [
        ("mode", mode),
        ("inside", inside),
        ("services", services),
        ("network", network),
        ("lets-in", crossings.lets_in.into_iter().collect()),
        ("lets-out", crossings.lets_out.into_iter().collect()),
    ] {
        cloud.set(KIND, name, field, values);
    }
}

/// The resource of Terraform.
pub fn from_terraform(cloud: &mut Cloud, flat: &mut Flat) {
    let mut take = |path: &str| flat.remove(path);
    let one = |values: Option<Values>| values.unwrap().concat();
    let (parent, name) = (one(take("parent")), one(take("name")));
    let short = name.strip_prefix(&format!("{parent}/servicePerimeters/"));
    assert_eq!(short, Some(one(take("title")).as_str()));
    assert_eq!(one(take("perimeter_type")), "PERIMETER_TYPE_REGULAR");
    let dry_run = one(take("use_explicit_dry_run_spec")) == "true";
    take("depends_on");
    let part = if dry_run { "spec" } else { "status" };
    take(part).unwrap();
    let inside = take(&format!("{part}.resources")).unwrap_or_default();
    let services = take(&format!("{part}.restricted_services")).unwrap_or_default();
    let within = format!("{part}.vpc_accessible_services");
    take(&within);
    let network = match take(&format!("{within}.enable_restriction")) {
        Some(on) if on.concat() == "true" => take(&format!("{within}.allowed_services")).unwrap(),
        _ => vec!["everything".to_owned()],
    };
    let mut crossings = Crossings::default();
    for mut rule in several(flat, &format!("{part}.ingress_policies")) {
        rule.retain(|path, _| path != "ingress_from" && path != "ingress_to");
        let who = who(&mut rule, "ingress_from");
        let sources = several(&mut rule, "ingress_from.sources").into_iter();
        let from = sources.map(|mut source| source.remove("access_level").unwrap().concat());
        let from: Vec<String> = from
            .map(|level| {
                if level == "*" {
                    "anywhere".to_owned()
                } else {
                    level
                }
            })
            .collect();
        assert!(!from.is_empty(), "a rule without a source lets nobody in");
        let mut to = operations(&mut rule, "ingress_to").into_iter();
        let narrow = rule.remove("ingress_to.resources").unwrap().concat() + &to.next().unwrap();
        assert!(to.next().is_none() && rule.is_empty(), "{rule:?}");
        let narrow = if narrow == "**" {
            String::new()
        } else {
            format!(" to {narrow}")
        };
        crossings
            .lets_in
            .extend(each(&who, &from).into_iter().map(|one| one + &narrow));
    }
    for mut rule in several(flat, &format!("{part}.egress_policies")) {
        rule.retain(|path, _| path != "egress_from" && path != "egress_to");
        let who = who(&mut rule, "egress_from");
        let whose = if who.is_empty() {
            String::new()
        } else {
            format!(" for {}", who.join(" "))
        };
        let services = operations(&mut rule, "egress_to");
        for project in rule.remove("egress_to.resources").unwrap() {
            let number = project.strip_prefix("projects/").unwrap_or(&project);
            let each = services
                .iter()
                .map(|service| format!("{service} of {number}{whose}"));
            crossings.lets_out.extend(each);
        }
        assert!(rule.is_empty(), "{rule:?}");
    }
    note(cloud, &name, dry_run, inside, services, network, crossings);
}

/// Whom a rule is for; nobody named is anybody.
fn who(rule: &mut Flat, block: &str) -> Vec<String> {
    let named = rule.remove(&format!("{block}.identities"));
    let kind = rule.remove(&format!("{block}.identity_type"));
    match (named, kind.map(|kind| kind.concat())) {
        (Some(named), None) => named,
        (None, Some(kind)) if kind == "ANY_IDENTITY" => Vec::new(),
        other => panic!("{other:?}"),
    }
}

/// The APIs of a rule, each with whatever narrows it.
fn operations(rule: &mut Flat, block: &str) -> Vec<String> {
    let operations = several(rule, &format!("{block}.operations")).into_iter();
    let each = operations.map(|mut operation| {
        let service = operation.remove("service_name").unwrap().concat();
        operation.remove("method_selectors");
        let method = operation
            .remove("method_selectors.method")
            .map(|one| one.concat());
        assert!(operation.is_empty(), "{operation:?}");
        // All of an API is said by its methods, all of all by nothing.
        match method.as_deref() {
            None if service == "*" => service,
            Some("*") if service != "*" => service,
            other => format!("{service} by {other:?}"),
        }
    });
    each.collect()
}
