//! Services: who reaches them, how callers are told, how they scale.

use std::collections::BTreeSet;

use crate::blueprint::schema::{self, AnonymousBy, Exposure};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::run;
use crate::plan::model::{Auth, CiOwns, Database, Port, Probe, Service};
use crate::rules;

use super::calls;
use super::context::Context;
use super::exposure::{auth, callers_allowed, domain_mappings, domains, ingress};
use super::reference;
use super::traffic;
use super::workload::{self, Gathered, Main, Parts, probe};

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
    let services = blueprint.services.iter();
    services
        .map(|(name, written)| service(cx, name, written, gathered, databases))
        .collect()
}

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
    let private_domains = domains(cx, &key.then("private_domains"), &written.private_domains);
    let domains = domains(cx, &key.then("domains"), &written.domains);
    let iap = auth == Auth::Iap && domains.is_empty();

    let on = cx.project.service(name);
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
        cx.report(
            rules::OUT_OF_RANGE,
            "0 is not a port",
            &Place::Value(key.then("port")),
            "takes 1 to 65535",
        );
    }
    let (startup, liveness) = probes(cx, &key, written, port.number);
    let parts = Parts::of_service(name, written);
    let main = Main {
        port: Some(port),
        cpu_idle: !written.cpu_always.unwrap_or(written.gpu.is_some()),
        startup_boost: written.startup_boost.unwrap_or(true),
        startup: Some(startup),
        liveness,
    };
    let workload = workload::resolve(cx, &parts, main, gathered, databases);
    workload::gpu::always_there(cx, &key, written);
    let granted = (&workload.account, &mut gathered.grants);
    let calls = calls::resolve(cx, &key, name, written.egress, &written.calls, granted);
    let scale = scale(cx, &key, written);
    let retiring = written.retire == Some(true);
    let run_app_closed = reference::run_app_closed(cx, name, written);
    Service {
        name: name.to_owned(),
        region: cx.project.region.clone(),
        stands_in_for: None,
        leaves_region: false,
        ingress,
        public,
        auth,
        invoker_check: auth != Auth::Anonymous || all_users,
        iap,
        policy: Vec::new(),
        run_app_closed,
        url: reference::url(cx, name),
        paths: paths(written),
        domain_mappings: domain_mappings(cx, &key, written, ingress),
        audiences: audiences(
            cx,
            &key,
            written,
            match (auth, public) {
                (Auth::Iam, true) => &domains,
                (Auth::Iam, false) => &private_domains,
                _ => &[],
            },
        ),
        domains,
        private_domains,
        concurrency: scale.concurrency,
        timeout: scale.timeout,
        min: scale.min,
        max: scale.max,
        session_affinity: written.session_affinity.unwrap_or(false),
        traffic: traffic::resolve(cx, &key, name, written, run_app_closed),
        workload,
        ci_owns: owned(written.ci_owns.iter().copied()),
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        retiring,
        after_policies: cx.calls.after_policies(Some(name), &calls),
        calls,
        callers: cx.calls.callers(name),
        after_jobs: cx.calls.jobs_before(name),
    }
}

/// What a token for the service may say beside its address: what is written, and its domains where callers with a token
/// come by them.
fn audiences(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Service,
    domains: &[String],
) -> Vec<String> {
    for (index, audience) in written.audiences.iter().enumerate() {
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b',';
        if audience.is_empty() || !audience.bytes().all(plain) {
            cx.report(
                rules::AUDIENCE_INVALID,
                format!("`{}` is not an audience", audience.escape_debug()),
                &Place::Value(key.then("audiences").item(index)),
                "takes plain characters without commas",
            );
        }
    }
    let mut audiences: BTreeSet<String> = written.audiences.iter().cloned().collect();
    audiences.extend(domains.iter().map(|domain| format!("https://{domain}")));
    audiences.into_iter().collect()
}

/// What a pipeline changes, in the plan's words, each once.
pub(super) fn owned(written: impl Iterator<Item = schema::CiOwns>) -> Vec<CiOwns> {
    let owned = written.map(|owned| match owned {
        schema::CiOwns::Image => CiOwns::Image,
        schema::CiOwns::Env => CiOwns::Env,
        schema::CiOwns::Traffic => CiOwns::Traffic,
        schema::CiOwns::Template => CiOwns::Template,
    });
    let owned: BTreeSet<CiOwns> = owned.collect();
    owned.into_iter().collect()
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

fn probes(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Service,
    port: u16,
) -> (Probe, Option<Probe>) {
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

/// Seconds that a request may take.
pub(super) fn timeout(written: &schema::Service) -> u32 {
    written.timeout.map_or(TIMEOUT, |timeout| timeout.seconds)
}

/// Requests that all instances together take at a time.
pub(super) fn takes(written: &schema::Service) -> u32 {
    let concurrency = written.concurrency.unwrap_or(CONCURRENCY);
    written.max.unwrap_or(MAX).saturating_mul(concurrency)
}

struct Scale {
    concurrency: u32,
    timeout: u32,
    min: u32,
    max: u32,
}

fn scale(cx: &mut Context<'_>, key: &Key, written: &schema::Service) -> Scale {
    let concurrency = written.concurrency.unwrap_or(CONCURRENCY);
    let place = Place::Value(key.then("concurrency"));
    if !(1..=run::CONCURRENCY_MAX).contains(&concurrency) {
        let takes = format!("takes 1 to {}", run::CONCURRENCY_MAX);
        cx.report(
            rules::OUT_OF_RANGE,
            format!("an instance cannot take {concurrency} requests at a time"),
            &place,
            takes,
        );
    }
    let timeout = timeout(written);
    if !(1..=run::REQUEST_TIMEOUT_MAX).contains(&timeout) {
        let takes = format!("takes 1 to {} seconds", run::REQUEST_TIMEOUT_MAX);
        cx.report(
            rules::OUT_OF_RANGE,
            format!("a request cannot take {timeout} seconds"),
            &Place::Value(key.then("timeout")),
            takes,
        );
    }
    let min = written.min.unwrap_or(0);
    let max = written.max.unwrap_or(MAX.max(min));
    let place = Place::Value(key.then("max"));
    if max == 0 {
        cx.report(
            rules::OUT_OF_RANGE,
            "a service needs an instance",
            &place,
            "takes 1 or more",
        );
    } else if min > max {
        cx.report(
            rules::MIN_ABOVE_MAX,
            format!("`{key}` has more instances at least than at most"),
            &Place::Value(key.then("min")),
            format!("{min} at least"),
        )
        .and(&place, format!("{max} at most"));
    } else if max > run::INSTANCES_QUOTA && reference::in_network(written.egress) {
        cx.report(
            rules::MAX_ABOVE_QUOTA,
            format!("`{key}` may have {max} instances"),
            &place,
            format!(
                "a new project often may have {} in a network",
                run::INSTANCES_QUOTA
            ),
        )
        .help("ask for more of the quota of Direct VPC egress first, or lower `max`");
    }
    Scale {
        concurrency,
        timeout,
        min,
        max,
    }
}
