//! The place of the internal load balancer: the range that it calls from, and the address that it is reached at.

use ipnet::Ipv4Net;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name;
use crate::plan::model::{BalancerPlace, Plan, Subnetwork};
use crate::plan::resolve::context::Context;
use crate::rules;

use super::range;

/// What the internal load balancer takes of a network that is made here, where there is one.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    plan: &Plan,
    written: &schema::Network,
) -> Option<BalancerPlace> {
    let Some(edge) = &plan.internal_edge else {
        if written.proxy_range.is_some() {
            cx.report(
                rules::NETWORK_UNUSED,
                "no load balancer calls from this range",
                &Place::Value(key()),
                "not taken",
            )
            .help("take it out, or give a service a private name: `private_domains = [\"…\"]`");
        }
        return None;
    };
    Some(BalancerPlace {
        subnetwork: name::compute_name(&format!("{}-proxies", cx.project.name)),
        range: range::proxies(cx, written)?,
        address: edge.name.clone(),
    })
}

/// Reports a range that has addresses in common with another one.
pub(super) fn apart(
    cx: &mut Context<'_>,
    balancer: &BalancerPlace,
    elsewhere: &[Subnetwork],
    home: Option<Ipv4Net>,
    services: Option<Ipv4Net>,
) {
    let network = Key::of(&["network"]);
    let own = [("subnet", home), ("service_range", services)];
    let own = own.map(|(name, range)| Some((network.then(name), range?)));
    let others = elsewhere.iter().map(|one| {
        let key = network.then("subnets").then(&one.region);
        Some((key, one.range?))
    });
    let mut all = own.into_iter().chain(others).flatten();
    let range = balancer.range;
    if let Some((other, taken)) = all.find(|(_, other)| range::overlap(range, *other)) {
        cx.report(
            rules::RANGES_OVERLAP,
            format!("`{range}` and `{taken}` overlap"),
            &Place::Value(key()),
            "the internal load balancer",
        )
        .and(&Place::Value(other), "and these")
        .help("take ranges that have no address in common");
    }
}

fn key() -> Key {
    Key::of(&["network", "proxy_range"])
}
