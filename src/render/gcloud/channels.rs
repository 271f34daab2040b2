//! Channels of Eventarc.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by, who};
use crate::plan::google::roles;
use crate::plan::model::{Channel, Labels, Plan};

/// The kind of channels in the library.
pub(super) const KIND: &str = "eventarc channels";

#[derive(Template)]
#[template(path = "gcloud/channels.sh.j2")]
struct Channels<'a> {
    channels: Vec<ChannelView<'a>>,
}

struct ChannelView<'a> {
    id: &'a str,
    location: &'a str,
    encryption_key: Option<String>,
    labels: &'a Labels,
}

/// Adds the channels that are made here.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    if plan.makes_channels() {
        script.section(&Channels {
            channels: plan.channels.iter().filter_map(view).collect(),
        });
    }
}

fn view(channel: &Channel) -> Option<ChannelView<'_>> {
    let Channel {
        name: _,
        path,
        existing,
        encryption_key,
        // gcloud cannot set it; it is a protection against Terraform's own destroy.
        deletion_protection: _,
        labels,
    } = channel;
    (!existing).then(|| ChannelView {
        id: &path.id,
        location: &path.location,
        encryption_key: encryption_key.as_ref().map(ToString::to_string),
        labels,
    })
}

/// How a fact of a channel is read.
pub(super) fn reading(plan: &Plan, channel: &str, name: &str) -> Option<Reading> {
    let channel = plan.channels.iter().find(|one| one.name == channel)?;
    let found = format!("{} {}", channel.path.id, channel.path.location);
    match name {
        "publishers" => who(plan, &channel.path.resource(), roles::EVENT_PUBLISHER),
        "location" => by(["lies_at", KIND, &channel.path.id]),
        "encryption" => by(["key_of", KIND, &found, "--crypto-key"]),
        // A refusal of Terraform's own.
        "deletion_protection" => Some(Reading::Nowhere),
        _ => None,
    }
}
