//! What the code has to do that pulls messages: a job takes what is there, and a service or worker waits for more.

use std::collections::BTreeSet;

use super::application::python;
use super::receiving::until;
use crate::plan::model::{Plan, Subscription, Workload};
use crate::render::quote::Quoted;
use crate::render::quote::markdown::{Md, md};

/// Who pulls from what.
pub struct Row {
    /// The element: `archive`.
    pub by: Quoted,
    /// The subscription.
    pub from: Quoted,
    /// When a message comes again.
    pub again: Quoted,
}

/// Those who pull, each once: they are the same in every environment.
pub fn rows(plans: &[Plan]) -> Vec<Row> {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for (workload, subscription) in plans.iter().flat_map(pulls) {
        let by = workload.account.element.as_str();
        if seen.insert((by, subscription.name.as_str())) {
            rows.push(Row {
                by: md("").code(by).done(),
                from: md("").code(&subscription.name).done(),
                again: again(subscription).done(),
            });
        }
    }
    rows
}

/// What the first job and the first of the others pull from, as Python reads it: from the variable that holds it, or as itself.
pub fn names(plans: &[Plan], of_job: bool) -> Option<Quoted> {
    let mut all = plans.iter().flat_map(pulls);
    let (workload, subscription) =
        all.find(|(workload, _)| workload.account.element.starts_with("jobs.") == of_job)?;
    let Subscription { project, id, .. } = subscription;
    let path = format!("projects/{project}/subscriptions/{id}");
    Some(python(workload, &path))
}

/// Every workload with each subscription that it pulls from.
fn pulls(plan: &Plan) -> impl Iterator<Item = (&Workload, &Subscription)> {
    plan.workloads().flat_map(move |workload| {
        workload.consumes.iter().filter_map(move |name| {
            let mut all = plan.subscriptions.iter();
            Some((workload, all.find(|one| one.name == *name)?))
        })
    })
}

fn again(subscription: &Subscription) -> Md {
    if subscription.existing {
        return md("as its owner says");
    }
    let again = md("after ")
        .number(subscription.ack_deadline)
        .say(" s that nobody prolongs");
    until(again, subscription)
}
