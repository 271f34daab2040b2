//! Three backends, one truth: they leave the same cloud, the same grants, and what the facts say.

use std::collections::BTreeSet;
use std::fmt::Write;

use ravelin::plan::model::{Fact, Plan};
use ravelin::tree::Tree;

use crate::cloud::{Cloud, Grant, Place, differences, one};
use crate::examples::{Example, examples};
use crate::looks::overlooked;
use crate::made::SAMPLE;
use crate::posture::{Names, Posture};
use crate::readers::{elsewhere, gcloud, terraform};
use crate::seen::Seen;

/// Where an environment is.
pub fn place(plan: &Plan) -> Place {
    Place {
        environment: plan.environment.clone(),
        project: plan.project.id.clone(),
        region: plan.project.region.clone(),
        number: plan.project.number.clone(),
    }
}

/// What differs between the backends of an environment, and from its facts; nothing where all of it agrees.
pub fn disagreement(plan: &Plan, tree: &Tree, seen: &Seen) -> String {
    let mut out = differences(
        &terraform::without_own(&seen.terraform),
        &gcloud::without_own(&seen.scripts),
    );
    out += &grants(tree, seen);
    out += &promises(plan, seen);
    out += &untold(plan, &seen.terraform);
    out += &overlooked(plan, tree, seen);
    out
}

/// What differs between the grants of the backends, the list of all, the policies and what others are asked for.
fn grants(tree: &Tree, seen: &Seen) -> String {
    let Seen {
        place, policies, ..
    } = seen;
    let mut out = String::new();
    let mut compare = |what: &str, left: &BTreeSet<Grant>, right: &BTreeSet<Grant>| {
        for grant in left.symmetric_difference(right) {
            let side = if left.contains(grant) { "has" } else { "lacks" };
            writeln!(out, "{what} {side} {grant:?}").unwrap();
        }
    };
    let away = |grant: &&Grant| policies.elsewhere.contains(*grant);
    let (elsewhere, here): (Vec<&Grant>, Vec<&Grant>) = policies.listed.iter().partition(away);
    let here: BTreeSet<Grant> = here.into_iter().cloned().collect();
    compare(
        "Terraform, and not the list,",
        &seen.terraform.grants,
        &here,
    );
    let run = here.iter().filter(|grant| grant.on.starts_with("//run."));
    compare(
        "a policy file, and not the list,",
        &policies.complete,
        &run.cloned().collect(),
    );
    let asked: BTreeSet<Grant> = elsewhere::grants(place, tree).into_iter().collect();
    compare(
        "a script for others, and not the file beside it,",
        &asked,
        &policies.elsewhere,
    );
    let elsewhere = elsewhere.into_iter().cloned().collect();
    compare(
        "what others are asked for, and not the list,",
        &policies.elsewhere,
        &elsewhere,
    );
    let home = format!("/projects/{}", place.project);
    for grant in &policies.elsewhere {
        if grant.on.contains(&format!("{home}/")) || grant.on.ends_with(&home) {
            writeln!(out, "others are asked for what is here: {grant:?}").unwrap();
        }
    }
    out
}

/// Facts that the scripts do not say: refusals of Terraform's own, and its state.
fn is_terraforms_own(fact: &Fact) -> bool {
    fact.key() == "project.state"
        || fact.name == "deletion_protection"
            && !fact.element.starts_with("databases.")
            && !fact.element.starts_with("caches.")
            && !fact.element.starts_with("firestores.")
}

