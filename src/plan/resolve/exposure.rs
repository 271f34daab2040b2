//! Who reaches a service, and how callers are told.

use crate::blueprint::schema::{self};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{roles, run};
use crate::plan::model::{Auth, Ingress, Principal, Resource, Text};
use crate::rules;

use super::account::iap_agent;
use super::context::Context;
use super::grants::Grants;
use super::principal::named_list;
use super::reference;

pub(super) fn ingress(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Service,
    public: bool,
) -> Ingress {
    let place = Place::Value(key.then("ingress"));
    match (written.ingress, public) {
        (None | Some(schema::Ingress::InternalAndCloudLoadBalancing), true) => {
            Ingress::InternalAndLoadBalancing
        }
        (None | Some(schema::Ingress::Internal), false) => Ingress::Internal,
        (Some(schema::Ingress::All), _) => {
            if public {
                cx.needs_exception(
                    key,
                    &written.exceptions,
                    rules::ALL_INGRESS,
                    format!(
                        "`{key}` takes requests from everywhere, past any load balancer and WAF"
                    ),
                    &place,
                    "opens the run.app address to the internet",
                );
            } else {
                // An exception from it is no second mistake.
                cx.waives(key, &written.exceptions, rules::ALL_INGRESS);
                cx.report(
                    rules::INGRESS_CONFLICT,
                    format!("`{key}` is internal but open to the internet"),
                    &place,
                    "the whole internet reaches it",
                )
                .help("write `exposure = \"public\"`, or leave `ingress` out");
            }
            Ingress::All
        }
        (Some(schema::Ingress::Internal), true) => {
            cx.report(
                rules::INGRESS_CONFLICT,
                format!("`{key}` is public but closed to the load balancer"),
                &place,
                "nobody outside could reach it",
            )
            .help("leave `ingress` out: a public service is reached through the load balancer");
            Ingress::Internal
        }
        (Some(schema::Ingress::InternalAndCloudLoadBalancing), false) => {
            cx.report(
                rules::INGRESS_CONFLICT,
                format!("`{key}` is internal but open to a load balancer"),
                &place,
                "any load balancer in the project could publish it",
            )
            .help("write `exposure = \"public\"`, or leave `ingress` out");
            Ingress::InternalAndLoadBalancing
        }
    }
}

pub(super) fn auth(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Service,
    public: bool,
) -> Auth {
    let place = Place::Value(key.then("auth"));
    let auth = match (written.auth, public) {
        (Some(schema::Auth::Iam), _) | (None, false) => Auth::Iam,
        (Some(schema::Auth::Iap), true) => Auth::Iap,
        (Some(schema::Auth::Iap), false) => {
            cx.report(
                rules::IAP_ON_INTERNAL_SERVICE,
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
                rules::ANONYMOUS_ACCESS,
                format!("`{key}` lets in everybody who reaches it"),
                &place,
                "nobody is asked who they are",
            );
            Auth::Anonymous
        }
        (None, true) => {
            cx.report(rules::AUTH_MISSING, format!("`{key}` is public and does not say who gets in"), &Place::Key(key.clone()), "needs `auth`")
                .help("write `auth = \"iam\"` (callers with a Google ID token), `\"iap\"` (people of the organisation) or `\"anonymous\"` (everybody, with an exception)");
            Auth::Iam
        }
    };
    if auth == Auth::Iap && written.members.is_empty() {
        cx.report(
            rules::IAP_WITHOUT_MEMBERS,
            format!("nobody passes IAP to `{key}`"),
            &Place::Key(key.clone()),
            "needs `members`",
        )
        .help("write `members = [\"group:…\"]`");
    }
    if auth != Auth::Iap && !written.members.is_empty() {
        let place = Place::Key(key.then("members"));
        cx.report(
            rules::MEMBERS_WITHOUT_IAP,
            format!("`{key}` has members but no IAP"),
            &place,
            "only IAP asks for members",
        )
        .help("write `auth = \"iap\"`; programs that call stand in `invokers`");
    }
    auth
}

/// Who may call and who may deploy: all of it stands in the service's complete policy.
pub(super) fn callers_allowed(
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
            iap_agent(cx),
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
pub(super) fn domains(cx: &mut Context<'_>, key: &Key, written: &schema::Service) -> Vec<String> {
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

pub(super) fn domain_mappings(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Service,
    ingress: Ingress,
) -> Vec<String> {
    let key = key.then("domain_mappings");
    let place = Place::Value(key.clone());
    if !written.domain_mappings.is_empty() {
        if ingress != Ingress::All {
            cx.report(rules::DOMAIN_MAPPING_NEEDS_ALL_INGRESS, "a mapped domain leads past the load balancer", &place, "its requests would be refused")
                .help("take the load balancer: `domains = […]`; or write `ingress = \"all\"` with its exception");
        }
        if !run::DOMAIN_MAPPING_REGIONS.contains(&cx.project.region.as_str()) {
            let region = cx.project.region.clone();
            cx.report(
                rules::DOMAIN_MAPPING_REGION,
                format!("`{region}` offers no domain mapping"),
                &place,
                "not in this region",
            )
            .help("take the load balancer: `domains = […]`");
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
