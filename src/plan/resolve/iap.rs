//! Who passes Identity-Aware Proxy: at the load balancer, or at the service itself.

use crate::blueprint::Key;
use crate::plan::google::roles;
use crate::plan::model::{Edge, Resource, Service};

use super::context::Context;
use super::grants::Grants;
use super::principal::named_list;

/// Who passes IAP at the load balancer.
pub(super) fn grant(
    cx: &mut Context<'_>,
    edge: Option<&Edge>,
    services: &[Service],
    grants: &mut Grants,
) {
    let guarded = edge
        .into_iter()
        .flat_map(|edge| &edge.backends)
        .filter(|backend| backend.iap);
    let backends: Vec<(String, String)> = guarded
        .map(|backend| (backend.name.clone(), backend.service.clone()))
        .collect();
    for (backend, service) in backends {
        let on = Resource::IapBackend {
            project: cx.project.id.clone(),
            name: backend,
        };
        iap_members(cx, grants, &on, &service);
    }
    for service in services.iter().filter(|service| service.iap) {
        let on = Resource::IapService {
            project: cx.project.id.clone(),
            region: cx.project.region.clone(),
            name: service.name.clone(),
        };
        iap_members(cx, grants, &on, &service.name);
    }
}

fn iap_members(cx: &mut Context<'_>, grants: &mut Grants, on: &Resource, service: &str) {
    let Some(written) = cx.blueprint.services.get(service) else {
        return;
    };
    let key = Key::of(&["services", service, "members"]);
    for principal in named_list(cx, &key, &written.members) {
        grants.add(on.clone(), roles::IAP_ACCESSOR, principal, None, &key);
    }
}
