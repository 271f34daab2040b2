//! What has to be reachable from the network, and by whom.

use std::collections::BTreeSet;

use crate::blueprint::schema::{Egress, Ingress};
use crate::plan::model::{Internet, Plan, Workload};
use crate::plan::resolve::context::Context;

/// What has to be reachable.
pub(super) struct Openings {
    /// Somebody calls a service by its run.app address from inside the network.
    pub calls: bool,
    /// Somebody has everything in the network and no internet.
    pub closed: bool,
    /// The tags of those who go to the internet by NAT.
    pub nat: Vec<String>,
}

impl Openings {
    pub fn of(cx: &Context<'_>, plan: &Plan) -> Self {
        let internal = |name: &String| {
            cx.blueprint
                .services
                .get(name)
                .is_some_and(|service| service.ingress != Some(Ingress::All))
        };
        let services = cx
            .blueprint
            .services
            .values()
            .map(|service| (&service.calls, service.egress));
        let jobs = cx
            .blueprint
            .jobs
            .values()
            .map(|job| (&job.calls, job.egress));
        let workers = cx.blueprint.workers.values();
        let workers = workers.map(|worker| (&worker.calls, worker.egress));
        let calls = services
            .chain(jobs)
            .chain(workers)
            .any(|(calls, egress)| egress != Some(Egress::Outside) && calls.iter().any(internal));
        let closed = plan
            .workloads()
            .any(|workload| workload.internet == Internet::None);
        let nat = tags(
            plan.workloads()
                .filter(|workload| workload.internet == Internet::Nat),
        );
        Self { calls, closed, nat }
    }

    /// Whether Google's private addresses are used.
    pub fn google(&self) -> bool {
        self.calls || self.closed
    }
}

pub(super) fn tags<'a>(workloads: impl Iterator<Item = &'a Workload>) -> Vec<String> {
    let tags: BTreeSet<String> = workloads
        .filter_map(|workload| workload.vpc.as_ref())
        .flat_map(|vpc| vpc.tags.clone())
        .collect();
    tags.into_iter().collect()
}
