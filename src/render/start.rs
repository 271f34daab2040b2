//! What stands beside a new blueprint. Nothing here is a view of a plan.

use askama::Template;

use super::quote::{Quoted, yaml};
use super::text;

#[derive(Template)]
#[template(path = "start/gitignore.j2")]
struct GitIgnore;

#[derive(Template)]
#[template(path = "start/workflow.yml.j2")]
struct Workflow {
    action: Quoted,
    blueprint: Quoted,
}

/// A `.gitignore` for what Terraform leaves in its folders.
#[must_use]
pub fn git_ignore() -> String {
    text(&GitIgnore) + "\n"
}

/// A workflow of GitHub that runs the action in pull requests. `action` is where the action is, `OWNER/REPO@COMMIT`;
/// `blueprint` the path of the blueprint in the repository.
#[must_use]
pub fn workflow(action: &str, blueprint: &str) -> String {
    text(&Workflow {
        action: yaml::scalar(action),
        blueprint: yaml::scalar(blueprint),
    }) + "\n"
}
