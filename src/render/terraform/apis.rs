//! Google's APIs and the identities of their service agents.

use askama::Template;

use super::filters;
use super::module::Module;
use super::words::Expr;
use crate::plan::model::{Agent, Api};

#[derive(Template)]
#[template(path = "terraform/apis.tf.j2")]
struct Apis<'a> {
    project: &'a str,
    services: Vec<&'a str>,
    agents: Vec<AgentView<'a>>,
}

struct AgentView<'a> {
    service: &'a str,
    project: Expr,
    why: &'a str,
    by_lookup: bool,
}

/// Adds the APIs that the stage enables, and these identities; no file where there are none.
pub(super) fn add<'a>(module: &mut Module<'a>, agents: &'a [Agent]) {
    let stage = module.stage;
    let enabled = |api: &'a Api| {
        let Api { stage: at, service } = api;
        (*at == stage).then_some(service.as_str())
    };
    let agent = |agent: &'a Agent| {
        let Agent {
            service,
            email: _,
            why,
            by_lookup,
        } = agent;
        AgentView {
            service,
            project: module.project(service),
            why,
            by_lookup: *by_lookup,
        }
    };
    let apis = Apis {
        project: &module.plan.project.id,
        services: module.plan.apis.iter().filter_map(enabled).collect(),
        agents: agents.iter().map(agent).collect(),
    };
    if apis.services.is_empty() && apis.agents.is_empty() {
        return;
    }
    module.add(
        "apis.tf",
        "The Google APIs that this stage needs first.",
        &apis,
    );
}
