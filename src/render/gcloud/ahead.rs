//! What `verify.sh` reads ahead, side by side, so that no fact waits for a command.

use super::script::words;
use super::verify::GrantPlace;
use super::{
    binary_authorization, buckets, caches, channels, database, delivery, edge, events, firestores,
    internal, keys, log_sinks, messages, monitoring, notifications, perimeter, queues, registries,
};
use crate::plan::model::{Plan, Stage};

/// The lines that read ahead.
pub(super) fn lines(plan: &Plan, places: &[GrantPlace]) -> Vec<String> {
    let mut lines = vec![format!("look_ahead {}", words(kinds(plan)))];
    lines.extend(monitoring::ahead(plan, &[monitoring::CHANNELS]));
    for place in places {
        let command = words(place.command.iter().map(String::as_str));
        lines.push(format!("policy_ahead {command}"));
    }
    for secret in plan.secrets.iter().filter(|one| !one.pinned.is_empty()) {
        let words = words([secret.id.as_str(), secret.project.as_str()]);
        lines.push(format!("versions_ahead {words}"));
    }
    for database in plan
        .databases
        .iter()
        .filter(|one| database::read_here(plan, one))
    {
        lines.push(format!(
            "users_ahead {}",
            words([database.instance.as_str()])
        ));
    }
    lines.extend(firestores::ahead(plan));
    lines.extend(perimeter::ahead(plan));
    let set = plan.org_policies.iter().map(|policy| &policy.constraint);
    let constraints: Vec<&str> = set
        .chain(&plan.org_policies_in_the_way)
        .map(String::as_str)
        .collect();
    if !constraints.is_empty() {
        lines.push(format!("org_policy_ahead {}", words(constraints)));
    }
    lines
}

/// The kinds of resources that facts tell of.
fn kinds(plan: &Plan) -> Vec<&'static str> {
    let mut kinds = vec!["run"];
    if !plan.jobs.is_empty() {
        kinds.push("run jobs");
    }
    if !plan.workers.is_empty() {
        kinds.push("run worker-pools");
    }
    if !plan.wafs.is_empty() {
        kinds.extend([
            "compute security-policies",
            "compute security-policies rules",
        ]);
    }
    if let Some(edge) = &plan.edge {
        let read = [
            "compute backend-services",
            "compute ssl-policies",
            "compute target-https-proxies",
            "compute target-http-proxies",
        ];
        kinds.extend(
            edge::kinds(edge)
                .into_iter()
                .filter(|kind| read.contains(kind)),
        );
        kinds.push("compute url-maps");
    }
    if plan.internal_edge.is_some() {
        let more = internal::READ.into_iter();
        let more: Vec<&str> = more.filter(|kind| !kinds.contains(kind)).collect();
        kinds.extend(more);
    }
    let network = plan.network.as_ref();
    if network.is_some() {
        kinds.push("dns managed-zones");
    }
    if let Some(own) = network.and_then(|network| network.own.as_ref()) {
        kinds.extend([
            "compute networks subnets",
            "compute firewall-rules",
            "compute routes",
        ]);
        // The range of databases is the one address that a fact tells of.
        if own.services_access.is_some() {
            kinds.push("compute addresses");
        }
        kinds.push("dns policies");
    }
    if plan.databases.iter().any(|database| !database.existing) {
        kinds.push("sql instances");
    }
    if plan.secrets.iter().any(|secret| !secret.existing) {
        kinds.push("secrets");
    }
    kinds.extend(messages::kinds(plan, Stage::Foundation));
    for kind in messages::kinds(plan, Stage::Services) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if buckets::any(plan) {
        kinds.extend(["storage buckets", notifications::KIND]);
    }
    if keys::ring(plan).is_some() {
        kinds.push("kms keys");
    }
    if registries::any(plan) {
        kinds.push(registries::KIND);
    }
    let more = [
        (!plan.schedules.is_empty(), "scheduler jobs"),
        (!plan.workflows.is_empty(), "workflows"),
        (queues::any(plan), queues::KIND),
        (firestores::any(plan), firestores::KIND),
        (plan.makes_channels(), channels::KIND),
        (!plan.events.is_empty(), events::KIND),
        (plan.delivery.is_some(), delivery::PROVIDERS),
    ];
    kinds.extend(
        more.into_iter()
            .filter(|(there, _)| *there)
            .map(|(_, kind)| kind),
    );
    kinds.extend(caches::of_caches(plan));
    kinds.extend(log_sinks::kinds(plan));
    kinds.extend(binary_authorization::kinds(plan));
    kinds
}
