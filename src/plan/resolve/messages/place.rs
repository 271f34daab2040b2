//! Where a topic or a subscription lies: in this project, or in another one.

use crate::blueprint::units::Truth;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::resolve::context::Context;
use crate::rules;

/// Where it lies.
pub(in crate::plan::resolve) struct Lies {
    /// The project's id.
    pub project: String,
    /// Its id there.
    pub id: String,
    /// Whether it exists already.
    pub existing: bool,
}

/// Where the topic of that name lies; `None` where the blueprint has none, or names it wrongly.
pub(in crate::plan::resolve) fn topic(cx: &Context<'_>, name: &str) -> Option<Lies> {
    let topic = cx.blueprint.topics.get(name)?;
    lies(cx, name, topic.existing.as_ref(), "topics")
}

/// Where the subscription of that name lies; `None` where the blueprint has none, or names it wrongly.
pub(in crate::plan::resolve) fn subscription(cx: &Context<'_>, name: &str) -> Option<Lies> {
    let subscription = cx.blueprint.subscriptions.get(name)?;
    lies(cx, name, subscription.existing.as_ref(), "subscriptions")
}

fn lies(cx: &Context<'_>, name: &str, existing: Option<&Truth>, kind: &str) -> Option<Lies> {
    let here = |existing| Lies {
        project: cx.project.id.clone(),
        id: name.to_owned(),
        existing,
    };
    let full = match existing {
        None | Some(Truth::Is(false)) => return Some(here(false)),
        Some(Truth::Is(true)) => return Some(here(true)),
        Some(Truth::Named(full)) => full,
    };
    let path = full.trim_start_matches("//pubsub.googleapis.com/");
    match path.split('/').collect::<Vec<_>>().as_slice() {
        // What others have made may have dots in its name.
        ["projects", project, of, id]
            if *of == kind
                && Kind::Messages.accepts(&id.replace('.', "-"))
                && Kind::ProjectId.accepts(project) =>
        {
            Some(Lies {
                project: (*project).to_owned(),
                id: (*id).to_owned(),
                existing: true,
            })
        }
        _ => None,
    }
}

/// Reports a full name that names no topic or subscription.
pub(super) fn invalid(cx: &mut Context<'_>, key: &Key, name: &str, what: &str) {
    cx.report(
        rules::EXISTING_INVALID,
        format!("`{name}` does not name a {what}"),
        &Place::Value(key.then("existing")),
        format!("not a {what}'s full name"),
    )
    .help(format!(
        "write `projects/PROJECT/{what}s/NAME`, or `true` for this name in this project"
    ));
}
