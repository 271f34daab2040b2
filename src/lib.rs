//! A page of TOML in, hardened Google Cloud Run infrastructure out: Terraform, gcloud scripts and IAM policies.
//!
//! The front door is [`expand`]: from the text of a blueprint to a tree of files in memory, without touching a disk.
//! The way of the data, and the rooms it goes through:
//!
//! ```text
//! source → blueprint → plan → render → tree → change → store
//! ```

#![warn(clippy::disallowed_methods, clippy::disallowed_types)] // only `store` touches the disk

pub mod blueprint;
pub mod change;
pub mod cli;
pub mod diag;
pub mod diff;
pub mod language;
pub mod name;
mod parallel;
pub mod plan;
pub mod preset;
pub mod proof;
pub mod render;
pub mod rules;
pub mod source;
pub mod store;
pub mod tree;

use diag::{Diagnostic, Severity};
use plan::model::Plan;
use plan::{Date, Posture};
use source::Source;
use tree::Tree;

/// What a blueprint expands to.
#[derive(Debug, Clone)]
pub struct Expansion {
    /// The plan of each environment, by the environment's name. Empty where there is an error.
    pub plans: Vec<Plan>,
    /// What was found, in the order of the places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Expansion {
    /// Whether something is wrong, so that there is nothing to write.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.rule.severity == Severity::Error)
    }

    /// The files that the plans amount to.
    #[must_use]
    pub fn tree(&self) -> Tree {
        render::render(&self.plans)
    }
}

/// Expands a blueprint. `files` reads a file that stands beside it, by its relative path.
///
/// It is a pure function: the same text and files give the same plans and the same bytes, always and everywhere.
///
/// ```
/// use ravelin::{expand, source::Source};
///
/// let blueprint = r#"
/// schema = 1
///
/// [project]
/// name = "hello"
/// region = "europe-west1"
///
/// [environments.prod]
/// project_id = "acme-hello-prod"
///
/// [services.api]
/// image = "europe-docker.pkg.dev/acme-hello-prod/app/api@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263"
/// "#;
/// let expansion = expand(&Source::new("ravelin.toml", blueprint), &|_| None);
/// assert!(!expansion.has_errors());
///
/// let tree = expansion.tree();
/// let service = tree.get("terraform/prod/services/service-api.tf").expect("each service has a file");
/// assert!(service.text.contains("INGRESS_TRAFFIC_INTERNAL_ONLY"));
/// ```
#[must_use]
pub fn expand(source: &Source, files: &(dyn Fn(&str) -> Option<String> + Sync)) -> Expansion {
    expanded(source, files, None)
}

/// Expands a blueprint as [`expand`] does, and reports the exceptions that have ended.
#[must_use]
pub fn check(
    source: &Source,
    files: &(dyn Fn(&str) -> Option<String> + Sync),
    today: Date,
) -> Expansion {
    expanded(source, files, Some(today))
}

/// Judges the way from what was generated last to what a blueprint without errors means now, by the facts of both: what
/// applying it would destroy, and what must not go in one step. Of the elements in `gone` the cloud has nothing, of
/// `project` nothing at all.
///
/// What was never stated before is taken as it is.
#[must_use]
pub fn changed(
    source: &Source,
    before: &Posture,
    after: &Posture,
    gone: &[String],
) -> Vec<Diagnostic> {
    let steps = plan::steps(before, after, gone);
    if steps.is_empty() {
        return Vec::new();
    }
    let environments = blueprint::read(source).environments;
    let find = |name: &String| environments.iter().find(|one| one.name == *name);
    let steps = steps.iter();
    let found = steps.filter_map(|step| Some(step.finding(find(&step.environment)?)));
    let names: Vec<&str> = environments.iter().map(|one| one.name.as_str()).collect();
    diag::settle(found.collect(), &names)
}

fn expanded(
    source: &Source,
    files: &(dyn Fn(&str) -> Option<String> + Sync),
    today: Option<Date>,
) -> Expansion {
    let reading = blueprint::read(source);
    let names: Vec<&str> = reading
        .environments
        .iter()
        .map(|environment| environment.name.as_str())
        .collect();
    let mut diagnostics = reading.diagnostics;
    let mut plans = Vec::with_capacity(names.len());
    let mut idle = Vec::new();
    let mut needed = Vec::new();
    let mut shared = Vec::new();
    let resolutions = parallel::each(&reading.environments, |environment| {
        plan::resolve(environment, source.file_name(), files)
    });
    for (environment, resolution) in reading.environments.iter().zip(resolutions) {
        // Where something could not be read, whatever else is found may only follow from that.
        let stands = |finding: &Diagnostic| {
            let place = finding.labels.first();
            place.is_none_or(|label| !environment.is_incomplete_at(&label.span))
        };
        plans.extend(resolution.plan);
        diagnostics.extend(resolution.diagnostics.into_iter().filter(stands));
        idle.extend(resolution.idle_exceptions.into_iter().filter(stands));
        shared.extend(resolution.shared.into_iter().filter(stands));
        needed.extend(resolution.needed_exceptions);
    }
    if let Some(today) = today {
        let environments = reading.environments.iter();
        diagnostics.extend(environments.flat_map(|environment| plan::expired(environment, today)));
    }
    // An exception may be of use in one environment only; one that is of no use in any is a mistake.
    diagnostics.extend(
        idle.into_iter()
            .filter(|finding| !needed.contains(&finding.labels[0].span)),
    );
    diagnostics.extend(diag::in_several(shared));
    diagnostics.extend(plan::wider(&reading.environments, &plans));
    let diagnostics = diag::settle(diagnostics, &names);
    let mut expansion = Expansion { plans, diagnostics };
    if expansion.has_errors() {
        expansion.plans.clear();
    }
    expansion
}
