//! The perimeter of VPC Service Controls.

use askama::Template;

use super::filters;
use super::script::{Script, word};
use super::verify::{Reading, by};
use crate::plan::model::{LetIn, LetOut, OwnPerimeter, PerimeterMode, Plan, Principal, Text};

#[derive(Template)]
#[template(path = "gcloud/perimeter.sh.j2")]
struct Section<'a> {
    policy: u64,
    name: &'a str,
    mode: &'static str,
    /// The project, where the perimeter holds it.
    inside: Option<Text>,
    services: &'a [&'static str],
    ingress: Option<Ingress<'a>>,
    egress: &'a [LetOut],
}

struct Ingress<'a> {
    who: Vec<Text>,
    from: &'a [String],
}

/// Adds the step, where its owners do not keep it.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    let (Some(perimeter), Some(own)) = (&plan.perimeter, plan.own_perimeter()) else {
        return;
    };
    let OwnPerimeter {
        policy,
        name,
        services,
        ingress,
        egress,
    } = own;
    script.ahead(ahead(plan));
    script.section(&Section {
        policy: *policy,
        name,
        mode: perimeter.mode.word(),
        inside: (perimeter.mode != PerimeterMode::Off).then(|| plan.project.by_number()),
        services,
        ingress: ingress.as_ref().map(|one| {
            let LetIn { who, from } = one;
            Ingress {
                who: who.iter().map(Principal::member).collect(),
                from,
            }
        }),
        egress,
    });
}

/// The line that reads it ahead.
pub(super) fn ahead(plan: &Plan) -> Option<String> {
    let OwnPerimeter { policy, name, .. } = plan.own_perimeter()?;
    Some(format!("perimeter_ahead {policy} {}", word(name)))
}

/// How a fact of it is read.
pub(super) fn reading(plan: &Plan, name: &str) -> Option<Reading> {
    let own = plan.own_perimeter()?;
    let policy = own.policy.to_string();
    by(["perimeter_says", &policy, &own.name, name])
}
