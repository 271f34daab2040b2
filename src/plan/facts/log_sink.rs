//! The posture of logs: how long they are kept, and which of them go where.

use super::Facts;
use crate::plan::google::logging;
use crate::plan::model::{LogSink, OwnLogBucket, Plan};

/// What follows a retention that nobody can change.
pub(in crate::plan) const LOCKED: &str = ", locked";

/// How long the project's own log bucket keeps what it holds, where the blueprint says so.
pub(super) fn retention(plan: &Plan, facts: &mut Facts) {
    if let Some(days) = plan.log_retention {
        facts.say("logs", "retention", format!("{days} days"));
    }
}

pub(super) fn sink(plan: &Plan, sink: &LogSink, facts: &mut Facts) {
    let LogSink {
        name,
        filter,
        to,
        deletion_protection,
    } = sink;
    let element = format!("log_sinks.{name}");
    let home = &plan.project.id;
    facts.say(&element, "destination", to.in_short(home));
    facts.say(&element, "filter", filter);
    // No blueprint can switch it off or leave something out; somebody in the console can.
    facts.switch(&element, "enabled", true);
    facts.say(&element, "exclusions", "none");
    if to.is_written_as_agent(home) {
        let agent = format!("agent of {}", logging::API);
        facts.say(&element, "identity", agent);
    }
    if let Some(OwnLogBucket { days, locked, .. }) = to.own() {
        let lock = if *locked { LOCKED } else { "" };
        facts.say(&element, "retention", format!("{days} days{lock}"));
    }
    facts.switch(&element, "deletion_protection", *deletion_protection);
}
