//! Who calls whom, seen once for the whole blueprint.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use crate::blueprint::Key;
use crate::blueprint::schema::Blueprint;
use crate::plan::model::Call;

use super::{reference, trigger};

/// Who calls whom, seen once for the whole blueprint.
pub(super) struct CallGraph {
    /// The keys of those that call a service, by the service's name.
    callers: BTreeMap<String, BTreeSet<String>>,
    /// The services that are called by their run.app address though they have a private name: by something of Google's own, which is
    /// in no network (triggers, workflows), or by whoever is told that address.
    by_run_app: BTreeSet<String>,
    /// The circle that a service is in: services of the same number reach each other.
    circles: BTreeMap<String, usize>,
    /// The jobs that must have succeeded before a service gets a new revision.
    jobs_before: BTreeMap<String, Vec<String>>,
}

impl CallGraph {
    /// Looks at all calls.
    pub fn of(blueprint: &Blueprint) -> Self {
        let services = blueprint.services.iter();
        let services =
            services.map(|(name, service)| (Key::of(&["services", name]), &service.calls));
        let jobs = blueprint.jobs.iter();
        let jobs_calls = jobs
            .clone()
            .map(|(name, job)| (Key::of(&["jobs", name]), &job.calls));
        let mut callers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let workers = blueprint.workers.iter();
        let workers = workers.map(|(name, worker)| (Key::of(&["workers", name]), &worker.calls));
        let workflows = blueprint.workflows.iter();
        let workflows = workflows.map(|(name, one)| (Key::of(&["workflows", name]), &one.calls));
        let mut by_run_app: BTreeSet<String> = (blueprint.workflows.values())
            .flat_map(|one| one.calls.iter().cloned())
            .chain(told(blueprint))
            .collect();
        let all = services.chain(jobs_calls).chain(workers).chain(workflows);
        for (key, calls) in all {
            for call in calls {
                callers
                    .entry(call.clone())
                    .or_default()
                    .insert(key.to_string());
            }
        }
        for (service, triggers) in trigger::called(blueprint) {
            let callers = callers.entry(service.to_owned()).or_default();
            callers.extend(triggers.iter().map(ToString::to_string));
            by_run_app.insert(service.to_owned());
        }
        let mut jobs_before: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, job) in jobs {
            for service in job
                .before
                .iter()
                .filter_map(|target| target.strip_prefix("services."))
            {
                jobs_before
                    .entry(service.to_owned())
                    .or_default()
                    .push(name.clone());
            }
        }
        Self {
            callers,
            by_run_app,
            circles: circles(blueprint),
            jobs_before,
        }
    }

    /// Whether something here calls the service.
    pub fn is_called(&self, service: &str) -> bool {
        self.callers.contains_key(service)
    }

    /// Whether something calls the service by its run.app address, where it has a private name too.
    pub fn is_called_by_run_app(&self, service: &str) -> bool {
        self.by_run_app.contains(service)
    }

    /// The keys of those that call the service, in order.
    pub fn callers(&self, service: &str) -> Vec<String> {
        self.callers
            .get(service)
            .into_iter()
            .flatten()
            .cloned()
            .collect()
    }

    /// The jobs that must have succeeded before the service gets a new revision, by name.
    pub fn jobs_before(&self, service: &str) -> Vec<String> {
        self.jobs_before.get(service).cloned().unwrap_or_default()
    }

    /// The callees of a service, or of a job or worker (`None`), whose policy must stand first. Those that call back, directly or
    /// not, cannot wait for each other; nothing calls a job or a worker.
    pub fn after_policies(&self, service: Option<&str>, calls: &[Call]) -> Vec<String> {
        let circle = service.and_then(|service| self.circles.get(service));
        let waits = |callee: &&String| circle.is_none() || self.circles.get(*callee) != circle;
        calls
            .iter()
            .map(|call| &call.service)
            .filter(waits)
            .cloned()
            .collect()
    }
}

/// The services whose run.app address stands in the settings of something; only looked for where one has a private name.
fn told(blueprint: &Blueprint) -> BTreeSet<String> {
    let mut services = blueprint.services.values();
    if services.all(|service| service.private_domains.is_empty()) {
        return BTreeSet::new();
    }
    let services = blueprint.services.iter();
    let services = services.map(|(name, one)| (name.as_str(), &one.env, &one.args, &one.sidecars));
    let jobs = blueprint.jobs.values();
    let jobs = jobs.map(|one| ("", &one.env, &one.args, &one.sidecars));
    let workers = blueprint.workers.values();
    let workers = workers.map(|one| ("", &one.env, &one.args, &one.sidecars));
    let mut told = BTreeSet::new();
    for (own, env, args, sidecars) in services.chain(jobs).chain(workers) {
        let beside = sidecars.values();
        let beside = beside.flat_map(|one| one.env.values().chain(&one.args));
        for text in env.values().chain(args).chain(beside) {
            told.extend(reference::run_app_of(text, own).map(str::to_owned));
        }
    }
    told
}

fn circles(blueprint: &Blueprint) -> BTreeMap<String, usize> {
    let mut graph = DiGraph::<&str, ()>::new();
    let nodes: BTreeMap<&str, _> = blueprint
        .services
        .keys()
        .map(|name| (name.as_str(), graph.add_node(name.as_str())))
        .collect();
    for (name, service) in &blueprint.services {
        for call in &service.calls {
            if let (Some(from), Some(to)) = (nodes.get(name.as_str()), nodes.get(call.as_str())) {
                graph.add_edge(*from, *to, ());
            }
        }
    }
    let components = kosaraju_scc(&graph);
    let numbered = components.iter().enumerate();
    numbered
        .flat_map(|(number, nodes)| nodes.iter().map(move |node| (*node, number)))
        .map(|(node, number)| (graph[node].to_owned(), number))
        .collect()
}
