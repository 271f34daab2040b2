//! The load balancer: certificates, backends, URL map, addresses, public DNS.

use askama::Template;

use super::run::passes;
use super::script::Script;
use super::verify::{Reading, by};
use super::{filters, internal};
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

pub(super) struct HostView<'a> {
    pub(super) domain: &'a str,
    pub(super) name: &'a str,
    /// The backend, and whether a request that nobody takes is answered 404 before.
    pub(super) rest: Quoted,
    pub(super) refuses: bool,
    pub(super) rules: Vec<(&'a [String], Quoted)>,
}

pub(super) struct TestView<'a> {
    pub(super) host: &'a str,
    pub(super) path: &'a str,
    pub(super) backend: Quoted,
}

#[derive(Template)]
#[template(path = "gcloud/public-dns.sh.j2")]
struct PublicDns<'a> {
    zone: Option<&'a PublicZone>,
    records: Vec<RecordView>,
}

/// A public record, whose data Google chose.
pub(super) struct RecordView {
    step: String,
    name: String,
    /// The command that reads the name, where Google chose that too.
    named: Option<Vec<String>>,
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
        zone: _, // the records of both load balancers stand together
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
    let home = format!("projects/{project}/global");
    let (profile, min_tls) = words(tls);
    script.section(&LoadBalancer {
        name,
        http_name,
        refuse: link(&home, refuse),
        hosts: host_views(&home, refuse, hosts),
        tests: test_views(&home, hosts),
        profile,
        min_tls,
        min_tls_is_new: matches!(tls.min, TlsVersion::V1_3),
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
}

/// Adds the public records of both load balancers.
pub(super) fn add_records(script: &mut Script<'_>, plan: &Plan) {
    let records = plan.edge.iter().flat_map(records);
    let inside = plan.internal_edge.iter().flat_map(internal::records);
    script.section(&PublicDns {
        zone: plan.public_zone(),
        records: records.chain(inside).collect(),
    });
}

/// A TLS policy in gcloud's words: its profile, and the oldest version.
pub(super) fn words(tls: &Tls) -> (&'static str, &'static str) {
    let Tls { profile, min } = tls;
    let profile = match profile {
        TlsProfile::Restricted => "RESTRICTED",
        TlsProfile::Modern => "MODERN",
    };
    let min = match min {
        TlsVersion::V1_2 => "1.2",
        TlsVersion::V1_3 => "1.3",
    };
    (profile, min)
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

/// A backend service's link, as a URL map holds it and as gcloud prints it; `home` is what holds its name, `projects/P/global`.
pub(super) fn link(home: &str, backend: &str) -> Quoted {
    crate::render::quote::yaml::scalar(&format!(
        "https://www.googleapis.com/compute/v1/{home}/backendServices/{backend}"
    ))
}

/// The hosts of a URL map.
pub(super) fn host_views<'a>(home: &str, refuse: &str, hosts: &'a [Host]) -> Vec<HostView<'a>> {
    hosts.iter().map(|one| host(home, refuse, one)).collect()
}

/// The tests of a URL map.
pub(super) fn test_views<'a>(home: &str, hosts: &'a [Host]) -> Vec<TestView<'a>> {
    let all = hosts.iter().flat_map(|host| {
        let tests = host.tests.iter();
        tests.map(|RouteTest { path, backend }| TestView {
            host: &host.domain,
            path,
            backend: link(home, backend),
        })
    });
    all.collect()
}

fn host<'a>(home: &str, refuse: &str, host: &'a Host) -> HostView<'a> {
    let Host {
        domain,
        name,
        rest,
        rules,
        tests: _,
    } = host;
    let (rest, refuses) = match rest {
        Target::Backend(backend) => (link(home, backend), false),
        Target::Refuse => (link(home, refuse), true),
    };
    HostView {
        domain,
        name,
        rest,
        refuses,
        rules: rules
            .iter()
            .map(|PathRule { patterns, backend }| (patterns.as_slice(), link(home, backend)))
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
                named: None,
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
                named: None,
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

/// The record that proves a host in a region, whose name Google chose too.
pub(super) fn proof(host: &Host, region: &str) -> RecordView {
    let location = format!("--location={region}");
    let part = |part: &str| {
        command(
            "certificate-manager dns-authorizations describe",
            &host.name,
            &[
                &location,
                &format!("--format=value(dnsResourceRecord.{part})"),
            ],
        )
    };
    RecordView {
        step: format!("{} CNAME", host.domain),
        name: String::new(),
        named: Some(part("name")),
        kind: "CNAME",
        read: part("data"),
    }
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
        "tls" | "min_tls" => tls_reading(&edge.name, name),
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

/// How the TLS of a proxy is read: one without a policy uses Google's default.
pub(super) fn tls_reading(proxy: &str, name: &str) -> Option<Reading> {
    if name == "min_tls" {
        return by(["ssl_policy", proxy, "--min-tls-version", "1.0"]);
    }
    by([
        "ssl_policy",
        proxy,
        "--profile",
        "compatible",
        "RESTRICTED=restricted",
        "MODERN=modern",
    ])
}
