//! From where services can be reached: what a right alone does not say.

use crate::plan::model::{Ingress, Plan, Service};
use crate::plan::strangers;
use crate::render::quote::Quoted;
use crate::render::quote::markdown::{Md, md};

/// The ways to services, a paragraph each.
pub fn ways(plan: &Plan) -> Vec<Quoted> {
    let mut ways = Vec::new();
    let internal = names(plan, |service| service.ingress == Ingress::Internal);
    if !internal.is_empty() {
        let from = match &plan.network {
            Some(network) if network.project != plan.project.id => md("Shared VPC network ")
                .code(&network.name)
                .say(", or from Google's own products in this project"),
            _ => md("network of this project, or from Google's own products in it"),
        };
        ways.push(
            md("**Internal means from inside.** Only what comes from a ")
                .md(&from)
                .say(", gets to ")
                .md(&internal)
                .say("; everything else gets 404, whatever its rights."),
        );
    }
    let named = names(plan, |service| !service.private_domains.is_empty());
    if !named.is_empty() {
        ways.push(
            md("**A private name is answered to whatever reaches the network.** That is what runs in it, and what is in a network that is connected with it (peering, VPN, Interconnect); who of them gets to ")
                .md(&named)
                .say(" is decided by its policy alone."),
        );
    }
    let tagged = names(plan, |service| service.tagged_urls().next().is_some());
    if !tagged.is_empty() {
        ways.push(
            md("**A tag opens no second door.** Its address leads to one revision of ")
                .md(&tagged)
                .say(", whatever share of the requests that has; who gets there is decided as at the service's own address, by the same ingress and policy."),
        );
    }
    for stranger in strangers(plan) {
        ways.push(
            md("**")
                .code(stranger.member)
                .say(" may call ")
                .code(stranger.service)
                .say(" and does not get there from its own project ")
                .code(stranger.project)
                .say(".** It does where a VPC Service Controls perimeter holds both projects, or where it runs in a network of this project."),
        );
    }
    let unchecked = |service: &Service| !service.invoker_check;
    for (which, then) in [
        (
            names(plan, |service| {
                unchecked(service) && service.ingress == Ingress::All
            }),
            "It can be reached from everywhere.",
        ),
        (
            names(plan, |service| {
                unchecked(service) && service.ingress != Ingress::All && service.run_app_closed
            }),
            "The load balancer is the only way there: the run.app address is closed, inside this project's network too.",
        ),
        (
            names(plan, |service| {
                unchecked(service) && service.ingress != Ingress::All && !service.run_app_closed
            }),
            "Whatever runs in this project's network can call it without a token too, past the load balancer and its WAF.",
        ),
    ] {
        if !which.is_empty() {
            ways.push(
                md("Cloud Run does not ask who calls ")
                    .md(&which)
                    .say(". ")
                    .say(then),
            );
        }
    }
    ways.into_iter().map(Md::done).collect()
}

/// The services of which something holds.
fn names(plan: &Plan, holds: impl Fn(&Service) -> bool) -> Md {
    let services = plan.services.iter().filter(|service| holds(service));
    Md::list(services.map(|service| md("").code(&service.name)))
}
