//! Datasets of BigQuery.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Table;
use crate::blueprint::json_schema::{Items, Labels, Matching};
use crate::blueprint::units::{Duration, Truth};
use crate::name::Kind;

/// A dataset of BigQuery. Whoever uses it has its role on the dataset, or on the tables that are named, and may run queries in the project
/// of this blueprint. What is made here lets nobody in by a basic role of the project, but for its owners.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Dataset {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// Where it lies: a region, or `eu` or `us` for several. It cannot be changed later.
    ///
    /// Default: the project's region.
    #[schemars(extend("examples" = ["eu"]))]
    pub location: Option<String>,
    /// After how many days a new table is deleted, if nobody says otherwise when it is made.
    ///
    /// Default: never.
    #[schemars(extend("examples" = ["90d"]))]
    pub default_table_expiration: Option<Duration>,
    /// After how many days a part of a new table that is divided by time is deleted, if nobody says otherwise when it is made.
    ///
    /// Default: never.
    #[schemars(extend("examples" = ["400d"]))]
    pub default_partition_expiration: Option<Duration>,
    /// A dataset that exists already: `true` for this name in this project, or its full name, `projects/PROJECT/datasets/NAME`. It is
    /// not made, but the grants on it are.
    #[schemars(extend("default" = false, "examples" = ["projects/acme-warehouse/datasets/ledger"]))]
    pub existing: Option<Truth>,
    /// The tables of one that exists already that it is used for: the rights are on each of these, and on nothing else in the dataset.
    ///
    /// Default: the whole dataset.
    #[schemars(transform = Items(Matching(Kind::Table)), extend("examples" = [["months"]]))]
    pub tables: Option<Vec<String>>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
    /// Whether Terraform refuses to delete it. One that holds a table is never deleted.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
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
