//! Services: who reaches them, how callers are told, how they scale.

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::schema::{self, AnonymousBy, Exposure};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{roles, run};
use crate::plan::model::{
    Auth, Call, CiOwns, Database, Ingress, Port, Principal, Resource, Service, Text,
};

use super::access::{self, Grants, named_list};
use super::container::Main;
use super::context::Context;
use super::probe;
use super::reference;
use super::workload::{self, Gathered, Parts};

/// Requests that an instance takes at a time, where nothing is written.
const CONCURRENCY: u32 = 80;
/// Seconds that a request may take, where nothing is written.
const TIMEOUT: u32 = 60;
/// Instances at the most, where nothing is written.
const MAX: u32 = 10;
/// The port, where nothing is written.
const PORT: u16 = 8080;

/// The services of the blueprint, by name.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    gathered: &mut Gathered,
    databases: &[Database],
) -> Vec<Service> {
    let blueprint = cx.blueprint;
    let mut services: Vec<Service> = blueprint
        .services
        .iter()
        .map(|(name, written)| service(cx, name, written, gathered, databases))
        .collect();
    let callers = callers(cx);
    for service in &mut services {
        service.callers = callers.get(&service.name).cloned().unwrap_or_default();
    }
    services
}

#[expect(
    clippy::too_many_lines,
    reason = "one field after another, as they stand in the model"
)]
fn service(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Service,
    gathered: &mut Gathered,
    databases: &[Database],
) -> Service {
    let key = Key::of(&["services", name]);
    cx.check_name(
        Kind::Workload,
        name,
        "a service's name",
        &Place::Key(key.clone()),
    );
    let public = written.exposure == Some(Exposure::Public);
    let ingress = ingress(cx, &key, written, public);
    let auth = auth(cx, &key, written, public);
    let anonymous_by = cx
        .blueprint
        .governance
        .as_ref()
        .and_then(|governance| governance.anonymous_by);
    let all_users = anonymous_by == Some(AnonymousBy::AllUsers);
    let domains = domains(cx, &key, written);
    let iap = auth == Auth::Iap && domains.is_empty();

    let on = Resource::Service {
        project: cx.project.id.clone(),
        region: cx.project.region.clone(),
        name: name.to_owned(),
    };
    callers_allowed(
        cx,
        &key,
        written,
        auth,
        all_users,
        &on,
        &mut gathered.grants,
    );

    let port = Port {
        number: written.port.unwrap_or(PORT),
        http2: written.http2.unwrap_or(false),
    };
    if port.number == 0 {
        cx.error(
            "out-of-range",
            "0 is not a port",
            &Place::Value(key.then("port")),
            "takes 1 to 65535",
        );
    }
    let (startup, liveness) = probes(cx, &key, written, port.number);
    let parts = Parts::of_service(name, written);
    let main = Main {
        port: Some(port),
        cpu_idle: !written.cpu_always.unwrap_or(false),
        startup_boost: written.startup_boost.unwrap_or(true),
        startup: Some(startup),
        liveness,
    };
    let workload = workload::resolve(cx, &parts, main, gathered, databases);
    let calls = calls(
        cx,
        &key,
        name,
        written.exposure,
        written.egress,
        &written.calls,
    );
    call_grants(cx, &key, &workload.account, &calls, &mut gathered.grants);
    let scale = scale(cx, &key, written);
    let retiring = written.retire == Some(true);
    let mut audiences: BTreeSet<String> = written.audiences.iter().cloned().collect();
    if auth == Auth::Iam && public {
        audiences.extend(domains.iter().map(|domain| format!("https://{domain}")));
    }
    let mut ci_owns: Vec<CiOwns> = written.ci_owns.iter().copied().map(ci_owns).collect();
    ci_owns.sort();
    ci_owns.dedup();
    Service {
        name: name.to_owned(),
        ingress,
        public,
        auth,
        invoker_check: auth != Auth::Anonymous || all_users,
        iap,
        policy: Vec::new(),
        run_app_closed: reference::run_app_closed(cx, name, written),
        url: reference::url(cx, name),
        paths: paths(written),
        domain_mappings: domain_mappings(cx, &key, written, ingress),
        domains,
        audiences: audiences.into_iter().collect(),
        concurrency: scale.concurrency,
        timeout: scale.timeout,
        min: scale.min,
        max: scale.max,
        session_affinity: written.session_affinity.unwrap_or(false),
        workload,
        ci_owns,
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        retiring,
        renamed_from: written.renamed_from.clone(),
        after_policies: after_policies(cx, name, &calls),
        calls,
        callers: Vec::new(),
        after_jobs: after_jobs(cx, name),
    }
}

