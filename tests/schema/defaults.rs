//! The defaults that the schema tells are those that the plan fills in: one that is written changes nothing, and the key is read.

use std::collections::{BTreeMap, BTreeSet};

use ravelin::diag::Severity;
use ravelin::source::Source;
use serde_json::Value;

use crate::reference::merge;
use crate::tables::{Step, definition, table_at, tables};
use crate::{SCHEMA, samples};

/// Everything that a blueprint becomes; `None` where it has a mistake.
fn output(blueprint: &toml::Table) -> Option<BTreeMap<String, String>> {
    let text = toml::to_string(blueprint).unwrap();
    let expansion = ravelin::expand(&Source::new("ravelin.toml", text), &|_| {
        // YAML, and JSON too.
        Some("{}".to_owned())
    });
    if expansion
        .diagnostics
        .iter()
        .any(|one| one.rule.severity == Severity::Error)
    {
        return None;
    }
    let tree = expansion.tree();
    Some(
        tree.iter()
            .map(|(path, file)| (path.to_string(), file.text.clone()))
            .collect(),
    )
}

fn toml_of(value: &Value) -> toml::Value {
    toml::Value::try_from(value).unwrap()
}

/// Values of the same type that are not the default.
fn others(schema: &Value) -> Vec<toml::Value> {
    let default = &schema["default"];
    let mut others: Vec<Value> = schema["enum"].as_array().cloned().unwrap_or_default();
    match default {
        Value::Bool(is) => others.push(Value::Bool(!is)),
        Value::Number(number) => {
            let number = number.as_u64().unwrap();
            others.extend([Value::from(number + 1), Value::from(number * 2)]);
        }
        Value::String(text) => {
            let texts = [
                "30s",
                "1Gi",
                "10.100.0.0/20",
                "path",
                "abcdefghijklmnop",
                "Europe/Berlin",
            ];
            others.extend(
                texts
                    .iter()
                    .filter(|other| *other != text)
                    .map(|other| Value::from(*other)),
            );
        }
        _ => {}
    }
    others
        .iter()
        .filter(|other| *other != default)
        .map(toml_of)
        .collect()
}

#[test]
fn defaults_are_those_of_the_plan() {
    let mut told = BTreeSet::new();
    for (table, schema) in SCHEMA["definitions"].as_object().unwrap() {
        for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
            if schema.get("default").is_some() {
                told.insert((table.as_str(), key.as_str()));
            }
        }
    }
    assert!(told.len() > 40, "only {} defaults", told.len());
    let (mut proven, mut read) = (BTreeSet::new(), BTreeSet::new());
    for (name, blueprint) in samples() {
        let plain = output(&blueprint).unwrap_or_else(|| panic!("{name} has a mistake"));
        for found in tables(&blueprint) {
            // What elements inherit and environments change may be written over.
            if matches!(found.at.first(), Some(Step::Key(key)) if ["defaults", "environments", "groups"].contains(&key.as_str()))
            {
                continue;
            }
            for (key, schema) in definition(found.table)["properties"].as_object().unwrap() {
                let id = (found.table, key.as_str());
                let Some(default) = schema.get("default") else {
                    continue;
                };
                if proven.contains(&id) && read.contains(&id) {
                    continue;
                }
                let kind = match found.at.first() {
                    Some(Step::Key(kind)) => kind.as_str(),
                    _ => "",
                };
                let inherited = blueprint.get("defaults").and_then(|all| all.get(kind));
                if inherited.is_some_and(|all| all.get(key).is_some()) {
                    continue;
                }
                let with = |value: toml::Value| {
                    let mut changed = blueprint.clone();
                    let table = table_at(&mut changed, &found.at).unwrap();
                    let is_new = table.insert(key.clone(), value).is_none();
                    (is_new, output(&changed))
                };
                let (is_new, Some(same)) = with(toml_of(default)) else {
                    continue;
                };
                if !is_new {
                    continue;
                }
                assert!(
                    same == plain,
                    "`{key} = {default}` in {:?} of {name} is not the plan's default",
                    found.at
                );
                proven.insert(id);
                if !read.contains(&id)
                    && others(schema)
                        .into_iter()
                        .any(|other| with(other).1.as_ref() != Some(&plain))
                {
                    read.insert(id);
                }
            }
        }
    }
    let lacking: Vec<_> = told.difference(&proven).collect();
    assert!(
        lacking.is_empty(),
        "no blueprint proves the defaults of {lacking:?}"
    );
    let unread: Vec<_> = told
        .difference(&read)
        .filter(|id| !INERT.contains(id))
        .collect();
    assert!(
        unread.is_empty(),
        "no other value of these changes anything: {unread:?}"
    );
}

