//! Hosts and paths: which service a request leads to.

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name;
use crate::plan::model::{Host, PathRule, RouteTest, Service, Target};
use crate::rules;

use super::Context;

/// Tests that one URL map takes (<https://cloud.google.com/load-balancing/docs/url-map#testing>).
const TESTS_MAX: usize = 100;

/// Which of the load balancers hosts are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The one before the internet.
    Public,
    /// The one inside the network.
    Private,
}

impl Side {
    /// The key of a service's hosts there.
    pub fn key(self) -> &'static str {
        match self {
            Self::Public => "domains",
            Self::Private => "private_domains",
        }
    }

    /// A service's hosts there.
    fn domains(self, service: &Service) -> &[String] {
        match self {
            Self::Public => &service.domains,
            Self::Private => &service.private_domains,
        }
    }

    /// Those hosts as they are written.
    fn written(self, service: &schema::Service) -> &[String] {
        match self {
            Self::Public => &service.domains,
            Self::Private => &service.private_domains,
        }
    }
}

/// Reports domains and paths that a service may not have, or lacks.
pub(super) fn check(cx: &mut Context<'_>, services: &[Service]) {
    let blueprint = cx.blueprint;
    let mut mapped: BTreeMap<&str, &str> = BTreeMap::new();
    for service in services {
        for domain in &service.domain_mappings {
            mapped.insert(domain, &service.name);
        }
    }
    for service in services {
        let key = Key::of(&["services", &service.name]);
        let Some(written) = blueprint.services.get(&service.name) else {
            continue;
        };
        domains(cx, &key, service, &mapped, Side::Public);
        domains(cx, &key, service, &mapped, Side::Private);
        // A mapped domain has a finding of its own where the service is behind the load balancer.
        if service.is_behind_load_balancer()
            && written.domains.is_empty()
            && written.domain_mappings.is_empty()
        {
            cx.report(
                rules::PUBLIC_SERVICE_WITHOUT_DOMAIN,
                format!("`{}` is public, and no host leads to it", service.name),
                &Place::Key(key.clone()),
                "needs `domains`",
            )
            .help("write `domains = [\"…\"]`; a small system without a load balancer says `ingress = \"all\"`, with its exception");
        }
        if !service.public && !written.domains.is_empty() {
            cx.report(
                rules::INTERNAL_SERVICE_HAS_DOMAIN,
                format!(
                    "`{}` is internal, and a domain leads to it from the internet",
                    service.name
                ),
                &Place::Key(key.then("domains")),
                "only public services have domains",
            )
            .help("leave `domains` out, or write `exposure = \"public\"`");
        } else if !service.is_behind_load_balancer()
            && written.domains.is_empty()
            && written.private_domains.is_empty()
            && !written.paths.is_empty()
        {
            cx.report(
                rules::PATHS_WITHOUT_DOMAIN,
                format!("`{}` has paths but no host", service.name),
                &Place::Key(key.then("paths")),
                "paths of which host?",
            )
            .help("write `exposure = \"public\"` and `domains = [\"…\"]`, or leave `paths` out");
        }
        for (index, path) in written.paths.iter().enumerate() {
            check_path(cx, &Place::Value(key.then("paths").item(index)), path);
        }
    }
}

fn domains(
    cx: &mut Context<'_>,
    key: &Key,
    service: &Service,
    mapped: &BTreeMap<&str, &str>,
    side: Side,
) {
    let key = key.then(side.key());
    for (index, domain) in side.domains(service).iter().enumerate() {
        let place = Place::Part(key.clone(), domain.clone());
        if side.domains(service)[..index].contains(domain) {
            let written = cx.blueprint.services.get(&service.name);
            let mut items = written
                .into_iter()
                .flat_map(|written| side.written(written).iter().enumerate())
                .filter(|(_, written)| *written == domain)
                .map(|(index, _)| Place::Value(key.item(index)));
            let first = items.next().unwrap_or(Place::Key(key.clone()));
            let second = items.next().unwrap_or(first.clone());
            cx.report(
                rules::DOMAIN_TWICE,
                format!("`{domain}` stands twice"),
                &second,
                "once is enough",
            )
            .and(&first, "the first");
        }
        if domain == "run.app" || domain.ends_with(".run.app") {
            cx.report(
                rules::DOMAIN_NOT_YOURS,
                format!("`{domain}` is an address of Cloud Run"),
                &place,
                "not yours to point here",
            )
            .help("take a domain of your own");
        }
        if let Some(other) = mapped.get(domain.as_str()) {
            cx.report(
                rules::DOMAIN_CONFLICT,
                format!("`{domain}` is mapped to `{other}`"),
                &place,
                "cannot lead to the load balancer too",
            )
            .and(
                &Place::Key(Key::of(&["services", other, "domain_mappings"])),
                "mapped here",
            );
        }
    }
}

