//! The facts of datasets of BigQuery.

use super::{Posture, joined};

impl Posture<'_> {
    pub(super) fn dataset(&self, dataset: &str, name: &str) -> Option<String> {
        let mut known = self.names.datasets.iter();
        let (_, project, id) = known.find(|(one, _, _)| one == dataset)?;
        let on = format!("//bigquery.googleapis.com/projects/{project}/datasets/{id}");
        let (on, right) = match name.rsplit_once('.') {
            None => (on, name),
            Some((table, right)) => (format!("{on}/tables/{table}"), right),
        };
        let role = match right {
            "readers" => "roles/bigquery.dataViewer",
            "writers" => "roles/bigquery.dataEditor",
            _ => return None,
        };
        Some(joined(self.holders(&on, role), "nobody"))
    }
}
