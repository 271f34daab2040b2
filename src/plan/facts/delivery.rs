//! The posture of the pipeline: who deploys, and what that may do.

use super::{Facts, Granted, granted_on, runs_as};
use crate::plan::google::{federation, roles};
use crate::plan::model::Plan;

pub(super) fn facts(plan: &Plan, granted: &Granted<'_>, facts: &mut Facts) {
    let Some(delivery) = &plan.delivery else {
        return;
    };
    let element = "delivery";
    runs_as(plan, granted, &delivery.account, element, facts);
    let on = plan.project.account(&delivery.account);
    let identities = granted_on(plan, &on, roles::WORKLOAD_IDENTITY_USER);
    facts.list(element, "identities", identities, "nobody");
    facts.say(element, "issuer", federation::GITHUB_ISSUER);
    let mapping = federation::MAPPING.map(|(attribute, claim)| format!("{attribute}={claim}"));
    facts.list(element, "mapping", mapping, "none");
    facts.say(element, "condition", delivery.github.condition.as_str());
}
