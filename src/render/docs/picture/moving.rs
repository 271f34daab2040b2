//! What moves: messages, tasks, events, logs, what happens on time, and deployments.

use super::{Picture, id, workloads};
use crate::plan::model::{
    DatasetPath, DeployedKind, EventSource, EventTarget, LogTarget, OwnLogBucket, Plan,
    ScheduleTarget, Sink, TopicPath,
};

impl Picture {
    /// Topics and subscriptions.
    pub(super) fn messages(&mut self, plan: &Plan) {
        if plan.topics.is_empty() && plan.subscriptions.is_empty() {
            return;
        }
        self.subgraph("messages", "Pub/Sub");
        for topic in &plan.topics {
            let node = id("topic", &topic.name);
            self.node(2, &node, ("[[", "]]"), &[&topic.name, "topic"]);
        }
        for subscription in &plan.subscriptions {
            let node = id("subscription", &subscription.name);
            let label = [subscription.name.as_str(), "subscription"];
            self.node(2, &node, ("[/", "/]"), &label);
        }
        self.line(1, "end");
    }

    /// From whoever publishes to whoever listens.
    pub(super) fn ways_of_messages(&mut self, plan: &Plan) {
        let topic_node = |path: &TopicPath| topic_node(plan, path);
        for (from, workload) in workloads(plan) {
            for topic in &workload.publishes {
                self.arrow(&from, &id("topic", topic), "publishes");
            }
        }
        let rotation = plan.rotation().and_then(|one| topic_node(&one.topic));
        if let Some(topic) = rotation {
            self.arrow("secrets", &topic, "to be replaced");
        }
        for (bucket, notification) in plan.notifications() {
            if let Some(topic) = topic_node(&notification.topic) {
                let what = notification.events.join(", ");
                self.arrow(&id("bucket", &bucket.name), &topic, &what);
            }
        }
        for subscription in &plan.subscriptions {
            let node = id("subscription", &subscription.name);
            if let Some(topic) = subscription.topic.as_ref().and_then(topic_node) {
                self.arrow(&topic, &node, subscription.filter.as_deref().unwrap_or(""));
            }
            match &subscription.sink {
                Some(Sink::Files { bucket, .. }) => {
                    let mut buckets = plan.buckets.iter();
                    if let Some(found) = buckets.find(|one| one.bucket == *bucket) {
                        self.arrow(&node, &id("bucket", &found.name), "writes");
                    }
                }
                Some(Sink::Table { path, .. }) => {
                    let mut datasets = plan.datasets.iter();
                    let known = datasets.find(|one| {
                        let table = path.strip_prefix(&one.path.in_sql());
                        table.is_some_and(|table| table.starts_with('.'))
                    });
                    let table = if let Some(dataset) = known {
                        id("dataset", &dataset.name)
                    } else {
                        let table = id("table", &subscription.name);
                        self.node(1, &table, ("[(", ")]"), &[path, "table"]);
                        table
                    };
                    self.arrow(&node, &table, "writes");
                }
                None => {}
            }
            if let Some(push) = &subscription.push {
                let service = id("service", &push.service);
                self.arrow(&node, &service, "push, ID token");
            }
            if let Some(dead) = &subscription.dead_letter
                && let Some(topic) = topic_node(&dead.topic)
            {
                self.arrow(&node, &topic, "dead letters");
            }
        }
        for (to, workload) in workloads(plan) {
            for subscription in &workload.consumes {
                self.arrow(&id("subscription", subscription), &to, "pull");
            }
        }
    }

    /// What happens on time.
    pub(super) fn ways_on_time(&mut self, plan: &Plan) {
        for schedule in &plan.schedules {
            let node = id("schedule", &schedule.name);
            let label = [schedule.name.as_str(), &schedule.cron, &schedule.time_zone];
            self.node(1, &node, ("([", "])"), &label);
            match &schedule.target {
                ScheduleTarget::Service { call, .. } => {
                    self.arrow(&node, &id("service", &call.service), "ID token");
                }
                ScheduleTarget::Job { job, .. } => self.arrow(&node, &id("job", job), "starts"),
                ScheduleTarget::Workflow { workflow, .. } => {
                    self.arrow(&node, &id("workflow", workflow), "starts");
                }
                ScheduleTarget::Topic { topic, .. } => {
                    if let Some(topic) = topic_node(plan, topic) {
                        self.arrow(&node, &topic, "publishes");
                    }
                }
            }
        }
    }