/// The facts that a backend does not keep. One that no reader knows is one of them.
fn promises(plan: &Plan, seen: &Seen) -> String {
    let names = Names::of(plan);
    let mut out = String::new();
    for (backend, cloud) in seen.backends() {
        let posture = Posture {
            place: &seen.place,
            scripts: backend == "gcloud",
            cloud,
            state: (backend == "terraform").then_some(&seen.state),
            elsewhere: &seen.policies.elsewhere,
            names: &names,
            needs: &seen.needs,
            exceptions: &seen.policies.exceptions,
        };
        for fact in &plan.facts {
            let found = posture.fact(&fact.element, &fact.name, &fact.value);
            let silent = backend == "gcloud" && is_terraforms_own(fact) && found.is_none();
            if found.as_ref() != Some(&fact.value) && !silent {
                writeln!(
                    out,
                    "{} is {:?}, and in {backend} {found:?}",
                    fact.key(),
                    fact.value
                )
                .unwrap();
            }
        }
    }
    out
}

/// Which setting of a kind names the key of one's own that it lies under. A replica lies under that of its primary, and what a file of the
/// blueprint says has no facts.
const OWN_KEYS: &[(&str, &str)] = &[
    ("artifacts repositories", "kms-key"),
    ("eventarc channels", "crypto-key"),
    ("firestore databases", "kms-key-name"),
    ("memorystore instances", "kms-key"),
    ("pubsub topics", "topic-encryption-key"),
    ("redis clusters", "kms-key"),
    ("run services", "key"),
    ("run jobs", "key"),
    ("run worker-pools", "key"),
    ("secrets", "copies-under"),
    ("sql instances", "disk-encryption-key"),
    ("storage buckets", "default-encryption-key"),
];

