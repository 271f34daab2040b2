//! Datasets of BigQuery.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::blueprint::json_schema::{Items, Matching};
use crate::blueprint::units::Truth;
use crate::name::Kind;

/// A dataset of BigQuery that exists already, here or in another project. Whoever uses it has its role on the dataset, or on the tables
/// that are named, and may run queries in the project of this blueprint.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Dataset {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// Where it lies: `true` for this name in this project, or its full name, `projects/PROJECT/datasets/NAME`.
    #[schemars(extend("x-required" = true, "examples" = ["projects/acme-warehouse/datasets/ledger"]))]
    pub existing: Option<Truth>,
    /// The tables that it is used for: the rights are on each of these, and on nothing else in the dataset.
    ///
    /// Default: the whole dataset.
    #[schemars(transform = Items(Matching(Kind::Table)), extend("examples" = [["months"]]))]
    pub tables: Option<Vec<String>>,
}

/// What a service, job or worker may do in a dataset of BigQuery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DatasetAccess {
    /// Read.
    Read,
    /// Read, write and delete; in a whole dataset make tables too.
    Write,
}