/// A path of the URL map: that path and all below it. The map knows no other pattern than a star at the end, which is added
/// here, and it compares byte by byte.
fn check_path(cx: &mut Context<'_>, place: &Place, path: &str) {
    let (message, label, help) = if path == "/" {
        (
            "`/` is every path".to_owned(),
            "takes all, as a service without `paths` does",
            Some("leave `paths` out"),
        )
    } else if path.contains('*') {
        (
            format!("`{path}` holds a star"),
            "a path stands for all below it already",
            Some("leave the star out"),
        )
    } else if !path.starts_with('/') {
        (
            format!("`{path}` is no absolute path"),
            "begins with `/`",
            Some("begin it with `/`"),
        )
    } else if path[1..]
        .trim_end_matches('/')
        .split('/')
        .any(|part| !is_segment(part))
    {
        (
            format!("`{path}` is no plain path"),
            "takes letters, digits and `-._~!$&'()+,;=:@` between single slashes",
            None,
        )
    } else {
        return;
    };
    let meant = format!(
        "/{}",
        path.trim_start_matches('/').trim_end_matches(['*', '/'])
    );
    let is_path = meant[1..].split('/').all(is_segment);
    let finding = cx.report(rules::PATH_INVALID, message, place, label);
    match help {
        Some(help) if is_path && meant != path => {
            finding.replace(help, place, path, &meant);
        }
        Some(help) => {
            finding.help(help);
        }
        None => {}
    }
}

/// A part of a path as it stands in a request: no escapes, since the same letter can be escaped or not.
fn is_segment(part: &str) -> bool {
    let of_segment = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()+,;=:@".contains(&byte);
    !part.is_empty() && part != "." && part != ".." && part.bytes().all(of_segment)
}

/// The hosts of these services on a load balancer, by domain.
pub(super) fn resolve(cx: &mut Context<'_>, behind: &[&Service], side: Side) -> Vec<Host> {
    let mut by_domain: BTreeMap<&str, Vec<&Service>> = BTreeMap::new();
    for service in behind {
        for domain in side.domains(service) {
            let services = by_domain.entry(domain).or_default();
            if !services.iter().any(|known| known.name == service.name) {
                services.push(service);
            }
        }
    }
    slugs_differ(cx, &by_domain, side);
    let mut tests_left = TESTS_MAX;
    by_domain
        .into_iter()
        .map(|(domain, services)| {
            let mut host = host(cx, domain, &services, side);
            host.tests.truncate(tests_left);
            tests_left -= host.tests.len();
            host
        })
        .collect()
}

/// Two domains may become one name: `a.b.example.com` and `a-b.example.com`.
fn slugs_differ(cx: &mut Context<'_>, by_domain: &BTreeMap<&str, Vec<&Service>>, side: Side) {
    let mut slugs: BTreeMap<String, (&str, &str)> = BTreeMap::new();
    for (domain, services) in by_domain {
        let Some(service) = services.first() else {
            continue;
        };
        let Some((other, of)) = slugs.insert(name::domain_slug(domain), (domain, &service.name))
        else {
            continue;
        };
        let place = |service: &str, domain: &str| {
            Place::Part(
                Key::of(&["services", service, side.key()]),
                domain.to_owned(),
            )
        };
        cx.report(
            rules::DOMAIN_NAME_COLLISION,
            format!("`{domain}` and `{other}` would become one name"),
            &place(&service.name, domain),
            format!("becomes `{}`", name::domain_slug(domain)),
        )
        .and(&place(of, other), "and so does this")
        .note("names of certificates and routes hold no dots")
        .help("take another domain for one of them");
    }
}

