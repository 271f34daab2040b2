//! The pool by which the workflows of a repository are let in.

use askama::Template;

use super::filters;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::federation;
use crate::plan::model::{GitHub, PROVIDER};
use crate::proof::{self, Waiver};

#[derive(Template)]
#[template(path = "terraform/delivery.tf.j2")]
struct File<'a> {
    project: Expr,
    waiver: Waiver,
    github: Option<GitHubView<'a>>,
}

struct GitHubView<'a> {
    pool: &'a str,
    provider: &'a str,
    mapping: &'a [(&'static str, &'static str)],
    condition: &'a str,
    issuer: &'static str,
}

/// Adds the pool, where a pipeline deploys.
pub(super) fn add(module: &mut Module<'_>) {
    let delivery = module.plan.delivery.as_ref();
    let file = File {
        project: module.project("iam.googleapis.com"),
        waiver: proof::GITHUB_SUBJECT,
        github: delivery.map(|delivery| view(&delivery.github)),
    };
    let summary = "The pipeline: whose tokens are let in, without a key that could be lost.";
    module.add("delivery.tf", summary, &file);
}

fn view(github: &GitHub) -> GitHubView<'_> {
    let GitHub {
        pool,
        condition,
        // They stand in the condition, and in the grant on the account.
        repository_id: _,
        branch: _,
        principal: _,
        provider: _,
    } = github;
    GitHubView {
        pool,
        provider: PROVIDER,
        mapping: &federation::MAPPING,
        condition,
        issuer: federation::GITHUB_ISSUER,
    }
}
