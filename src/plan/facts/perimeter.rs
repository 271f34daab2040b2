//! The posture of the perimeter: what becomes of what crosses it, and who and what is let through.

use super::Facts;
use crate::plan::model::{LetIn, LetOut, Plan};

const ELEMENT: &str = "perimeter";

/// What is made of it here, where its owners do not keep it.
pub(super) fn facts(plan: &Plan, facts: &mut Facts) {
    let Some(perimeter) = &plan.perimeter else {
        return;
    };
    let Some(own) = &perimeter.own else {
        return;
    };
    facts.say(ELEMENT, "mode", perimeter.mode.word());
    let services = own.services.iter().map(|service| (*service).to_owned());
    facts.list(ELEMENT, "services", services, "none");
    facts.say(ELEMENT, "network", "protected services");
    let lets_in = own.ingress.iter().flat_map(lets_in);
    facts.list(ELEMENT, "lets_in", lets_in, "nobody");
    let lets_out = own.egress.iter().flat_map(lets_out);
    facts.list(ELEMENT, "lets_out", lets_out, "nothing");
}

/// Each of those who are let in, from each place: `group:a@example.com from offices`.
fn lets_in(one: &LetIn) -> Vec<String> {
    let who = or(
        one.who.iter().map(|who| who.member().to_string()),
        "anybody",
    );
    let from = or(one.levels().map(str::to_owned), "anywhere");
    let each = who
        .iter()
        .flat_map(|who| from.iter().map(move |from| format!("{who} from {from}")));
    each.collect()
}

/// Each API that is reached in another project: `artifactregistry.googleapis.com of 234567890123`.
fn lets_out(one: &LetOut) -> Vec<String> {
    let LetOut {
        project: _,
        number,
        services,
    } = one;
    let each = services
        .iter()
        .map(|service| format!("{service} of {number}"));
    each.collect()
}

fn or(texts: impl Iterator<Item = String>, none: &str) -> Vec<String> {
    let texts: Vec<String> = texts.collect();
    if texts.is_empty() {
        vec![none.to_owned()]
    } else {
        texts
    }
}
