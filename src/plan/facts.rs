//! The posture: what is true of an environment, in short lines that a person reads in a diff and a script checks on the
//! living cloud. Names and values are stable, since committed locks hold them.

mod binary_authorization;
mod bucket;
mod cache;
mod channel;
mod compare;
mod dataset;
mod delivery;
mod event;
mod firestore;
mod key;
mod log_sink;
mod messages;
mod monitoring;
mod order;
mod perimeter;
mod queue;
mod registry;
mod shared;
mod traffic;
mod workflow;

use std::borrow::Cow;
use std::collections::BTreeMap;

pub use compare::{Direction, FactChange, Facts as Posture, changed_facts, direction};
pub(super) use compare::{Stated, elements, entries, split};
pub(crate) use dataset::dataset_rights;
pub(super) use log_sink::LOCKED;
pub use order::apply_order;
pub(super) use order::gained;

use super::google::roles;
use super::model::{
    Account, Auth, Backend, Binding, Edge, Fact, Grant, Ingress, Internet, Job, KeyPath, Part,
    Plan, Principal, Resource, Service, VpcEgress, Workload,
};

/// The facts of each plan's environment, as the lock holds them.
#[must_use]
pub fn posture<'p>(plans: impl IntoIterator<Item = &'p Plan>) -> Posture {
    let plans = plans.into_iter();
    let stated = plans.map(|plan| {
        let facts = plan.facts.iter();
        let facts = facts.map(|fact| (fact.key(), fact.value.clone()));
        (plan.environment.clone(), facts.collect())
    });
    stated.collect()
}

/// The facts of a plan, in the order of their elements and names.
pub(crate) fn facts(plan: &Plan) -> Vec<Fact> {
    let mut facts = Facts::default();
    let mut granted = Granted::new();
    for grant in &plan.grants {
        if let Principal::Account { id: _, email } = &grant.to {
            granted.entry(email).or_default().push(grant);
        }
    }
    for service in &plan.services {
        self::service(plan, &granted, service, &mut facts);
    }
    for job in &plan.jobs {
        self::job(plan, &granted, job, &mut facts);
    }
    for worker in &plan.workers {
        let element = format!("workers.{}", worker.name);
        facts.switch(&element, "deletion_protection", worker.deletion_protection);
        workload(plan, &granted, &worker.workload, &element, &mut facts);
    }
    workflow::facts(plan, &granted, &mut facts);
    delivery::facts(plan, &granted, &mut facts);
    shared::facts(plan, &mut facts);
    facts.all.sort();
    facts.all.shrink_to_fit();
    facts.all
}

/// What a workload reaches of the internet whose traffic all goes into a network that exists already: its owner says it, by
/// routes and a firewall that are not made here.
pub(crate) const BY_NETWORK: &str = "by the network";

/// What each account is granted, by its email: looked up once and not for each of thousands of services.
type Granted<'a> = BTreeMap<&'a str, Vec<&'a Grant>>;

/// The facts as they are found.
#[derive(Default)]
struct Facts {
    all: Vec<Fact>,
}

impl Facts {
    fn say(&mut self, element: &str, name: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        self.all.push(Fact {
            element: element.to_owned(),
            name: name.into(),
            value: value.into(),
        });
    }

    fn switch(&mut self, element: &str, name: &'static str, on: bool) {
        self.say(element, name, if on { "on" } else { "off" });
    }

    /// The key of one's own that something lies under; nothing where it is one of Google's.
    fn encryption(&mut self, plan: &Plan, element: &str, key: Option<&KeyPath>) {
        if let Some(key) = key {
            self.say(element, "encryption", key.in_short(&plan.project.id));
        }
    }

    fn list(
        &mut self,
        element: &str,
        name: impl Into<Cow<'static, str>>,
        values: impl IntoIterator<Item = String>,
        empty: &str,
    ) {
        self.say(element, name, joined(values, empty));
    }
}

/// A list in the form of a fact: sorted, each once.
fn joined(values: impl IntoIterator<Item = String>, empty: &str) -> String {
    let mut values: Vec<String> = values.into_iter().collect();
    values.sort();
    values.dedup();
    if values.is_empty() {
        empty.to_owned()
    } else {
        values.join(", ")
    }
}

