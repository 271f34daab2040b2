//! The internal load balancer: certificates, backends, URL map, forwarding rule.

use askama::Template;

use super::edge::{self, HostView, RecordView, TestView};
use super::filters;
use super::script::Script;
use super::verify::{Reading, by};
use crate::plan::google::network::HTTPS;
use crate::plan::model::{Host, InternalEdge, Labels, Plan, TlsVersion};
use crate::render::quote::Quoted;

/// The kinds that are read ahead.
pub(super) const KINDS: [&str; 7] = [
    "compute network-endpoint-groups",
    "compute backend-services",
    "compute ssl-policies",
    "compute target-https-proxies",
    "compute forwarding-rules",
    "certificate-manager dns-authorizations",
    "certificate-manager certificates",
];

/// Those of them that facts tell of, and the URL maps.
pub(super) const READ: [&str; 5] = [
    "certificate-manager certificates",
    "compute ssl-policies",
    "compute target-https-proxies",
    "compute forwarding-rules",
    "compute url-maps",
];

#[derive(Template)]
#[template(path = "gcloud/internal-load-balancer.sh.j2")]
struct InternalLoadBalancer<'a> {
    /// Whether anything runs in several regions.
    regions: bool,
    name: &'a str,
    region: &'a str,
    every_region: bool,
    network: &'a str,
    subnetwork: &'a str,
    port: String,
    certificates: Vec<String>,
    domains: &'a [Host],
    backends: &'a [String],
    refuse_name: &'a str,
    refuse: Quoted,
    hosts: Vec<HostView<'a>>,
    tests: Vec<TestView<'a>>,
    profile: &'static str,
    min_tls: &'static str,
    min_tls_is_new: bool,
    labels: &'a Labels,
}

/// Adds the load balancer.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan, edge: &InternalEdge) {
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
        zone: _, // the records of both load balancers stand together
    } = edge;
    let home = format!("projects/{}/regions/{region}", plan.project.id);
    let (profile, min_tls) = edge::words(tls);
    script.section(&InternalLoadBalancer {
        regions: script.regions,
        name,
        region,
        every_region: *every_region,
        network,
        subnetwork,
        port: HTTPS.to_string(),
        certificates: hosts.iter().map(|host| host.name.clone()).collect(),
        domains: hosts,
        backends,
        refuse_name: refuse,
        refuse: edge::link(&home, refuse),
        hosts: edge::host_views(&home, refuse, hosts),
        tests: edge::test_views(&home, hosts),
        profile,
        min_tls,
        min_tls_is_new: matches!(tls.min, TlsVersion::V1_3),
        labels: &plan.project.labels,
    });
}

/// The records that prove that the hosts are ours; where they lead stands in the network's own zones.
pub(super) fn records(edge: &InternalEdge) -> Vec<RecordView> {
    let hosts = edge.hosts.iter();
    hosts.map(|host| edge::proof(host, &edge.region)).collect()
}

/// How a fact of the internal load balancer is read.
pub(super) fn reading(plan: &Plan, name: &str) -> Option<Reading> {
    let edge = plan.internal_edge.as_ref()?;
    match name {
        "hosts" => by(["hosts", &edge.name]),
        "unknown_host" => by(["unknown_host", &edge.name]),
        "ports" => by(["inside_ports", &edge.network]),
        "reached_from" => by(["inside_reach", &edge.network]),
        "certificate" => by(["inside_certificate", &edge.name]),
        "tls" | "min_tls" => edge::tls_reading(&edge.name, name),
        _ => None,
    }
}