fn host(cx: &mut Context<'_>, domain: &str, services: &[&Service], side: Side) -> Host {
    let mut rest: Option<&str> = None;
    let mut paths: BTreeMap<&str, &str> = BTreeMap::new();
    for service in services {
        let key = Key::of(&["services", &service.name]);
        let mut taken = |what: String, place: &Place, by: &str, theirs: &str, part: &str| {
            let by_key = Key::of(&["services", by, theirs]);
            cx.report(
                rules::ROUTE_CONFLICT,
                format!("`{}` and `{by}` both take {what}", service.name),
                place,
                "taken already",
            )
            .and(&Place::Part(by_key, part.to_owned()), format!("by `{by}`"))
            .help("give one of them `paths` of its own");
        };
        if service.paths.is_empty() {
            match rest {
                Some(by) => {
                    let place = Place::Part(key.then(side.key()), domain.to_owned());
                    taken(
                        format!("the rest of `{domain}`"),
                        &place,
                        by,
                        side.key(),
                        domain,
                    );
                }
                None => rest = Some(&service.name),
            }
        }
        for path in &service.paths {
            match paths.get(path.as_str()) {
                Some(by) => {
                    let place = Place::Part(key.then("paths"), path.clone());
                    taken(format!("`{domain}{path}`"), &place, by, "paths", path);
                }
                None => {
                    paths.insert(path, &service.name);
                }
            }
        }
    }
    shadowed(cx, &paths);
    Host {
        domain: domain.to_owned(),
        name: name::domain_slug(domain),
        rest: rest.map_or(Target::Refuse, |service| {
            Target::Backend(service.to_owned())
        }),
        tests: tests(rest, &paths),
        rules: paths
            .iter()
            .map(|(path, service)| PathRule {
                patterns: vec![(*path).to_owned(), format!("{path}/*")],
                backend: (*service).to_owned(),
            })
            .collect(),
    }
}

/// Warns of a path below another one of the same service, where no other service has a path between them: it changes
/// nothing.
fn shadowed(cx: &mut Context<'_>, paths: &BTreeMap<&str, &str>) {
    for (path, service) in paths {
        let above = paths
            .iter()
            .filter(|(above, _)| {
                path.strip_prefix(**above)
                    .is_some_and(|rest| rest.starts_with('/'))
            })
            .max_by_key(|(above, _)| above.len());
        if let Some((above, of)) = above
            && of == service
        {
            let key = Key::of(&["services", service, "paths"]);
            cx.report(
                rules::PATH_SHADOWED,
                format!("`{path}` leads to `{service}` already"),
                &Place::Part(key.clone(), (*path).to_owned()),
                "changes nothing",
            )
            .and(
                &Place::Part(key, (*above).to_owned()),
                "this path and all below it",
            )
            .help("leave it out");
        }
    }
}

/// Each path and what is below it leads to its service; what only begins alike leads to the rest, as everything else does.
fn tests(rest: Option<&str>, paths: &BTreeMap<&str, &str>) -> Vec<RouteTest> {
    let around = paths
        .keys()
        .flat_map(|path| [(*path).to_owned(), format!("{path}/x"), format!("{path}-x")]);
    let asked: BTreeSet<String> = around.chain(["/".to_owned()]).collect();
    let answer = |asked: &str| {
        let below = |path: &&&str| asked == **path || asked.starts_with(&format!("{path}/"));
        let longest = paths.keys().filter(below).max_by_key(|path| path.len());
        longest.map(|path| paths[path]).or(rest)
    };
    asked
        .into_iter()
        .filter_map(|path| {
            answer(&path)
                .map(str::to_owned)
                .map(|backend| RouteTest { path, backend })
        })
        .collect()
}
