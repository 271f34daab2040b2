//! Caches, and the policy that lets Memorystore put their addresses into the network.

use askama::Template;

use super::filters;
use super::keys;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::google::memorystore;
use crate::plan::model::{Cache, CacheEngine, CachePolicy, Labels, Network};
use crate::render::quote::hcl::Hcl;

#[derive(Template)]
#[template(path = "terraform/caches.tf.j2")]
struct File<'a> {
    networking: Expr,
    region: &'a str,
    labels: &'a Labels,
    policies: Vec<PolicyView<'a>>,
    /// The network that the addresses are made in.
    endpoint: Expr,
    caches: Vec<CacheView<'a>>,
    /// Those that exist already, whose addresses are looked up.
    found: Vec<&'a Cache>,
}

struct PolicyView<'a> {
    name: &'a str,
    class: &'static str,
    network: Expr,
    subnetwork: Expr,
}

struct CacheView<'a> {
    project: Expr,
    name: &'a str,
    engine: CacheEngine,
    node_type: &'static str,
    copies: u32,
    encryption_key: Option<Expr>,
    deletion_protection: bool,
    labels: &'a Labels,
    /// The policy without which it has no address, where it is made here.
    policy: Option<&'a str>,
}

/// Adds the caches.
pub(super) fn add(module: &mut Module<'_>) {
    let plan = module.plan;
    let Some(network) = &plan.network else {
        return;
    };
    let file = File {
        networking: module.project("networkconnectivity.googleapis.com"),
        region: &plan.project.region,
        labels: &plan.project.labels,
        endpoint: match &network.own {
            Some(_) => reference("google_compute_network", &network.name, "id"),
            None => Expr(network.path.hcl().0),
        },
        policies: policies(network).map(|one| policy(network, one)).collect(),
        caches: (plan.caches.iter())
            .filter(|one| !one.existing)
            .map(|one| view(module, network, one))
            .collect(),
        found: plan.caches.iter().filter(|one| one.existing).collect(),
    };
    let summary = if file.caches.is_empty() {
        "Caches that exist already: nothing is made, and their addresses are looked up."
    } else {
        "Caches: private addresses only, TLS, login by IAM, no password."
    };
    module.add("caches.tf", summary, &file);
}

/// The policies that are made here.
fn policies(network: &Network) -> impl Iterator<Item = &CachePolicy> {
    network.own.iter().flat_map(|own| &own.cache_policies)
}

fn policy<'a>(network: &'a Network, policy: &'a CachePolicy) -> PolicyView<'a> {
    let CachePolicy { name, class } = policy;
    let subnetwork = &network.subnetwork.name;
    PolicyView {
        name,
        class,
        network: reference("google_compute_network", &network.name, "id"),
        subnetwork: reference("google_compute_subnetwork", subnetwork, "id"),
    }
}

fn view<'a>(module: &Module<'_>, network: &'a Network, cache: &'a Cache) -> CacheView<'a> {
    let Cache {
        name,
        project: _,
        region: _,
        id: _, // its name
        existing: _,
        engine,
        node_type,
        availability: _, // the copies say it
        encryption_key,
        deletion_protection,
        labels,
    } = cache;
    let of_google = memorystore::of(cache.engine);
    let mut policies = policies(network);
    let policy = policies.find(|policy| policy.class == of_google.class);
    CacheView {
        project: module.project(of_google.api),
        name,
        engine: *engine,
        node_type,
        copies: cache.copies(),
        encryption_key: keys::encrypting(module, encryption_key.as_ref(), of_google.product),
        deletion_protection: *deletion_protection,
        labels,
        policy: policy.map(|policy| policy.name.as_str()),
    }
}