/// What a pipeline changes, in the plan's words.
pub(super) fn ci_owns(owned: schema::CiOwns) -> CiOwns {
    match owned {
        schema::CiOwns::Image => CiOwns::Image,
        schema::CiOwns::Env => CiOwns::Env,
        schema::CiOwns::Traffic => CiOwns::Traffic,
        schema::CiOwns::Template => CiOwns::Template,
    }
}

fn ingress(cx: &mut Context<'_>, key: &Key, written: &schema::Service, public: bool) -> Ingress {
    let place = Place::Value(key.then("ingress"));
    match (written.ingress, public) {
        (None, true) => Ingress::InternalAndLoadBalancing,
        (None, false) => Ingress::Internal,
        (Some(schema::Ingress::All), _) => {
            cx.needs_exception(
                key,
                &written.exceptions,
                "all-ingress",
                format!("`{key}` takes requests from everywhere, past any load balancer and WAF"),
                &place,
                "opens the run.app address to the internet",
            );
            if !public {
                cx.error(
                    "ingress-conflict",
                    format!("`{key}` is internal but open to the internet"),
                    &place,
                    "the whole internet reaches it",
                )
                .help("write `exposure = \"public\"`, or leave `ingress` out");
            }
            Ingress::All
        }
        (Some(schema::Ingress::Internal), true) => {
            cx.error(
                "ingress-conflict",
                format!("`{key}` is public but closed to the load balancer"),
                &place,
                "nobody outside could reach it",
            )
            .help("leave `ingress` out: a public service is reached through the load balancer");
            Ingress::Internal
        }
        (Some(schema::Ingress::Internal), false) => Ingress::Internal,
        (Some(schema::Ingress::InternalAndCloudLoadBalancing), true) => {
            Ingress::InternalAndLoadBalancing
        }
        (Some(schema::Ingress::InternalAndCloudLoadBalancing), false) => {
            cx.error(
                "ingress-conflict",
                format!("`{key}` is internal but open to a load balancer"),
                &place,
                "any load balancer in the project could publish it",
            )
            .help("write `exposure = \"public\"`, or leave `ingress` out");
            Ingress::InternalAndLoadBalancing
        }
    }
}

