//! The load balancer: what stands between the internet and the public services.

mod headers;
mod hosts;
pub(super) mod internal;

use crate::blueprint::schema::{self, CertificateKind, MinTls};
use crate::blueprint::{Key, Place};
use crate::name::{self, Kind};
use crate::plan::model::{
    Address, Auth, Backend, Certificate, Edge, EndpointGroup, Host, InternalEdge, IpVersion,
    PublicZone, Service, Tls, TlsProfile, TlsVersion, Waf,
};
use crate::rules;

use super::context::Context;
use super::{reference, regions, waf};
use hosts::Side;

/// Domains that one Google-managed certificate of the compute kind holds
/// (<https://cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs>).
const CLASSIC_DOMAINS_MAX: usize = 100;

/// The longest first domain of such a certificate: it is its common name.
const CLASSIC_FIRST_MAX: usize = 64;

/// The load balancer, where a service is behind it.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    services: &[Service],
    wafs: &[Waf],
    inside: Option<&InternalEdge>,
) -> Option<Edge> {
    let blueprint = cx.blueprint;
    let key = Key::of(&["load_balancer"]);
    let none = schema::LoadBalancer::default();
    let written = blueprint.load_balancer.as_ref().unwrap_or(&none);
    hosts::check(cx, services);
    let behind: Vec<&Service> = services
        .iter()
        .filter(|service| service.is_behind_load_balancer() && service.stands_in_for.is_none())
        .collect();
    if behind.is_empty() {
        if inside.is_some() {
            internal::idle(cx, &key, written);
        } else if blueprint.load_balancer.is_some() {
            cx.report(
                rules::LOAD_BALANCER_UNUSED,
                "no service is behind the load balancer",
                &Place::Key(key),
                "none is made",
            )
            .help("take it out, or make a service public: `exposure = \"public\"`");
        }
        return None;
    }
    let project = cx.project.name.clone();
    let hosts = hosts::resolve(cx, &behind, Side::Public);
    let headers = headers::resolve(cx, &key.then("headers"), &written.headers);
    let refuse = name::compute_name(&format!("{project}-refuse"));
    let mut elsewhere = regions::groups(services);
    let backends = behind
        .iter()
        .map(|service| {
            let mut groups = vec![regions::group(service)];
            groups.extend(elsewhere.remove(service.name.as_str()).unwrap_or_default());
            backend(cx, service, groups, &refuse, &headers, wafs)
        })
        .collect();
    Some(Edge {
        http_name: name::compute_name(&format!("{project}-http")),
        addresses: addresses(&project, written.ipv6.unwrap_or(true)),
        certificate: certificate(
            cx,
            &key.then("certificate"),
            written.certificate.as_ref(),
            &hosts,
        ),
        // What both have in common is read once.
        tls: inside.map_or_else(|| tls(cx, &key, written), |inside| inside.tls.clone()),
        zone: match inside {
            Some(inside) => inside.zone.clone(),
            None => zone(cx, &key.then("dns"), written.dns.as_ref()),
        },
        name: project.clone(),
        hosts,
        backends,
        refuse,
        refuse_waf: project,
    })
}

fn addresses(project: &str, ipv6: bool) -> Vec<Address> {
    let mut versions = vec![(IpVersion::V4, "ipv4")];
    if ipv6 {
        versions.push((IpVersion::V6, "ipv6"));
    }
    let named = |(version, suffix): (IpVersion, &str)| Address {
        name: name::compute_name(&format!("{project}-{suffix}")),
        version,
        https: name::compute_name(&format!("{project}-https-{suffix}")),
        http: name::compute_name(&format!("{project}-http-{suffix}")),
    };
    versions.into_iter().map(named).collect()
}

fn backend(
    cx: &mut Context<'_>,
    service: &Service,
    groups: Vec<EndpointGroup>,
    refuse: &str,
    headers: &[String],
    wafs: &[Waf],
) -> Backend {
    if service.name == refuse {
        cx.report(
            rules::NAME_COLLISION,
            format!("`{refuse}` is the backend for unknown hosts"),
            &Place::Key(Key::of(&["services", &service.name])),
            "needs another name",
        );
    }
    let own = waf::policy_name(cx, &service.name);
    let waf = wafs
        .iter()
        .skip(1)
        .find(|waf| waf.name == own)
        .map_or_else(|| cx.project.name.clone(), |_| own);
    Backend {
        name: service.name.clone(),
        service: service.name.clone(),
        groups,
        waf,
        headers: headers.to_vec(),
        iap: service.auth == Auth::Iap && !service.iap,
    }
}

