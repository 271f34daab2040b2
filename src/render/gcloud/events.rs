//! Events: what happens in Google Cloud and what the code says, and whom it is told.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by};
use crate::plan::model::{Event, EventTarget, Labels, Plan, TopicPath};

/// The kind of triggers in the library.
pub(super) const KIND: &str = "eventarc triggers";

#[derive(Template)]
#[template(path = "gcloud/events.sh.j2")]
struct Events<'a> {
    region: &'a str,
    events: Vec<EventView<'a>>,
}

struct EventView<'a> {
    name: &'a str,
    location: &'a str,
    labels: &'a Labels,
    account: &'a str,
    filters: Vec<String>,
    topic: Option<String>,
    channel: Option<String>,
    target: TargetView<'a>,
}

enum TargetView<'a> {
    Service {
        service: &'a str,
        path: Option<&'a str>,
    },
    Workflow(&'a str),
}

/// Adds the triggers.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    script.section(&Events {
        region: &plan.project.region,
        events: plan.events.iter().map(view).collect(),
    });
}

fn view(event: &Event) -> EventView<'_> {
    let Event {
        name,
        source,
        location,
        target,
        labels,
    } = event;
    let attributes = source.attributes().into_iter();
    EventView {
        name,
        location,
        labels,
        account: &event.account().email,
        filters: attributes
            .map(|(attribute, value)| format!("{attribute}={value}"))
            .collect(),
        topic: source.topic().map(TopicPath::path),
        channel: source.channel().map(ToString::to_string),
        target: match target {
            EventTarget::Service(call) => TargetView::Service {
                service: &call.service,
                path: call.path_below(),
            },
            EventTarget::Workflow {
                workflow,
                account: _,
            } => TargetView::Workflow(workflow),
        },
    }
}

/// How a fact of an event is read.
pub(super) fn reading(plan: &Plan, event: &str, name: &str) -> Option<Reading> {
    let event = plan.events.iter().find(|one| one.name == event)?;
    let found = format!("{} {}", event.name, event.location);
    match name {
        "hears" => by(["hears", &found]),
        "location" => by(["lies_at", KIND, &event.name]),
        "does" => by(["event_does", &found]),
        "identity" => by(["event_identity", &found]),
        _ => None,
    }
}
