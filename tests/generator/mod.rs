//! Blueprints that are fine, made up: every table, every key and every word of the language, in whatever combination.
//!
//! A blueprint is made of a list of numbers, each of which settles one choice. Zero is the plainest choice, so that a failure
//! shrinks to the plainest blueprint that still fails.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::struct_excessive_bools,
    clippy::too_many_lines,
    reason = "each test uses a part of it, and may stop where it stands"
)]

mod bucket;
mod cache;
mod dataset;
mod delivery;
mod edge;
mod encryption;
mod firestore;
mod internal;
mod key;
mod logs;
mod messages;
mod perimeter;
mod regions;
mod registry;
mod service;
mod shared;
mod workflow;
mod workload;

use proptest::collection::vec;
use proptest::prelude::*;
use toml::{Table, Value};

/// A blueprint that was made up.
pub fn blueprint() -> impl Strategy<Value = Made> {
    vec(any::<u32>(), LENGTH).prop_map(|numbers| Made {
        table: made(&numbers),
    })
}

/// How many choices a blueprint has at the most; those beyond are the plainest.
const LENGTH: usize = 1_600;

/// The text of a file beside the blueprint.
#[must_use]
pub fn file(name: &str) -> String {
    let text = match name.rsplit_once('.') {
        Some((_, "avsc")) => AVRO,
        _ => FILE,
    };
    text.to_owned()
}

const AVRO: &str = "{\"type\": \"record\", \"name\": \"It\",\n \"doc\": \"it's ${x} and %{y}\\\\n\", \"fields\": []}\n\n";
const FILE: &str = "level: info\n# it's \"${quoted}\" and $HOME, with a token of OIDC\n";

/// A blueprint, which is shown as TOML where a test fails.
#[derive(Clone)]
pub struct Made {
    pub table: Table,
}

impl Made {
    /// The blueprint as it stands in a file.
    pub fn text(&self) -> String {
        toml::to_string(&self.table).unwrap()
    }
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

/// The choices that are left.
pub struct Choices<'a> {
    numbers: std::slice::Iter<'a, u32>,
}

impl Choices<'_> {
    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.numbers.next().map_or(0, |number| *number as usize % n)
    }

    /// Whether something happens that happens once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    /// One of these; the first is the plainest.
    pub fn one<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Some of these, in their order; each with a chance of one in `n`.
    pub fn some(&mut self, all: &[String], n: usize) -> Vec<String> {
        let taken = all.iter().filter(|_| self.once_in(n));
        taken.cloned().collect()
    }

    /// Perhaps sets a key: once in `n` times.
    pub fn perhaps<V: Into<Value>>(&mut self, n: usize, table: &mut Table, key: &str, value: V) {
        if self.once_in(n) {
            table.insert(key.to_owned(), value.into());
        }
    }
}

/// A table of these keys.
pub fn table<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let entries = entries.map(|(key, value)| (key.to_owned(), value));
    Value::Table(entries.into_iter().collect())
}

/// A list of texts.
pub fn texts<T: AsRef<str>>(texts: &[T]) -> Value {
    let texts = texts.iter().map(|text| Value::from(text.as_ref()));
    Value::Array(texts.collect())
}

/// A written exception from a rule.
pub fn exception(rule: &str) -> Value {
    let expires: toml::value::Datetime = "2037-06-30".parse().unwrap();
    table([
        ("rule", rule.into()),
        ("reason", "it has \"reasons\"".into()),
        ("owner", "shop-team".into()),
        ("expires", Value::Datetime(expires)),
    ])
}

/// What the parts of a blueprint know of each other.
pub struct Plot {
    /// The environments' names.
    pub environments: Vec<&'static str>,
    /// The names of the elements.
    pub services: Vec<String>,
    pub jobs: Vec<String>,
    pub workflows: Vec<String>,
    pub databases: Vec<shared::Chosen>,
    pub secrets: Vec<String>,
    pub messages: messages::Messages,
    pub buckets: Vec<bucket::Chosen>,
    pub keys: Vec<key::Chosen>,
    pub registries: Vec<String>,
    pub caches: Vec<String>,
    pub firestores: Vec<String>,
    pub datasets: Vec<String>,
    /// Those of the datasets that exist already.
    pub theirs: Vec<String>,
    pub groups: Vec<String>,
    /// Whether there is a group of who passes Identity-Aware Proxy.
    pub people: bool,
    /// Whether the network is one that exists already, without private zones.
    pub blind: bool,
    /// The services behind the load balancer.
    pub public: Vec<String>,
    /// Whether images have names.
    pub images: bool,
    /// Whether there are values that the blueprint cannot know.
    pub values: bool,
}

