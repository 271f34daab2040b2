//! The foundation stage: APIs, network, accounts, secrets, databases, grants, audit logs.

use askama::Template;

use super::script::{Script, words};
use super::{
    binary_authorization, buckets, caches, channels, database, datasets, delivery, filters,
    firestores, grants, keys, log_sinks, messages, network, notifications, queues, registries,
    rotation,
};
use crate::plan::model::{Account, Agent, AuditLog, Grant, Labels, Plan, Resource, Secret, Stage};

#[derive(Template)]
#[template(path = "gcloud/agents.sh.j2")]
struct Agents<'a> {
    agents: &'a [Agent],
}

#[derive(Template)]
#[template(path = "gcloud/accounts.sh.j2")]
struct Accounts<'a> {
    accounts: &'a [Account],
}

#[derive(Template)]
#[template(path = "gcloud/secrets.sh.j2")]
struct Secrets<'a> {
    secrets: Vec<SecretView<'a>>,
}

struct SecretView<'a> {
    id: &'a str,
    replicas: &'a [String],
    /// Regions with the key that the copy there lies under, `None` for one of Google's; nothing where the blueprint speaks of no
    /// such key.
    copies: Option<Vec<(&'a str, String)>>,
    labels: &'a Labels,
}

#[derive(Template)]
#[template(path = "gcloud/audit-logs.sh.j2")]
struct AuditLogs<'a> {
    logs: &'a [AuditLog],
}

/// The script of the stage.
pub(super) fn script(plan: &Plan) -> String {
    let summary = "APIs, network, accounts, secrets, databases. Needs rights on the project.";
    let mut script = Script::new(plan, Stage::Foundation, summary);
    script.apis();
    script.ahead(reads(plan));
    script.section(&Agents {
        agents: &plan.agents,
    });
    if let Some(network) = &plan.network {
        network::add(&mut script, plan, network);
    }
    script.section(&Accounts {
        accounts: &plan.accounts,
    });
    // Whatever lies under a key of one's own comes after it, and after what its product's agent may do with it.
    if plan.encryption {
        keys::add(&mut script, plan);
        grants::add(&mut script, plan, Stage::Foundation, keys::is_for_product);
    }
    script.section(&Secrets {
        secrets: (plan.secrets.iter())
            .filter_map(|one| secret(plan, one))
            .collect(),
    });
    buckets::add(&mut script, plan);
    if !plan.encryption {
        keys::add(&mut script, plan);
    }
    registries::add(&mut script, plan);
    for database in &plan.databases {
        database::add(&mut script, plan, database);
    }
    caches::add(&mut script, plan);
    firestores::add(&mut script, plan);
    datasets::add(&mut script, plan);
    if let Some(network) = &plan.network {
        // Some hold the addresses of databases and caches.
        network::add_zones(&mut script, plan, network);
    }
    messages::add_topics(&mut script, plan);
    messages::add_subscriptions(&mut script, plan, Stage::Foundation);
    queues::add(&mut script, plan);
    log_sinks::add(&mut script, plan);
    binary_authorization::add(&mut script, plan);
    delivery::add(&mut script, plan);
    let others = |grant: &Grant| !keys::is_for_product(grant);
    grants::add(&mut script, plan, Stage::Foundation, others);
    // Their topics are made by Eventarc's agent, who may do so by then.
    channels::add(&mut script, plan);
    rotation::add(&mut script, plan);
    notifications::add(&mut script, plan, Stage::Foundation);
    if !plan.audit_logs.is_empty() {
        script.section(&AuditLogs {
            logs: &plan.audit_logs,
        });
    }
    script.finish()
}

/// A secret that is made here.
fn secret<'a>(plan: &Plan, secret: &'a Secret) -> Option<SecretView<'a>> {
    let Secret {
        name: _,
        project: _,
        id,
        existing,
        replicas,
        encryption_keys,
        rotation: _,
        generate: _,
        authority_of: _,
        pinned: _,
        latest: _,
        // gcloud cannot set it; it is a protection against Terraform's own destroy.
        deletion_protection: _,
        labels,
    } = secret;
    let key = |region: &'a String| {
        let key = encryption_keys.get(region);
        let key = key.map_or_else(|| "None".to_owned(), ToString::to_string);
        (region.as_str(), key)
    };
    (!existing).then(|| SecretView {
        id,
        replicas,
        copies: plan.encryption.then(|| replicas.iter().map(key).collect()),
        labels,
    })
}

/// What is read ahead.
fn reads(plan: &Plan) -> Vec<String> {
    let mut kinds = vec!["iam service-accounts"];
    if plan.secrets.iter().any(|secret| !secret.existing) {
        kinds.push("secrets");
    }
    kinds.extend(messages::kinds(plan, Stage::Foundation));
    kinds.extend(log_sinks::kinds(plan));
    if queues::any(plan) {
        kinds.push(queues::KIND);
    }
    if buckets::any(plan) {
        kinds.push("storage buckets");
    }
    if keys::ring(plan).is_some() {
        kinds.extend(["kms keyrings", "kms keys"]);
    }
    if registries::any(plan) {
        kinds.push(registries::KIND);
    }
    if plan.delivery.is_some() {
        kinds.push(delivery::POOLS);
    }
    if let Some(network) = &plan.network {
        if network.own.is_some() {
            kinds.extend([
                "compute networks",
                "compute networks subnets",
                "compute routes",
                "compute firewall-rules",
                "compute routers",
                "dns policies",
            ]);
        }
        if !network.zones.is_empty() {
            kinds.push("dns managed-zones");
        }
    }
    if plan.databases.iter().any(|database| !database.existing) {
        kinds.extend(["sql instances", "compute addresses"]);
    }
    kinds.extend(caches::kinds(plan));
    kinds.extend(firestores::any(plan).then_some(firestores::KIND));
    kinds.extend(plan.makes_channels().then_some(channels::KIND));
    let mut lines = vec![format!("look_ahead {}", words(kinds))];
    let mut secrets: Vec<&str> = plan
        .single_grants()
        .filter(|grant| grant.stage == Stage::Foundation)
        .filter_map(|grant| match &grant.on {
            Resource::Secret { project: _, name } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    secrets.dedup();
    if !secrets.is_empty() {
        lines.push(format!("policies_ahead secrets -- {}", words(secrets)));
    }
    lines
}
