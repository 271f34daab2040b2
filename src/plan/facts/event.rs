//! The posture of events.

use super::Facts;
use crate::plan::model::{Event, Plan};

pub(super) fn event(plan: &Plan, event: &Event, facts: &mut Facts) {
    let element = format!("events.{}", event.name);
    let home = &plan.project.id;
    facts.say(&element, "hears", event.hears(home));
    facts.say(&element, "location", event.location.as_str());
    facts.say(&element, "does", event.does());
    facts.say(&element, "identity", event.account().in_short(home));
}
