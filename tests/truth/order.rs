//! The order in which Terraform makes things: what stands at the end is the same without it, but on the way there a first apply would
//! fail, or something would answer before it may. Who waits for whom is read from the references, those of `depends_on` too.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use ravelin::tree::Tree;

use crate::cloud::Place;
use crate::declared::Declared;
use crate::examples::examples;
use crate::no_way_in::place;
use crate::readers::hcl::{Resource, Stage, stages};

/// A kind that waits for all of another in its stage that hold a word, where both say a region for those of its own.
#[rustfmt::skip] // a table is read by its rows
const KINDS: &[(&str, &str, &str)] = &[
    ("google_access_context_manager_service_perimeter", "google_project_service", ""),
    ("google_org_policy_policy", "google_project_service", ""),
    // Without these there is no address for it.
    ("google_memorystore_instance", "google_network_connectivity_service_connection_policy", "gcp-memorystore"),
    ("google_redis_cluster", "google_network_connectivity_service_connection_policy", "gcp-memorystore-redis"),
    ("google_sql_database_instance", "google_service_networking_connection", ""),
];

/// A kind that Google makes only once an agent of its own has its grants on what it names, and the words that this agent is known by.
const AGENTS: &[(&str, &str)] = &[
    ("google_pubsub_subscription", "@gcp-sa-pubsub."),
    ("google_secret_manager_secret", "@gcp-sa-secretmanager."),
    ("google_storage_notification", "@gs-project-accounts."),
];

/// A kind that Google makes as an agent that has its role on the project before.
const MADE_BY: &[(&str, &str)] = &[("google_eventarc_channel", "@gcp-sa-eventarc.")];

/// Arguments that say as whom something acts.
const ACTS_AS: &[&str] = &["service_account", "service_account_email"];

/// Of each address some others.
type Addresses = BTreeMap<String, BTreeSet<String>>;

/// What an environment's Terraform makes before what it needs; nothing where all of it waits.
pub fn out_of_order(place: &Place, tree: &Tree) -> String {
    stages(place, tree).iter().map(of_stage).collect()
}

fn of_stage(stage: &Stage) -> String {
    let waits = waits(stage);
    let mut out = String::new();
    let mut ordered = |one: &Resource, other: &Resource| {
        let (one, other) = (address(one), address(other));
        // What is granted on something comes after it.
        if one != other && !waits[&one].contains(&other) && !waits[&other].contains(&one) {
            writeln!(out, "{one} does not wait for {other}").unwrap();
        }
    };
    let grants: Vec<(&Resource, BTreeSet<&str>)> = stage
        .resources
        .iter()
        .filter(|one| {
            !one.data && one.kind.contains("_iam_") && !one.kind.starts_with("google_iam_")
        })
        .map(|grant| (grant, members(stage, grant)))
        .collect();
    let calls = calls(stage, &grants);
    for one in stage.resources.iter().filter(|one| !one.data) {
        for (_, kind, word) in KINDS.iter().filter(|(kind, _, _)| *kind == one.kind) {
            let holds = |other: &Resource| {
                let mut values = other.flat.values();
                word.is_empty() || values.any(|values| values == &[*word])
            };
            let near = |other: &Resource| {
                let regions = [region(one), region(other)];
                regions.contains(&None) || regions[0] == regions[1]
            };
            let others = stage.resources.iter();
            let others = others.filter(|other| other.kind == *kind && holds(other) && near(other));
            others.for_each(|other| ordered(one, other));
        }
        if one.kind.contains("_iam_") {
            continue;
        }
        let agent = AGENTS.iter().find(|(kind, _)| *kind == one.kind);
        let made_by = MADE_BY.iter().find(|(kind, _)| *kind == one.kind);
        for (grant, members) in &grants {
            let makes = made_by.is_some_and(|(_, agent)| {
                let by = members.iter().any(|member| member.contains(agent));
                by && grant.kind == "google_project_iam_member"
            });
            if makes {
                ordered(one, grant);
            }
            let asks = match one.kind.as_str() {
                // What is called by a workload is told by its calls; it may go without whatever else it may do.
                kind if kind.starts_with("google_cloud_run_v2_") => {
                    // Those that call each other in a circle cannot all wait.
                    let mut called = grant.refers.iter().filter_map(|other| calls.get(other));
                    grant.kind == "google_cloud_run_v2_service_iam_policy"
                        && !called.any(|onwards| onwards.contains(&address(one)))
                }
                // To be made it needs a role on the project.
                "google_eventarc_trigger" => true,
                _ => grant.kind != "google_project_iam_member",
            };
            if !asks {
                continue;
            }
            if accounts(one)
                .iter()
                .any(|account| members.contains(account.as_str()))
            {
                ordered(one, grant);
            }
            let named = |agent: &str| {
                let by = members.iter().any(|member| member.contains(agent));
                by && on(grant).iter().any(|on| writes_to(one).contains(on))
            };
            if agent.is_some_and(|(_, agent)| named(agent)) {
                ordered(one, grant);
            }
        }
        // Whoever logs in is an account first.
        let login = (one.kind == "google_sql_user").then(|| one.flat["name"].concat());
        let login = login.as_deref().and_then(|login| login.split('@').next());
        let made = stage.resources.iter().filter(|other| {
            let account = other.flat.get("account_id").map(|id| id.concat());
            other.kind == "google_service_account" && account.as_deref() == login
        });
        made.for_each(|account| ordered(one, account));
    }
    out
}

