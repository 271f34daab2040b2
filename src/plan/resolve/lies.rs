//! Where something lies that may exist already: in this project, or in another one.

use crate::blueprint::units::Truth;
use crate::name::Kind;
use crate::plan::google::run;
use crate::plan::model::{Resource, TopicPath};

use super::context::Context;

/// Where something lies.
pub(super) struct Lies {
    /// The project's id.
    pub project: String,
    /// Its id there.
    pub id: String,
    /// Whether it exists already.
    pub existing: bool,
}

/// Where the secret of that name lies; `None` where the blueprint has none, or names it wrongly. So are all of these.
pub(super) fn secret(cx: &Context<'_>, name: &str) -> Option<Lies> {
    let existing = cx.blueprint.secrets.get(name)?.existing.as_ref();
    lies(cx, name, existing, ("secretmanager", "secrets"), |id| {
        Kind::Secret.accepts(id)
    })
}

/// Where the instance of that database lies.
pub(super) fn database(cx: &Context<'_>, name: &str) -> Option<Lies> {
    let existing = cx.blueprint.databases.get(name)?.existing.as_ref();
    lies(cx, name, existing, ("sqladmin", "instances"), |id| {
        Kind::DatabaseInstance.accepts(id)
    })
}

/// Where the topic of that name lies.
pub(super) fn topic(cx: &Context<'_>, name: &str) -> Option<Lies> {
    let existing = cx.blueprint.topics.get(name)?.existing.as_ref();
    lies(cx, name, existing, ("pubsub", "topics"), messages)
}

/// Where the subscription of that name lies.
pub(super) fn subscription(cx: &Context<'_>, name: &str) -> Option<Lies> {
    let existing = cx.blueprint.subscriptions.get(name)?.existing.as_ref();
    lies(cx, name, existing, ("pubsub", "subscriptions"), messages)
}

/// What others have made may have dots in its name.
fn messages(id: &str) -> bool {
    Kind::Messages.accepts(&id.replace('.', "-"))
}

/// Where the queue of that name lies, and its region.
pub(super) fn queue(cx: &Context<'_>, name: &str) -> Option<(Lies, String)> {
    let Some(Truth::Named(full)) = &cx.blueprint.queues.get(name)?.existing else {
        let existing = cx.blueprint.queues.get(name)?.existing.as_ref();
        let here = lies(cx, name, existing, ("cloudtasks", "queues"), |_| true)?;
        return Some((here, cx.project.region.clone()));
    };
    let path = full.trim_start_matches("//cloudtasks.googleapis.com/");
    let ["projects", project, "locations", region, "queues", id] =
        path.split('/').collect::<Vec<_>>()[..]
    else {
        return None;
    };
    let named = Kind::ProjectId.accepts(project) && Kind::Queue.accepts(id);
    (named && run::REGIONS.contains(&region)).then_some(())?;
    let lies = Lies {
        project: project.to_owned(),
        id: id.to_owned(),
        existing: true,
    };
    Some((lies, region.to_owned()))
}

/// Where the bucket of that name lies; its id is its name in Cloud Storage.
pub(super) fn bucket(cx: &Context<'_>, name: &str) -> Option<Lies> {
    let written = cx.blueprint.buckets.get(name)?;
    let own = || format!("{}-{name}", cx.project.id);
    let own = written.name.clone().unwrap_or_else(own);
    // A bucket's name is one for the whole world, so that Google leaves its project out: `projects/_/buckets/NAME`.
    let here = match &written.existing {
        Some(Truth::Named(full)) => {
            let project = format!("projects/{}/", cx.project.id);
            Some(Truth::Named(full.replacen("projects/_/", &project, 1)))
        }
        other => other.clone(),
    };
    lies(cx, &own, here.as_ref(), ("storage", "buckets"), |id| {
        Kind::Bucket.accepts(id)
    })
}

/// Where something lies that has this id unless its full name is given: `projects/PROJECT/KIND/ID`, perhaps behind the API.
fn lies(
    cx: &Context<'_>,
    id: &str,
    existing: Option<&Truth>,
    (api, kind): (&str, &str),
    accepts: impl Fn(&str) -> bool,
) -> Option<Lies> {
    let (project, id, existing) = match existing {
        None | Some(Truth::Is(false)) => (cx.project.id.as_str(), id, false),
        Some(Truth::Is(true)) => (cx.project.id.as_str(), id, true),
        Some(Truth::Named(full)) => {
            let path = full.trim_start_matches(format!("//{api}.googleapis.com/").as_str());
            let ["projects", project, of, id] = path.split('/').collect::<Vec<_>>()[..] else {
                return None;
            };
            (of == kind && Kind::ProjectId.accepts(project) && accepts(id)).then_some(())?;
            (project, id, true)
        }
    };
    Some(Lies {
        project: project.to_owned(),
        id: id.to_owned(),
        existing,
    })
}

impl Lies {
    /// It as a topic.
    pub fn topic(self) -> TopicPath {
        TopicPath {
            project: self.project,
            id: self.id,
        }
    }

    /// It as a secret that a grant stands on.
    pub fn secret(self) -> Resource {
        Resource::Secret {
            project: self.project,
            name: self.id,
        }
    }

    /// It as a bucket that a grant stands on.
    pub fn bucket(self) -> Resource {
        Resource::Bucket {
            project: self.project,
            name: self.id,
        }
    }
}
