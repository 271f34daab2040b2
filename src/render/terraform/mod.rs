//! Terraform: a root module for each stage, `terraform/<environment>/<stage>/`.
//!
//! Within a stage resources refer to each other, so that Terraform sees the order; a later stage names what an earlier
//! one made literally, since the plan decides all names.

mod apis;
mod binary_authorization;
mod buckets;
mod caches;
mod channels;
mod config_files;
mod database;
mod datasets;
mod delivery;
mod edge;
mod events;
mod filters;
mod firestores;
mod format;
mod foundation;
mod governance;
mod grants;
mod index;
mod internal;
mod keys;
mod log_sinks;
mod messages;
mod module;
mod monitoring;
mod network;
mod notifications;
mod perimeter;
mod queues;
mod registries;
mod run;
mod schedules;
mod secrets;
mod services;
#[cfg(test)]
mod tests;
mod words;
mod worker;
mod workflow;
mod workload;

use index::Index;
use module::Module;

use crate::name;
use crate::plan::model::{Plan, Stage};
use crate::tree::Tree;

/// Writes the root module of a stage of an environment.
///
/// # Panics
///
/// When a path is in the tree already: each stage is rendered once.
pub fn render(plan: &Plan, stage: Stage, tree: &mut Tree) {
    let index = Index::new(plan);
    let module = Module::new(plan, &index, stage);
    match stage {
        Stage::Governance => governance::render(module, tree),
        Stage::Foundation => foundation::render(module, tree),
        Stage::Services => services::render(module, tree),
    }
}

/// Terraform's own name for what the plan calls `name`: the same in snake case, without the host of Google's APIs. An
/// identifier begins with a letter or `_`.
pub(super) fn id(name: &str) -> String {
    let short = name.strip_suffix(".googleapis.com").unwrap_or(name);
    name::identifier(short)
}