/// Keys with one value only.
const INERT: [(&str, &str); 1] = [("LoadBalancer", "unknown_host")];

/// A sample with these keys over its own.
fn sample_with(name: &str, keys: &str) -> toml::Table {
    let (_, sample) = samples()
        .into_iter()
        .find(|sample| sample.0 == name)
        .unwrap();
    let mut changed: toml::Table = keys.parse().unwrap();
    merge(&mut changed, sample);
    changed
}

/// What the comments of keys say in words: in a sample, where the first keys are written, the second change nothing.
const IN_WORDS: [(&str, &str, &str); 31] = [
    ("everything.toml", "", "services.open.max = 10"),
    (
        "everything.toml",
        "services.open.min = 20",
        "services.open.max = 20",
    ),
    ("everything.toml", "", "services.inner.auth = 'iam'"),
    ("everything.toml", "", "services.inner.ingress = 'internal'"),
    (
        "everything.toml",
        "",
        "services.open.ingress = 'internal-and-cloud-load-balancing'",
    ),
    (
        "everything.toml",
        "",
        "services.web.probes.startup.period = '10s'",
    ),
    (
        "everything.toml",
        "",
        "services.web.probes.startup.failures = 12",
    ),
    (
        "everything.toml",
        "",
        "services.web.probes.liveness.period = '30s'",
    ),
    (
        "everything.toml",
        "",
        "services.web.probes.liveness.failures = 3",
    ),
    (
        "everything.toml",
        "",
        "services.inner.environments = ['prod', 'stg']",
    ),
    (
        "everything.toml",
        "",
        "secrets.token.replicas = ['europe-west1']",
    ),
    ("everything.toml", "", "databases.main.names = ['main']"),
    (
        "everything.toml",
        "",
        "databases.main.backups.location = 'europe-west1'",
    ),
    ("iap-admin.toml", "", "waf.rate_limit.requests = 600"),
    (
        "everything.toml",
        "",
        "subscriptions.news-to-inner.path = '/'",
    ),
    (
        "everything.toml",
        "services.inner.timeout = '2m'",
        "subscriptions.news-to-inner.ack_deadline = '2m'",
    ),
    (
        "everything.toml",
        "",
        "subscriptions.lost.ack_deadline = '60s'",
    ),
    (
        "everything.toml",
        "",
        "subscriptions.news-to-files.ack_deadline = '5m'",
    ),
    (
        "everything.toml",
        "",
        "subscriptions.lost.backoff = ['10s', '600s']",
    ),
    ("everything.toml", "", "schedules.night.path = '/'"),
    (
        "everything.toml",
        "schedules.night.target = 'topics.news'",
        "schedules.night.body = 'night'",
    ),
    ("everything.toml", "", "schedules.night.deadline = '2m'"),
    (
        "everything.toml",
        "schedules.night.target = 'jobs.migrate'",
        "schedules.night.deadline = '180s'",
    ),
    (
        "everything.toml",
        "schedules.night.target = 'workflows.steps'",
        "schedules.night.deadline = '180s'",
    ),
    (
        "everything.toml",
        "",
        "schedules.night.retries.backoff = ['5s', '1h']",
    ),
    (
        "everything.toml",
        "services.inner = { max = 3, concurrency = 20 }",
        "queues.tasks.concurrency = 60",
    ),
    (
        "everything.toml",
        "services.inner.concurrency = 1000",
        "queues.tasks.concurrency = 1000",
    ),
    (
        "everything.toml",
        "",
        "queues.tasks.retries.backoff = ['1s', '1h']",
    ),
    ("everything.toml", "", "events.written.path = '/'"),
    (
        "everything.toml",
        "",
        "events.logged.location = 'europe-west1'",
    ),
    (
        "everything.toml",
        "events.logged.filters.serviceName = 'iam.googleapis.com'",
        "events.logged.location = 'global'",
    ),
];

