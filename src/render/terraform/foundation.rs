//! The foundation stage: APIs, network, accounts, secrets, buckets, keys, images, databases, grants, audit logs.

use std::collections::BTreeMap;

use askama::Template;

use super::filters;
use super::module::{Module, reference};
use super::words::Expr;
use super::{
    apis, binary_authorization, buckets, caches, channels, database, datasets, delivery,
    firestores, grants, keys, log_sinks, messages, network, notifications, queues, registries,
    secrets,
};
use crate::plan::model::{Account, AuditLog, Grant, Plan, Stage};
use crate::tree::Tree;

#[derive(Template)]
#[template(path = "terraform/service-accounts.tf.j2")]
struct Accounts<'a> {
    project: Expr,
    accounts: &'a [Account],
}

#[derive(Template)]
#[template(path = "terraform/audit-logs.tf.j2")]
struct AuditLogs<'a> {
    project: Expr,
    logs: &'a [AuditLog],
}

#[derive(Template)]
#[template(path = "terraform/foundation-outputs.tf.j2")]
struct Outputs<'a> {
    databases: BTreeMap<String, Expr>,
    /// Of each address behind NAT, its output and what that says, and its name.
    nats: Vec<(String, String, &'a str)>,
}

/// Writes the stage.
pub(super) fn render(mut module: Module<'_>, tree: &mut Tree) {
    let plan = module.plan;
    apis::add(&mut module, &plan.agents);
    if let Some(network) = &plan.network {
        network::add(&mut module, network);
    }
    let accounts = Accounts {
        project: module.project("iam.googleapis.com"),
        accounts: &plan.accounts,
    };
    let each = match (plan.workers.is_empty(), plan.workflows.is_empty()) {
        (true, true) => "service and job",
        (false, true) => "service, job and worker",
        (true, false) => "service, job and workflow",
        (false, false) => "service, job, worker and workflow",
    };
    let summary = format!(
        "Service accounts: one for each {each}, without a key and without a role of its own."
    );
    module.add("service-accounts.tf", &summary, &accounts);
    let here = |grant: &&Grant| grant.stage == Stage::Foundation;
    let all: Vec<&Grant> = plan.single_grants().filter(here).collect();
    let others = secrets::add(&mut module, &all);
    let others = buckets::add(&mut module, &others);
    let others = keys::add(&mut module, &others);
    let others = registries::add(&mut module, &others);
    grants::add(&mut module, &others);
    messages::add_topics(&mut module);
    messages::add_subscriptions(&mut module);
    notifications::add(&mut module);
    queues::add(&mut module);
    log_sinks::add(&mut module);
    binary_authorization::add(&mut module);
    delivery::add(&mut module);
    for database in &plan.databases {
        database::add(&mut module, database);
    }
    caches::add(&mut module);
    firestores::add(&mut module);
    datasets::add(&mut module);
    channels::add(&mut module);
    let logs = AuditLogs {
        project: module.project("cloudresourcemanager.googleapis.com"),
        logs: &plan.audit_logs,
    };
    let summary = "Audit logs of reading and of data; what administrators change is always logged.";
    module.add("audit-logs.tf", summary, &logs);
    module.add(
        "outputs.tf",
        "What others may want to know.",
        &outputs(plan),
    );
    let asked = plan.agents.iter().any(|agent| !agent.by_lookup);
    module.finish(asked, tree);
}

fn outputs(plan: &Plan) -> Outputs<'_> {
    let made = plan.databases.iter().filter(|database| !database.existing);
    let network = plan.network.as_ref();
    let own = network.and_then(|network| network.own.as_ref());
    Outputs {
        databases: made
            .map(|database| {
                let name = &database.name;
                let connection = reference("google_sql_database_instance", name, "connection_name");
                (name.clone(), connection)
            })
            .collect(),
        nats: (own.into_iter().flat_map(|own| &own.nats))
            .map(|nat| {
                let home = nat.region == plan.project.region;
                let (output, place) = if home {
                    ("nat_address".to_owned(), String::new())
                } else {
                    let region = &nat.region;
                    (format!("nat_address_{region}"), format!(" in {region}"))
                };
                let says = format!("The address from which services with egress by NAT{place} come: for the allow lists of others.");
                (output, says, nat.address.as_str())
            })
            .collect(),
    }
}
