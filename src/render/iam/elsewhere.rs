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
    /// The statement of SQL that is the grant on what BigQuery has.
    sql: Option<Quoted>,
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
    let (command, unconditional) = command(on);
    let sql = on.in_sql().map(|(kind, path)| {
        let kind = kind.to_uppercase();
        Text::literal(format!("GRANT `{role}` ON {kind} `{path}` TO \""))
            .then_text(&to.member())
            .then("\"")
            .shell()
    });
    let causes: Vec<&str> = causes.iter().map(String::as_str).collect();
    Step {
        causes: comment(&causes.join(", ")),
        sql,
        command: comment(command),
        place: place(on).into_iter().map(word).collect(),
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
fn word((flag, value): (&'static str, &str)) -> Quoted {
    Safe(format!("{flag}{}", value.shell().0))
}

/// The command group that grants on a kind of resource (of `bq`, where that is BigQuery's), and whether its `add-iam-policy-binding` knows conditions.
fn command(on: &Resource) -> (&'static str, bool) {
    match on {
        Resource::Project { .. } => ("projects", true),
        Resource::Service { .. } => ("run services", true),
        Resource::Job { .. } => ("run jobs", false),
        Resource::IapBackend { .. } => ("iap web", true),
        Resource::IapService { .. } => ("beta iap web", true),
        Resource::Secret { .. } => ("secrets", true),
        Resource::Bucket { .. } => ("storage buckets", true),
        Resource::Repository { .. } => ("artifacts repositories", true),
        Resource::Subnetwork { .. } => ("compute networks subnets", false),
        Resource::Account { .. } => ("iam service-accounts", true),
        Resource::Topic { .. } => ("pubsub topics", false),
        Resource::Subscription { .. } => ("pubsub subscriptions", false),
        Resource::Queue { .. } => ("tasks queues", false),
        Resource::Key { .. } => ("kms keys", true),
        Resource::Attestor { .. } => ("container binauthz attestors", true),
        Resource::SpannerInstance { .. } => ("spanner instances", true),
        Resource::SpannerDatabase { .. } => ("spanner databases", true),
        Resource::Dataset { .. } | Resource::Table { .. } => ("query", false),
    }
}

/// The words that name a resource to its command: the name alone, and flags with their values.
fn place(on: &Resource) -> Vec<(&'static str, &str)> {
    let project = ("--project=", on.project());
    match on {
        Resource::Project { project } => vec![("", project)],
        Resource::Service { region, name, .. }
        | Resource::Job { region, name, .. }
        | Resource::Subnetwork { region, name, .. } => {
            vec![("", name), project, ("--region=", region)]
        }
        Resource::IapBackend { name, .. } => vec![
            project,
            ("--resource-type=", "backend-services"),
            ("--service=", name),
        ],
        Resource::IapService { region, name, .. } => vec![
            project,
            ("--resource-type=", "cloud-run"),
            ("--region=", region),
            ("--service=", name),
        ],
        Resource::Secret { name, .. }
        | Resource::Topic { name, .. }
        | Resource::Subscription { name, .. }
        | Resource::Attestor { name, .. }
        | Resource::SpannerInstance { name, .. } => vec![("", name), project],
        Resource::Bucket { project: _, name } => vec![("gs://", name)],
        Resource::Repository { location, name, .. } => {
            vec![("", name), project, ("--location=", location)]
        }
        Resource::Account { email, .. } => vec![("", email), project],
        Resource::Queue { region, name, .. } => {
            vec![("", name), project, ("--location=", region)]
        }
        Resource::Key {
            location,
            ring,
            name,
            ..
        } => vec![
            ("", name),
            project,
            ("--location=", location),
            ("--keyring=", ring),
        ],
        Resource::SpannerDatabase { instance, name, .. } => {
            vec![("", name), project, ("--instance=", instance)]
        }
        Resource::Dataset { project, .. } | Resource::Table { project, .. } => {
            vec![("--project_id=", project)]
        }
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

#[cfg(test)]
mod tests {
    use std::process::Command;

    use crate::plan::model::{Part, Plan, Principal, Text};
    use crate::render::sample;
    use crate::tree::Tree;

    /// The sample as it looks from another project: all of its grants have to be made elsewhere.
    fn plan() -> Plan {
        let mut plan = sample::plan();
        plan.project.id = "acme-other".to_owned();
        let member =
            Text::from("serviceAccount:$(id)'\"-").then_part(Part::Value("gateway".to_owned()));
        for grant in &mut plan.grants {
            if let Principal::Named(_) = grant.to {
                grant.to = Principal::Named(member.clone());
            }
        }
        plan
    }

    fn tree() -> Tree {
        let mut tree = Tree::default();
        super::render(&plan(), "iam/prod", &mut tree);
        tree
    }

    /// Runs the script with a stand-in for gcloud that prints its arguments, one a line, and its standard input.
    fn run(script: &str) -> String {
        let stand_in = r#"gcloud() {
            if [ "$2" = describe ]; then echo 123; return; fi
            printf '%s\n' "$@" >&2
            case "$*" in *--condition-from-file=-*) cat >&2 ;; esac
        }
        "#;
        let output = Command::new("bash")
            .args(["-c", &format!("{stand_in}{script}")])
            .output()
            .expect("bash runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    }

    #[test]
    fn the_script_makes_every_grant() {
        let plan = plan();
        let wanted = &plan.elsewhere()["acme-rich-prod"];
        let said = run(&tree()
            .get("iam/prod/elsewhere/acme-rich-prod.sh")
            .expect("it is there")
            .text);
        for grant in wanted {
            assert!(said.contains(&format!("--role={}\n", grant.role)), "{said}");
            let member = grant.to.member().to_string();
            let member = member
                .replace("PROJECT_NUMBER", "123")
                .replace("<values.gateway>", "https://rich.example.com");
            assert!(
                said.contains(&format!("--member={member}\n")),
                "{member}: {said}"
            );
            if let Some(condition) = &grant.condition {
                assert!(said.contains(&condition.expression), "{said}");
            }
        }
        assert_eq!(said.matches("add-iam-policy-binding").count(), wanted.len());
    }

    #[test]
    fn the_list_holds_every_grant() {
        let tree = tree();
        let text = &tree
            .get("iam/prod/elsewhere/acme-rich-prod.yaml")
            .expect("it is there")
            .text;
        let list: serde_norway::Value = serde_norway::from_str(text).expect("it is YAML");
        let list = list.as_sequence().expect("it is a list");
        let plan = plan();
        let wanted = &plan.elsewhere()["acme-rich-prod"];
        assert_eq!(list.len(), wanted.len());
        for (entry, grant) in list.iter().zip(wanted) {
            assert_eq!(
                entry["resource"].as_str(),
                Some(grant.on.full_name().as_str())
            );
            assert_eq!(
                entry["member"].as_str(),
                Some(grant.to.member().to_string().as_str())
            );
            let condition = grant.condition.as_ref();
            let expression = condition.map(|condition| condition.expression.as_str());
            assert_eq!(entry["condition"]["expression"].as_str(), expression);
        }
    }
}