#[test]
fn what_comments_say_of_defaults_holds() {
    for (name, given, written) in IN_WORDS {
        let plain = output(&sample_with(name, given)).unwrap();
        let same = output(&sample_with(name, &format!("{given}\n{written}")));
        assert!(
            same == Some(plain),
            "`{written}` in {name} is not the plan's default"
        );
    }
}

/// The limits that comments of keys tell: what is still taken, and what is not.
const LIMITS: [(&str, &str); 30] = [
    (
        "services.open.timeout = '1h'",
        "services.open.timeout = '3601s'",
    ),
    (
        "jobs.migrate.timeout = '1d'",
        "jobs.migrate.timeout = '86401s'",
    ),
    (
        "waf.rate_limit.requests = 1_000_000",
        "waf.rate_limit.requests = 1_000_001",
    ),
    (
        "services.web.rate_limit.requests = 10_000",
        "services.web.rate_limit.requests = 10_001",
    ),
    ("waf.rate_limit.per = '10s'", "waf.rate_limit.per = '9s'"),
    ("waf.rate_limit.per = '1h'", "waf.rate_limit.per = '3601s'"),
    (
        "services.web.rate_limit.ban = '1d'",
        "services.web.rate_limit.ban = '59s'",
    ),
    ("services.open.cpu = 1", "services.open.cpu = 0.5"),
    (
        "services.open = { cpu = 8, memory = '4Gi' }",
        "services.open = { cpu = 9, memory = '4Gi' }",
    ),
    (
        "services.open.memory = '512Mi'",
        "services.open.memory = '511Mi'",
    ),
    (
        "services.web.sidecars.collector.cpu = 0.08",
        "services.web.sidecars.collector.cpu = 0.07",
    ),
    (
        "secrets.token.generate.alphabet = 'abcdefghij'",
        "secrets.token.generate.alphabet = 'abcdefghi'",
    ),
    (
        "topics.news.retention = '10m'",
        "topics.news.retention = '599s'",
    ),
    (
        "subscriptions.lost.retention = '31d'",
        "subscriptions.lost.retention = '32d'",
    ),
    (
        "subscriptions.lost.ack_deadline = '10s'",
        "subscriptions.lost.ack_deadline = '9s'",
    ),
    (
        "subscriptions.news-to-inner.ack_deadline = '60s'",
        "subscriptions.news-to-inner.ack_deadline = '59s'",
    ),
    (
        "subscriptions.news-to-files.storage.max_duration = '1m'",
        "subscriptions.news-to-files.storage.max_duration = '59s'",
    ),
    (
        "subscriptions.news-to-files.ack_deadline = '5m'",
        "subscriptions.news-to-files.ack_deadline = '299s'",
    ),
    (
        "subscriptions.lost.backoff = ['0s', '10m']",
        "subscriptions.lost.backoff = ['0s', '601s']",
    ),
    (
        "subscriptions.news-to-inner.dead_letter.attempts = 100",
        "subscriptions.news-to-inner.dead_letter.attempts = 4",
    ),
    (
        "schedules.night.deadline = '30m'",
        "schedules.night.deadline = '1801s'",
    ),
    (
        "schedules.night.deadline = '60s'",
        "schedules.night.deadline = '59s'",
    ),
    (
        "schedules.night.retries.attempts = 5",
        "schedules.night.retries.attempts = 6",
    ),
    (
        "schedules.night.retries.backoff = ['1m', '1h']",
        "schedules.night.retries.backoff = ['1m', '3601s']",
    ),
    ("queues.tasks.rate = 500", "queues.tasks.rate = 500.1"),
    (
        "queues.tasks.concurrency = 5000",
        "queues.tasks.concurrency = 5001",
    ),
    ("queues.tasks.logs = 1", "queues.tasks.logs = 1.1"),
    ("queues.tasks.logs = 0", "queues.tasks.logs = -0.1"),
    (
        "queues.tasks.retries.attempts = 1",
        "queues.tasks.retries.attempts = 0",
    ),
    (
        "queues.tasks.retries.backoff = ['1s', '30d']",
        "queues.tasks.retries.backoff = ['1s', '31d']",
    ),
];

#[test]
fn what_comments_say_of_limits_holds() {
    for (taken, refused) in LIMITS {
        assert!(
            output(&sample_with("everything.toml", taken)).is_some(),
            "`{taken}` is refused"
        );
        assert!(
            output(&sample_with("everything.toml", refused)).is_none(),
            "`{refused}` is taken"
        );
    }
}
