//! Datasets of BigQuery.

use std::num::NonZero;

use super::{Labels, Plan, Resource, seconds_of};

/// A dataset of BigQuery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Its name in the blueprint.
    pub name: String,
    /// Where it lies.
    pub path: DatasetPath,
    /// Whether it exists already, and only the grants on it are made.
    pub existing: bool,
    /// The tables that it is used for, by name, each once; empty for the whole dataset.
    pub tables: Vec<String>,
    /// Where its data lies: `europe-west1`, `eu`.
    pub location: String,
    /// Days after which a new table is deleted; `None`: never.
    pub table_days: Option<NonZero<u32>>,
    /// Days after which a part of a new table that is divided by time is deleted; `None`: never.
    pub partition_days: Option<NonZero<u32>>,
    /// Whether Terraform refuses to delete it.
    pub deletion_protection: bool,
    /// Its labels.
    pub labels: Labels,
}

impl Plan {
    /// The datasets that are made here.
    pub fn made_datasets(&self) -> impl Iterator<Item = &Dataset> {
        self.datasets.iter().filter(|one| !one.existing)
    }
}

/// Days in seconds; 0 for never.
#[must_use]
pub fn expires_after(days: Option<NonZero<u32>>) -> u64 {
    days.map_or(0, seconds_of)
}

impl Dataset {
    /// What holds the rights: the dataset, or each of the tables.
    #[must_use]
    pub fn places(&self) -> Vec<Resource> {
        self.path.places(&self.tables)
    }
}

/// A dataset of BigQuery by its project and its id there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetPath {
    /// The project's id.
    pub project: String,
    /// The dataset's id.
    pub id: String,
}

impl DatasetPath {
    /// It as what a grant stands on.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::Dataset {
            project: self.project.clone(),
            name: self.id.clone(),
        }
    }

    /// What holds the rights of whoever uses these tables, or all of it where there are none.
    #[must_use]
    pub fn places(&self, tables: &[String]) -> Vec<Resource> {
        if tables.is_empty() {
            return vec![self.resource()];
        }
        tables.iter().map(|table| self.table(table)).collect()
    }

    /// One of its tables as what a grant stands on.
    #[must_use]
    pub fn table(&self, name: &str) -> Resource {
        Resource::Table {
            project: self.project.clone(),
            dataset: self.id.clone(),
            name: name.to_owned(),
        }
    }

    /// As SQL and client libraries write it: `P.D`.
    #[must_use]
    pub fn in_sql(&self) -> String {
        format!("{}.{}", self.project, self.id)
    }

    /// Its full name: `projects/P/datasets/D`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("projects/{}/datasets/{}", self.project, self.id)
    }
}
