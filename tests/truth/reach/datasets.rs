//! Datasets of BigQuery: each is declared, and a basic role on the project lets nobody but its owners in. Who has a right on one
//! stands with the rights.

use super::Broken::DatasetsAreClosed;
use super::Model;
use crate::cloud::one;

impl Model<'_> {
    pub(super) fn datasets(&mut self) {
        let declared = self.declared;
        let all = declared.table("datasets");
        for (id, settings) in self.cloud.all("bq datasets") {
            let known = all.get(id).is_some_and(|one| {
                let existing = one.get("existing");
                existing.is_none_or(|one| one.as_bool() == Some(false))
            });
            let says = format!("nothing declares the dataset {id}");
            self.must(known, DatasetsAreClosed, says);
            let lets_in = one(settings, "lets-in");
            let says = format!("{id} lets in {lets_in:?}");
            self.must(lets_in == Some("projectOwners"), DatasetsAreClosed, says);
        }
    }
}