/// Who has a role on something that has no complete policy.
fn granted_on(plan: &Plan, on: &Resource, role: &str) -> Vec<String> {
    let granted = plan.grants_on(on).iter();
    let granted = granted.filter(|grant| grant.role == role);
    granted
        .map(|grant| grant.to.in_short(&plan.project.id))
        .collect()
}

/// Who has a role on something under a condition of that title, or without any: then the right is on all of its kind.
fn granted_under(plan: &Plan, on: &Resource, role: &str, title: &str) -> Vec<String> {
    let granted = plan.grants_on(on).iter();
    let granted = granted.filter(|grant| {
        let condition = grant.condition.as_ref();
        grant.role == role && condition.is_none_or(|one| one.title == title)
    });
    granted
        .map(|grant| grant.to.in_short(&plan.project.id))
        .collect()
}

fn holders(plan: &Plan, policy: &[Binding], role: &str) -> impl Iterator<Item = String> {
    let bindings = policy.iter().filter(move |binding| binding.role == role);
    let members = bindings.flat_map(|binding| &binding.members);
    members.map(|member| member.in_short(&plan.project.id))
}

fn service(plan: &Plan, granted: &Granted<'_>, service: &Service, facts: &mut Facts) {
    let element = format!("services.{}", service.name);
    let ingress = match service.ingress {
        Ingress::Internal => "internal",
        Ingress::InternalAndLoadBalancing => "internal-and-cloud-load-balancing",
        Ingress::All => "all",
    };
    let edge = plan.edge.iter().filter(|_| service.public);
    let backend = edge
        .flat_map(|edge: &Edge| &edge.backends)
        .find(|backend| backend.leads_to(&service.name));
    let auth = match service.auth {
        // Where no backend leads, none asks: the policy alone lets in.
        Auth::Iap if service.leaves_region => "iam",
        Auth::Iam => "iam",
        Auth::Iap => "iap",
        Auth::Anonymous => "anonymous",
    };
    facts.say(&element, "ingress", ingress);
    facts.say(&element, "auth", auth);
    facts.switch(&element, "invoker_check", service.invoker_check);
    facts.say(&element, "callers", callers(plan, service));
    facts.say(
        &element,
        "run_app",
        if service.run_app_closed {
            "closed"
        } else {
            "open"
        },
    );
    others(plan, &element, &service.policy, facts);
    if service.stands_in_for.is_some() {
        facts.say(&element, "region", &service.region);
    } else if let Some(backend) = backend.filter(|backend| backend.groups.len() > 1) {
        let regions = backend.groups.iter().map(|group| group.region.clone());
        facts.list(&element, "reached_in", regions, "none");
    }
    // What is on its way out of a region has no way from the internet any longer.
    if service.public && !service.leaves_region {
        public(plan, service, backend, &element, facts);
    }
    if !service.domain_mappings.is_empty() {
        facts.list(
            &element,
            "domain_mappings",
            service.domain_mappings.iter().cloned(),
            "none",
        );
    }
    facts.list(
        &element,
        "audiences",
        service.audiences.iter().cloned(),
        "none",
    );
    traffic::facts(&service.traffic, &element, facts);
    facts.switch(&element, "deletion_protection", service.deletion_protection);
    workload(plan, granted, &service.workload, &element, facts);
}

/// Who gets past Cloud Run's check: with the check off it is everybody whom the ingress lets come so far.
fn callers(plan: &Plan, service: &Service) -> String {
    if service.invoker_check {
        joined(holders(plan, &service.policy, roles::RUN_INVOKER), "nobody")
    } else {
        "everybody".to_owned()
    }
}

/// What the policy grants beside calling.
fn others(plan: &Plan, element: &str, policy: &[Binding], facts: &mut Facts) {
    facts.list(
        element,
        "developers",
        holders(plan, policy, roles::RUN_DEVELOPER),
        "nobody",
    );
    for binding in policy {
        if ![roles::RUN_INVOKER, roles::RUN_DEVELOPER].contains(&binding.role.as_str()) {
            facts.list(
                element,
                binding.role.clone(),
                binding
                    .members
                    .iter()
                    .map(|member| member.in_short(&plan.project.id)),
                "nobody",
            );
        }
    }
}

