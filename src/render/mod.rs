//! The backends: views of one plan. They quote and place what the plan has decided, and decide nothing.

pub mod docs;
pub mod gcloud;
pub mod iam;
pub mod quote;
#[cfg(test)]
mod sample;
pub mod start;
pub mod terraform;

use std::panic::resume_unwind;
use std::thread;

use askama::Template;

use crate::plan::model::Plan;
use crate::tree::Tree;

/// The files of all environments.
#[must_use]
pub fn render(plans: &[Plan]) -> Tree {
    // Terraform costs about as much as all the rest, so the two are made side by side.
    thread::scope(|scope| {
        let terraform = scope.spawn(|| {
            let mut tree = Tree::default();
            for plan in plans {
                terraform::render(plan, &mut tree);
            }
            tree
        });
        let mut tree = Tree::default();
        for plan in plans {
            gcloud::render(plan, &mut tree);
            iam::render(plan, &mut tree);
        }
        docs::render(plans, &mut tree);
        tree.extend(
            terraform
                .join()
                .unwrap_or_else(|panic| resume_unwind(panic)),
        );
        tree
    })
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