fn certificate(
    cx: &mut Context<'_>,
    key: &Key,
    written: Option<&CertificateKind>,
    hosts: &[Host],
) -> Certificate {
    match written {
        None | Some(CertificateKind::Managed) => Certificate::Managed {
            map: cx.project.name.clone(),
        },
        Some(CertificateKind::Classic) => {
            let domains: Vec<String> = hosts.iter().map(|host| host.domain.clone()).collect();
            if domains.len() > CLASSIC_DOMAINS_MAX {
                cx.report(
                    rules::CERTIFICATE_DOMAINS,
                    format!("{} domains in one certificate", domains.len()),
                    &Place::Value(key.clone()),
                    format!("holds at most {CLASSIC_DOMAINS_MAX}"),
                )
                .replace(
                    "a managed one is made for each domain",
                    &Place::Value(key.clone()),
                    "classic",
                    "managed",
                );
            }
            if let Some(first) = domains.first()
                && first.len() > CLASSIC_FIRST_MAX
            {
                cx.report(
                    rules::CERTIFICATE_DOMAINS,
                    format!("`{first}` is too long for the name of a certificate"),
                    &Place::Value(key.clone()),
                    format!("takes at most {CLASSIC_FIRST_MAX} characters of the first domain"),
                )
                .help("take `managed`: a certificate for each domain");
            }
            let hash = name::short_hash(&domains.join(","));
            Certificate::Classic {
                name: name::compute_name(&format!("{}-{hash}", cx.project.name)),
                domains,
            }
        }
        Some(CertificateKind::Existing(map)) => {
            let key = key.then("existing");
            let map = reference::known(cx, &key, map, None).unwrap_or_default();
            let parts: Vec<&str> = map.split('/').collect();
            let whole = matches!(parts.as_slice(), ["projects", project, "locations", "global", "certificateMaps", name]
                if Kind::ProjectId.accepts(project) && Kind::Compute.accepts(name));
            if !whole {
                cx.report(
                    rules::INVALID_NAME,
                    format!("`{map}` is not the full name of a certificate map"),
                    &Place::Value(key),
                    "takes `projects/P/locations/global/certificateMaps/M`",
                );
            }
            Certificate::Existing { map }
        }
    }
}

fn tls(cx: &mut Context<'_>, key: &Key, written: &schema::LoadBalancer) -> Tls {
    let profile = match written.tls {
        None | Some(schema::TlsProfile::Restricted) => TlsProfile::Restricted,
        Some(schema::TlsProfile::Modern) => TlsProfile::Modern,
    };
    let min = match written.min_tls {
        None | Some(MinTls::V1_2) => TlsVersion::V1_2,
        Some(MinTls::V1_3) => TlsVersion::V1_3,
    };
    let place = Place::Value(key.then("min_tls"));
    if min == TlsVersion::V1_3 {
        if profile == TlsProfile::Restricted {
            cx.report(
                rules::MIN_TLS_GCLOUD,
                "gcloud up to 528 cannot ask for TLS 1.3",
                &place,
                "Terraform can, such a gcloud cannot",
            )
            .help("apply with Terraform, or run the scripts with a gcloud that lists 1.3 in `ssl-policies create --help`");
        } else {
            cx.report(
                rules::MIN_TLS_NEEDS_RESTRICTED,
                "TLS 1.3 alone goes with `restricted` only",
                &place,
                "the API refuses it",
            )
            .and(&Place::Value(key.then("tls")), "not with this one")
            .help("write `tls = \"restricted\"`, or leave `tls` out");
        }
    }
    Tls { profile, min }
}

/// The public DNS zone that the records are written into.
fn zone(cx: &mut Context<'_>, key: &Key, written: Option<&schema::Dns>) -> Option<PublicZone> {
    let written = written?;
    let Some(zone) = &written.zone else {
        cx.missing(key, "zone", "the zone's name in Cloud DNS");
        return None;
    };
    if written.manage == Some(false) {
        return None;
    }
    let key = key.then("zone");
    let zone = reference::known(cx, &key, zone, None)?;
    let place = Place::Value(key);
    let (project, name) = match zone.split('/').collect::<Vec<_>>().as_slice() {
        ["projects", project, "managedZones", name] => ((*project).to_owned(), (*name).to_owned()),
        _ => (cx.project.id.clone(), zone.clone()),
    };
    let good = cx.check_name(Kind::Compute, &name, "a zone's name", &place)
        && cx.check_name(Kind::ProjectId, &project, "a project's id", &place);
    good.then_some(PublicZone { name, project })
}

#[cfg(test)]
mod tests;
