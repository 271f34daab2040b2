//! Who calls whom, seen once for the whole blueprint.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use crate::blueprint::Key;
use crate::blueprint::schema::Blueprint;
use crate::plan::model::Call;

use super::trigger;

/// Who calls whom, seen once for the whole blueprint.
pub(super) struct CallGraph {
    /// The keys of those that call a service, by the service's name.
    callers: BTreeMap<String, BTreeSet<String>>,
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
            circles: circles(blueprint),
            jobs_before,
        }
    }

    /// Whether something here calls the service.
    pub fn is_called(&self, service: &str) -> bool {
        self.callers.contains_key(service)
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
