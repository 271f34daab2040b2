//! The load balancer: certificates, backends, URL map, addresses, public DNS.

use askama::Template;

use super::filters;
use super::run::passes;
use super::script::Script;
use super::verify::{Reading, by};
use crate::plan::model::{
    Address, Backend, Certificate, Edge, EndpointGroup, Host, IpVersion, Labels, PathRule, Plan,
    PublicZone, Resource, RouteTest, Target, Text, Tls, TlsProfile, TlsVersion,
};
use crate::render::quote::Quoted;

#[derive(Template)]
#[template(path = "gcloud/certificates.sh.j2")]
struct Certificates<'a> {
    certificate: &'a Certificate,
    hosts: &'a [Host],
    labels: &'a Labels,
}

#[derive(Template)]
#[template(path = "gcloud/backends.sh.j2")]
struct EdgeBackends<'a> {
    /// Whether anything runs in several regions.
    regions: bool,
    refuse: &'a str,
    refuse_waf: &'a str,
    backends: Vec<BackendView<'a>>,
}

struct BackendView<'a> {
    name: &'a str,
    groups: &'a [EndpointGroup],
    waf: &'a str,
    headers: &'a [String],
    iap: bool,
    passes: Vec<(&'a str, Vec<Text>)>,
}

#[derive(Template)]
#[template(path = "gcloud/load-balancer.sh.j2")]
struct LoadBalancer<'a> {
    name: &'a str,
    http_name: &'a str,
    refuse: Quoted,
    hosts: Vec<HostView<'a>>,
    tests: Vec<TestView<'a>>,
    profile: &'static str,
    min_tls: &'static str,
    min_tls_is_new: bool,
    certificate: &'a Certificate,
    /// The certificate map's full name.
    map: Option<String>,
    addresses: &'a [Address],
    labels: &'a Labels,
}

struct HostView<'a> {
    domain: &'a str,
    name: &'a str,
    /// The backend, and whether a request that nobody takes is answered 404 before.
    rest: Quoted,
    refuses: bool,
    rules: Vec<(&'a [String], Quoted)>,
}

struct TestView<'a> {
    host: &'a str,
    path: &'a str,
    backend: Quoted,
}

#[derive(Template)]
#[template(path = "gcloud/public-dns.sh.j2")]
struct PublicDns<'a> {
    zone: Option<&'a PublicZone>,
    records: Vec<RecordView>,
}

/// A public record, whose data Google chose.
struct RecordView {
    step: String,
    name: String,
    kind: &'static str,
    /// The command that reads the data.
    read: Vec<String>,
}

/// Adds the load balancer.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan, edge: &Edge) {
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
        zone,
    } = edge;
    let project = &plan.project.id;
    script.section(&Certificates {
        certificate,
        hosts,
        labels: &plan.project.labels,
    });
    script.section(&EdgeBackends {
        regions: script.regions,
        refuse,
        refuse_waf,
        backends: backends.iter().map(|one| backend(plan, one)).collect(),
    });
    let Tls { profile, min } = tls;
    let tests = hosts.iter().flat_map(|host| {
        host.tests
            .iter()
            .map(|RouteTest { path, backend }| TestView {
                host: &host.domain,
                path,
                backend: link(project, backend),
            })
    });
    script.section(&LoadBalancer {
        name,
        http_name,
        refuse: link(project, refuse),
        hosts: hosts.iter().map(|one| host(project, refuse, one)).collect(),
        tests: tests.collect(),
        profile: match profile {
            TlsProfile::Restricted => "RESTRICTED",
            TlsProfile::Modern => "MODERN",
        },
        min_tls: match min {
            TlsVersion::V1_2 => "1.2",
            TlsVersion::V1_3 => "1.3",
        },
        min_tls_is_new: matches!(min, TlsVersion::V1_3),
        certificate,
        map: match certificate {
            Certificate::Managed { map } => Some(format!(
                "projects/{project}/locations/global/certificateMaps/{map}"
            )),
            Certificate::Existing { map } => Some(map.clone()),
            Certificate::Classic {
                name: _,
                domains: _,
            } => None,
        },
        addresses,
        labels: &plan.project.labels,
    });
    script.section(&PublicDns {
        zone: zone.as_ref(),
        records: records(edge),
    });
}