fn auth(cx: &mut Context<'_>, key: &Key, written: &schema::Service, public: bool) -> Auth {
    let place = Place::Value(key.then("auth"));
    let auth = match (written.auth, public) {
        (Some(schema::Auth::Iam), _) | (None, false) => Auth::Iam,
        (Some(schema::Auth::Iap), true) => Auth::Iap,
        (Some(schema::Auth::Iap), false) => {
            cx.error(
                "iap-on-internal-service",
                format!("`{key}` is internal: no browser reaches it"),
                &place,
                "IAP stands before public services",
            )
            .help("write `exposure = \"public\"`, or leave `auth` out");
            Auth::Iap
        }
        (Some(schema::Auth::Anonymous), _) => {
            cx.needs_exception(
                key,
                &written.exceptions,
                "anonymous-access",
                format!("`{key}` lets in everybody who reaches it"),
                &place,
                "nobody is asked who they are",
            );
            Auth::Anonymous
        }
        (None, true) => {
            cx.error("auth-missing", format!("`{key}` is public and does not say who gets in"), &Place::Key(key.clone()), "needs `auth`")
                .help("write `auth = \"iam\"` (callers with a Google ID token), `\"iap\"` (people of the organisation) or `\"anonymous\"` (everybody, with an exception)");
            Auth::Iam
        }
    };
    if auth == Auth::Iap && written.members.is_empty() {
        cx.error(
            "iap-without-members",
            format!("nobody passes IAP to `{key}`"),
            &Place::Key(key.clone()),
            "needs `members`",
        )
        .help("write `members = [\"group:…\"]`");
    }
    if auth != Auth::Iap && !written.members.is_empty() {
        let place = Place::Key(key.then("members"));
        cx.error(
            "members-without-iap",
            format!("`{key}` has members but no IAP"),
            &place,
            "only IAP asks for members",
        )
        .help("write `auth = \"iap\"`; programs that call stand in `invokers`");
    }
    auth
}

/// Who may call and who may deploy: all of it stands in the service's complete policy.
fn callers_allowed(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Service,
    auth: Auth,
    all_users: bool,
    on: &Resource,
    grants: &mut Grants,
) {
    let invokers = key.then("invokers");
    for principal in named_list(cx, &invokers, &written.invokers) {
        grants.add(on.clone(), roles::RUN_INVOKER, principal, None, &invokers);
    }
    let developers = key.then("developers");
    for principal in named_list(cx, &developers, &written.developers) {
        grants.add(
            on.clone(),
            roles::RUN_DEVELOPER,
            principal,
            None,
            &developers,
        );
    }
    match auth {
        Auth::Iap => grants.add(
            on.clone(),
            roles::RUN_INVOKER,
            access::iap_agent(cx),
            None,
            &key.then("auth"),
        ),
        Auth::Anonymous if all_users => {
            let everybody = Principal::Named(Text::from("allUsers"));
            grants.add(
                on.clone(),
                roles::RUN_INVOKER,
                everybody,
                None,
                &key.then("auth"),
            );
        }
        Auth::Anonymous | Auth::Iam => {}
    }
}

/// The domains of a service, with their references resolved. What they mean is the load balancer's.
fn domains(cx: &mut Context<'_>, key: &Key, written: &schema::Service) -> Vec<String> {
    let key = key.then("domains");
    let mut domains = Vec::new();
    for (index, domain) in written.domains.iter().enumerate() {
        let item = key.item(index);
        if let Some(domain) = reference::known(cx, &item, domain, None)
            && cx.check_name(Kind::Domain, &domain, "a domain", &Place::Value(item))
        {
            domains.push(domain);
        }
    }
    domains
}

/// The paths of a service, without a closing slash.
fn paths(written: &schema::Service) -> Vec<String> {
    let unique: BTreeSet<&str> = written
        .paths
        .iter()
        .map(|path| {
            if path.len() > 1 {
                path.trim_end_matches('/')
            } else {
                path
            }
        })
        .collect();
    unique.into_iter().map(str::to_owned).collect()
}

fn domain_mappings(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Service,
    ingress: Ingress,
) -> Vec<String> {
    let key = key.then("domain_mappings");
    let place = Place::Value(key.clone());
    if !written.domain_mappings.is_empty() {
        if ingress != Ingress::All {
            cx.error("domain-mapping-needs-all-ingress", "a mapped domain leads past the load balancer", &place, "its requests would be refused")
                .help("take the load balancer: `domains = […]`; or write `ingress = \"all\"` with its exception");
        }
        if !run::DOMAIN_MAPPING_REGIONS.contains(&cx.project.region.as_str()) {
            let region = cx.project.region.clone();
            cx.error(
                "domain-mapping-region",
                format!("`{region}` offers no domain mapping"),
                &place,
                "not in this region",
            );
        }
    }
    for (index, domain) in written.domain_mappings.iter().enumerate() {
        cx.check_name(
            Kind::Domain,
            domain,
            "a domain",
            &Place::Value(key.item(index)),
        );
    }
    let mut domains = written.domain_mappings.clone();
    domains.sort();
    domains.dedup();
    domains
}