/// What stands before a service that the internet is meant to reach.
fn public(
    plan: &Plan,
    service: &Service,
    backend: Option<&Backend>,
    element: &str,
    facts: &mut Facts,
) {
    facts.say(
        element,
        "waf",
        backend.map_or("none", |backend| backend.waf.as_str()),
    );
    let bypass = match (service.run_app_closed, service.ingress) {
        (true, _) => "nobody".to_owned(),
        (false, Ingress::All) => "everybody".to_owned(),
        (false, _) if !service.invoker_check => "everything inside the network".to_owned(),
        (false, _) => callers(plan, service),
    };
    facts.say(element, "waf_bypass", bypass);
    if let Some(backend) = backend {
        // What the WAF decides stands in these logs alone.
        facts.say(element, "logs", "all requests");
        facts.list(element, "headers", backend.headers.iter().cloned(), "none");
    }
    let at = if service.iap {
        "service"
    } else if backend.is_some_and(|backend| backend.iap) {
        "backend"
    } else {
        "none"
    };
    facts.say(element, "iap", at);
    if at != "none" {
        let of_service = |grant: &&Grant| match &grant.on {
            Resource::IapService { name, .. } => *name == service.name,
            Resource::IapBackend { name, .. } => {
                backend.is_some_and(|backend| backend.name == *name)
            }
            _ => false,
        };
        let members = plan
            .grants
            .iter()
            .filter(of_service)
            .map(|grant| grant.to.in_short(&plan.project.id));
        facts.list(element, "members", members, "nobody");
    }
}

fn job(plan: &Plan, granted: &Granted<'_>, job: &Job, facts: &mut Facts) {
    let element = format!("jobs.{}", job.name);
    facts.list(
        &element,
        "callers",
        holders(plan, &job.policy, roles::RUN_INVOKER),
        "nobody",
    );
    others(plan, &element, &job.policy, facts);
    facts.switch(&element, "deletion_protection", job.deletion_protection);
    workload(plan, granted, &job.workload, &element, facts);
}

/// What a workload reaches, and as whom.
fn workload(
    plan: &Plan,
    granted: &Granted<'_>,
    workload: &Workload,
    element: &str,
    facts: &mut Facts,
) {
    let egress = match workload.vpc.as_ref().map(|vpc| vpc.egress) {
        None => "outside",
        Some(VpcEgress::PrivateRanges) => "private-ranges-only",
        Some(VpcEgress::All) => "all-traffic",
    };
    let theirs = plan.network.as_ref().is_some_and(|one| one.own.is_none());
    let internet = match workload.internet {
        Internet::Direct => "direct",
        _ if theirs => BY_NETWORK,
        Internet::None => "none",
        Internet::Nat => "nat",
    };
    facts.say(element, "egress", egress);
    facts.say(element, "egress.internet", internet);
    runs_as(plan, granted, &workload.account, element, facts);
    facts.encryption(plan, element, workload.encryption_key.as_ref());
    if workload.binary_authorization {
        facts.say(element, "binary_authorization", "on");
    }
    let by_tag = workload.containers.iter().filter(|container| {
        let known = |part: &Part| matches!(part, Part::Literal(text) if text.contains("@sha256:"));
        !container.image.parts().iter().any(known)
    });
    facts.list(
        element,
        "images_by_tag",
        by_tag.map(|container| container.name.clone()),
        "none",
    );
}

/// As whom something runs, and what that account may.
fn runs_as(
    plan: &Plan,
    granted: &Granted<'_>,
    account: &Account,
    element: &str,
    facts: &mut Facts,
) {
    facts.say(element, "account", account.in_short(&plan.project.id));
    let granted = granted.get(account.email.as_str()).into_iter().flatten();
    let granted = granted.map(|grant| granted_in_short(plan, grant));
    facts.list(element, "grants", granted, "none");
}

/// A grant in short: `secretmanager.secretAccessor on secret stripe-key`.
fn granted_in_short(plan: &Plan, grant: &Grant) -> String {
    let role = grant.role.trim_start_matches("roles/");
    let on = grant.on.in_short(&plan.project.id);
    let condition = grant
        .condition
        .as_ref()
        .map(|condition| format!(" if {}", condition.title))
        .unwrap_or_default();
    format!("{role} on {on}{condition}")
}

#[cfg(test)]
mod tests;