/// The kinds that are read ahead.
pub(super) fn kinds(edge: &Edge) -> Vec<&'static str> {
    let mut kinds = vec![
        "compute network-endpoint-groups",
        "compute backend-services",
        "compute ssl-policies",
        "compute target-https-proxies",
        "compute target-http-proxies",
        "compute addresses",
        "compute forwarding-rules",
    ];
    match &edge.certificate {
        Certificate::Managed { map: _ } => kinds.extend([
            "certificate-manager maps",
            "certificate-manager dns-authorizations",
            "certificate-manager certificates",
        ]),
        Certificate::Classic {
            name: _,
            domains: _,
        } => kinds.push("compute ssl-certificates"),
        Certificate::Existing { map: _ } => {}
    }
    kinds
}

fn backend<'a>(plan: &'a Plan, backend: &'a Backend) -> BackendView<'a> {
    let Backend {
        name,
        service: _, // each group names its own
        groups,
        waf,
        headers,
        iap,
    } = backend;
    let guarded = Resource::IapBackend {
        project: plan.project.id.clone(),
        name: name.clone(),
    };
    BackendView {
        name,
        groups,
        waf,
        headers,
        iap: *iap,
        passes: if *iap {
            passes(plan, &guarded)
        } else {
            Vec::new()
        },
    }
}

/// A backend service's link, as a URL map holds it and as gcloud prints it.
fn link(project: &str, backend: &str) -> Quoted {
    crate::render::quote::yaml::scalar(&format!(
        "https://www.googleapis.com/compute/v1/projects/{project}/global/backendServices/{backend}"
    ))
}

fn host<'a>(project: &str, refuse: &str, host: &'a Host) -> HostView<'a> {
    let Host {
        domain,
        name,
        rest,
        rules,
        tests: _,
    } = host;
    let (rest, refuses) = match rest {
        Target::Backend(backend) => (link(project, backend), false),
        Target::Refuse => (link(project, refuse), true),
    };
    HostView {
        domain,
        name,
        rest,
        refuses,
        rules: rules
            .iter()
            .map(|PathRule { patterns, backend }| (patterns.as_slice(), link(project, backend)))
            .collect(),
    }
}

/// The records that lead the domains here and prove that they are ours.
fn records(edge: &Edge) -> Vec<RecordView> {
    let mut records = Vec::new();
    for host in &edge.hosts {
        for address in &edge.addresses {
            let kind = match address.version {
                IpVersion::V4 => "A",
                IpVersion::V6 => "AAAA",
            };
            records.push(RecordView {
                step: format!("{} {kind}", host.domain),
                name: format!("{}.", host.domain),
                kind,
                read: command(
                    "compute addresses describe",
                    &address.name,
                    &["--global", "--format=value(address)"],
                ),
            });
        }
        if let Certificate::Managed { map: _ } = edge.certificate {
            let domain = host.domain.trim_start_matches("*.");
            records.push(RecordView {
                step: format!("_acme-challenge.{domain} CNAME"),
                name: format!("_acme-challenge.{domain}."),
                kind: "CNAME",
                read: command(
                    "certificate-manager dns-authorizations describe",
                    &host.name,
                    &["--format=value(dnsResourceRecord.data)"],
                ),
            });
        }
    }
    records
}

fn command(words: &str, name: &str, flags: &[&str]) -> Vec<String> {
    let words = words.split(' ').chain([name]).chain(flags.iter().copied());
    words.map(str::to_owned).collect()
}

/// How a fact of the load balancer is read.
pub(super) fn reading(plan: &Plan, name: &str) -> Option<Reading> {
    let edge = plan.edge.as_ref()?;
    match name {
        "hosts" => by(["hosts", &edge.name]),
        "unknown_host" => by(["unknown_host", &edge.name]),
        "http" => by(["plain_http", &edge.http_name]),
        // A proxy without a policy uses Google's default.
        "tls" => by([
            "ssl_policy",
            &edge.name,
            "--profile",
            "compatible",
            "RESTRICTED=restricted",
            "MODERN=modern",
        ]),
        "min_tls" => by(["ssl_policy", &edge.name, "--min-tls-version", "1.0"]),
        "certificate" => {
            let map = match &edge.certificate {
                Certificate::Managed { map } => {
                    let project = &plan.project.id;
                    format!("projects/{project}/locations/global/certificateMaps/{map}")
                }
                Certificate::Classic { .. } | Certificate::Existing { .. } => "none".to_owned(),
            };
            by(["certificate", &edge.name, &map])
        }
        _ => None,
    }
}
