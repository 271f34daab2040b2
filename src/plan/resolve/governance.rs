//! Organisation policies and audit logs.
//!
//! A policy is derived from what the rest of the plan declares: it never forbids that, and allows nothing more.

use std::collections::BTreeSet;

use crate::blueprint::schema::AuditLogs;
use crate::blueprint::units::OneOrMany;
use crate::blueprint::{Key, Place};
use crate::diag::similar;
use crate::plan::google::governance::{ALL_SERVICES, AUDIT_KINDS, CONSTRAINTS, Constraint, Form};
use crate::plan::google::{firestore, run, secretmanager, storage};
use crate::plan::model::{AuditLog, Ingress, OrgPolicy, OrgRule, Plan, VpcEgress};
use crate::rules;

use super::account::element_of;
use super::context::Context;
use super::event;

/// The organisation policies, by constraint; none where they are not asked for, since they need rights in the organisation.
pub(super) fn org_policies(cx: &mut Context<'_>, plan: &Plan) -> Vec<OrgPolicy> {
    let key = Key::of(&["governance", "org_policies"]);
    let written = cx
        .blueprint
        .governance
        .as_ref()
        .and_then(|governance| governance.org_policies.as_ref());
    match written {
        None | Some(OneOrMany::Is(false)) => Vec::new(),
        Some(OneOrMany::Is(true)) => CONSTRAINTS
            .iter()
            .filter_map(|constraint| derive(plan, constraint).ok())
            .collect(),
        Some(OneOrMany::Listed(names)) => listed(cx, plan, &key, names),
    }
}

/// The constraints that would forbid what the plan declares: one that an earlier blueprint set has to go. Where no policies
/// are asked for, nobody has the rights to look.
pub(super) fn in_the_way(plan: &Plan) -> Vec<String> {
    if plan.org_policies.is_empty() {
        return Vec::new();
    }
    CONSTRAINTS
        .iter()
        // What was never asked for was never set.
        .filter(|constraint| {
            constraint.form != Form::BinaryAuthorization || plan.binary_authorization.is_some()
        })
        .filter(|constraint| derive(plan, constraint).is_err())
        .map(|constraint| constraint.name.to_owned())
        .collect()
}

fn listed(cx: &mut Context<'_>, plan: &Plan, key: &Key, names: &[String]) -> Vec<OrgPolicy> {
    let mut policies = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let place = Place::Value(key.item(index));
        let Some(constraint) = CONSTRAINTS
            .iter()
            .find(|constraint| constraint.name == name)
        else {
            let known = CONSTRAINTS.iter().map(|constraint| constraint.name);
            let rule = rules::ORG_POLICY_UNKNOWN;
            if similar(name, known.clone()).is_some() {
                cx.unknown(rule, "constraint that can be derived", name, known, &place);
            } else {
                // Google may well have it.
                let message = format!("`{name}` cannot be derived");
                let label = "its value does not follow from a blueprint";
                cx.report(rule, message, &place, label)
                    .help("take it off the list, and set it beside the generated files");
            }
            continue;
        };
        match derive(plan, constraint) {
            Ok(policy) => policies.push(policy),
            Err(breaker) => {
                cx.report(
                    rules::ORG_POLICY_CONTRADICTS,
                    format!("`{name}` forbids what `{breaker}` does"),
                    &place,
                    "cannot hold",
                )
                .and(&Place::Key(breaker), "this one")
                .help("take it off the list: `true` sets all that fit");
            }
        }
    }
    policies.sort_by(|a, b| a.constraint.cmp(&b.constraint));
    policies.dedup_by(|a, b| a.constraint == b.constraint);
    policies
}