const SERVICES: [&str; 4] = ["web", "api", "orders", "stock-keeping"];
const DATABASES: [&str; 3] = ["main", "ledger", "old-data"];
const SECRETS: [&str; 4] = ["token", "stripe-key", "partner-ca", "shared-key"];

/// Makes up a blueprint.
pub fn made(numbers: &[u32]) -> Table {
    let mut choices = Choices {
        numbers: numbers.iter(),
    };
    let choices = &mut choices;
    let names = |choices: &mut Choices<'_>, all: &[&str], least: usize| -> Vec<String> {
        let count = least + choices.below(all.len() + 1 - least);
        all[..count].iter().map(|name| (*name).to_owned()).collect()
    };
    let mut plot = Plot {
        environments: if choices.once_in(4) {
            vec!["prod", "stg"]
        } else {
            vec!["prod"]
        },
        services: names(choices, &SERVICES, 1),
        jobs: names(choices, &["migrate", "nightly"], 0),
        workflows: if choices.once_in(3) {
            names(choices, &["settle", "month-end"], 1)
        } else {
            Vec::new()
        },
        databases: Vec::new(),
        secrets: names(choices, &SECRETS, 0),
        messages: messages::names(choices),
        buckets: Vec::new(),
        keys: Vec::new(),
        registries: Vec::new(),
        caches: Vec::new(),
        firestores: Vec::new(),
        datasets: Vec::new(),
        theirs: Vec::new(),
        groups: if choices.once_in(3) {
            vec!["app".to_owned()]
        } else {
            Vec::new()
        },
        people: choices.once_in(4),
        blind: false,
        public: Vec::new(),
        images: choices.once_in(2),
        values: choices.once_in(4),
    };
    let databases = names(choices, &DATABASES, 0);
    let mut root = Table::new();
    root.insert("schema".to_owned(), 1.into());
    shared::project(choices, &plot, &mut root);
    shared::network(choices, &mut plot, &mut root, !databases.is_empty());
    shared::databases(choices, &mut plot, &mut root, &databases);
    shared::secrets(choices, &plot, &mut root);
    bucket::buckets(choices, &mut plot, &mut root);
    key::keys(choices, &mut plot, &mut root);
    registry::registries(choices, &mut plot, &mut root);
    cache::caches(choices, &mut plot, &mut root);
    firestore::firestores(choices, &mut plot, &mut root);
    dataset::datasets(choices, &mut root);
    plot.datasets = keys(&root, "datasets");
    plot.theirs = plot.datasets.clone();
    plot.theirs
        .retain(|name| root["datasets"][name].get("existing").is_some());
    workload::groups(choices, &plot, &mut root);
    service::services(choices, &mut plot, &mut root);
    workload::jobs(choices, &plot, &mut root);
    delivery::delivery(choices, &mut root);
    messages::messages(choices, &plot, &mut root);
    messages::schedules(choices, &plot, &mut root);
    workflow::workflows(choices, &plot, &mut root);
    messages::queues(choices, &plot, &mut root);
    messages::channels(choices, &plot, &mut root);
    messages::events(choices, &plot, &mut root);
    logs::sinks(choices, &plot, &mut root);
    edge::edge(choices, &plot, &mut root);
    shared::governance(choices, &plot, &mut root);
    overlays(choices, &plot, &mut root);
    workload::workers(choices, &plot, &mut root);
    workflow::what_is_started_exists(&plot, &mut root);
    here_only(choices, &plot, &mut root);
    messages::schemas(choices, &mut root);
    shared::monitoring(choices, &plot, &mut root);
    encryption::encryption(choices, &mut root);
    regions::regions(choices, &plot, &mut root);
    internal::names(choices, &mut root);
    service::answered(choices, &mut root);
    perimeter::perimeter(choices, &plot, &mut root);
    root
}

