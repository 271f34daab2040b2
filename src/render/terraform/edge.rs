//! The load balancer with its certificates, its public names and its WAF.

use askama::Template;

use super::module::{BindingView, Module, reference};
use super::words::Expr;
use super::{filters, internal};
use crate::plan::model::{
    Address, Backend, Ban, Certificate, Edge, EndpointGroup, Host, IpVersion, PathRule, Plan,
    PublicZone, RateLimit, Resource, RouteTest, Target, Tls, Waf, WafAction, WafExclusion,
    WafMatch, WafMode, WafRule,
};
use crate::render::quote::hcl::Hcl;

#[derive(Template)]
#[template(path = "terraform/load-balancer.tf.j2")]
struct LoadBalancer<'a> {
    compute: Expr,
    name: &'a str,
    http_name: &'a str,
    addresses: &'a [Address],
    hosts: &'a [Host],
    backends: Vec<BackendView<'a>>,
    refuse: &'a str,
    refuse_waf: &'a str,
    certificate: &'a Certificate,
    existing_map: String,
    tls: &'a Tls,
    backend_type: &'static str,
}

struct BackendView<'a> {
    name: &'a str,
    groups: &'a [EndpointGroup],
    waf: &'a str,
    headers: &'a [String],
    iap: bool,
    passes: Vec<BindingView<'a>>,
}

#[derive(Template)]
#[template(path = "terraform/certificates.tf.j2")]
struct Certificates<'a> {
    manager: Expr,
    compute: Expr,
    hosts: &'a [Host],
    certificate: &'a Certificate,
}

#[derive(Template)]
#[template(path = "terraform/public-dns.tf.j2")]
struct PublicDns<'a> {
    zone: &'a PublicZone,
    records: Vec<RecordView>,
}

/// A public DNS record.
pub(super) struct RecordView {
    /// Its name as a resource.
    pub(super) id: String,
    /// Its DNS name.
    pub(super) name: Expr,
    /// Its type.
    pub(super) kind: Expr,
    /// What it holds.
    pub(super) data: Expr,
}

#[derive(Template)]
#[template(path = "terraform/waf.tf.j2")]
struct Wafs<'a> {
    compute: Expr,
    wafs: &'a [Waf],
}

/// Adds the load balancer's files.
pub(super) fn add<'a>(module: &mut Module<'a>, edge: &'a Edge) {
    let Edge {
        name,
        http_name,
        addresses,
        hosts,
        backends,
        refuse,
        refuse_waf,
        certificate,
        tls,
        zone: _, // the records of both load balancers stand in one file
    } = edge;
    let balancer = LoadBalancer {
        compute: module.project("compute.googleapis.com"),
        name,
        http_name,
        addresses,
        hosts,
        backends: backends
            .iter()
            .map(|backend| backend_view(module, backend))
            .collect(),
        refuse,
        refuse_waf,
        certificate,
        existing_map: match certificate {
            Certificate::Existing { map } => format!("//certificatemanager.googleapis.com/{map}"),
            Certificate::Managed { .. } | Certificate::Classic { .. } => String::new(),
        },
        tls,
        backend_type: "google_compute_backend_service",
    };
    let summary = "The load balancer: the only way from the internet to the services.";
    module.add("load-balancer.tf", summary, &balancer);
    let certificates = Certificates {
        manager: module.project("certificatemanager.googleapis.com"),
        compute: module.project("compute.googleapis.com"),
        hosts,
        certificate,
    };
    let summary = "Certificates that Google makes and renews.";
    module.add("certificates.tf", summary, &certificates);
}

/// Adds the records of both load balancers, where a zone takes them: it is the same for both.
pub(super) fn add_records(module: &mut Module<'_>) {
    let plan = module.plan;
    if let Some(zone) = plan.public_zone() {
        let dns = PublicDns {
            zone,
            records: records(plan),
        };
        let summary = "Records of the domains, in a zone that exists already.";
        module.add("dns.tf", summary, &dns);
    }
}

fn backend_view<'a>(module: &Module<'a>, backend: &'a Backend) -> BackendView<'a> {
    let Backend {
        name,
        service: _, // each group names its own
        groups,
        waf,
        headers,
        iap,
    } = backend;
    let guarded = Resource::IapBackend {
        project: module.plan.project.id.clone(),
        name: name.clone(),
    };
    BackendView {
        name,
        groups,
        waf,
        headers,
        iap: *iap,
        passes: module.bindings_on(&guarded),
    }
}

/// The records in public DNS that lead the domains here and prove that they are ours.
pub(super) fn records(plan: &Plan) -> Vec<RecordView> {
    let edges = plan.edge.iter().flat_map(public_records);
    let inside = plan.internal_edge.iter().flat_map(internal::records);
    edges.chain(inside).collect()
}

/// The record that proves a host.
pub(super) fn proof(host: &Host) -> RecordView {
    let part = |part: &str| {
        reference(
            "google_certificate_manager_dns_authorization",
            &host.name,
            &format!("dns_resource_record[0].{part}"),
        )
    };
    RecordView {
        id: format!("{}-authorization", host.name),
        name: part("name"),
        kind: part("type"),
        data: part("data"),
    }
}

fn public_records(edge: &Edge) -> Vec<RecordView> {
    let mut records = Vec::new();
    for host in &edge.hosts {
        for address in &edge.addresses {
            let kind = match address.version {
                IpVersion::V4 => "A",
                IpVersion::V6 => "AAAA",
            };
            records.push(RecordView {
                id: format!("{}-{kind}", host.name),
                name: Expr(format!("{}.", host.domain).hcl().0),
                kind: Expr(kind.hcl().0),
                data: reference("google_compute_global_address", &address.name, "address"),
            });
        }
        if let Certificate::Managed { map: _ } = edge.certificate {
            records.push(proof(host));
        }
    }
    records
}

/// Adds the Cloud Armor policies.
pub(super) fn add_wafs(module: &mut Module<'_>) {
    let wafs = Wafs {
        compute: module.project("compute.googleapis.com"),
        wafs: &module.plan.wafs,
    };
    let summary = "Cloud Armor: the first rule that matches decides, so the rate limit comes after the rule sets.";
    module.add("waf.tf", summary, &wafs);
}
