//! Caches, and the policy that lets Memorystore put their addresses into the network.

use askama::Template;

use super::filters;
use super::keys;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::google::encryption::Product;
use crate::plan::google::memorystore;
use crate::plan::model::{Cache, Labels, Network};
use crate::render::quote::hcl::Hcl;

#[derive(Template)]
#[template(path = "terraform/caches.tf.j2")]
struct File<'a> {
    project: Expr,
    networking: Expr,
    region: &'a str,
    class: &'static str,
    labels: &'a Labels,
    policy: Option<PolicyView<'a>>,
    /// The network that the addresses are made in.
    endpoint: Expr,
    caches: Vec<CacheView<'a>>,
}

struct PolicyView<'a> {
    name: &'a str,
    network: Expr,
    subnetwork: Expr,
}

struct CacheView<'a> {
    name: &'a str,
    version: &'a str,
    node_type: &'static str,
    copies: u32,
    encryption_key: Option<Expr>,
    deletion_protection: bool,
    labels: &'a Labels,
}

/// Adds the caches.
pub(super) fn add(module: &mut Module<'_>) {
    let plan = module.plan;
    let Some(network) = &plan.network else {
        return;
    };
    let policy = policy(network);
    let file = File {
        project: module.project("memorystore.googleapis.com"),
        networking: module.project("networkconnectivity.googleapis.com"),
        region: &plan.project.region,
        class: memorystore::SERVICE_CLASS,
        labels: &plan.project.labels,
        endpoint: match &policy {
            Some(_) => reference("google_compute_network", &network.name, "id"),
            None => Expr(network.path.hcl().0),
        },
        policy,
        caches: plan.caches.iter().map(|one| view(module, one)).collect(),
    };
    let summary = "Caches: private addresses only, TLS, login by IAM, no password.";
    module.add("caches.tf", summary, &file);
}

/// The policy, where it is made here.
fn policy(network: &Network) -> Option<PolicyView<'_>> {
    let name = network.own.as_ref()?.cache_policy.as_deref()?;
    let subnetwork = &network.subnetwork.name;
    Some(PolicyView {
        name,
        network: reference("google_compute_network", &network.name, "id"),
        subnetwork: reference("google_compute_subnetwork", subnetwork, "id"),
    })
}

fn view<'a>(module: &Module<'_>, cache: &'a Cache) -> CacheView<'a> {
    let Cache {
        name,
        version,
        node_type,
        availability: _, // the copies say it
        encryption_key,
        deletion_protection,
        labels,
    } = cache;
    CacheView {
        name,
        version,
        node_type,
        copies: cache.copies(),
        encryption_key: keys::encrypting(module, encryption_key.as_ref(), Product::Memorystore),
        deletion_protection: *deletion_protection,
        labels,
    }
}