/// The policy of a constraint, or the element that would break it.
fn derive(plan: &Plan, constraint: &Constraint) -> Result<OrgPolicy, Key> {
    let service = |name: &str| Key::of(&["services", name]);
    let mut why = constraint.why.to_owned();
    let rule = match constraint.form {
        Form::Enforce => OrgRule::Enforce,
        Form::DenyAll => OrgRule::DenyAll,
        Form::InvokerCheck => {
            if let Some(open) = plan.services.iter().find(|service| !service.invoker_check) {
                return Err(service(&open.name));
            }
            OrgRule::Enforce
        }
        Form::Ingress => {
            // What is tightest is always allowed: a new internal service needs nobody from the organisation.
            let mut allowed = BTreeSet::from(["internal"]);
            allowed.extend(plan.services.iter().map(|service| match service.ingress {
                Ingress::Internal => "internal",
                Ingress::InternalAndLoadBalancing => "internal-and-cloud-load-balancing",
                Ingress::All => "all",
            }));
            let open: Vec<&str> = plan
                .services
                .iter()
                .filter(|service| service.ingress == Ingress::All)
                .map(|service| service.name.as_str())
                .collect();
            if !open.is_empty() {
                why = format!("{why}; `all` is for {}", open.join(", "));
            }
            OrgRule::Allow(allowed.into_iter().map(str::to_owned).collect())
        }
        Form::BinaryAuthorization => {
            let mut unasked = plan.workloads().filter(|one| !one.binary_authorization);
            if let Some(workload) = unasked.next() {
                return Err(element_of(&workload.account));
            }
            OrgRule::Allow(vec!["default".to_owned()])
        }
        Form::Egress => {
            let mut allowed = BTreeSet::new();
            for workload in plan.workloads() {
                let key = element_of(&workload.account);
                // Where this constraint holds, everything must be in a network.
                let Some(vpc) = &workload.vpc else {
                    return Err(key);
                };
                allowed.insert(match vpc.egress {
                    VpcEgress::PrivateRanges => "private-ranges-only",
                    VpcEgress::All => "all-traffic",
                });
            }
            if allowed.is_empty() {
                allowed.insert("private-ranges-only");
            }
            OrgRule::Allow(allowed.into_iter().map(str::to_owned).collect())
        }
    };
    Ok(OrgPolicy {
        constraint: constraint.name.to_owned(),
        rule,
        why,
    })
}

/// The audit logs, by API. Without a word from the blueprint they are those of the APIs that guard something and are used.
pub(super) fn audit_logs(cx: &mut Context<'_>, plan: &Plan) -> Vec<AuditLog> {
    let governance = cx.blueprint.governance.as_ref();
    let written = governance.and_then(|governance| governance.audit_logs);
    let services = match written {
        None | Some(AuditLogs::Focused) => focused(plan),
        Some(AuditLogs::All) => vec![ALL_SERVICES],
        Some(AuditLogs::Off) => {
            let exceptions = governance
                .map(|governance| governance.exceptions.clone())
                .unwrap_or_default();
            let key = Key::of(&["governance"]);
            cx.needs_exception(
                &key,
                &exceptions,
                rules::AUDIT_LOGS_OFF,
                "nobody can tell later who read what",
                &Place::Value(key.then("audit_logs")),
                "leaves only what Google always logs",
            );
            Vec::new()
        }
    };
    let log = |service: &str| AuditLog {
        service: service.to_owned(),
        kinds: AUDIT_KINDS.map(str::to_owned).to_vec(),
    };
    services.into_iter().map(log).collect()
}

/// The APIs that guard something and are used or that an event listens to, by name. Logins to a database are logged under `cloudsql.googleapis.com`,
/// not under the name of its API.
fn focused(plan: &Plan) -> Vec<&str> {
    let has_iap = super::apis::uses_iap(plan);
    let all = [
        ("cloudkms.googleapis.com", !plan.keys.is_empty()),
        ("cloudsql.googleapis.com", !plan.databases.is_empty()),
        (firestore::AUDITED_AS, !plan.firestores.is_empty()),
        ("iam.googleapis.com", true),
        (run::IAP_API, has_iap),
        (run::API, true),
        (secretmanager::API, super::apis::uses_secrets(plan)),
        (storage::API, !plan.buckets.is_empty()),
    ];
    let used = all.into_iter().filter(|(_, used)| *used);
    let guards = used.map(|(service, _)| service);
    let services: BTreeSet<&str> = guards.chain(event::logged(&plan.events)).collect();
    services.into_iter().collect()
}

#[cfg(test)]
mod tests;
