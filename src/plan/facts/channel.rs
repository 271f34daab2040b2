//! The posture of channels.

use super::{Facts, granted_on};
use crate::plan::google::roles;
use crate::plan::model::{Channel, Plan};

pub(super) fn channel(plan: &Plan, channel: &Channel, facts: &mut Facts) {
    let element = format!("channels.{}", channel.name);
    // The right stands on the project, so that who has it may publish to every channel.
    let publishers = granted_on(plan, &channel.path.resource(), roles::EVENT_PUBLISHER);
    facts.list(&element, "publishers", publishers, "nobody");
    if channel.existing {
        return;
    }
    facts.say(&element, "location", &channel.path.location);
    facts.encryption(plan, &element, channel.encryption_key.as_ref());
    let protection = channel.deletion_protection;
    facts.switch(&element, "deletion_protection", protection);
}
