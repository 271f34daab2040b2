//! The posture of workflows.

use super::{Facts, granted_in_short, granted_on};
use crate::plan::google::roles;
use crate::plan::model::{Plan, Principal, Resource, Workflow};

pub(super) fn facts(plan: &Plan, facts: &mut Facts) {
    for one in &plan.workflows {
        workflow(plan, one, facts);
    }
}

fn workflow(plan: &Plan, workflow: &Workflow, facts: &mut Facts) {
    let element = format!("workflows.{}", workflow.name);
    let home = &plan.project.id;
    let project = Resource::Project {
        project: home.clone(),
    };
    let callers = granted_on(plan, &project, roles::WORKFLOWS_INVOKER);
    facts.list(&element, "callers", callers, "nobody");
    facts.say(&element, "account", workflow.account.in_short(home));
    let own = |to: &Principal| matches!(to, Principal::Account { email, .. } if *email == workflow.account.email);
    let granted = plan.grants.iter().filter(|grant| own(&grant.to));
    let granted = granted.map(|grant| granted_in_short(plan, grant));
    facts.list(&element, "grants", granted, "none");
    // Calls that fail are logged, whatever the blueprint says.
    facts.say(&element, "logs", "errors");
    let protection = workflow.deletion_protection;
    facts.switch(&element, "deletion_protection", protection);
}
