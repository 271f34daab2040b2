//! Events: what happens in Google Cloud and what the code says, and whom it is told.

use askama::Template;

use super::filters;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::google::eventarc;
use crate::plan::model::{Event, EventTarget, Labels, TopicPath};

#[derive(Template)]
#[template(path = "terraform/events.tf.j2")]
struct File<'a> {
    project: Expr,
    region: &'a str,
    events: Vec<EventView<'a>>,
}

struct EventView<'a> {
    name: &'a str,
    location: &'a str,
    labels: &'a Labels,
    account: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    topic: Option<String>,
    channel: Option<String>,
    target: TargetView<'a>,
}

enum TargetView<'a> {
    Service {
        service: Expr,
        path: Option<&'a str>,
        /// The policy that lets the account in.
        policy: Expr,
    },
    Workflow(Expr),
}

/// Adds the triggers.
pub(super) fn add(module: &mut Module<'_>) {
    let plan = module.plan;
    let file = File {
        project: module.project(eventarc::API),
        region: &plan.project.region,
        events: plan.events.iter().map(view).collect(),
    };
    let summary = "Events: what happens in Google Cloud, or is published to a channel, told by an account that may do nothing else.";
    module.add("events.tf", summary, &file);
}

fn view(event: &Event) -> EventView<'_> {
    let Event {
        name,
        source,
        location,
        target,
        labels,
    } = event;
    EventView {
        name,
        location,
        labels,
        account: &event.account().email,
        attributes: source.attributes(),
        topic: source.topic().map(TopicPath::path),
        channel: source.channel().map(ToString::to_string),
        target: match target {
            EventTarget::Service(call) => TargetView::Service {
                service: reference("google_cloud_run_v2_service", &call.service, "name"),
                path: call.path_below(),
                policy: Expr(format!(
                    "google_cloud_run_v2_service_iam_policy.{}",
                    super::id(&call.service)
                )),
            },
            EventTarget::Workflow {
                workflow,
                account: _,
            } => TargetView::Workflow(reference("google_workflows_workflow", workflow, "id")),
        },
    }
}