/// What the second environment does differently.
fn overlays(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    if plot.environments.len() < 2 {
        return;
    }
    let mut overlay = Table::new();
    let mut services = Table::new();
    for name in choices.some(&plot.services, 3) {
        let mut service = Table::new();
        service.insert("max".to_owned(), 3.into());
        choices.perhaps(3, &mut service, "deletion_protection", false);
        let mut env = table([("LEVEL", "debug".into())]);
        if root["services"][&name]
            .get("env")
            .is_some_and(|env| env.get("EMPTY").is_some())
        {
            env.as_table_mut()
                .unwrap()
                .insert("EMPTY".to_owned(), false.into());
        }
        choices.perhaps(3, &mut service, "env", env);
        choices.perhaps(4, &mut service, "egress", "private");
        choices.perhaps(
            3,
            &mut service,
            "developers",
            texts(&["group:staging@example.com"]),
        );
        services.insert(name, Value::Table(service));
    }
    if !services.is_empty() {
        overlay.insert("services".to_owned(), Value::Table(services));
    }
    let mut jobs = Table::new();
    for name in choices.some(&plot.jobs, 3) {
        if root["jobs"][&name].get("environments").is_none() {
            jobs.insert(name, table([("retries", 1.into())]));
        }
    }
    if !jobs.is_empty() {
        overlay.insert("jobs".to_owned(), Value::Table(jobs));
    }
    let mut databases = Table::new();
    for database in plot.databases.iter().filter(|one| !one.existing) {
        if choices.once_in(3) {
            databases.insert(
                database.name.clone(),
                table([("availability", "zonal".into())]),
            );
        }
    }
    if !databases.is_empty() {
        overlay.insert("databases".to_owned(), Value::Table(databases));
    }
    if let Some(workflow) = plot.workflows.first() {
        let change = table([("deletion_protection", false.into())]);
        let change = table([(workflow.as_str(), change)]);
        choices.perhaps(3, &mut overlay, "workflows", change);
    }
    if let Some(topic) = plot.messages.topics.first() {
        let topic = table([(topic.as_str(), table([("retention", "1d".into())]))]);
        choices.perhaps(3, &mut overlay, "topics", topic);
        if let Some(name) = keys(root, "schedules").first() {
            let later = table([(name.as_str(), table([("cron", "0 5 * * *".into())]))]);
            choices.perhaps(2, &mut overlay, "schedules", later);
        }
        if let Some((name, _)) = root
            .get("subscriptions")
            .and_then(|all| all.as_table()?.iter().next())
        {
            let existing = root["subscriptions"][name].get("existing").is_some();
            let kind = table([("labels", table([("kind", "later".into())]))]);
            let changed = table([(name.as_str(), kind)]);
            if !existing {
                choices.perhaps(2, &mut overlay, "subscriptions", changed);
            }
        }
    }
    if let Some(name) = keys(root, "queues").first()
        && root["queues"][name].get("existing").is_none()
    {
        let slower = table([(name.as_str(), table([("rate", 5.into())]))]);
        choices.perhaps(2, &mut overlay, "queues", slower);
    }
    if let Some(name) = keys(root, "channels").first() {
        let kind = table([("labels", table([("kind", "later".into())]))]);
        let changed = table([(name.as_str(), kind)]);
        choices.perhaps(2, &mut overlay, "channels", changed);
    }
    if let Some(name) = keys(root, "events").first() {
        let kind = table([("labels", table([("kind", "later".into())]))]);
        let changed = table([(name.as_str(), kind)]);
        choices.perhaps(2, &mut overlay, "events", changed);
    }
    logs::later(choices, root, &mut overlay);
    let mut buckets = Table::new();
    for bucket in &plot.buckets {
        if root["buckets"][&bucket.name].get("existing").is_none() && choices.once_in(3) {
            let change = table([("deletion_protection", false.into())]);
            buckets.insert(bucket.name.clone(), change);
        }
    }
    if !buckets.is_empty() {
        overlay.insert("buckets".to_owned(), Value::Table(buckets));
    }
    firestore::overlay(choices, plot, root, &mut overlay);
    dataset::overlay(choices, plot, &mut overlay);
    let made = |name: &&String| root["caches"][name.as_str()].get("existing").is_none();
    if let Some(name) = plot.caches.first().filter(made) {
        let smaller = table([("node_type", "shared-core-nano".into())]);
        let smaller = table([(name.as_str(), smaller)]);
        choices.perhaps(3, &mut overlay, "caches", smaller);
    }
    let mut keys = Table::new();
    for key in &plot.keys {
        if root["keys"][&key.name].get("existing").is_none() && choices.once_in(3) {
            let change = table([("deletion_protection", false.into())]);
            keys.insert(key.name.clone(), change);
        }
    }
    if !keys.is_empty() {
        overlay.insert("keys".to_owned(), Value::Table(keys));
    }
    let mut registries = Table::new();
    for name in &plot.registries {
        if root["registries"][name].get("existing").is_none() && choices.once_in(3) {
            let change = table([("deletion_protection", false.into())]);
            registries.insert(name.clone(), change);
        }
    }
    if !registries.is_empty() {
        overlay.insert("registries".to_owned(), Value::Table(registries));
    }
    if root.contains_key("delivery") && choices.once_in(2) {
        let github = table([("branch", "next".into())]);
        overlay.insert("delivery".to_owned(), table([("github", github)]));
    }
    if root.contains_key("waf") && choices.once_in(2) {
        overlay.insert("waf".to_owned(), table([("mode", "preview".into())]));
    }
    if !plot.secrets.is_empty() && choices.once_in(2) {
        let secret = table([("version", 9.into())]);
        overlay.insert(
            "secrets".to_owned(),
            table([(plot.secrets[0].as_str(), secret)]),
        );
    }
    let owner = table([("owner", "staging".into())]);
    choices.perhaps(3, &mut overlay, "project", table([("labels", owner)]));
    choices.perhaps(
        4,
        &mut overlay,
        "governance",
        table([("audit_logs", "all".into())]),
    );
    choices.perhaps(
        4,
        &mut overlay,
        "state",
        table([("bucket", "acme-${environment}-state".into())]),
    );
    choices.perhaps(
        4,
        &mut overlay,
        "load_balancer",
        table([("ipv6", false.into())]),
    );
    if plot.images {
        choices.perhaps(
            4,
            &mut overlay,
            "images",
            table([("app", workload::image(0).into())]),
        );
    }
    let labels = table([("labels", table([("kind", "staging".into())]))]);
    choices.perhaps(
        4,
        &mut overlay,
        "defaults",
        table([("services", labels.clone())]),
    );
    if !plot.groups.is_empty() {
        choices.perhaps(2, &mut overlay, "groups", table([("app", labels)]));
    }
    if !plot.blind
        && root
            .get("network")
            .is_none_or(|network| network.get("existing").is_none())
        && !plot.databases.is_empty()
    {
        choices.perhaps(
            4,
            &mut overlay,
            "network",
            table([("service_range", "10.40.0.0/16".into())]),
        );
    }
    if plot.values {
        let value = table([("gcloud", "echo staging".into())]);
        choices.perhaps(2, &mut overlay, "values", table([("cache-host", value)]));
    }
    let stg = root["environments"]["stg"].as_table_mut().unwrap();
    stg.extend(overlay);
}

