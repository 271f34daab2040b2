//! What the code has to do that publishes events of its own.

use super::application::python;
use crate::plan::model::{Channel, Plan, Workload};
use crate::render::quote::{Quoted, json};

/// What the first of them says, in the words of Python.
pub struct Publisher {
    /// The channel: the variable that holds it, or itself.
    pub channel: Quoted,
    /// Who says it.
    pub source: Quoted,
}

/// The first workload that publishes, with the first of its channels.
pub fn first(plans: &[Plan]) -> Option<Publisher> {
    let (workload, channel) = plans.iter().flat_map(publishes).next()?;
    Some(Publisher {
        channel: python(workload, &channel.path.to_string()),
        source: json::string(&workload.account.element),
    })
}

/// Every workload with each channel that it publishes to.
fn publishes(plan: &Plan) -> impl Iterator<Item = (&Workload, &Channel)> {
    plan.workloads().flat_map(move |workload| {
        workload.channels.iter().filter_map(move |name| {
            let mut all = plan.channels.iter();
            Some((workload, all.find(|one| one.name == *name)?))
        })
    })
}
