//! The network and its private names.

use askama::Template;
use ipnet::Ipv4Net;

use super::filters;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::model::{
    BalancerPlace, Direction, FirewallAction, FirewallRule, Nat, Network, OwnNetwork,
    PrivateRecord, PrivateZone, RecordData, Route, ServicesAccess, Subnetwork,
};
use crate::proof;
use crate::render::quote::hcl::Hcl;

#[derive(Template)]
#[template(path = "terraform/network.tf.j2")]
struct NetworkFile<'a> {
    compute: Expr,
    dns: Expr,
    networking: Expr,
    region: &'a str,
    name: &'a str,
    subnetwork: &'a str,
    subnetworks: Vec<(&'a Subnetwork, Ipv4Net)>,
    routes: &'a [Route],
    firewall: &'a [FirewallRule],
    dns_policy: &'a str,
    services_access: Option<&'a ServicesAccess>,
    nats: &'a [Nat],
    balancer: Option<&'a BalancerPlace>,
}

#[derive(Template)]
#[template(path = "terraform/dns.tf.j2")]
struct PrivateDns<'a> {
    project: Expr,
    network: Expr,
    zones: &'a [PrivateZone],
}

/// Adds the network where it is made here, and its private zones.
pub(super) fn add<'a>(module: &mut Module<'a>, network: &'a Network) {
    let Network {
        name,
        path,
        project: _,
        subnetwork,
        elsewhere: _, // among the subnetworks
        own,
        zones,
    } = network;
    if let Some(own) = own {
        let OwnNetwork {
            routes,
            firewall,
            dns_policy,
            services_access,
            cache_policies: _, // stand with the caches
            nats,
            balancer,
        } = own;
        let file = NetworkFile {
            compute: module.project("compute.googleapis.com"),
            dns: module.project("dns.googleapis.com"),
            networking: module.api("servicenetworking.googleapis.com"),
            region: &module.plan.project.region,
            name,
            subnetwork: &subnetwork.name,
            subnetworks: network.made().collect(),
            routes,
            firewall,
            dns_policy,
            services_access: services_access.as_ref(),
            nats,
            balancer: balancer.as_ref(),
        };
        let summary = "The network: closed in both directions but for the named openings.";
        module.add("network.tf", summary, &file);
    }
    let dns = PrivateDns {
        project: module.project("dns.googleapis.com"),
        network: if own.is_some() {
            reference("google_compute_network", name, "id")
        } else {
            Expr(path.hcl().0)
        },
        zones,
    };
    module.add("dns.tf", "Names that only the network sees.", &dns);
}
