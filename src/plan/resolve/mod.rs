//! From a merged blueprint to a plan: everything is resolved, defaulted, ordered and named here, once.

mod account;
mod apis;
mod beside;
mod binary_authorization;
mod bucket;
mod cache;
mod call_graph;
mod calls;
mod channel;
mod checks;
mod context;
mod database;
mod dataset;
mod delivery;
mod edge;
mod encryption;
mod event;
mod exceptions;
mod exposure;
mod firestore;
mod governance;
mod grants;
mod iap;
mod job;
mod key;
mod labels;
mod lies;
mod log_sink;
mod messages;
mod monitoring;
mod network;
mod perimeter;
mod principal;
mod project;
mod queue;
mod reach;
mod reference;
mod regions;
mod registry;
mod rename;
mod rotation;
mod schedule;
mod secret;
mod service;
mod start;
mod state;
#[cfg(test)]
pub(super) mod testing;
mod traffic;
mod trigger;
mod waf;
mod worker;
mod workflow;
mod workload;

use std::collections::BTreeMap;

use crate::blueprint::{Environment, Key, Place};
use crate::diag::{Diagnostic, Severity};
use crate::name::Kind;
use crate::source::Span;

use super::model::{Plan, Value};
use context::Context;
pub(super) use exceptions::elements;
use grants::Grants;
pub(super) use project::is_production;
use workload::Gathered;

/// What became of one environment.
pub struct Resolution {
    /// The plan; `None` where there is an error.
    pub plan: Option<Plan>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// Exceptions that nothing in this environment needs: an error where no environment needs them.
    pub idle_exceptions: Vec<Diagnostic>,
    /// Findings that are only some where several environments have them at the same place.
    pub shared: Vec<Diagnostic>,
    /// The places of those that something needs.
    pub needed_exceptions: Vec<Span>,
}

/// Resolves one environment. `source` is the blueprint's file name; `files` reads what stands beside it.
#[must_use]
pub fn resolve(
    environment: &Environment,
    source: &str,
    files: &dyn Fn(&str) -> Option<String>,
) -> Resolution {
    let mut cx = Context::new(environment, project::draft(environment), files);
    project::check(&mut cx);
    let values = values(&mut cx);

    let mut gathered = Gathered {
        grants: Grants::new(&cx.project.id),
        uses: secret::Uses::default(),
        files: Vec::new(),
    };
    let databases = database::resolve(&mut cx);
    let services = service::resolve(&mut cx, &mut gathered, &databases);
    let jobs = job::resolve(&mut cx, &mut gathered, &databases);
    let workers = worker::resolve(&mut cx, &mut gathered, &databases);
    let Gathered {
        mut grants,
        uses,
        mut files,
    } = gathered;
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let mut secrets = secret::resolve(&mut cx, &uses, &mut grants);
    let caches = cache::resolve(&mut cx);
    secrets.extend(cache::authorities(&cx, &caches, &uses));
    secrets.sort_by(|a, b| a.name.cmp(&b.name));
    let mut topics = messages::topics(&mut cx, &mut grants);
    let mut subscriptions = messages::subscriptions(&mut cx, &mut grants);
    let derived = (&mut topics, &mut subscriptions);
    rotation::messages(&cx, &secrets, derived, &mut grants);
    let buckets = bucket::resolve(&mut cx, &mut grants);
    let keys = key::resolve(&mut cx, &mut grants);
    let schedules = schedule::resolve(&mut cx, &mut grants);
    let workflows = workflow::resolve(&mut cx, &mut grants);
    let queues = queue::resolve(&mut cx, &mut grants);
    let registries = registry::resolve(&mut cx, &mut grants);
    let events = event::resolve(&mut cx, &mut grants);
    let delivery = delivery::resolve(&mut cx, &mut grants, &services, &jobs, &registries);

    let mut plan = Plan {
        source: source.to_owned(),
        environment: environment.name.clone(),
        project: cx.project.clone(),
        state: state::resolve(&mut cx),
        apis: Vec::new(),
        agents: Vec::new(),
        network: None,
        accounts: account::accounts(&cx),
        secrets,
        topics,
        subscriptions,
        schedules,
        workflows,
        queues,
        registries,
        events,
        log_sinks: log_sink::resolve(&mut cx, &mut grants),
        delivery,
        files,
        buckets,
        keys,
        encryption: false,
        databases,
        caches,
        firestores: firestore::resolve(&mut cx),
        datasets: dataset::resolve(&mut cx),
        channels: channel::resolve(&mut cx, &mut grants),
        services,
        jobs,
        workers,
        edge: None,
        internal_edge: None,
        wafs: Vec::new(),
        org_policies: Vec::new(),
        org_policies_in_the_way: Vec::new(),
        binary_authorization: None,
        perimeter: None,
        audit_logs: Vec::new(),
        log_retention: None,
        monitoring: None,
        grants: Vec::new(),
        values,
        exceptions: Vec::new(),
        facts: Vec::new(),
    };
    of_all(&mut cx, &mut plan, &mut grants);
    ways(&mut cx, &mut plan, &mut grants);
    plan.grants = regions::grants(&cx, &plan.services, grants).finish();
    grants::policies(&mut plan);
    what_follows(&mut cx, &mut plan);
    checks::check(&mut cx, &plan);
    reach::check(&mut cx, &plan);
    let written = exceptions::resolve(&mut cx);
    plan.exceptions = written.needed;
    plan.facts = super::facts::facts(&plan);

    let shared = cx.take_shared();
    let diagnostics = cx.into_findings();
    let is_error = |finding: &Diagnostic| finding.rule.severity == Severity::Error;
    Resolution {
        plan: (!diagnostics.iter().any(is_error)).then_some(plan),
        diagnostics,
        idle_exceptions: written.idle,
        shared,
        needed_exceptions: written.places,
    }
}

