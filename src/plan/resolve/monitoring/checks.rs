//! Uptime checks: what is asked on each host of the load balancer, and which answers are good.

use crate::blueprint::schema::{OneOrFalse, Table};
use crate::blueprint::{Key, Place};
use crate::plan::google::monitoring;
use crate::plan::model::{
    Auth, Edge, Host, Plan, ProbeCheck, Service, Statuses, Target, UptimeCheck, Waf, WafAction,
    WafRule,
};
use crate::plan::resolve::context::Context;
use crate::plan::resolve::trigger;
use crate::rules;

/// The checks, by host. `written` says another path for some hosts, or none.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    key: &Key,
    written: &Table<OneOrFalse>,
    plan: &Plan,
) -> Vec<UptimeCheck> {
    let hosts = plan.edge.as_ref().map_or(&[][..], |edge| &edge.hosts);
    for host in written.keys() {
        if !hosts.iter().any(|known| known.domain == *host) {
            let names = hosts.iter().map(|host| host.domain.as_str());
            let place = Place::Key(key.then(host));
            let what = "host of the load balancer";
            cx.unknown(rules::UPTIME_HOST_UNKNOWN, what, host, names, &place);
        }
    }
    let mut checks = Vec::new();
    for host in hosts {
        let own = match written.get(&host.domain) {
            Some(OneOrFalse::False) => continue,
            Some(OneOrFalse::Text(path)) => {
                Some(trigger::called_path(cx, &key.then(&host.domain), path))
            }
            None => None,
        };
        checks.extend(check(plan, host, own));
    }
    checks
}

/// The check of a host. Without a path of its own it is the health of the service that takes the host, else the first path
/// that leads somewhere.
fn check(plan: &Plan, host: &Host, own: Option<String>) -> Option<UptimeCheck> {
    let edge = plan.edge.as_ref()?;
    let (path, service, known) = if let Some(path) = own {
        let service = service(plan, edge, backend(host, &path)?)?;
        (path, service, true)
    } else if let Target::Backend(backend) = &host.rest {
        let service = service(plan, edge, backend)?;
        match health(service).filter(|path| self::backend(host, path) == Some(backend)) {
            Some(path) => (path.to_owned(), service, true),
            None => ("/".to_owned(), service, false),
        }
    } else {
        let rule = host.rules.first()?;
        let path = rule.patterns.first()?.trim_end_matches('*').to_owned();
        (path, service(plan, edge, &rule.backend)?, false)
    };
    let backend = edge.backends.iter().find(|one| one.service == service.name);
    let waf = backend.and_then(|backend| plan.wafs.iter().find(|waf| waf.name == backend.waf));
    let accepts = match service.auth {
        // Those who ask are strangers: the WAF may refuse them before the service is asked.
        _ if waf.is_some_and(refuses_strangers) => Statuses::Classes(vec![2, 3, 4]),
        // Who brings no token is refused: any other answer means that the door is open, or that nobody is behind it.
        Auth::Iam => Statuses::Codes(monitoring::REFUSALS.to_vec()),
        Auth::Anonymous if known => Statuses::Classes(vec![2]),
        // It sends people to sign in, or says that there is nothing at this path: it answers.
        Auth::Anonymous | Auth::Iap => Statuses::Classes(vec![2, 3, 4]),
    };
    Some(UptimeCheck {
        name: format!("{} {}", plan.project.name, host.domain),
        local: host.name.clone(),
        host: host.domain.clone(),
        path,
        accepts,
    })
}

/// Whether a policy refuses addresses for what they are: all but some ranges, or some countries.
fn refuses_strangers(waf: &Waf) -> bool {
    let denies = |rule: &WafRule| !rule.preview && matches!(rule.action, WafAction::Deny(_));
    let countries = |rule: &&WafRule| rule.name == "regions";
    waf.rules.last().is_some_and(denies) || waf.rules.iter().filter(countries).any(denies)
}

/// The backend that a path of a host leads to: that of the longest rule, as the URL map has it.
fn backend<'h>(host: &'h Host, path: &str) -> Option<&'h String> {
    let takes = |pattern: &str| match pattern.strip_suffix('*') {
        Some(beginning) => path.starts_with(beginning),
        None => path == pattern,
    };
    let rules = host.rules.iter().flat_map(|rule| {
        let patterns = rule.patterns.iter();
        patterns.map(|pattern| (pattern, &rule.backend))
    });
    let rules = rules.filter(|(pattern, _)| takes(pattern));
    let longest = rules.max_by_key(|(pattern, _)| pattern.len());
    match (longest, &host.rest) {
        (Some((_, backend)), _) | (None, Target::Backend(backend)) => Some(backend),
        (None, Target::Refuse) => None,
    }
}

fn service<'p>(plan: &'p Plan, edge: &Edge, backend: &str) -> Option<&'p Service> {
    let backend = edge.backends.iter().find(|one| one.name == backend)?;
    plan.service(&backend.service)
}

/// The path by which a service tells that it is well, on the port that requests come to.
fn health(service: &Service) -> Option<&str> {
    let main = service.workload.containers.first()?;
    let port = main.port?.number;
    [&main.liveness, &main.startup]
        .into_iter()
        .flatten()
        .find_map(|probe| match &probe.check {
            ProbeCheck::Http { path, port: at } if *at == port => Some(path.as_str()),
            _ => None,
        })
}
