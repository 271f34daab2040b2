//! Single grants: what no complete policy holds.

use askama::Template;

use super::filters;
use super::script::Script;
use crate::plan::model::{Condition, Grant, Plan, Principal, Resource, Stage, Text, account_at};

#[derive(Template)]
#[template(path = "gcloud/grants.sh.j2")]
struct Grants<'a> {
    grants: Vec<GrantView<'a>>,
}

struct GrantView<'a> {
    step: String,
    why: String,
    /// The command without the role and the member; of BigQuery, what `grant` makes SQL of.
    command: Vec<String>,
    role: &'a str,
    member: Text,
    condition: Option<String>,
}

/// Adds those single grants of a stage that are such.
pub(super) fn add(
    script: &mut Script<'_>,
    plan: &Plan,
    stage: Stage,
    is_such: impl Fn(&Grant) -> bool,
) {
    let here = plan.single_grants().filter(|grant| grant.stage == stage);
    let here = here.filter(|grant| is_such(grant));
    script.section(&Grants {
        grants: here.map(view).collect(),
    });
}

fn view(grant: &Grant) -> GrantView<'_> {
    let Grant {
        on,
        role,
        to,
        condition,
        name: _,
        causes,
        stage: _,
    } = grant;
    let (command, what) = command(on);
    let who = match to {
        Principal::Account { id, email: _ } => id.clone(),
        Principal::Agent { service, email: _ } => format!("the agent of {service}"),
        Principal::Named(member) => member.to_string(),
        Principal::Federated { pool, .. } => format!("those of pool {pool}"),
    };
    let causes: Vec<&str> = causes.iter().map(String::as_str).collect();
    GrantView {
        step: format!("{who}: {} on {what}", role.trim_start_matches("roles/")),
        why: causes.join(", "),
        command,
        role,
        member: to.member(),
        condition: match (condition, on) {
            (Some(condition), _) => Some(condition_flag(condition)),
            // Where a policy has conditions, gcloud asks about a grant without.
            (None, Resource::Project { .. }) => Some("None".to_owned()),
            (None, _) => None,
        },
    }
}

/// A condition in gcloud's form; expressions hold commas.
fn condition_flag(condition: &Condition) -> String {
    let Condition { title, expression } = condition;
    let by = super::delimiter([expression.as_str(), title].into_iter());
    format!("^{by}^expression={expression}{by}title={title}")
}

/// Whether somebody is granted something by SQL, or a policy is read that SQL changes.
pub(super) fn by_sql(plan: &Plan) -> bool {
    !plan.datasets.is_empty() || plan.grants.iter().any(|grant| grant.on.is_of_bigquery())
}

/// The command that grants on a resource, and what the resource is called in the name of a step.
#[expect(clippy::too_many_lines, reason = "an arm for each kind of resource")]
pub(super) fn command(on: &Resource) -> (Vec<String>, String) {
    if let Some((kind, path)) = on.in_sql() {
        let words = ["sql", kind, &path].map(str::to_owned);
        return (words.to_vec(), on.in_short(on.project()));
    }
    let (group, name, flags, what): (&str, &str, Vec<String>, &str) = match on {
        Resource::Project { project } => ("projects", project, vec![], "project"),
        Resource::Service { region, name, .. } => (
            "run services",
            name,
            vec![format!("--region={region}")],
            "service",
        ),
        Resource::Job { region, name, .. } => {
            ("run jobs", name, vec![format!("--region={region}")], "job")
        }
        Resource::IapBackend { name, .. } => (
            "iap web",
            "",
            vec![
                "--resource-type=backend-services".to_owned(),
                format!("--service={name}"),
            ],
            "backend",
        ),
        Resource::IapService { region, name, .. } => (
            "beta iap web",
            "",
            vec![
                "--resource-type=cloud-run".to_owned(),
                format!("--region={region}"),
                format!("--service={name}"),
            ],
            "IAP",
        ),
        Resource::Secret { name, .. } => ("secrets", name, vec![], "secret"),
        Resource::Bucket { name, .. } => ("storage buckets", name, vec![], "bucket"),
        Resource::Repository { location, name, .. } => (
            "artifacts repositories",
            name,
            vec![format!("--location={location}")],
            "repository",
        ),
        Resource::Subnetwork { region, name, .. } => (
            "compute networks subnets",
            name,
            vec![format!("--region={region}")],
            "subnet",
        ),
        Resource::Account { email, .. } => ("iam service-accounts", email, vec![], "account"),
        Resource::Topic { name, .. } => ("pubsub topics", name, vec![], "topic"),
        Resource::Subscription { name, .. } => {
            ("pubsub subscriptions", name, vec![], "subscription")
        }
        Resource::Queue { region, name, .. } => (
            "tasks queues",
            name,
            vec![format!("--location={region}")],
            "queue",
        ),
        Resource::Key {
            location,
            ring,
            name,
            ..
        } => (
            "kms keys",
            name,
            vec![
                format!("--location={location}"),
                format!("--keyring={ring}"),
            ],
            "key",
        ),
        Resource::Attestor { name, .. } => {
            ("container binauthz attestors", name, vec![], "attestor")
        }
        Resource::SpannerInstance { name, .. } => {
            ("spanner instances", name, vec![], "Spanner instance")
        }
        Resource::SpannerDatabase { instance, name, .. } => (
            "spanner databases",
            name,
            vec![format!("--instance={instance}")],
            "Spanner database",
        ),
        Resource::Dataset { .. } | Resource::Table { .. } => {
            unreachable!("they have a name in SQL")
        }
    };
    let mut words = vec!["gcloud".to_owned()];
    words.extend(group.split(' ').map(str::to_owned));
    words.push("add-iam-policy-binding".to_owned());
    if matches!(on, Resource::Bucket { .. }) {
        words.push(format!("gs://{name}"));
    } else if !name.is_empty() {
        words.push(name.to_owned());
    }
    words.extend(flags);
    let what = match on {
        Resource::Project { .. } => "the project".to_owned(),
        Resource::Account { project, email } => format!("{what} {}", account_at(email, project)),
        _ => format!("{what} {name}"),
    };
    (words, what)
}

/// The command whose counterpart reads the policy of a resource.
pub(super) fn policy(plan: &Plan, on: &Resource) -> Vec<String> {
    let (mut words, _) = command(on);
    if on.project() != plan.project.id && !on.is_of_bigquery() {
        words.push(format!("--project={}", on.project()));
    }
    words
}
