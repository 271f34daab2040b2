//! Topics, what listens to them, what happens on time, queues of tasks, channels, and events.

use toml::{Table, Value};

use super::workload::env;
use super::{Choices, Plot, table, texts};

/// The topics and subscriptions that elements may name.
#[derive(Debug, Clone, Default)]
pub struct Messages {
    pub topics: Vec<String>,
    /// The subscriptions that are pulled from.
    pub pulled: Vec<String>,
    /// The queues, which may be without topics.
    pub queues: Vec<String>,
    /// The channels, which may be without topics.
    pub channels: Vec<String>,
}

/// Chooses their names.
pub fn names(choices: &mut Choices<'_>) -> Messages {
    let queues = ["receipts", "Their-queue"];
    let queues = queues[..choices.below(3)].iter();
    let queues = queues.map(|name| (*name).to_owned()).collect();
    let channels = ["orders", "their-tills", "our-own"];
    let channels = channels[..choices.below(4)].iter();
    let channels = channels.map(|name| (*name).to_owned()).collect();
    if !choices.once_in(2) {
        return Messages {
            queues,
            channels,
            ..Messages::default()
        };
    }
    let topics = ["orders", "Payments_2", "their-topic"];
    let topics = topics[..=choices.below(3)].iter();
    let pulled = ["orders-pulled", "their-events"];
    let pulled = pulled[..choices.below(3)].iter();
    Messages {
        topics: topics.map(|name| (*name).to_owned()).collect(),
        pulled: pulled.map(|name| (*name).to_owned()).collect(),
        queues,
        channels,
    }
}

/// What an element publishes to and pulls from.
pub fn needs(choices: &mut Choices<'_>, plot: &Plot, element: &mut Table) {
    let publishes = choices.some(&plot.messages.topics, 3);
    if let Some(first) = publishes.first() {
        element.insert("publishes".to_owned(), texts(&publishes));
        let what = choices.one(&["id", "name"]);
        if choices.once_in(2) {
            let reference = format!("${{topics.{first}.{what}}}");
            env(element).insert("TOPIC".to_owned(), reference.into());
        }
    }
    let consumes = choices.some(&plot.messages.pulled, 3);
    if let Some(first) = consumes.first() {
        element.insert("consumes".to_owned(), texts(&consumes));
        if choices.once_in(2) {
            let reference = format!("${{subscriptions.{first}.id}}");
            env(element).insert("SUBSCRIPTION".to_owned(), reference.into());
        }
    }
}

/// The queues that an element adds tasks to.
pub fn adds(choices: &mut Choices<'_>, plot: &Plot, element: &mut Table) {
    let enqueues = choices.some(&plot.messages.queues, 3);
    if let Some(first) = enqueues.first() {
        element.insert("enqueues".to_owned(), texts(&enqueues));
        let what = choices.one(&["id", "name"]);
        if choices.once_in(2) {
            let reference = format!("${{queues.{first}.{what}}}");
            env(element).insert("QUEUE".to_owned(), reference.into());
        }
    }
}

/// The channels that an element publishes events to.
pub fn says(choices: &mut Choices<'_>, plot: &Plot, element: &mut Table) {
    let channels = choices.some(&plot.messages.channels, 3);
    if let Some(first) = channels.first() {
        element.insert("channels".to_owned(), texts(&channels));
        let what = choices.one(&["id", "name"]);
        if choices.once_in(2) {
            let reference = format!("${{channels.{first}.{what}}}");
            env(element).insert("CHANNEL".to_owned(), reference.into());
        }
    }
}

/// Channels, of which some exist already, here or elsewhere.
pub fn channels(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    let mut channels = Table::new();
    for name in &plot.messages.channels {
        let mut one = Table::new();
        let outside = texts(&["group:ops@example.com"]);
        choices.perhaps(3, &mut one, "publishers", outside);
        if name == "their-tills" {
            let full = "projects/acme-tills/locations/us-east1/channels/tills";
            one.insert("existing".to_owned(), full.into());
        } else {
            choices.perhaps(5, &mut one, "existing", true);
            choices.perhaps(4, &mut one, "labels", table([("kind", "events".into())]));
            choices.perhaps(4, &mut one, "deletion_protection", false);
            choices.perhaps(6, &mut one, "retire", true);
        }
        channels.insert(name.clone(), Value::Table(one));
    }
    if !channels.is_empty() {
        root.insert("channels".to_owned(), Value::Table(channels));
    }
}