/// The names in a table, if it is there.
fn keys(root: &Table, table: &str) -> Vec<String> {
    let table = root.get(table).and_then(Value::as_table);
    table
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

/// Elements that exist in one environment only, where nothing else names them.
fn here_only(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    if plot.environments.len() < 2 {
        return;
    }
    for (kind, names) in [
        ("services", plot.services.clone()),
        ("secrets", plot.secrets.clone()),
        (
            "buckets",
            plot.buckets.iter().map(|one| one.name.clone()).collect(),
        ),
        (
            "keys",
            plot.keys.iter().map(|one| one.name.clone()).collect(),
        ),
        (
            "databases",
            plot.databases.iter().map(|one| one.name.clone()).collect(),
        ),
        ("registries", plot.registries.clone()),
        ("caches", plot.caches.clone()),
        ("firestores", plot.firestores.clone()),
        ("datasets", plot.datasets.clone()),
        ("subscriptions", keys(root, "subscriptions")),
        ("topics", keys(root, "topics")),
        ("schedules", keys(root, "schedules")),
        ("workflows", keys(root, "workflows")),
        ("queues", keys(root, "queues")),
        ("channels", keys(root, "channels")),
        ("events", keys(root, "events")),
        ("log_sinks", keys(root, "log_sinks")),
    ] {
        for name in names {
            let mut rest = root.clone();
            rest[kind].as_table_mut().unwrap().remove(&name);
            let named = toml::to_string(&rest).unwrap();
            let alone = [
                format!("\"{name}"),
                format!(".{name}"),
                format!("/{name}"),
                format!("\n{name} = "),
            ];
            let free = !alone.iter().any(|text| named.contains(text));
            // Few topics are named by nothing.
            if free && (kind == "topics" || !choices.once_in(4)) {
                let element = root[kind][&name].as_table_mut().unwrap();
                element.insert("environments".to_owned(), texts(&["prod"]));
            }
        }
    }
    if let Some(Value::Table(topics)) = root.get_mut("topics")
        && choices.once_in(3)
    {
        let here = table([("environments", texts(&["prod"]))]);
        topics.insert("audit-trail".to_owned(), here);
    }
}
