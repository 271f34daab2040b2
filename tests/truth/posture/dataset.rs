//! The facts of datasets of BigQuery.

use super::{Posture, joined, switch};
use crate::cloud::one;

impl Posture<'_> {
    pub(super) fn dataset(&self, dataset: &str, name: &str) -> Option<String> {
        let mut known = self.names.datasets.iter();
        let (_, project, id) = known.find(|(name, _, _)| name == dataset)?;
        let made = self.cloud.find("bq datasets", id);
        let setting = |field: &str| one(made?, field);
        let days = |field: &str| {
            setting(field).map_or("never".to_owned(), |seconds| {
                format!("{} days", seconds.parse::<u64>().unwrap() / 86_400)
            })
        };
        match name {
            "location" => return setting("location").map(str::to_owned),
            "table_expiration" => return Some(days("table-expiration")),
            "partition_expiration" => return Some(days("partition-expiration")),
            "basic_roles" => {
                let owners = setting("lets-in")? == "projectOwners";
                return Some(if owners { "owner" } else { "others" }.to_owned());
            }
            "deletion_protection" => {
                return setting("prevent-destroy").map(|on| switch(on == "true"));
            }
            _ => {}
        }
        let on = format!("//bigquery.googleapis.com/projects/{project}/datasets/{id}");
        let (on, right) = match name.rsplit_once('.') {
            None => (on, name),
            Some((table, right)) => (format!("{on}/tables/{table}"), right),
        };
        let role = match right {
            "readers" => "roles/bigquery.dataViewer",
            "writers" => "roles/bigquery.dataEditor",
            "owners" => "roles/bigquery.dataOwner",
            _ => return None,
        };
        Some(joined(self.holders(&on, role), "nobody"))
    }
}
