//! The services stage: services, jobs, workers, load balancer, WAF.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use super::script::{Script, words};
use super::{
    edge, events, filters, grants, internal, messages, monitoring, notifications, run, schedules,
    traffic, waf, worker, workflow,
};
use crate::plan::model::{ConfigFile, Grant, Labels, Plan, Resource, Stage};

#[derive(Template)]
#[template(path = "gcloud/files.sh.j2")]
struct Files<'a> {
    /// Whether it is looked at under which key they lie.
    keyed: bool,
    files: Vec<FileView<'a>>,
}

struct FileView<'a> {
    name: &'a str,
    element: &'a str,
    path: &'a str,
    text: &'a str,
    region: &'a str,
    encryption_key: Option<String>,
    labels: &'a Labels,
}

#[derive(Template)]
#[template(path = "gcloud/ready.sh.j2")]
struct Ready<'a> {
    accounts: Vec<String>,
    secrets: bool,
    /// The services that call revisions by their names, with those.
    revisions: Vec<(&'a str, Vec<String>)>,
}

/// The script of the stage.
pub(super) fn script(plan: &Plan) -> String {
    let summary = "Services, jobs, load balancer, WAF: what a deployer may touch. Needs ./2-foundation.sh and, for secrets that are pinned, ./secrets.sh before.";
    let mut script = Script::new(plan, Stage::Services, summary);
    script.apis();
    script.ahead(reads(plan));
    script.ready(&Ready {
        accounts: plan
            .accounts
            .iter()
            .map(|account| account.id.clone())
            .collect(),
        secrets: plan
            .secrets
            .iter()
            .any(|secret| secret.latest || !secret.pinned.is_empty()),
        revisions: traffic::pinned(plan).collect(),
    });
    script.section(&Files {
        keyed: plan.encryption,
        files: plan.files.iter().map(file).collect(),
    });
    let pushed = |grant: &Grant| matches!(grant.on, Resource::Subscription { .. });
    grants::add(&mut script, plan, Stage::Services, |one| !pushed(one));
    for element in order(plan) {
        match element {
            Element::Service(at) => run::add_service(&mut script, plan, &plan.services[at]),
            Element::Job(at) => run::add_job(&mut script, plan, &plan.jobs[at]),
            Element::Worker(at) => worker::add(&mut script, plan, &plan.workers[at]),
        }
    }
    messages::add_subscriptions(&mut script, plan, Stage::Services);
    grants::add(&mut script, plan, Stage::Services, pushed);
    for one in &plan.workflows {
        workflow::add(&mut script, plan, one);
    }
    schedules::add(&mut script, plan);
    events::add(&mut script, plan);
    notifications::add(&mut script, plan, Stage::Services);
    waf::add(&mut script, plan);
    if let Some(edge) = &plan.edge {
        edge::add(&mut script, plan, edge);
    }
    if let Some(edge) = &plan.internal_edge {
        internal::add(&mut script, plan, edge);
    }
    edge::add_records(&mut script, plan);
    monitoring::add(&mut script, plan);
    script.finish()
}

fn file(file: &ConfigFile) -> FileView<'_> {
    let ConfigFile {
        name,
        element,
        path,
        text,
        region,
        encryption_key,
        labels,
    } = file;
    FileView {
        name,
        element,
        path,
        text,
        region,
        encryption_key: encryption_key.as_ref().map(ToString::to_string),
        labels,
    }
}

/// What is read ahead.
fn reads(plan: &Plan) -> Vec<String> {
    let mut kinds = vec!["iam service-accounts", "run"];
    if traffic::revisions(plan).is_some() {
        kinds.push(traffic::KIND);
    }
    if !plan.files.is_empty() {
        kinds.push("secrets");
    }
    if !plan.jobs.is_empty() {
        kinds.push("run jobs");
    }
    kinds.extend(messages::kinds(plan, Stage::Services));
    if !plan.schedules.is_empty() {
        kinds.push("scheduler jobs");
    }
    if !plan.workflows.is_empty() {
        kinds.push("workflows");
    }
    if !plan.events.is_empty() {
        kinds.push(events::KIND);
    }
    if !plan.workers.is_empty() {
        kinds.push("run worker-pools");
    }
    if !plan.wafs.is_empty() {
        kinds.push("compute security-policies");
    }
    if let Some(edge) = &plan.edge {
        kinds.extend(edge::kinds(edge));
    }
    if plan.internal_edge.is_some() {
        let more = internal::KINDS.into_iter();
        let more: Vec<&str> = more.filter(|kind| !kinds.contains(kind)).collect();
        kinds.extend(more);
    }
    let mut lines = vec![format!("look_ahead {}", words(kinds))];
    lines.extend(monitoring::ahead(plan, &[]));
    lines.extend(monitoring::dashboard_ahead(plan));
    let home = plan.project.region.as_str();
    let mut services: BTreeMap<(bool, &str), Vec<&str>> = BTreeMap::new();
    for service in &plan.services {
        let of_region = (service.region != home, service.region.as_str());
        services.entry(of_region).or_default().push(&service.name);
    }
    let services = services.into_iter();
    let services = services.map(|((_, region), names)| ("run services", region, names));
    let jobs = plan.jobs.iter().map(|job| job.name.as_str());
    for (kind, region, names) in services.chain([("run jobs", home, jobs.collect())]) {
        if !names.is_empty() {
            let region = format!("--region={region}");
            let head = words(["policies_ahead", kind, &region, "--"]);
            lines.push(format!("{head} {}", words(names)));
        }
    }
    lines
}

/// A service, a job or a worker, by its place in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Element {
    Service(usize),
    Job(usize),
    Worker(usize),
}

/// All services, jobs and workers, each after what must stand before it; by name where nothing else decides. A chain of calls can
/// be as long as there are services, so nothing here calls itself.
fn order(plan: &Plan) -> Vec<Element> {
    let services = plan.services.iter().map(|service| service.name.as_str());
    let services: BTreeMap<&str, usize> = services.zip(0..).collect();
    let jobs = plan.jobs.iter().map(|job| job.name.as_str());
    let jobs: BTreeMap<&str, usize> = jobs.zip(0..).collect();
    let before = |element: Element| {
        let (policies, after): (&[String], &[String]) = match element {
            Element::Service(at) => {
                let service = &plan.services[at];
                (&service.after_policies, &service.after_jobs)
            }
            Element::Job(at) => (&plan.jobs[at].after_policies, &[]),
            Element::Worker(at) => (&plan.workers[at].after_policies, &[]),
        };
        let policies = policies
            .iter()
            .filter_map(|name| services.get(name.as_str()));
        let after = after.iter().filter_map(|name| jobs.get(name.as_str()));
        let policies = policies.copied().map(Element::Service);
        let before = policies.chain(after.copied().map(Element::Job));
        before.collect::<Vec<_>>().into_iter()
    };
    let all = (0..plan.services.len()).map(Element::Service);
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    let all = all.chain((0..plan.jobs.len()).map(Element::Job));
    for first in all.chain((0..plan.workers.len()).map(Element::Worker)) {
        // Each with what is still to come before it.
        let mut open = Vec::new();
        if seen.insert(first) {
            open.push((first, before(first)));
        }
        while let Some((element, rest)) = open.last_mut() {
            match rest.next() {
                Some(next) if seen.insert(next) => open.push((next, before(next))),
                Some(_) => {}
                None => {
                    order.push(*element);
                    open.pop();
                }
            }
        }
    }
    order
}
