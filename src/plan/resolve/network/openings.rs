//! What has to be reachable from the network, and by whom.

use std::collections::BTreeSet;

use crate::blueprint::schema::{Auth, Egress, Ingress};
use crate::plan::model::{Call, Internet, Plan, Workload};
use crate::plan::resolve::calls;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::reference;

/// What has to be reachable.
pub(super) struct Openings {
    /// Somebody calls a service by its run.app address from inside the network.
    pub calls: bool,
    /// Who calls by private names: the tags of callers, none where everything in the network may; nothing where nobody does.
    pub private: Option<Vec<String>>,
    /// The names of Google's APIs lead to Google's private addresses: somebody has everything in the network and no internet,
    /// or a perimeter asks where a call comes from.
    pub apis: bool,
    /// The tags of those who go to the internet by NAT.
    pub nat: Vec<String>,
}

impl Openings {
    pub fn of(cx: &Context<'_>, plan: &Plan) -> Self {
        // Of a service elsewhere it is not known how it is reached: the private way leads to all of them.
        let internal = |name: &String| {
            calls::is_elsewhere(name)
                || cx.blueprint.services.get(name).is_some_and(|service| {
                    let by_name = reference::has_private_name(service)
                        && reference::run_app_closed(cx, name, service);
                    service.ingress != Some(Ingress::All) && !by_name
                })
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
        let apis = plan.perimeter.is_some()
            || plan
                .workloads()
                .any(|workload| workload.internet == Internet::None);
        let nat = tags(
            plan.workloads()
                .filter(|workload| workload.internet == Internet::Nat),
        );
        Self {
            calls,
            private: private(cx, plan),
            apis,
            nat,
        }
    }

    /// Whether Google's private addresses are used.
    pub fn google(&self) -> bool {
        self.calls || self.apis
    }
}

/// Who calls by private names. Whoever else may call stands outside of the blueprint, and may run anywhere in the network.
fn private(cx: &Context<'_>, plan: &Plan) -> Option<Vec<String>> {
    let named = &plan.internal_edge.as_ref()?.backends;
    let mut services = cx.blueprint.services.iter();
    let anybody = services.any(|(name, service)| {
        let open = !service.invokers.is_empty() || service.auth == Some(Auth::Anonymous);
        open && named.contains(name)
    });
    if anybody {
        return Some(Vec::new());
    }
    let services = plan.services.iter().map(|one| (&one.calls, &one.workload));
    let jobs = plan.jobs.iter().map(|one| (&one.calls, &one.workload));
    let workers = plan.workers.iter().map(|one| (&one.calls, &one.workload));
    let calls = |calls: &[Call]| calls.iter().any(|call| named.contains(&call.service));
    let callers = services.chain(jobs).chain(workers);
    let callers = callers.filter(|(called, _)| calls(called));
    let callers = tags(callers.map(|(_, workload)| workload));
    (!callers.is_empty()).then_some(callers)
}

pub(super) fn tags<'a>(workloads: impl Iterator<Item = &'a Workload>) -> Vec<String> {
    let tags: BTreeSet<String> = workloads
        .filter_map(|workload| workload.vpc.as_ref())
        .flat_map(|vpc| vpc.tags.clone())
        .collect();
    tags.into_iter().collect()
}