/// What a grant is on, in short.
fn on(grant: &Resource) -> Vec<&str> {
    let paths = ["topic", "bucket", "subscription"];
    let found = paths.iter().filter_map(|path| grant.flat.get(*path));
    found.map(|values| last(&values[0])).collect()
}

/// What something tells or writes to, in short: what a subscription reads from needs no grant of its agent, and where its dead letters go
/// is only asked when there are some.
fn writes_to(one: &Resource) -> Vec<&str> {
    let reads = one.kind == "google_pubsub_subscription";
    let paths = ["topics.name", "cloud_storage_config.bucket"];
    let paths = paths.into_iter().chain((!reads).then_some("topic"));
    let found = paths.filter_map(|path| one.flat.get(path));
    found.flatten().map(|value| last(value)).collect()
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn address(one: &Resource) -> String {
    format!("{}.{}", one.kind, one.local)
}

fn region(one: &Resource) -> Option<String> {
    let at = one
        .flat
        .get("region")
        .or_else(|| one.flat.get("location"))?;
    Some(at.concat())
}

/// As whom something acts, as members of a policy.
fn accounts(one: &Resource) -> Vec<String> {
    let acts = |path: &&String| ACTS_AS.contains(&path.rsplit('.').next().unwrap());
    let paths = one.flat.keys().filter(acts);
    let emails = paths.map(|path| one.flat[path].concat());
    emails
        .map(|email| format!("serviceAccount:{}", email.rsplit('/').next().unwrap()))
        .collect()
}

/// Whom a grant is for: itself, or by the policy that it hands over.
fn members<'a>(stage: &'a Stage, grant: &'a Resource) -> BTreeSet<&'a str> {
    let policy = grant.flat.get("policy_data").map(|policy| policy.concat());
    let policy = policy.and_then(|policy| {
        let mut data = stage.resources.iter();
        data.find(|one| one.kind == "google_iam_policy" && one.local == policy)
    });
    let told = policy.unwrap_or(grant).flat.iter();
    let told =
        told.filter(|(path, _)| ["member", "members"].contains(&path.rsplit('.').next().unwrap()));
    told.flat_map(|(_, members)| members.iter().map(String::as_str))
        .collect()
}

/// For each address of a stage what it waits for, directly or because something between them does.
fn waits(stage: &Stage) -> Addresses {
    let direct = stage.resources.iter();
    through(
        &direct
            .map(|one| (address(one), one.refers.clone()))
            .collect(),
    )
}

/// For each service of a stage those that it may call, directly or through others.
fn calls(stage: &Stage, grants: &[(&Resource, BTreeSet<&str>)]) -> Addresses {
    let services = stage.resources.iter();
    let services = services.filter(|one| one.kind == "google_cloud_run_v2_service");
    let direct = services.map(|one| {
        let accounts = accounts(one);
        let may = grants.iter().filter(|(_, members)| {
            let mut accounts = accounts.iter();
            accounts.any(|account| members.contains(account.as_str()))
        });
        let called = may.flat_map(|(grant, _)| grant.refers.iter().cloned());
        (address(one), called.collect())
    });
    through(&direct.collect())
}

/// What is reached from each, over others too.
fn through(direct: &Addresses) -> Addresses {
    let all = |from: &String| {
        let (mut found, mut left) = (BTreeSet::new(), vec![from]);
        while let Some(next) = left.pop() {
            for other in direct.get(next).into_iter().flatten() {
                if found.insert(other.clone()) {
                    left.push(other);
                }
            }
        }
        found
    };
    direct
        .keys()
        .map(|from| (from.clone(), all(from)))
        .collect()
}

#[test]
fn the_examples_wait_for_what_they_need() {
    for example in examples() {
        let tree = example.expansion.tree();
        for declared in Declared::environments(&example.table) {
            let found = out_of_order(&place(&declared), &tree);
            assert!(
                found.is_empty(),
                "{}, {}:\n{found}",
                example.name,
                declared.environment
            );
        }
    }
}