/// What stands in the cloud and is told by no fact.
fn untold(plan: &Plan, cloud: &Cloud) -> String {
    let elements: BTreeSet<&str> = plan
        .facts
        .iter()
        .map(|fact| fact.element.as_str())
        .collect();
    let keys: BTreeSet<String> = plan.facts.iter().map(Fact::key).collect();
    let mut out = String::new();
    let mut told = |told: bool, what: &str| {
        if !told {
            writeln!(out, "no fact tells of {what}").unwrap();
        }
    };
    let runs = [
        ("run services", "services"),
        ("run jobs", "jobs"),
        ("run worker-pools", "workers"),
    ];
    for (kind, element) in runs {
        for (name, _) in cloud.all(kind) {
            told(
                elements.contains(format!("{element}.{name}").as_str()),
                name,
            );
        }
    }
    let primary = cloud
        .all("sql instances")
        .filter(|(_, one)| !one.contains_key("master-instance-name"));
    let facts = |name: &str| plan.facts.iter().filter(|fact| fact.name == name).count();
    told(primary.count() == facts("public_address"), "a database");
    let containers = cloud
        .all("secrets")
        .filter(|(_, secret)| !secret.contains_key("first-version"));
    told(containers.count() == facts("replicas"), "a secret");
    let topics = cloud.all("pubsub topics").count();
    told(topics == facts("regions"), "a topic");
    let subscriptions = cloud.all("pubsub subscriptions").count();
    told(subscriptions == facts("delivery"), "a subscription");
    let buckets = cloud.all("storage buckets").count();
    told(buckets == facts("uniform_access"), "a bucket");
    let keys_made = cloud.all("kms keys").count();
    told(keys_made == facts("destroyed_after"), "a key");
    let own: usize = OWN_KEYS
        .iter()
        .map(|(kind, field)| {
            let things = cloud.all(kind).filter(|(_, one)| {
                let of_another =
                    one.contains_key("master-instance-name") || one.contains_key("first-version");
                one.contains_key(*field) && !of_another
            });
            things.count()
        })
        .sum();
    told(own == facts("encryption"), "a key of one's own");
    let schedules = cloud.all("scheduler jobs").count();
    let triggers = cloud.all("eventarc triggers").count();
    told(triggers == facts("hears"), "an event");
    told(schedules + triggers == facts("does"), "a schedule");
    let sinks = cloud.all("logging sinks").count();
    told(sinks == facts("exclusions"), "a log sink");
    for (workflow, _) in cloud.all("workflows") {
        let element = format!("workflows.{workflow}");
        told(elements.contains(element.as_str()), workflow);
    }
    let registries = cloud.all("artifacts repositories").count();
    told(registries == facts("remote"), "a repository of images");
    let valkey = cloud.all("memorystore instances");
    for (cache, _) in valkey.chain(cloud.all("redis clusters")) {
        let element = format!("caches.{cache}");
        told(elements.contains(element.as_str()), cache);
    }
    let firestores = cloud.all("firestore databases").count();
    told(
        firestores == facts("deleted_by_time"),
        "a database of Firestore",
    );
    let datasets = cloud.all("bq datasets").count();
    told(datasets == facts("basic_roles"), "a dataset");
    let channels = cloud.all("eventarc channels").count();
    let located = plan.facts.iter();
    let located = located.filter(|fact| fact.element.starts_with("channels."));
    let located = located.filter(|fact| fact.name == "location").count();
    told(channels == located, "a channel");
    let queues = cloud.all("tasks queues").count();
    let facts = plan.facts.iter();
    let facts = facts.filter(|fact| fact.element.starts_with("queues."));
    let endpoints = facts.filter(|fact| fact.name == "endpoint").count();
    told(queues == endpoints, "a queue");
    let counted = |name: &str| {
        let mut facts = plan.facts.iter();
        let fact = facts.find(|fact| fact.element == "monitoring" && fact.name == name);
        let entries = fact.map_or("none", |fact| fact.value.as_str());
        entries.split(", ").filter(|one| *one != "none").count()
    };
    for (kind, name) in [
        ("monitoring channels", "notify"),
        ("monitoring uptime", "uptime"),
        ("monitoring policies", "alerts"),
    ] {
        told(cloud.all(kind).count() == counted(name), kind);
    }
    let policies = cloud.all("container binauthz policy").count();
    let modes = usize::from(keys.contains("binary_authorization.mode"));
    told(policies == modes, "a policy of images");
    let perimeters = cloud.all("access-context-manager perimeters").count();
    let modes = usize::from(keys.contains("perimeter.mode"));
    told(perimeters == modes, "a perimeter");
    for (constraint, _) in cloud.all("org-policies") {
        told(
            keys.contains(&format!("governance.{constraint}")),
            constraint,
        );
    }
    for (service, _) in cloud.all("audit logs") {
        told(keys.contains(&format!("audit_logs.{service}")), service);
    }
    let rules = plan
        .facts
        .iter()
        .filter(|fact| fact.name.starts_with("rules."));
    told(
        cloud.all("compute security-policies rules").count() == rules.count(),
        "a rule of a WAF",
    );
    let open = cloud
        .all("compute firewall-rules")
        .any(|(_, rule)| one(rule, "action") == Some("ALLOW"));
    told(
        !open || keys.contains("network.egress.openings"),
        "an opening",
    );
    out
}

#[test]
fn the_examples_leave_one_cloud_and_keep_their_facts() {
    let mut all = String::new();
    for Example {
        name, expansion, ..
    } in examples()
    {
        let tree = expansion.tree();
        for plan in &expansion.plans {
            let found = disagreement(plan, &tree, &Seen::of(place(plan), &tree));
            if !found.is_empty() {
                write!(all, "{name}, {}:\n{found}", plan.environment).unwrap();
            }
        }
    }
    assert!(all.is_empty(), "{all}");
}

#[test]
fn a_fact_that_no_reader_knows_is_a_broken_promise() {
    let (_, expansion) = &SAMPLE[0];
    let tree = expansion.tree();
    let mut plan = expansion.plans[0].clone();
    let seen = Seen::of(place(&plan), &tree);
    assert_eq!(disagreement(&plan, &tree, &seen), "");
    let service = format!("services.{}", plan.services[0].name);
    plan.facts.push(Fact {
        element: service.clone(),
        name: "colour".into(),
        value: "blue".to_owned(),
    });
    let told = format!("{service}.colour is \"blue\"");
    // In both backends, and in `verify.sh`.
    assert_eq!(disagreement(&plan, &tree, &seen).matches(&told).count(), 3);
}