    /// The pipeline, and what it deploys.
    pub(super) fn pipeline(&mut self, plan: &Plan) {
        let Some(delivery) = &plan.delivery else {
            return;
        };
        let repository = format!("repository {}", delivery.github.repository_id);
        let branch = format!("branch {}", delivery.github.branch);
        let label = ["GitHub", &repository, &branch];
        self.node(1, "pipeline", ("([", "])"), &label);
        for one in &delivery.deploys {
            let kind = match one.kind {
                DeployedKind::Before | DeployedKind::Job => "job",
                DeployedKind::Service => "service",
            };
            self.arrow("pipeline", &id(kind, &one.name), "deploys");
        }
    }

    /// Queues, from whoever adds tasks to what they call.
    pub(super) fn queues(&mut self, plan: &Plan) {
        for queue in &plan.queues {
            let node = id("queue", &queue.name);
            self.node(1, &node, ("[[", "]]"), &[&queue.name, "queue of tasks"]);
            if let Some(target) = &queue.target {
                let service = id("service", &target.call.service);
                self.arrow(&node, &service, "ID token");
            }
        }
        for (from, workload) in workloads(plan) {
            for queue in &workload.enqueues {
                self.arrow(&from, &id("queue", queue), "adds tasks");
            }
        }
    }

    /// Channels, and events, from where something happens to whom it is told.
    pub(super) fn events(&mut self, plan: &Plan) {
        for channel in &plan.channels {
            let node = id("channel", &channel.name);
            self.node(1, &node, ("[[", "]]"), &[&channel.name, "channel"]);
        }
        for (from, workload) in workloads(plan) {
            for channel in &workload.channels {
                self.arrow(&from, &id("channel", channel), "publishes");
            }
        }
        for event in &plan.events {
            let node = id("event", &event.name);
            self.node(1, &node, ("([", "])"), &[&event.name, "event"]);
            let mut buckets = plan.buckets.iter();
            let from = match &event.source {
                EventSource::Objects { kind: _, bucket } => buckets
                    .find(|one| one.bucket == *bucket)
                    .map(|one| id("bucket", &one.name)),
                EventSource::Messages { topic } => topic_node(plan, topic),
                EventSource::Own { channel, .. } => (plan.channels.iter())
                    .find(|one| one.path == *channel)
                    .map(|one| id("channel", &one.name)),
                EventSource::Log { .. } => None,
            };
            if let Some(from) = from {
                self.arrow(&from, &node, "");
            }
            match &event.target {
                EventTarget::Service(call) => {
                    self.arrow(&node, &id("service", &call.service), "ID token");
                }
                EventTarget::Workflow { workflow, .. } => {
                    self.arrow(&node, &id("workflow", workflow), "starts");
                }
            }
        }
    }

    /// Log sinks, with where they lead.
    pub(super) fn logs(&mut self, plan: &Plan) {
        for sink in &plan.log_sinks {
            let node = id("log_sink", &sink.name);
            self.node(1, &node, ("([", "])"), &[&sink.name, "log sink"]);
            let to = match &sink.to {
                LogTarget::Bucket(name) => (plan.buckets.iter())
                    .find(|one| one.bucket == *name)
                    .map(|one| id("bucket", &one.name)),
                LogTarget::Topic(topic) => topic_node(plan, topic),
                LogTarget::Dataset(path) if dataset_node(plan, path).is_some() => {
                    dataset_node(plan, path)
                }
                LogTarget::Dataset(DatasetPath { project, id }) => {
                    let tables = format!("{node}_tables");
                    let away = *project != plan.project.id;
                    let place = if away { project.as_str() } else { "" };
                    self.node(1, &tables, ("[(", ")]"), &[id, "dataset", place]);
                    Some(tables)
                }
                LogTarget::Own(OwnLogBucket { path: bucket, .. })
                | LogTarget::LogBucket(bucket) => {
                    let kept = format!("{node}_kept");
                    let away = bucket.project != plan.project.id;
                    let place = if away { bucket.project.as_str() } else { "" };
                    let label = [bucket.id.as_str(), "log bucket", place];
                    self.node(1, &kept, ("[(", ")]"), &label);
                    Some(kept)
                }
            };
            if let Some(to) = to {
                self.arrow(&node, &to, "");
            }
        }
    }
}

/// The node of a topic, where the blueprint names it.
fn topic_node(plan: &Plan, path: &TopicPath) -> Option<String> {
    let mut topics = plan.topics.iter();
    let topic = topics.find(|one| one.project == path.project && one.id == path.id);
    topic.map(|topic| id("topic", &topic.name))
}

/// The node of a dataset, where the blueprint names it.
fn dataset_node(plan: &Plan, path: &DatasetPath) -> Option<String> {
    let mut datasets = plan.datasets.iter();
    let dataset = datasets.find(|one| one.path == *path);
    dataset.map(|one| id("dataset", &one.name))
}
