//! What a plan holds, by the names under which it is looked up: so that a plan of thousands of services costs no more for
//! each of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::model::{
    Bucket, ConfigFile, CryptoKey, Plan, Queue, Registry, Resource, Secret, Stage, Subscription,
    Topic,
};

/// The parts of a plan by their names.
pub(super) struct Index<'a> {
    apis: BTreeSet<(Stage, &'a str)>,
    secrets: BTreeMap<(&'a str, &'a str), &'a Secret>,
    buckets: BTreeMap<&'a str, &'a Bucket>,
    keys: BTreeMap<Resource, &'a CryptoKey>,
    topics: BTreeMap<(&'a str, &'a str), &'a Topic>,
    subscriptions: BTreeMap<(&'a str, &'a str), &'a Subscription>,
    queues: BTreeMap<(&'a str, &'a str), &'a Queue>,
    registries: BTreeMap<Resource, &'a Registry>,
    files: BTreeMap<&'a str, &'a ConfigFile>,
    seen_by: BTreeMap<&'a str, Vec<&'a ConfigFile>>,
}

impl<'a> Index<'a> {
    /// The index of a plan.
    pub(super) fn new(plan: &'a Plan) -> Self {
        let mut seen_by: BTreeMap<&str, Vec<&ConfigFile>> = BTreeMap::new();
        for file in &plan.files {
            seen_by.entry(&file.element).or_default().push(file);
        }
        let apis = plan.apis.iter();
        Self {
            apis: apis.map(|api| (api.stage, api.service.as_str())).collect(),
            secrets: (plan.secrets.iter())
                .map(|secret| ((secret.project.as_str(), secret.id.as_str()), secret))
                .collect(),
            buckets: (plan.buckets.iter())
                .map(|bucket| (bucket.bucket.as_str(), bucket))
                .collect(),
            keys: (plan.keys.iter())
                .map(|key| (key.path.resource(), key))
                .collect(),
            topics: (plan.topics.iter())
                .map(|topic| ((topic.project.as_str(), topic.id.as_str()), topic))
                .collect(),
            subscriptions: (plan.subscriptions.iter())
                .map(|one| ((one.project.as_str(), one.id.as_str()), one))
                .collect(),
            queues: (plan.queues.iter())
                .filter(|queue| !queue.existing)
                .map(|queue| ((queue.project.as_str(), queue.id.as_str()), queue))
                .collect(),
            registries: (plan.registries.iter())
                .map(|one| (one.path.resource(), one))
                .collect(),
            files: (plan.files.iter())
                .map(|file| (file.name.as_str(), file))
                .collect(),
            seen_by,
        }
    }

    /// Whether a stage enables an API.
    pub(super) fn enables(&self, stage: Stage, api: &str) -> bool {
        self.apis.contains(&(stage, api))
    }

    /// The secret with that id in that project.
    pub(super) fn secret(&self, project: &str, id: &str) -> Option<&'a Secret> {
        self.secrets.get(&(project, id)).copied()
    }

    /// The bucket of that name in Cloud Storage.
    pub(super) fn bucket(&self, name: &str) -> Option<&'a Bucket> {
        self.buckets.get(name).copied()
    }

    /// The key that a grant stands on.
    pub(super) fn key(&self, on: &Resource) -> Option<&'a CryptoKey> {
        self.keys.get(on).copied()
    }

    /// The topic of that id in a project.
    pub(super) fn topic(&self, project: &str, id: &str) -> Option<&'a Topic> {
        self.topics.get(&(project, id)).copied()
    }

    /// The subscription of that id in a project.
    pub(super) fn subscription(&self, project: &str, id: &str) -> Option<&'a Subscription> {
        self.subscriptions.get(&(project, id)).copied()
    }

    /// The queue of that id in a project, where it is made here.
    pub(super) fn queue(&self, project: &str, id: &str) -> Option<&'a Queue> {
        self.queues.get(&(project, id)).copied()
    }

    /// The repository that a grant stands on.
    pub(super) fn registry(&self, on: &Resource) -> Option<&'a Registry> {
        self.registries.get(on).copied()
    }

    /// The file whose secret has that id.
    pub(super) fn file(&self, id: &str) -> Option<&'a ConfigFile> {
        self.files.get(id).copied()
    }

    /// The files that an element sees.
    pub(super) fn seen_by(&self, element: &str) -> &[&'a ConfigFile] {
        self.seen_by
            .get(element)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}
