//! Calls: each by a way that exists, with the grant that it needs.

use std::collections::BTreeMap;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::plan::google::roles;
use crate::plan::model::{Account, Call};
use crate::rules;

use super::account::principal_of;
use super::context::Context;
use super::grants::Grants;
use super::reference;

/// The calls of a service, job or worker, by the callee's name.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    egress: Option<schema::Egress>,
    written: &[String],
) -> Vec<Call> {
    let mut calls = BTreeMap::new();
    for (index, target) in written.iter().enumerate() {
        let place = Place::Value(key.then("calls").item(index));
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

/// A caller's account may invoke what it calls.
pub(super) fn grant(
    cx: &Context<'_>,
    key: &Key,
    account: &Account,
    calls: &[Call],
    grants: &mut Grants,
) {
    for call in calls {
        let on = cx.project.service(&call.service);
        grants.add(
            on,
            roles::RUN_INVOKER,
            principal_of(account),
            None,
            &key.then("calls"),
        );
    }
}
