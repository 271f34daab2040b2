//! Where something lies that may exist already: in this project, or in another one.

use crate::blueprint::schema;
use crate::blueprint::units::Truth;
use crate::name::Kind;
use crate::plan::google::{memorystore, run};
use crate::plan::model::{
    ChannelPath, DatasetPath, FirestorePath, KeyPath, RegistryPath, Resource, TopicPath,
};

use super::context::Context;
use super::firestore;

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

/// Where the schema of that full name lies: its project, and its id there.
pub(super) fn schema(full: &str) -> Option<(String, String)> {
    let [project, id] = named(full, "pubsub", ["projects", "schemas"])?;
    let fits = Kind::ProjectId.accepts(project) && messages(id);
    fits.then(|| (project.to_owned(), id.to_owned()))
}

/// What others have made may have dots in its name.
fn messages(id: &str) -> bool {
    Kind::Messages.accepts(&id.replace('.', "-"))
}

/// The service of that full name.
pub(super) fn service(full: &str) -> Option<Resource> {
    let [project, region, name] = named(full, "run", ["projects", "locations", "services"])?;
    let fits = Kind::ProjectId.accepts(project) && Kind::Workload.accepts(name);
    (fits && run::REGIONS.contains(&region)).then(|| Resource::Service {
        project: project.to_owned(),
        region: region.to_owned(),
        name: name.to_owned(),
    })
}

/// Where the queue of that name lies, and its region.
pub(super) fn queue(cx: &Context<'_>, name: &str) -> Option<(Lies, String)> {
    let existing = cx.blueprint.queues.get(name)?.existing.as_ref();
    let Some(Truth::Named(full)) = existing else {
        let lies = Lies {
            project: cx.project.id.clone(),
            id: name.to_owned(),
            existing: existing.is_some_and(Truth::holds),
        };
        return Some((lies, cx.project.region.clone()));
    };
    let [project, region, id] = named(full, "cloudtasks", ["projects", "locations", "queues"])?;
    let fits = Kind::ProjectId.accepts(project) && Kind::Queue.accepts(id);
    (fits && run::REGIONS.contains(&region)).then_some(())?;
    let lies = Lies {
        project: project.to_owned(),
        id: id.to_owned(),
        existing: true,
    };
    Some((lies, region.to_owned()))
}

/// Where the channel of that name lies, and whether it exists already.
pub(super) fn channel(cx: &Context<'_>, name: &str) -> Option<(ChannelPath, bool)> {
    let existing = cx.blueprint.channels.get(name)?.existing.as_ref();
    let [project, location, id] = match existing {
        Some(Truth::Named(full)) => {
            let path = named(full, "eventarc", ["projects", "locations", "channels"])?;
            let [project, location, id] = path;
            let fits = Kind::ProjectId.accepts(project) && Kind::Compute.accepts(id);
            (fits && run::REGIONS.contains(&location)).then_some(path)?
        }
        _ => [&cx.project.id, &cx.project.region, name],
    };
    let path = ChannelPath {
        project: project.to_owned(),
        location: location.to_owned(),
        id: id.to_owned(),
    };
    Some((path, existing.is_some_and(Truth::holds)))
}

/// Where the database of Firestore of that name lies, and whether it exists already.
pub(super) fn firestore(cx: &Context<'_>, name: &str) -> Option<(FirestorePath, bool)> {
    let written = cx.blueprint.firestores.get(name)?;
    let (own, existing) = (firestore::own_id(written), written.existing.as_ref());
    let kind = ("firestore", "databases");
    let Lies {
        project,
        id,
        existing,
    } = lies(cx, own, existing, kind, |id| Kind::Firestore.accepts(id))?;
    Some((FirestorePath { project, id }, existing))
}

/// Where the dataset of that name lies, and whether it exists already.
pub(super) fn dataset(cx: &Context<'_>, name: &str) -> Option<(DatasetPath, bool)> {
    let existing = cx.blueprint.datasets.get(name)?.existing.as_ref();
    let kind = ("bigquery", "datasets");
    let Lies {
        project,
        id,
        existing,
    } = lies(cx, name, existing, kind, |id| Kind::Dataset.accepts(id))?;
    Some((DatasetPath { project, id }, existing))
}

/// Where the key of that name lies, and whether it exists already.
pub(super) fn key(cx: &Context<'_>, name: &str) -> Option<(KeyPath, bool)> {
    let existing = cx.blueprint.keys.get(name)?.existing.as_ref();
    let [project, location, ring, id] = match existing {
        Some(Truth::Named(full)) => {
            let kinds = ["projects", "locations", "keyRings", "cryptoKeys"];
            let path = named(full, "cloudkms", kinds)?;
            let takes = [Kind::ProjectId, Kind::Compute, Kind::Own, Kind::Own];
            let mut fits = takes
                .into_iter()
                .zip(path)
                .map(|(kind, id)| kind.accepts(id));
            fits.all(|fits| fits).then_some(path)?
        }
        _ => [&cx.project.id, &cx.project.region, &cx.project.name, name],
    };
    let path = KeyPath {
        project: project.to_owned(),
        location: location.to_owned(),
        ring: ring.to_owned(),
        id: id.to_owned(),
    };
    Some((path, existing.is_some_and(Truth::holds)))
}

