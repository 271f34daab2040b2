//! The perimeter of VPC Service Controls.

use askama::Template;

use super::filters;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::perimeter;
use crate::plan::model::{LetIn, LetOut, OwnPerimeter, PerimeterMode, Text};
use crate::render::quote::hcl::Hcl;

#[derive(Template)]
#[template(path = "terraform/perimeter.tf.j2")]
struct File<'a> {
    parent: String,
    full_name: String,
    name: &'a str,
    dry_run: bool,
    /// What becomes of what crosses it.
    says: &'static str,
    /// The project, where the perimeter holds it.
    inside: Option<Text>,
    services: &'a [&'static str],
    all_protected: &'static str,
    ingress: Option<Ingress<'a>>,
    egress: Vec<Egress<'a>>,
}

struct Ingress<'a> {
    who: Vec<Expr>,
    /// Where they come from; never empty.
    from: Vec<&'a str>,
}

struct Egress<'a> {
    project: &'a str,
    resource: String,
    services: &'a [String],
}

/// Adds it, where its owners do not keep it.
pub(super) fn add(module: &mut Module<'_>) {
    let Some(perimeter) = &module.plan.perimeter else {
        return;
    };
    let Some(own) = &perimeter.own else {
        return;
    };
    let OwnPerimeter {
        policy,
        name,
        services,
        ingress,
        egress,
    } = own;
    let parent = format!("accessPolicies/{policy}");
    let holds = perimeter.mode != PerimeterMode::Off;
    let file = File {
        full_name: format!("{parent}/servicePerimeters/{name}"),
        parent,
        name,
        dry_run: perimeter.mode == PerimeterMode::DryRun,
        says: match perimeter.mode {
            PerimeterMode::Enforced => "What crosses it is refused.",
            PerimeterMode::DryRun => {
                "A dry run: what crosses it goes through, and the audit log says what would be refused."
            }
            PerimeterMode::Off => "On its way out: it holds no project.",
        },
        inside: holds.then(|| module.plan.project.by_number()),
        services,
        all_protected: perimeter::ALL_PROTECTED,
        ingress: ingress.as_ref().map(|one| {
            let LetIn { who, from } = one;
            let who = who.iter().map(|who| Expr(who.member().hcl().0));
            let mut from: Vec<&str> = from.iter().map(String::as_str).collect();
            if from.is_empty() {
                from.push("*");
            }
            Ingress {
                who: who.collect(),
                from,
            }
        }),
        egress: egress.iter().map(view).collect(),
    };
    let summary = "VPC Service Controls: the perimeter, which Google's APIs ask beside IAM.";
    module.add("perimeter.tf", summary, &file);
}

fn view(one: &LetOut) -> Egress<'_> {
    let LetOut {
        project,
        number,
        services,
    } = one;
    Egress {
        project,
        resource: format!("projects/{number}"),
        services,
    }
}
