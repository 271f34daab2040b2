//! What is measured of what a plan has: queries that the alerts and the dashboard share, so that a line in a chart is the one that
//! an alert watches.

use std::collections::BTreeMap;

use crate::plan::google::monitoring::{self as google, Metric};
use crate::plan::model::{Engine, Plan, Subscription, TopicPath, WafMode};

use super::query::{each, growth, quantile, series};

/// What comes to so much for each thing, of things that may have so many.
pub(super) type OfMost = Vec<(String, u32)>;

/// The names of the services.
pub(super) fn services(plan: &Plan) -> Vec<&str> {
    plan.services.iter().map(|one| one.name.as_str()).collect()
}

/// The names of the jobs.
pub(super) fn jobs(plan: &Plan) -> Vec<&str> {
    plan.jobs.iter().map(|one| one.name.as_str()).collect()
}

/// The policies whose rules deny, or those whose rules only log, by name.
pub(super) fn wafs(plan: &Plan, mode: WafMode) -> Vec<&str> {
    let wafs = plan.wafs.iter().filter(|waf| waf.mode == mode);
    wafs.map(|waf| waf.name.as_str()).collect()
}

/// Requests that these policies refused within five minutes, or would have.
pub(super) fn refused(metric: Metric, plan: &Plan, wafs: &[&str]) -> String {
    let blocked = [("blocked", "true")];
    growth(
        metric,
        &series(metric, &plan.project.id, wafs, &blocked),
        "5m",
    )
}

/// Answers of the services within five minutes that were errors of their own.
pub(super) fn failures(plan: &Plan) -> String {
    let failed = [("response_code_class", "5xx")];
    let failed = series(google::REQUESTS, &plan.project.id, &services(plan), &failed);
    growth(google::REQUESTS, &failed, "5m")
}

/// The same in percent of all.
pub(super) fn failing(plan: &Plan) -> Vec<String> {
    let all = series(google::REQUESTS, &plan.project.id, &services(plan), &[]);
    vec![
        format!("100 * {}", failures(plan)),
        format!("/ {}", growth(google::REQUESTS, &all, "5m")),
    ]
}

/// Milliseconds within which this part of the requests of these services is answered.
pub(super) fn latency(plan: &Plan, part: &str, services: &[&str]) -> String {
    let buckets = series(google::LATENCIES, &plan.project.id, services, &[]);
    quantile(google::LATENCIES, part, &buckets)
}

/// Instances at work, of services that may have more than they always have.
pub(super) fn instances(plan: &Plan) -> OfMost {
    let mut by_max: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    let services = plan.services.iter();
    for service in services.filter(|one| one.max > one.min.max(1)) {
        by_max.entry(service.max).or_default().push(&service.name);
    }
    let active = [("state", "active")];
    let full = by_max.into_iter().map(|(max, names)| {
        let active = series(google::INSTANCES, &plan.project.id, &names, &active);
        (each(google::INSTANCES, "sum", &active), max)
    });
    full.collect()
}

/// The databases that are made here, with their replicas, as metrics name them.
pub(super) fn databases(plan: &Plan) -> Vec<String> {
    let made = plan.databases.iter().filter(|one| !one.existing);
    let instances = made.flat_map(|database| {
        let replicas = database.replicas.iter().map(|replica| &replica.name);
        std::iter::once(&database.instance).chain(replicas)
    });
    let project = &plan.project.id;
    instances.map(|name| format!("{project}:{name}")).collect()
}

/// Connections to them.
pub(super) fn connections(plan: &Plan) -> OfMost {
    let project = &plan.project.id;
    let mut by_max: BTreeMap<(&str, u32), (Metric, Vec<String>)> = BTreeMap::new();
    for database in plan.databases.iter().filter(|one| !one.existing) {
        let replicas = database.replicas.iter().map(|replica| &replica.name);
        let instances = std::iter::once(&database.instance).chain(replicas);
        let metric = match database.engine {
            Engine::Postgres => google::POSTGRES_CONNECTIONS,
            Engine::Mysql => google::MYSQL_CONNECTIONS,
        };
        let alike = by_max.entry((metric.name, database.max_connections));
        let (_, alike) = alike.or_insert_with(|| (metric, Vec::new()));
        alike.extend(instances.map(|name| format!("{project}:{name}")));
    }
    let full = by_max.into_iter().map(|((_, max), (metric, ids))| {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        (
            each(metric, "sum", &series(metric, project, &ids, &[])),
            max,
        )
    });
    full.collect()
}

/// Which part of something of theirs they use, up to 1.
pub(super) fn of_databases(metric: Metric, plan: &Plan) -> String {
    let ids = databases(plan);
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    each(metric, "max", &series(metric, &plan.project.id, &ids, &[]))
}

/// The subscriptions that are made here, without the one that says that a secret is to be replaced: it waits for a person.
fn subscriptions(plan: &Plan) -> impl Iterator<Item = &Subscription> {
    let made = plan.subscriptions.iter().filter(|one| !one.existing);
    made.filter(|one| !plan.keeps_rotations(one))
}

/// Those that hand on what they cannot deliver.
pub(super) fn forwarding(plan: &Plan) -> Vec<&str> {
    let forwarding = subscriptions(plan).filter(|one| one.dead_letter.is_some());
    forwarding.map(|one| one.id.as_str()).collect()
}

/// Those that somebody reads. Dead letters wait for a person, and are told as they come.
pub(super) fn read(plan: &Plan) -> Vec<&str> {
    let dead = |topic: &TopicPath| {
        let mut letters = subscriptions(plan).filter_map(|one| one.dead_letter.as_ref());
        letters.any(|letter| letter.topic == *topic)
    };
    let read = subscriptions(plan).filter(|one| !one.topic.as_ref().is_some_and(dead));
    read.map(|one| one.id.as_str()).collect()
}

/// Messages that became dead letters within ten minutes.
pub(super) fn dead_letters(plan: &Plan) -> String {
    let metric = google::DEAD_LETTERS;
    let dead = series(metric, &plan.project.id, &forwarding(plan), &[]);
    growth(metric, &dead, "10m")
}

/// Seconds for which the oldest message of these subscriptions waits.
pub(super) fn oldest(plan: &Plan, ids: &[&str]) -> String {
    let metric = google::OLDEST_MESSAGE;
    each(metric, "max", &series(metric, &plan.project.id, ids, &[]))
}

/// The queues that are made here.
pub(super) fn queues(plan: &Plan) -> Vec<&str> {
    let queues = plan.queues.iter().filter(|one| !one.existing);
    queues.map(|one| one.id.as_str()).collect()
}

/// Tasks that wait in them.
pub(super) fn tasks(plan: &Plan) -> String {
    let metric = google::TASKS;
    let waiting = series(metric, &plan.project.id, &queues(plan), &[]);
    each(metric, "sum", &waiting)
}