/// Queues: addressed by themselves, by the code with a token or without one, or made by others.
pub fn queues(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    let mut queues = Table::new();
    for name in &plot.messages.queues {
        let mut one = Table::new();
        choices.perhaps(2, &mut one, "enqueuers", texts(&["group:ops@example.com"]));
        if name == "Their-queue" && choices.once_in(2) {
            let full = Value::from("projects/acme-events/locations/us-east1/queues/theirs");
            let existing = if choices.once_in(2) {
                true.into()
            } else {
                full
            };
            one.insert("existing".to_owned(), existing);
            queues.insert(name.clone(), Value::Table(one));
            continue;
        }
        if let Some(service) = choices.some(&plot.services, 2).first() {
            one.insert("target".to_owned(), format!("services.{service}").into());
            choices.perhaps(2, &mut one, "path", "/tasks/a_b.c~d:@e");
        }
        choices.perhaps(3, &mut one, "rate", 0.5);
        choices.perhaps(4, &mut one, "rate", 20);
        choices.perhaps(3, &mut one, "concurrency", 1);
        choices.perhaps(3, &mut one, "logs", 0.25);
        let mut retries = Table::new();
        choices.perhaps(2, &mut retries, "attempts", 7);
        choices.perhaps(2, &mut retries, "backoff", texts(&["10s", "10m"]));
        choices.perhaps(3, &mut one, "retries", Value::Table(retries));
        choices.perhaps(4, &mut one, "deletion_protection", false);
        choices.perhaps(6, &mut one, "retire", true);
        queues.insert(name.clone(), Value::Table(one));
    }
    if !queues.is_empty() {
        root.insert("queues".to_owned(), Value::Table(queues));
    }
}

pub fn messages(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    if plot.messages.topics.is_empty() {
        return;
    }
    let mut topics = Table::new();
    for name in &plot.messages.topics {
        let mut topic = Table::new();
        choices.perhaps(
            3,
            &mut topic,
            "publishers",
            texts(&["group:feeds@example.com"]),
        );
        if name == "their-topic" {
            let full = Value::from("projects/acme-events/topics/their.topic");
            let existing = if choices.once_in(2) {
                true.into()
            } else {
                full
            };
            topic.insert("existing".to_owned(), existing);
        } else {
            choices.perhaps(3, &mut topic, "retention", "7d");
            choices.perhaps(4, &mut topic, "labels", table([("kind", "news".into())]));
            choices.perhaps(4, &mut topic, "deletion_protection", false);
            choices.perhaps(6, &mut topic, "retire", true);
        }
        topics.insert(name.clone(), Value::Table(topic));
    }
    let mut subscriptions = Table::new();
    let mut dead = false;
    for name in &plot.messages.pulled {
        let mut one = Table::new();
        if name == "their-events" {
            let full = "projects/acme-events/subscriptions/events.for-shop";
            one.insert("existing".to_owned(), full.into());
            choices.perhaps(3, &mut one, "consumers", texts(&["group:ops@example.com"]));
        } else {
            listens(choices, plot, &mut one, &mut dead);
            choices.perhaps(3, &mut one, "ack_deadline", "2m");
            choices.perhaps(2, &mut one, "consumers", texts(&["group:ops@example.com"]));
        }
        subscriptions.insert(name.clone(), Value::Table(one));
    }
    for service in choices.some(&plot.services, 3) {
        let mut one = Table::new();
        listens(choices, plot, &mut one, &mut dead);
        one.insert("target".to_owned(), format!("services.{service}").into());
        choices.perhaps(2, &mut one, "path", "/events/new");
        choices.perhaps(4, &mut one, "ack_deadline", "10m");
        subscriptions.insert(format!("to-{service}"), Value::Table(one));
    }
    if !plot.messages.topics.is_empty() && choices.once_in(2) {
        let mut one = Table::new();
        listens(choices, plot, &mut one, &mut dead);
        sink(choices, plot, &mut one);
        subscriptions.insert("kept".to_owned(), Value::Table(one));
    }
    if dead {
        topics.insert("dead-letters".to_owned(), Value::Table(Table::new()));
        let on_call = texts(&["group:on-call@example.com"]);
        let one = table([("topic", "dead-letters".into()), ("consumers", on_call)]);
        subscriptions.insert("dead-letters".to_owned(), one);
    }
    root.insert("topics".to_owned(), Value::Table(topics));
    if !subscriptions.is_empty() {
        root.insert("subscriptions".to_owned(), Value::Table(subscriptions));
    }
}

