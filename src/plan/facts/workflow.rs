//! The posture of workflows.

use super::{Facts, Granted, granted_on, joined, runs_as};
use crate::plan::google::roles;
use crate::plan::model::{Plan, Workflow};

pub(super) fn facts(plan: &Plan, granted: &Granted<'_>, facts: &mut Facts) {
    // The right stands on the project, so that who has it may start every workflow.
    let callers = granted_on(plan, &plan.project.resource(), roles::WORKFLOWS_INVOKER);
    let callers = joined(callers, "nobody");
    for one in &plan.workflows {
        workflow(plan, granted, one, &callers, facts);
    }
}

fn workflow(
    plan: &Plan,
    granted: &Granted<'_>,
    workflow: &Workflow,
    callers: &str,
    facts: &mut Facts,
) {
    let element = format!("workflows.{}", workflow.name);
    facts.say(&element, "callers", callers);
    runs_as(plan, granted, &workflow.account, &element, facts);
    // Calls that fail are logged, whatever the blueprint says.
    facts.say(&element, "logs", "errors");
    let protection = workflow.deletion_protection;
    facts.switch(&element, "deletion_protection", protection);
}
