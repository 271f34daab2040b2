//! Channels of Eventarc.

use askama::Template;

use super::filters;
use super::grants;
use super::keys;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::encryption::Product;
use crate::plan::google::{eventarc, roles};
use crate::plan::model::{Channel, Labels};

#[derive(Template)]
#[template(path = "terraform/channels.tf.j2")]
struct File<'a> {
    project: Expr,
    /// What Eventarc's agent makes their topics by.
    grant: Option<Expr>,
    channels: Vec<ChannelView<'a>>,
}

struct ChannelView<'a> {
    name: &'a str,
    id: &'a str,
    location: &'a str,
    encryption_key: Option<Expr>,
    labels: &'a Labels,
    deletion_protection: bool,
}

/// Adds the channels that are made here.
pub(super) fn add(module: &mut Module<'_>) {
    let plan = module.plan;
    let all = plan.channels.iter();
    let channels: Vec<_> = all.filter_map(|one| view(module, one)).collect();
    if channels.is_empty() {
        return;
    }
    let mut granted = plan.grants_on(&plan.project.resource()).iter();
    let grant = granted.find(|grant| grant.role == roles::EVENTARC_AGENT);
    let file = File {
        project: module.project(&format!("{}.googleapis.com", eventarc::PUBLISHING)),
        grant: grant.map(|grant| grants::address(module, grant)),
        channels,
    };
    let summary = "Channels: events of the code's own; who publishes them stands with the grants.";
    module.add("channels.tf", summary, &file);
}

fn view<'a>(module: &Module<'_>, channel: &'a Channel) -> Option<ChannelView<'a>> {
    let Channel {
        name,
        path,
        existing,
        encryption_key,
        deletion_protection,
        labels,
    } = channel;
    (!existing).then(|| ChannelView {
        name,
        id: &path.id,
        location: &path.location,
        encryption_key: keys::encrypting(module, encryption_key.as_ref(), Product::Eventarc),
        labels,
        deletion_protection: *deletion_protection,
    })
}