/// Where the repository of that name lies, and whether it exists already.
pub(super) fn registry(cx: &Context<'_>, name: &str) -> Option<(RegistryPath, bool)> {
    let existing = cx.blueprint.registries.get(name)?.existing.as_ref();
    let [project, location, id] = match existing {
        Some(Truth::Named(full)) => {
            let kinds = ["projects", "locations", "repositories"];
            let path = named(full, "artifactregistry", kinds)?;
            let takes = [Kind::ProjectId, Kind::Compute, Kind::Compute];
            let mut fits = takes
                .into_iter()
                .zip(path)
                .map(|(kind, id)| kind.accepts(id));
            fits.all(|fits| fits).then_some(path)?
        }
        _ => [&cx.project.id, &cx.project.region, name],
    };
    let path = RegistryPath {
        project: project.to_owned(),
        location: location.to_owned(),
        id: id.to_owned(),
    };
    Some((path, existing.is_some_and(Truth::holds)))
}

/// Where the cache of that name lies, its region, and of which engine it is.
pub(super) fn cache(
    cx: &Context<'_>,
    name: &str,
) -> Option<(Lies, String, &'static memorystore::Service)> {
    let written = cx.blueprint.caches.get(name)?;
    let engine = match written.engine {
        None | Some(schema::CacheEngine::Valkey) => &memorystore::VALKEY,
        Some(schema::CacheEngine::Redis) => &memorystore::REDIS,
    };
    let Some(Truth::Named(full)) = &written.existing else {
        let lies = Lies {
            project: cx.project.id.clone(),
            id: name.to_owned(),
            existing: written.existing.as_ref().is_some_and(Truth::holds),
        };
        return Some((lies, cx.project.region.clone(), engine));
    };
    // Its full name says the engine too, which then may be left out.
    let engines: &[&memorystore::Service] = match written.engine {
        None => &[&memorystore::VALKEY, &memorystore::REDIS],
        Some(_) => &[engine],
    };
    engines.iter().find_map(|engine| {
        let api = engine.api.trim_end_matches(".googleapis.com");
        let kinds = ["projects", "locations", engine.collection];
        let [project, region, id] = named(full, api, kinds)?;
        let fits = Kind::ProjectId.accepts(project) && Kind::Cache.accepts(id);
        (fits && run::REGIONS.contains(&region)).then_some(())?;
        let lies = Lies {
            project: project.to_owned(),
            id: id.to_owned(),
            existing: true,
        };
        Some((lies, region.to_owned(), *engine))
    })
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
    let (project, id) = match existing {
        Some(Truth::Named(full)) => {
            let [project, id] = named(full, api, ["projects", kind])?;
            (Kind::ProjectId.accepts(project) && accepts(id)).then_some(())?;
            (project, id)
        }
        _ => (cx.project.id.as_str(), id),
    };
    Some(Lies {
        project: project.to_owned(),
        id: id.to_owned(),
        existing: existing.is_some_and(Truth::holds),
    })
}

/// What stands behind each of these kinds in a full name, perhaps behind the API: of `projects/PROJECT/topics/TOPIC` the
/// project and the topic.
pub(super) fn named<'f, const N: usize>(
    full: &'f str,
    api: &str,
    kinds: [&str; N],
) -> Option<[&'f str; N]> {
    let mut parts = full
        .trim_start_matches(format!("//{api}.googleapis.com/").as_str())
        .split('/');
    let mut ids = [""; N];
    for (kind, id) in kinds.into_iter().zip(&mut ids) {
        (parts.next()? == kind).then_some(())?;
        *id = parts.next()?;
    }
    parts.next().is_none().then_some(ids)
}

impl Lies {
    /// It as a topic.
    pub fn topic(self) -> TopicPath {
        TopicPath {
            project: self.project,
            id: self.id,
        }
    }

    /// The project that it lies in, for what Google grants nowhere else.
    pub fn home(&self) -> Resource {
        Resource::Project {
            project: self.project.clone(),
        }
    }

    /// It as a secret that a grant stands on.
    pub fn secret(&self) -> Resource {
        Resource::Secret {
            project: self.project.clone(),
            name: self.id.clone(),
        }
    }

    /// It as a bucket that a grant stands on.
    pub fn bucket(&self) -> Resource {
        Resource::Bucket {
            project: self.project.clone(),
            name: self.id.clone(),
        }
    }
}