fn probes(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Service,
    port: u16,
) -> (crate::plan::model::Probe, Option<crate::plan::model::Probe>) {
    if let Some(path) = &written.health {
        probe::check_probe_path(cx, &key.then("health"), path);
    }
    let health = |times| {
        written
            .health
            .as_ref()
            .map(|path| probe::http_probe(path, port, times))
    };
    let probes = written.probes.clone().unwrap_or_default();
    let key = key.then("probes");
    let startup = match &probes.startup {
        Some(written) => probe::probe(
            cx,
            &key.then("startup"),
            written,
            probe::STARTUP,
            Some(port),
        ),
        None => health(probe::STARTUP),
    };
    let liveness = match &probes.liveness {
        Some(written) => probe::probe(
            cx,
            &key.then("liveness"),
            written,
            probe::LIVENESS,
            Some(port),
        ),
        None => health(probe::LIVENESS),
    };
    (
        startup.unwrap_or_else(|| probe::default_startup(port)),
        liveness,
    )
}

struct Scale {
    concurrency: u32,
    timeout: u32,
    min: u32,
    max: u32,
}

fn scale(cx: &mut Context<'_>, key: &Key, written: &schema::Service) -> Scale {
    let cpus: f64 = written
        .cpu
        .as_ref()
        .and_then(|cpu| cpu.0.parse().ok())
        .unwrap_or(1.0);
    let fraction = cpus < 1.0;
    let concurrency = written
        .concurrency
        .unwrap_or(if fraction { 1 } else { CONCURRENCY });
    let place = Place::Value(key.then("concurrency"));
    if !(1..=run::CONCURRENCY_MAX).contains(&concurrency) {
        let takes = format!("takes 1 to {}", run::CONCURRENCY_MAX);
        cx.error(
            "out-of-range",
            format!("an instance cannot take {concurrency} requests at a time"),
            &place,
            takes,
        );
    } else if fraction && concurrency > 1 {
        cx.error(
            "concurrency-needs-cpu",
            "less than one CPU takes one request at a time",
            &place,
            "takes 1",
        )
        .and(&Place::Value(key.then("cpu")), "less than one");
    }
    if fraction && written.cpu_always == Some(true) {
        let place = Place::Value(key.then("cpu_always"));
        cx.error(
            "cpu-always-needs-cpu",
            "less than one CPU is there only for requests",
            &place,
            "needs a whole CPU",
        );
    }
    let timeout = written.timeout.map_or(TIMEOUT, |timeout| timeout.seconds);
    if !(1..=run::REQUEST_TIMEOUT_MAX).contains(&timeout) {
        let takes = format!("takes 1 to {} seconds", run::REQUEST_TIMEOUT_MAX);
        cx.error(
            "out-of-range",
            format!("a request cannot take {timeout} seconds"),
            &Place::Value(key.then("timeout")),
            takes,
        );
    }
    let min = written.min.unwrap_or(0);
    let max = written.max.unwrap_or(MAX.max(min));
    let place = Place::Value(key.then("max"));
    if max == 0 {
        cx.error(
            "out-of-range",
            "a service needs an instance",
            &place,
            "takes 1 or more",
        );
    } else if min > max {
        cx.error(
            "min-above-max",
            format!("`{key}` has more instances at least than at most"),
            &Place::Value(key.then("min")),
            format!("{min} at least"),
        )
        .and(&place, format!("{max} at most"));
    } else if max > run::INSTANCES_QUOTA {
        cx.warning(
            "max-above-quota",
            format!("`{key}` may have {max} instances"),
            &place,
            "the quota of Direct VPC egress may have to be raised",
        );
    }
    Scale {
        concurrency,
        timeout,
        min,
        max,
    }
}

