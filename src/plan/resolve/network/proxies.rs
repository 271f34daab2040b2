//! The place of the internal load balancer: the range that it calls from, and the address that it is reached at.

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name;
use crate::plan::model::{BalancerPlace, Plan};
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

fn key() -> Key {
    Key::of(&["network", "proxy_range"])
}
