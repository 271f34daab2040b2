//! Workflows: steps that call services and start jobs, one after the other.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Grant, Table};
use crate::blueprint::json_schema::{Env, Labels};
use crate::blueprint::units::Relations;

/// A workflow of Google Cloud Workflows. Each runs as an account of its own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Workflow {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// The file with its steps, which lies beside the blueprint: YAML or JSON in the language of Workflows. It is taken as it
    /// is written, so that its `${…}` are its own; `env` brings it what this blueprint knows.
    #[schemars(extend("x-required" = true, "examples" = ["month-end.yaml"]))]
    pub source: Option<String>,
    /// What it reads by `sys.get_env`, at most 20. Values may hold references.
    #[schemars(transform = Env, extend("examples" = [{"ORDERS_URL": "${services.orders.url}"}]))]
    pub env: Table<String>,
    /// The services that it calls, each with an ID token (`auth: { type: OIDC }`): by name, or by its full name one of another project,
    /// where its owner makes the grant. The grant follows.
    #[schemars(extend("examples" = [["orders"]]))]
    pub calls: Vec<String>,
    /// The jobs and workflows that it starts and waits for: a list of `jobs.NAME` and `workflows.NAME`, or a table with settings
    /// for each. The grants follow.
    #[schemars(extend("examples" = [["jobs.report"], {"jobs.report": {"overrides": true}}]))]
    pub runs: Relations<Run>,
    /// Principals who may start it. Google has no smaller right than to start every workflow of the project.
    #[schemars(extend("examples" = [["group:operators@example.com"]]))]
    pub invokers: Vec<String>,
    /// Roles beside the derived ones, such as for what its connectors use.
    pub grants: Vec<Grant>,
    /// The address of an account of your own to run as, instead of the derived one.
    ///
    /// Default: `flow-NAME`, made for it alone.
    #[schemars(extend("examples" = ["month-end@acme-prod.iam.gserviceaccount.com"]))]
    pub service_account: Option<String>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
    /// Whether Terraform refuses to delete it.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
}

/// How something starts a job or a workflow.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Run {
    /// Whether it may give a job other arguments, variables and timeouts for one execution: with that it can do whatever the
    /// job's image and account can. A workflow takes an argument without that.
    #[schemars(extend("default" = false))]
    pub overrides: Option<bool>,
}