/// The form of messages, of topics to which only people and the code publish.
pub fn schemas(choices: &mut Choices<'_>, root: &mut Table) {
    let told: Vec<String> = ["buckets", "log_sinks"]
        .into_iter()
        .flat_map(|kind| {
            root.get(kind)
                .and_then(Value::as_table)
                .into_iter()
                .flatten()
        })
        .flat_map(|(_, one)| {
            let told = one.get("notifications").and_then(Value::as_table);
            let told = told.into_iter().flat_map(|told| told.keys().cloned());
            let to = one.get("to").and_then(Value::as_str);
            let to = to.and_then(|to| to.strip_prefix("topics."));
            told.chain(to.map(str::to_owned)).collect::<Vec<_>>()
        })
        .collect();
    let Some(Value::Table(topics)) = root.get_mut("topics") else {
        return;
    };
    for (name, topic) in topics.iter_mut() {
        let topic = topic.as_table_mut().unwrap();
        let free = !told.contains(name) && name != "dead-letters";
        if !free || topic.contains_key("existing") || !choices.once_in(2) {
            continue;
        }
        let mut schema = Table::new();
        let source = choices.one(&["it is.avsc", "forms/it.proto", ""]);
        if source.is_empty() {
            let project = choices.one(&["acme-shop-prod", "acme-events"]);
            let full = format!("projects/{project}/schemas/their.form");
            schema.insert("existing".to_owned(), full.into());
        } else {
            schema.insert("source".to_owned(), source.into());
        }
        let encoding = choices.one(&["json", "binary"]);
        choices.perhaps(2, &mut schema, "encoding", encoding);
        topic.insert("schema".to_owned(), Value::Table(schema));
    }
}

/// What Pub/Sub writes to itself.
fn sink(choices: &mut Choices<'_>, plot: &Plot, one: &mut Table) {
    let mut to = Table::new();
    choices.perhaps(2, &mut to, "write_metadata", true);
    if let Some(bucket) = plot.buckets.first().filter(|_| choices.once_in(2)) {
        to.insert("bucket".to_owned(), bucket.name.as_str().into());
        choices.perhaps(2, &mut to, "prefix", "news/day=1/");
        choices.perhaps(2, &mut to, "max_duration", "2m");
        choices.perhaps(2, one, "ack_deadline", "10m");
        one.insert("storage".to_owned(), Value::Table(to));
    } else {
        let project = choices.one(&["acme-shop-prod", "acme-warehouse"]);
        let table = match plot.theirs.first().filter(|_| choices.once_in(2)) {
            Some(dataset) => format!("datasets.{dataset}.news-raw"),
            None => format!(
                "//bigquery.googleapis.com/projects/{project}/datasets/sales/tables/news-raw"
            ),
        };
        to.insert("table".to_owned(), table.into());
        choices.perhaps(2, &mut to, "use_table_schema", true);
        one.insert("bigquery".to_owned(), Value::Table(to));
    }
}

/// What every subscription has.
fn listens(choices: &mut Choices<'_>, plot: &Plot, one: &mut Table, dead: &mut bool) {
    let topics: Vec<&str> = plot.messages.topics.iter().map(String::as_str).collect();
    one.insert("topic".to_owned(), choices.one(&topics).into());
    if choices.once_in(2) {
        *dead = true;
        let mut letters = Table::new();
        letters.insert("topic".to_owned(), "dead-letters".into());
        choices.perhaps(2, &mut letters, "attempts", 7);
        one.insert("dead_letter".to_owned(), Value::Table(letters));
    }
    choices.perhaps(3, one, "retention", "14d");
    choices.perhaps(3, one, "backoff", texts(&["5s", "5m"]));
    let filter = "attributes.kind = \"it's $HOME, ${x}\" AND hasPrefix(attributes.a, \"b\")";
    choices.perhaps(3, one, "filter", filter);
    choices.perhaps(3, one, "ordering", true);
    choices.perhaps(4, one, "labels", table([("kind", "news".into())]));
    choices.perhaps(4, one, "deletion_protection", false);
    choices.perhaps(6, one, "retire", true);
}

