//! Datasets of BigQuery.

use super::Resource;

/// A dataset of BigQuery that exists already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Its name in the blueprint.
    pub name: String,
    /// Where it lies.
    pub path: DatasetPath,
    /// The tables that it is used for, by name, each once; empty for the whole dataset.
    pub tables: Vec<String>,
}

impl Dataset {
    /// What holds the rights: the dataset, or each of the tables.
    #[must_use]
    pub fn places(&self) -> Vec<Resource> {
        if self.tables.is_empty() {
            return vec![self.path.resource()];
        }
        let tables = self.tables.iter();
        tables.map(|table| self.path.table(table)).collect()
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