/// What is said once and holds of many: regions, who logs in, keys of one's own, whether images are asked about, a perimeter.
fn of_all(cx: &mut Context<'_>, plan: &mut Plan, grants: &mut Grants) {
    regions::resolve(cx, plan);
    database::users(plan);
    encryption::resolve(cx, plan, grants);
    binary_authorization::resolve(cx, plan, grants);
    perimeter::resolve(cx, plan);
}

/// The network, and what leads to services: load balancers, WAFs, Identity-Aware Proxy.
fn ways(cx: &mut Context<'_>, plan: &mut Plan, grants: &mut Grants) {
    plan.internal_edge = edge::internal::resolve(cx, &plan.services);
    plan.network = network::resolve(cx, plan, grants);
    plan.wafs = waf::resolve(cx, &plan.services);
    let inside = plan.internal_edge.as_ref();
    plan.edge = edge::resolve(cx, &plan.services, &plan.wafs, inside);
    iap::grant(cx, plan.edge.as_ref(), &plan.services, grants);
}

/// What follows from all the rest: agents, policies, logs, alerts, APIs.
fn what_follows(cx: &mut Context<'_>, plan: &mut Plan) {
    perimeter::finish(cx, plan);
    plan.agents = apis::agents(plan);
    plan.org_policies = governance::org_policies(cx, plan);
    plan.org_policies_in_the_way = governance::in_the_way(plan);
    plan.audit_logs = governance::audit_logs(cx, plan);
    plan.monitoring = monitoring::resolve(cx, plan);
    rotation::unheard(cx, plan);
    plan.apis = apis::apis(plan);
    plan.log_retention = log_sink::retention(cx);
}

fn values(cx: &mut Context<'_>) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    for (name, value) in &cx.blueprint.values {
        let key = Key::of(&["values", name]);
        cx.check_name(
            Kind::Own,
            name,
            "the name of a value",
            &Place::Key(key.clone()),
        );
        if value.terraform.is_none() {
            cx.missing(&key, "terraform", "an expression of Terraform");
        }
        if value.gcloud.is_none() {
            cx.missing(&key, "gcloud", "a command that prints the value");
        }
        let (Some(terraform), Some(gcloud)) = (&value.terraform, &value.gcloud) else {
            continue;
        };
        values.insert(
            name.clone(),
            Value {
                terraform: terraform.clone(),
                gcloud: gcloud.clone(),
            },
        );
    }
    values
}
