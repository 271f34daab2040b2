//! The backends: views of one plan. They quote and place what the plan has decided, and decide nothing.

pub mod dashboard;
pub mod docs;
pub mod gcloud;
pub mod github;
pub mod iam;
pub mod quote;
#[cfg(test)]
mod sample;
pub mod start;
pub mod terraform;

use askama::Template;

use crate::parallel;
use crate::plan::model::{Plan, Stage};
use crate::tree::Tree;

/// A part of the files, which is made beside the others.
enum Part<'a> {
    Terraform(&'a Plan, Stage),
    Scripts(&'a Plan),
    Policies(&'a Plan),
    Documents(&'a [Plan]),
}

/// The files of all environments.
#[must_use]
pub fn render(plans: &[Plan]) -> Tree {
    // What needs much room while it is made comes first, where little is made yet; what is short comes last, so that all
    // processors are done at about the same time.
    let documents = [Part::Documents(plans)];
    let policies = plans.iter().map(Part::Policies);
    let scripts = plans.iter().map(Part::Scripts);
    let stages = |plan| {
        let stages = Plan::stages(plan).into_iter().rev();
        stages.map(move |stage| Part::Terraform(plan, stage))
    };
    let parts: Vec<Part<'_>> = documents
        .into_iter()
        .chain(policies)
        .chain(scripts)
        .chain(plans.iter().flat_map(stages))
        .collect();
    let trees = parallel::each(parts, |part| {
        let mut tree = Tree::default();
        match part {
            Part::Terraform(plan, stage) => terraform::render(plan, stage, &mut tree),
            Part::Scripts(plan) => gcloud::render(plan, &mut tree),
            Part::Policies(plan) => {
                iam::render(plan, &mut tree);
                github::render(plan, &mut tree);
            }
            Part::Documents(plans) => docs::render(plans, &mut tree),
        }
        tree
    });
    let mut whole = Tree::default();
    for tree in trees {
        whole.extend(tree);
    }
    whole
}

/// Renders a template.
///
/// # Panics
///
/// When a template writes bare text, see [`quote::Refuse`]: a mistake of this program that no input can avoid, and that
/// therefore the first test of the template finds.
#[must_use]
pub fn text(template: &impl Template) -> String {
    match template.render() {
        Ok(text) => text,
        Err(error) => panic!("a template does not render: {error}"),
    }
}

/// Renders a template whose text is a part of another's.
///
/// # Panics
///
/// As [`text`].
#[must_use]
pub(crate) fn block(template: &impl Template) -> quote::Quoted {
    askama::filters::Safe(text(template))
}

/// Whose account something runs as, and where it stands what that may do.
pub(crate) fn whose(plan: &Plan, email: &str) -> String {
    if plan.account_by_address(email).is_some() {
        format!(
            "its own account; iam/{}/ACCESS.md says what it may do",
            plan.environment
        )
    } else {
        "an account that is there already: whatever else it may do, its owner knows".to_owned()
    }
}

/// A length of time, as Google's APIs, Terraform and gcloud write it.
pub(crate) fn seconds(seconds: impl Into<u64>) -> String {
    format!("{}s", seconds.into())
}
