//! Grants on what lies in other projects: a script and a list for the owner of each.

use std::collections::BTreeSet;

use askama::Template;
use askama::filters::Safe;

use crate::plan::model::{Condition, Grant, Part, Plan, Resource, Text};
use crate::render::quote::shell::{Shell, value_variable};
use crate::render::quote::{Quoted, comment, json, yaml};
use crate::tree::Tree;

/// The script.
#[derive(Template)]
#[template(path = "iam/elsewhere.sh.j2")]
struct Script<'a> {
    project: Quoted,
    beneficiary: Quoted,
    /// Whether a member holds the number of the project that the grants are for.
    number: bool,
    values: Vec<Lookup>,
    grants: &'a [Step],
}

/// A value that a command prints.
struct Lookup {
    variable: Quoted,
    command: Quoted,
}

/// A command that makes a grant.
struct Step {
    causes: Quoted,
    command: Quoted,
    /// What stands before the role and the member: flags of the resource, quoted.
    place: Vec<Quoted>,
    role: Quoted,
    member: Quoted,
    /// Whether the command knows conditions, and wants to be told that there is none.
    unconditional: bool,
    /// The condition as JSON, for standard input.
    condition: Option<Quoted>,
}

/// The list.
#[derive(Template)]
#[template(path = "iam/elsewhere.yaml.j2")]
struct List {
    project: Quoted,
    beneficiary: Quoted,
    number: bool,
    grants: Vec<Entry>,
}

/// A grant in the list.
struct Entry {
    resource: Quoted,
    role: Quoted,
    member: Quoted,
    condition: Option<(Quoted, Quoted)>,
    causes: Vec<Quoted>,
}

/// Adds the two files of each project.
pub fn render(plan: &Plan, folder: &str, tree: &mut Tree) {
    for (project, grants) in plan.elsewhere() {
        let path = format!("{folder}/elsewhere/{project}");
        tree.add_script(&format!("{path}.sh"), script(plan, project, &grants));
        tree.add(&format!("{path}.yaml"), list(plan, project, &grants));
    }
}

fn script(plan: &Plan, project: &str, grants: &[&Grant]) -> String {
    let parts = parts(grants);
    let values = parts.iter().filter_map(|part| match part {
        Part::Value(name) => Some(Lookup {
            variable: comment(&value_variable(name)),
            // A shell command that the blueprint gives as it is to be run.
            command: Safe(plan.values.get(name)?.gcloud.clone()),
        }),
        Part::Literal(_) | Part::ProjectNumber => None,
    });
    let steps: Vec<Step> = grants.iter().map(|grant| step(grant)).collect();
    crate::render::text(&Script {
        project: comment(project),
        beneficiary: comment(&plan.project.id),
        number: parts.contains(&Part::ProjectNumber),
        values: values.collect(),
        grants: &steps,
    }) + "\n"
}

/// What is not known yet in the members.
fn parts(grants: &[&Grant]) -> BTreeSet<Part> {
    let members: Vec<Text> = grants.iter().map(|grant| grant.to.member()).collect();
    let parts = members.iter().flat_map(Text::parts);
    parts
        .filter(|part| !matches!(part, Part::Literal(_)))
        .cloned()
        .collect()
}

fn step(grant: &Grant) -> Step {
    let Grant {
        on,
        role,
        to,
        condition,
        // A name for Terraform's and the scripts' sake.
        name: _,
        causes,
        // No stage reaches into another project.
        stage: _,
    } = grant;
    let (command, place, unconditional) = command(on);
    let causes: Vec<&str> = causes.iter().map(String::as_str).collect();
    Step {
        causes: comment(&causes.join(", ")),
        command: comment(command),
        place: place.into_iter().map(word).collect(),
        role: role.shell(),
        member: to.member().shell(),
        unconditional: unconditional && condition.is_none(),
        condition: condition.as_ref().map(|Condition { title, expression }| {
            let title = json::string(title).0;
            let expression = json::string(expression).0;
            format!("{{\"title\": {title}, \"expression\": {expression}}}").shell()
        }),
    }
}

/// A word of a command: a flag with its value, or a name alone.
fn word((flag, value): (&'static str, String)) -> Quoted {
    Safe(format!("{flag}{}", value.shell().0))
}

/// The command that grants on a kind of resource, the words that name it, and whether the command knows conditions
/// (`gcloud … add-iam-policy-binding --help`).
fn command(on: &Resource) -> (&'static str, Vec<(&'static str, String)>, bool) {
    let own = String::clone;
    match on {
        Resource::Project { project } => ("projects", vec![("", own(project))], true),
        Resource::Service {
            project,
            region,
            name,
        } => (
            "run services",
            vec![
                ("", own(name)),
                ("--project=", own(project)),
                ("--region=", own(region)),
            ],
            true,
        ),
        Resource::Job {
            project,
            region,
            name,
        } => (
            "run jobs",
            vec![
                ("", own(name)),
                ("--project=", own(project)),
                ("--region=", own(region)),
            ],
            false,
        ),
        Resource::IapBackend { project, name } => (
            "iap web",
            vec![
                ("--project=", own(project)),
                ("--resource-type=", "backend-services".to_owned()),
                ("--service=", own(name)),
            ],
            true,
        ),
        Resource::IapService {
            project,
            region,
            name,
        } => (
            "beta iap web",
            vec![
                ("--project=", own(project)),
                ("--resource-type=", "cloud-run".to_owned()),
                ("--region=", own(region)),
                ("--service=", own(name)),
            ],
            true,
        ),
        Resource::Secret { project, name } => (
            "secrets",
            vec![("", own(name)), ("--project=", own(project))],
            true,
        ),
        Resource::Bucket { project: _, name } => {
            ("storage buckets", vec![("", format!("gs://{name}"))], true)
        }
        Resource::Repository {
            project,
            location,
            name,
        } => (
            "artifacts repositories",
            vec![
                ("", own(name)),
                ("--project=", own(project)),
                ("--location=", own(location)),
            ],
            true,
        ),
        Resource::Subnetwork {
            project,
            region,
            name,
        } => (
            "compute networks subnets",
            vec![
                ("", own(name)),
                ("--project=", own(project)),
                ("--region=", own(region)),
            ],
            false,
        ),
        Resource::Account { project, email } => (
            "iam service-accounts",
            vec![("", own(email)), ("--project=", own(project))],
            true,
        ),
        Resource::Topic { project, name } => (
            "pubsub topics",
            vec![("", own(name)), ("--project=", own(project))],
            false,
        ),
        Resource::Key {
            project,
            location,
            ring,
            name,
        } => (
            "kms keys",
            vec![
                ("", own(name)),
                ("--project=", own(project)),
                ("--location=", own(location)),
                ("--keyring=", own(ring)),
            ],
            true,
        ),
    }
}

fn list(plan: &Plan, project: &str, grants: &[&Grant]) -> String {
    let entries = grants.iter().map(|grant| Entry {
        resource: yaml::scalar(&grant.on.full_name()),
        role: yaml::scalar(&grant.role),
        member: yaml::scalar(&grant.to.member().to_string()),
        condition: grant
            .condition
            .as_ref()
            .map(|Condition { title, expression }| (yaml::scalar(title), yaml::scalar(expression))),
        causes: grant.causes.iter().map(|key| yaml::scalar(key)).collect(),
    });
    crate::render::text(&List {
        project: comment(project),
        beneficiary: comment(&plan.project.id),
        number: parts(grants).contains(&Part::ProjectNumber),
        grants: entries.collect(),
    }) + "\n"
}
