//! The internal load balancer with its certificates.

use askama::Template;

use super::edge::{RecordView, proof};
use super::filters;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::network::HTTPS;
use crate::plan::model::{Host, InternalEdge, PathRule, RouteTest, Target, Tls};

#[derive(Template)]
#[template(path = "terraform/internal-load-balancer.tf.j2")]
struct InternalLoadBalancer<'a> {
    compute: Expr,
    manager: Expr,
    name: &'a str,
    region: &'a str,
    every_region: bool,
    network: &'a str,
    subnetwork: &'a str,
    address: String,
    port: String,
    hosts: &'a [Host],
    backends: &'a [String],
    refuse: &'a str,
    tls: &'a Tls,
    backend_type: &'static str,
}

/// Adds the load balancer's file.
pub(super) fn add<'a>(module: &mut Module<'a>, edge: &'a InternalEdge) {
    let InternalEdge {
        name,
        region,
        every_region,
        network,
        subnetwork,
        hosts,
        backends,
        refuse,
        tls,
        zone: _, // the records of both load balancers stand in one file
    } = edge;
    let balancer = InternalLoadBalancer {
        compute: module.project("compute.googleapis.com"),
        manager: module.project("certificatemanager.googleapis.com"),
        name,
        region,
        every_region: *every_region,
        network,
        subnetwork,
        address: edge.address(&module.plan.project.id),
        port: HTTPS.to_string(),
        hosts,
        backends,
        refuse,
        tls,
        backend_type: "google_compute_region_backend_service",
    };
    let summary = "The internal load balancer: private names of services, for the network alone.";
    module.add("internal-load-balancer.tf", summary, &balancer);
}

/// The records that prove that the hosts are ours; where they lead stands in the network's own zones.
pub(super) fn records(edge: &InternalEdge) -> Vec<RecordView> {
    edge.hosts.iter().map(proof).collect()
}