/// The calls of a service or job: each to a service that exists, by a way that exists.
pub(super) fn calls(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    exposure: Option<Exposure>,
    egress: Option<schema::Egress>,
    written: &[String],
) -> Vec<Call> {
    let mut calls = BTreeMap::new();
    for (index, target) in written.iter().enumerate() {
        let item = key.then("calls").item(index);
        let Some(callee) = cx.blueprint.services.get(target) else {
            let names: Vec<&str> = cx.blueprint.services.keys().map(String::as_str).collect();
            cx.unknown(
                "call-unknown",
                "service",
                target,
                names,
                &Place::Value(item),
            );
            continue;
        };
        if target == name && exposure.is_some() {
            cx.error(
                "call-self",
                format!("`{name}` calls itself"),
                &Place::Value(item.clone()),
                "it needs no leave",
            );
        }
        if !reference::in_network(egress) && callee.ingress != Some(schema::Ingress::All) {
            cx.error(
                "call-without-path",
                format!("`{name}` calls `{target}` from outside the network"),
                &Place::Value(item),
                "the call would get 404",
            )
            .and(&Place::Value(key.then("egress")), "not in the network")
            .note("Cloud Run counts a call as internal only when it comes through the network");
        }
        calls.insert(
            target.clone(),
            Call {
                service: target.clone(),
                url: reference::url(cx, target),
            },
        );
    }
    calls.into_values().collect()
}

/// A caller's account may invoke what it calls.
pub(super) fn call_grants(
    cx: &Context<'_>,
    key: &Key,
    account: &crate::plan::model::Account,
    calls: &[Call],
    grants: &mut Grants,
) {
    for call in calls {
        let on = Resource::Service {
            project: cx.project.id.clone(),
            region: cx.project.region.clone(),
            name: call.service.clone(),
        };
        grants.add(
            on,
            roles::RUN_INVOKER,
            access::principal_of(account),
            None,
            &key.then("calls"),
        );
    }
}

/// The elements that call each service.
fn callers(cx: &Context<'_>) -> BTreeMap<String, Vec<String>> {
    let mut callers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let services = cx
        .blueprint
        .services
        .iter()
        .map(|(name, service)| (Key::of(&["services", name]), &service.calls));
    let jobs = cx
        .blueprint
        .jobs
        .iter()
        .map(|(name, job)| (Key::of(&["jobs", name]), &job.calls));
    for (key, calls) in services.chain(jobs) {
        for call in calls {
            callers
                .entry(call.clone())
                .or_default()
                .insert(key.to_string());
        }
    }
    callers
        .into_iter()
        .map(|(name, callers)| (name, callers.into_iter().collect()))
        .collect()
}

/// The callees whose policy must stand first; those that call back, directly or not, cannot wait for each other.
pub(super) fn after_policies(cx: &Context<'_>, name: &str, calls: &[Call]) -> Vec<String> {
    let calls_back = |callee: &str| {
        let mut seen = BTreeSet::new();
        let mut open = vec![callee.to_owned()];
        while let Some(next) = open.pop() {
            if next == name {
                return true;
            }
            if seen.insert(next.clone())
                && let Some(service) = cx.blueprint.services.get(&next)
            {
                open.extend(service.calls.iter().cloned());
            }
        }
        false
    };
    calls
        .iter()
        .map(|call| call.service.clone())
        .filter(|callee| !calls_back(callee))
        .collect()
}

/// The jobs that must have succeeded before a service gets a new revision.
fn after_jobs(cx: &Context<'_>, name: &str) -> Vec<String> {
    let target = format!("services.{name}");
    cx.blueprint
        .jobs
        .iter()
        .filter(|(_, job)| job.before.contains(&target))
        .map(|(name, _)| name.clone())
        .collect()
}
