//! Who reaches a service, and how callers are told.

use crate::blueprint::schema::{self};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{roles, run};
use crate::plan::model::{Auth, Ingress, Principal, Resource, Text};
use crate::rules;

use super::account::{self, iap_agent};
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
    developers(cx, key, &written.developers, on, grants);
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

/// Who may deploy a service or job. A deployment also says what runs as its account, so Google asks for the right to act as it
/// (<https://cloud.google.com/run/docs/reference/iam/roles#additional-configuration>).
pub(super) fn developers(
    cx: &mut Context<'_>,
    element: &Key,
    written: &[String],
    on: &Resource,
    grants: &mut Grants,
) {
    let key = element.then("developers");
    let account = account::resource(cx, element);
    for principal in named_list(cx, &key, written) {
        let act_as = principal.clone();
        grants.add(on.clone(), roles::RUN_DEVELOPER, principal, None, &key);
        grants.add(account.clone(), roles::ACCOUNT_USER, act_as, None, &key);
    }
}

/// The domains of a service, or the private ones, which stand at that key, with their references resolved. What they mean is the
/// load balancer's.
pub(super) fn domains(cx: &mut Context<'_>, key: &Key, written: &[String]) -> Vec<String> {
    let mut domains = Vec::new();
    for (index, domain) in written.iter().enumerate() {
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

#[cfg(test)]
mod tests {
    use crate::plan::model::{Grant, Stage};
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    const JOB: &str = r#"
[jobs.sweep]
image = "europe-docker.pkg.dev/shop-images/app/sweep@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263"
"#;
    const DEVELOPERS: &str = "developers = [\"group:developers@example.com\"]\n";

    /// The accounts that somebody may act as, each with its causes and the stage that makes the grant.
    fn acted_as(parts: &[&str]) -> Vec<(String, String, Stage)> {
        let resolved = resolve(parts);
        let plan = resolved.plan();
        let grants = plan.grants.iter();
        let grants = grants.filter(|grant| grant.role == "roles/iam.serviceAccountUser");
        let told = |grant: &Grant| {
            assert_eq!(
                grant.to.member().to_string(),
                "group:developers@example.com"
            );
            let causes: Vec<&str> = grant.causes.iter().map(String::as_str).collect();
            let on = grant.on.in_short(&plan.project.id);
            (on, causes.join(", "), grant.stage)
        };
        grants.map(told).collect()
    }

    #[test]
    fn who_deploys_something_may_act_as_its_account_and_no_other() {
        let service = format!("{INTERNAL}{DEVELOPERS}");
        let got = acted_as(&[&service, JOB]);
        let orders = "account run-orders".to_owned();
        let because = "services.orders.developers".to_owned();
        assert_eq!(got, [(orders, because, Stage::Foundation)]);
        let job = format!("{JOB}{DEVELOPERS}");
        let got = acted_as(&[INTERNAL, &job]);
        let sweep = "account job-sweep".to_owned();
        let because = "jobs.sweep.developers".to_owned();
        assert_eq!(got, [(sweep, because, Stage::Foundation)]);
    }

    #[test]
    fn the_account_that_a_blueprint_gives_is_acted_as_where_it_lies() {
        for (project, short, elsewhere) in [
            ("shop-prod", "account shared", 0),
            ("shop-other", "account shared in shop-other", 1),
        ] {
            let account =
                format!("service_account = \"shared@{project}.iam.gserviceaccount.com\"\n");
            let service = format!("{INTERNAL}{account}{DEVELOPERS}");
            let got = acted_as(&[&service]);
            let because = "services.orders.developers".to_owned();
            assert_eq!(got, [(short.to_owned(), because, Stage::Foundation)]);
            let resolved = resolve(&[&service]);
            let theirs = resolved.plan().elsewhere();
            let theirs = theirs.get("shop-other").map_or(0, |grants| {
                let acts = |grant: &&&Grant| grant.role == "roles/iam.serviceAccountUser";
                grants.iter().filter(acts).count()
            });
            assert_eq!(theirs, elsewhere);
        }
    }
}
