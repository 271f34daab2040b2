//! The complete policies of services and jobs.

use askama::Template;

use crate::plan::model::{Binding, Part, Plan, Principal, Text};
use crate::render::quote::{self, Quoted, yaml};
use crate::tree::Tree;

/// A policy file.
#[derive(Template)]
#[template(path = "iam/policy.yaml.j2")]
struct Policy {
    says: Quoted,
    complete: Quoted,
    bindings: Vec<Role>,
}

/// Who has one role.
struct Role {
    role: Quoted,
    members: Vec<Quoted>,
}

/// Adds a file for each service and each job.
pub fn render(plan: &Plan, folder: &str, tree: &mut Tree) {
    for service in &plan.services {
        let path = format!("{folder}/services/{}.yaml", service.name);
        let what = if service.invoker_check {
            format!("Everyone who may call service {}", service.name)
        } else {
            format!(
                "Anyone may call service {} without a token (its invoker check is off): this is who may do more",
                service.name
            )
        };
        tree.add(&path, text(plan, &what, &service.policy));
    }
    for job in &plan.jobs {
        let path = format!("{folder}/jobs/{}.yaml", job.name);
        let what = format!("Everyone who may start job {}", job.name);
        tree.add(&path, text(plan, &what, &job.policy));
    }
}

fn text(plan: &Plan, what: &str, policy: &[Binding]) -> String {
    let members: Vec<Text> = members(policy).map(Principal::member).collect();
    let unknown = |wanted: fn(&Part) -> bool| {
        members
            .iter()
            .any(|member| member.parts().iter().any(wanted))
    };
    let number = if unknown(|part| matches!(part, Part::ProjectNumber)) {
        format!(
            " Put the number of project {} for PROJECT_NUMBER.",
            plan.project.id
        )
    } else {
        String::new()
    };
    let values = if unknown(|part| matches!(part, Part::Value(_))) {
        " Put the blueprint's value of that name for each <values.NAME>."
    } else {
        ""
    };
    let complete =
        format!("The policy is complete: a grant that is not here disappears.{number}{values}");
    let bindings = policy
        .iter()
        .map(|Binding { role, members }| Role {
            role: yaml::scalar(role),
            members: members
                .iter()
                .map(|member| yaml::scalar(&member.member().to_string()))
                .collect(),
        })
        .collect();
    crate::render::text(&Policy {
        says: quote::comment(&format!("{what}.")),
        complete: quote::comment(&complete),
        bindings,
    }) + "\n"
}

fn members(policy: &[Binding]) -> impl Iterator<Item = &Principal> {
    policy.iter().flat_map(|binding| &binding.members)
}
