//! The services stage: services, jobs, workers, load balancer, WAF.

use std::collections::BTreeMap;

use askama::Template;

use super::edge::{self, RecordView};
use super::filters;
use super::module::{Module, reference};
use super::words::Expr;
use super::{
    apis, config_files, events, grants, internal, messages, monitoring, notifications, run,
    schedules,
};
use crate::plan::model::{Grant, Plan, Stage, Text};
use crate::tree::Tree;

#[derive(Template)]
#[template(path = "terraform/services-outputs.tf.j2")]
struct Outputs<'a> {
    urls: BTreeMap<String, &'a Text>,
    addresses: BTreeMap<String, Expr>,
    records: Vec<RecordView>,
    domain_mappings: BTreeMap<String, Expr>,
}

/// Writes the stage.
pub(super) fn render(mut module: Module<'_>, tree: &mut Tree) {
    let plan = module.plan;
    apis::add(&mut module, &[]);
    for service in &plan.services {
        run::add_service(&mut module, service);
    }
    for job in &plan.jobs {
        run::add_job(&mut module, job);
    }
    messages::add_subscriptions(&mut module);
    schedules::add(&mut module);
    for worker in &plan.workers {
        super::worker::add(&mut module, worker);
    }
    for workflow in &plan.workflows {
        super::workflow::add(&mut module, workflow);
    }
    events::add(&mut module);
    notifications::add(&mut module);
    if let Some(edge) = &plan.edge {
        edge::add(&mut module, edge);
    }
    if let Some(edge) = &plan.internal_edge {
        internal::add(&mut module, edge);
    }
    edge::add_records(&mut module);
    edge::add_wafs(&mut module);
    monitoring::add(&mut module);
    let here =
        |grant: &&Grant| grant.stage == Stage::Services && !config_files::is_on_one(&module, grant);
    let all: Vec<&Grant> = plan.single_grants().filter(here).collect();
    grants::add(&mut module, &all);
    module.add(
        "outputs.tf",
        "What others may want to know.",
        &outputs(plan),
    );
    module.finish(false, tree);
}

fn outputs(plan: &Plan) -> Outputs<'_> {
    let open = plan
        .services
        .iter()
        .filter(|service| !service.run_app_closed);
    let edge = plan.edge.as_ref();
    let addresses = edge
        .map(|edge| edge.addresses.as_slice())
        .unwrap_or_default();
    let mappings = plan
        .services
        .iter()
        .flat_map(|service| &service.domain_mappings);
    Outputs {
        urls: open
            .map(|service| (service.name.clone(), &service.url))
            .collect(),
        addresses: addresses
            .iter()
            .map(|address| {
                let name = &address.name;
                let value = reference("google_compute_global_address", name, "address");
                (name.clone(), value)
            })
            .collect(),
        records: if plan.public_zone().is_none() {
            edge::records(plan)
        } else {
            Vec::new()
        },
        domain_mappings: mappings
            .map(|domain| {
                let records = "status[0].resource_records";
                let value = reference("google_cloud_run_domain_mapping", domain, records);
                (domain.clone(), value)
            })
            .collect(),
    }
}