/// What happens on time: a service is called, a job is started, a message is published.
pub fn schedules(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    let mut schedules = Table::new();
    let targets = choices.some(&plot.services, 4).into_iter();
    let targets = targets.map(|name| ("services", name));
    let jobs = choices.some(&plot.jobs, 3).into_iter();
    // One that exists in one environment only is started by nothing in the other.
    let jobs = jobs.filter(|name| root["jobs"][name].get("environments").is_none());
    let jobs = jobs.map(|name| ("jobs", name));
    let topics = choices.some(&plot.messages.topics, 3).into_iter();
    let topics = topics.map(|name| ("topics", name));
    let workflows = choices.some(&plot.workflows, 3).into_iter();
    let workflows = workflows.map(|name| ("workflows", name));
    let all = targets.chain(jobs).chain(topics).chain(workflows);
    for (kind, name) in all.collect::<Vec<_>>() {
        let mut one = Table::new();
        let cron = choices.one(&["0 4 * * *", "*/15 0-6,22 1 JAN-MAR mon-fri"]);
        one.insert("cron".to_owned(), cron.into());
        one.insert("target".to_owned(), format!("{kind}.{name}").into());
        choices.perhaps(3, &mut one, "time_zone", "Europe/Berlin");
        let mut retries = Table::new();
        choices.perhaps(2, &mut retries, "attempts", 5);
        choices.perhaps(2, &mut retries, "backoff", texts(&["10s", "10m"]));
        choices.perhaps(3, &mut one, "retries", Value::Table(retries));
        if kind == "services" {
            choices.perhaps(2, &mut one, "path", "/tasks/night");
            let method = choices.one(&["POST", "PUT", "GET", "HEAD", "DELETE"]);
            choices.perhaps(2, &mut one, "method", method);
            let sends = one
                .get("method")
                .is_none_or(|method| ["POST", "PUT"].contains(&method.as_str().unwrap()));
            if sends {
                let body = choices.one(&["{\"it's\": \"$HOME ${x}\"}", "a, b\nc"]);
                choices.perhaps(2, &mut one, "body", body);
            }
        }
        if kind == "workflows" {
            let argument = "{\"it's\": \"$HOME ${x}\"}";
            choices.perhaps(2, &mut one, "body", argument);
        }
        if kind == "topics" {
            choices.perhaps(2, &mut one, "body", "it's \"time\", ${now}");
        } else {
            choices.perhaps(4, &mut one, "deadline", "20m");
        }
        schedules.insert(format!("at-night-{name}"), Value::Table(one));
    }
    if !schedules.is_empty() {
        root.insert("schedules".to_owned(), Value::Table(schedules));
    }
}

/// What happens in Google Cloud, and whom it is told.
pub fn events(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    let mut events = Table::new();
    let services = plot.services.iter().map(|name| ("services", name));
    let workflows = plot.workflows.iter().map(|name| ("workflows", name));
    for (kind, name) in services.chain(workflows).collect::<Vec<_>>() {
        if !choices.once_in(4) {
            continue;
        }
        let here = |table: &Table| {
            table
                .get("existing")
                .is_none_or(|one| one.as_str().is_none())
        };
        let own = |table: &str, names: Vec<String>| {
            let mut names = names.into_iter();
            names.find(|name| here(root[table][name].as_table().unwrap()))
        };
        let buckets = plot.buckets.iter().map(|bucket| bucket.name.clone());
        let bucket = own("buckets", buckets.collect());
        let topic = own("topics", plot.messages.topics.clone());
        let channel = own("channels", plot.messages.channels.clone());
        let mut one = Table::new();
        if let Some(channel) = channel
            && choices.once_in(3)
        {
            one.insert("channel".to_owned(), channel.into());
        }
        let (type_, filters) = match (choices.below(3), bucket, topic) {
            (happens, _, _) if one.contains_key("channel") => {
                let mut filters = Table::new();
                choices.perhaps(2, &mut filters, "amount", "it's-$HOME-${project.id}");
                choices.perhaps(3, &mut filters, "zone", "a=b");
                let type_ = ["com.example.order.created", "paid", "Shop/v1.Order_2-x"][happens];
                (type_.to_owned(), Value::Table(filters))
            }
            (0, Some(bucket), _) => {
                let happens = choices.one(&["finalized", "deleted", "archived", "metadataUpdated"]);
                let type_ = format!("google.cloud.storage.object.v1.{happens}");
                (type_, table([("bucket", bucket.into())]))
            }
            (1, _, Some(topic)) => {
                let type_ = "google.cloud.pubsub.topic.v1.messagePublished";
                (type_.to_owned(), table([("topic", topic.into())]))
            }
            _ => {
                let service = choices.one(&["iam.googleapis.com", "bigquery.googleapis.com"]);
                let method = choices.one(&["SetIamPolicy", "google.x.v1.Jobs.InsertJob"]);
                let mut filters = Table::new();
                filters.insert("serviceName".to_owned(), service.into());
                filters.insert("methodName".to_owned(), method.into());
                let resource = "projects/_/x/it's-$HOME-${project.id}";
                choices.perhaps(3, &mut filters, "resourceName", resource);
                choices.perhaps(3, &mut one, "location", "global");
                let type_ = "google.cloud.audit.log.v1.written";
                (type_.to_owned(), Value::Table(filters))
            }
        };
        one.insert("type".to_owned(), type_.into());
        one.insert("filters".to_owned(), filters);
        one.insert("target".to_owned(), format!("{kind}.{name}").into());
        if kind == "services" {
            choices.perhaps(2, &mut one, "path", "/events/a_b.c~d:@e");
        }
        choices.perhaps(4, &mut one, "labels", table([("kind", "event".into())]));
        events.insert(format!("of-{kind}-{name}"), Value::Table(one));
    }
    if !events.is_empty() {
        root.insert("events".to_owned(), Value::Table(events));
    }
}
