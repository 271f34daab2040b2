//! Workflows: steps that call services and start jobs, one after the other.

use std::collections::BTreeMap;

use super::{Account, Call, Labels, Text};

/// A workflow of Google Cloud Workflows. It has no policy: whoever may start it holds that on the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    /// Its name.
    pub name: String,
    /// The file with its steps, relative to the blueprint.
    pub file: String,
    /// The text of that file, which ends with a line break. Its `${…}` are its own.
    pub source: String,
    /// What it reads by `sys.get_env`, by name.
    pub env: BTreeMap<String, Text>,
    /// As whom it runs.
    pub account: Account,
    /// The services that it calls.
    pub calls: Vec<Call>,
    /// What it starts and waits for.
    pub starts: Vec<Start>,
    /// Its labels.
    pub labels: Labels,
    /// Whether Terraform refuses to delete it.
    pub deletion_protection: bool,
    /// Whether it is on its way out (`retire = true`).
    pub retiring: bool,
}

/// Something that is started by what runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Start {
    /// A job, by its name.
    Job(String),
    /// A workflow, by its name.
    Workflow(String),
}
