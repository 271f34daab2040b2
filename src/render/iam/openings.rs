//! What can be reached from the internet, and what stands on the way.

use std::collections::BTreeSet;

use super::index::{Index, element, of};
use super::words;
use crate::plan::google::roles;
use crate::plan::model::{Auth, Ingress, Service, Waf, WafAction, WafMatch, WafMode};
use crate::render::quote::Quoted;
use crate::render::quote::markdown::{Md, md};

/// What can be reached from the internet.
pub struct Opening {
    pub address: Quoted,
    pub service: Quoted,
    pub guards: Quoted,
    pub who: Quoted,
    pub because: Quoted,
}

/// What can be reached from the internet, by service.
pub fn openings(index: &Index<'_>) -> Vec<Opening> {
    let services = index.plan.services.iter();
    services
        .filter(|service| {
            service.public || service.ingress == Ingress::All || !service.domain_mappings.is_empty()
        })
        .filter(|service| !service.leaves_region)
        .map(|service| {
            let mut because = vec![md("").code(&format!("{}.exposure", element(service)))];
            because.extend(index.exceptions(service).map(words::exception));
            Opening {
                address: Md::list(addresses(index, service)).done(),
                service: md("").code(&service.name).done(),
                guards: guards(index, service).done(),
                who: entrants(index, service)
                    .md(&only_from(index, service))
                    .done(),
                because: Md::join(because, "; ").done(),
            }
        })
        .collect()
}

/// The addresses under which the internet reaches a service.
fn addresses(index: &Index<'_>, service: &Service) -> Vec<Md> {
    let url = |host: &str, path: &str| md("").code(&format!("https://{host}{path}"));
    let backend = index.backends.get(service.name.as_str());
    let on_edge = backend.and_then(|backend| index.addresses.get(backend.name.as_str()));
    let on_edge = on_edge.into_iter().flatten();
    let mut addresses: Vec<Md> = on_edge.map(|(host, path)| url(host, path)).collect();
    addresses.extend(
        service
            .domain_mappings
            .iter()
            .map(|domain| url(domain, "/")),
    );
    if service.ingress == Ingress::All && !service.run_app_closed {
        addresses.push(md("").code(&service.url.to_string()));
        addresses.extend(service.tagged_urls().map(|(_, url)| md("").code(&url)));
    }
    addresses
}

/// What a request passes before the code sees it.
fn guards(index: &Index<'_>, service: &Service) -> Md {
    let mut guards = Vec::new();
    if let Some(backend) = index.backends.get(service.name.as_str()) {
        guards.push(md("load balancer"));
        let mut wafs = index.plan.wafs.iter();
        guards.extend(wafs.find(|waf| waf.name == backend.waf).map(waf));
        if backend.iap {
            guards.push(md("IAP"));
        }
    }
    if service.iap {
        guards.push(md("IAP on the service"));
    }
    if service.invoker_check {
        guards.push(md("Cloud Run's check of the ID token"));
    }
    if guards.is_empty() {
        return md("nothing");
    }
    Md::list(guards)
}

fn waf(waf: &Waf) -> Md {
    md("WAF ").code(&waf.name).say(match waf.mode {
        WafMode::Preview => " (preview: rules on trial only log)",
        WafMode::Enforce => " (enforced)",
    })
}

/// The addresses that the WAF lets in, where it refuses all others.
fn only_from(index: &Index<'_>, service: &Service) -> Md {
    let backend = index.backends.get(service.name.as_str());
    let waf = backend.and_then(|backend| {
        let mut wafs = index.plan.wafs.iter();
        wafs.find(|waf| waf.name == backend.waf)
    });
    let refuses = |waf: &&Waf| {
        let last = waf.rules.last();
        last.is_some_and(|rule| matches!(rule.action, WafAction::Deny(_)))
    };
    let Some(waf) = waf.filter(refuses) else {
        return md("");
    };
    let rules = waf.rules.iter();
    let lets_in = rules.filter(|rule| !rule.preview && !matches!(rule.action, WafAction::Deny(_)));
    let from: BTreeSet<Md> = lets_in
        .flat_map(|rule| match &rule.matches {
            WafMatch::Ranges(ranges) => ranges.iter().map(|range| md("").code(range)).collect(),
            WafMatch::Expression(expression) => {
                vec![md("whatever matches ").code(expression)]
            }
        })
        .collect();
    md("; the WAF lets in only ").md(&Md::list(from))
}

fn entrants(index: &Index<'_>, service: &Service) -> Md {
    let (grants, how) = match service.auth {
        Auth::Anonymous => return md("**anyone**, without a token"),
        Auth::Iap => (of(&index.iap, service.declared()), ", after a login"),
        Auth::Iam => {
            let mut callers = of(&index.services, &service.name);
            callers.retain(|grant| grant.role == roles::RUN_INVOKER);
            (callers, ", with an ID token")
        }
    };
    if grants.is_empty() {
        return md("nobody");
    }
    Md::list(grants.into_iter().map(|grant| words::who(&grant.to))).say(how)
}
