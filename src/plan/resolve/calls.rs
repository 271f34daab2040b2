//! Calls: each by a way that exists, with the grant that it needs.

use std::collections::BTreeMap;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::plan::google::roles;
use crate::plan::model::{Account, Call, Resource};
use crate::rules;

use super::account::principal_of;
use super::context::Context;
use super::grants::Grants;
use super::{lies, reference};

/// Whether a call is of a service that this blueprint does not have: those are named in full.
pub(super) fn is_elsewhere(target: &str) -> bool {
    target.contains('/')
}

/// The calls of a service, job, worker or workflow to services of this blueprint, by the callee's name. Its account gets the grants, also
/// on what lies elsewhere.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    egress: Option<schema::Egress>,
    written: &[String],
    (account, grants): (&Account, &mut Grants),
) -> Vec<Call> {
    let cause = key.then("calls");
    let mut grant = |on: Resource| {
        grants.add(on, roles::RUN_INVOKER, principal_of(account), None, &cause);
    };
    let mut calls = BTreeMap::new();
    for (index, target) in written.iter().enumerate() {
        let place = Place::Value(key.then("calls").item(index));
        if is_elsewhere(target) {
            if let Some(on) = elsewhere(cx, target, &place) {
                grant(on);
            }
            continue;
        }
        let Some(callee) = cx.blueprint.services.get(target) else {
            let is_worker = cx.blueprint.workers.contains_key(target);
            if is_worker || cx.blueprint.jobs.contains_key(target) {
                let kind = if is_worker { "worker" } else { "job" };
                cx.report(
                    rules::CALL_UNKNOWN,
                    format!("`{target}` is a {kind}, which nothing can call"),
                    &place,
                    "nothing listens there",
                );
            } else {
                let names = cx.blueprint.services.keys().map(String::as_str);
                cx.unknown(rules::CALL_UNKNOWN, "service", target, names, &place);
            }
            continue;
        };
        if *key == Key::of(&["services", target]) {
            cx.report(
                rules::CALL_SELF,
                format!("`{name}` calls itself"),
                &place,
                "needs no leave to",
            )
            .help("take it off the list");
        }
        if !reference::in_network(egress) && callee.ingress != Some(schema::Ingress::All) {
            let message = format!("`{name}` calls `{target}` from outside the network");
            cx.report(
                rules::CALL_WITHOUT_PATH,
                message,
                &place,
                "the call would get 404",
            )
            .and(&Place::Value(key.then("egress")), "not in the network")
            .note("Cloud Run counts a call as internal only when it comes through the network")
            .help("write `egress = \"private\"`, or leave `egress` out");
        }
        grant(cx.project.service(target));
        let url = reference::called_by(cx, target);
        calls.insert(
            target.clone(),
            Call {
                service: target.clone(),
                url,
            },
        );
    }
    calls.into_values().collect()
}

/// The service of another project that is named in full, which its owner grants. Reports a full name that is none, or that of a service
/// which lies here.
fn elsewhere(cx: &mut Context<'_>, target: &str, place: &Place) -> Option<Resource> {
    let Some(on) = lies::service(target) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{}` is no service's full name", target.escape_debug()),
            place,
            "is no full name",
        )
        .help("`projects/PROJECT/locations/REGION/services/NAME`");
        return None;
    };
    if on.project() == cx.project.id {
        cx.report(
            rules::CALL_UNKNOWN,
            format!("`{target}` lies in this environment's own project"),
            place,
            "its blueprint says who may call it",
        )
        .help("where it is of this blueprint, write its name alone; else name the caller's account in its own `invokers`");
        return None;
    }
    Some(on)
}

#[cfg(test)]
mod tests {
    use crate::plan::google::roles;
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    #[test]
    fn a_service_elsewhere_is_granted_there_and_reached_by_the_private_way() {
        let invoices =
            "//run.googleapis.com/projects/acme-billing/locations/us-east1/services/orders";
        let calls = format!("{INTERNAL}calls = [\"{invoices}\"]\n");
        let resolved = resolve(&[&calls]);
        let plan = resolved.plan();
        let elsewhere = plan.elsewhere();
        let granted: Vec<_> = elsewhere["acme-billing"]
            .iter()
            .map(|grant| (grant.on.full_name(), grant.role.as_str()))
            .collect();
        assert_eq!(granted, [(invoices.to_owned(), roles::RUN_INVOKER)]);
        // The service of the same name here is called by nobody.
        assert!(plan.services[0].policy.is_empty());
        assert!(plan.services[0].calls.is_empty());
        let zones = |plan: &crate::plan::model::Plan| {
            let zones = plan.network.iter().flat_map(|network| &network.zones);
            zones.map(|zone| zone.dns_name.clone()).collect::<Vec<_>>()
        };
        assert!(zones(plan).contains(&"run.app.".to_owned()));
        assert!(!zones(resolve(&[INTERNAL]).plan()).contains(&"run.app.".to_owned()));
    }

    #[test]
    fn what_is_called_elsewhere_lies_in_another_project() {
        let found = |target: &str| {
            let calls = format!("{INTERNAL}calls = [\"{target}\"]\n");
            resolve(&[&calls]).errors
        };
        let service = |project: &str, region: &str| {
            format!("projects/{project}/locations/{region}/services/invoices")
        };
        assert!(found(&service("acme-billing", "us-east1")).is_empty());
        assert_eq!(found(&service("shop-prod", "us-east1")), ["call-unknown"]);
        assert_eq!(
            found(&service("acme-billing", "here")),
            ["existing-invalid"]
        );
        assert_eq!(found("acme-billing/invoices"), ["existing-invalid"]);
    }
}
