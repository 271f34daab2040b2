//! The facts of logs: how long they are kept, and which of them go where.

use super::{Posture, switch};
use crate::cloud::{Settings, many, one};

impl Posture<'_> {
    /// How long the project's own log bucket keeps what it holds.
    pub(super) fn logs(&self, name: &str) -> Option<String> {
        let bucket = self.cloud.find("logging buckets", "global _Default")?;
        (name == "retention").then(|| kept(bucket))
    }

    pub(super) fn log_sink(&self, sink: &str, name: &str) -> Option<String> {
        let settings = self.cloud.find("logging sinks", sink)?;
        let setting = |field: &str| one(settings, field).map(str::to_owned);
        let region = &self.place.region;
        let own = format!("{region} {sink}");
        Some(match name {
            "destination" => {
                let destination = setting("destination")?;
                let (api, path) = destination.split_once(".googleapis.com/")?;
                let parts: Vec<&str> = path.split('/').collect();
                match (api, parts.as_slice()) {
                    ("logging", ["projects", project, "locations", place, "buckets", id]) => {
                        let home = *project == self.place.project;
                        let made = self.cloud.find("logging buckets", &own).is_some();
                        match (home, made && (*place, *id) == (region, sink)) {
                            (true, true) => format!("own log bucket in {place}"),
                            (true, false) => format!("log bucket {id} in {place}"),
                            (false, _) => format!("log bucket {id} in {place} of {project}"),
                        }
                    }
                    ("storage", [bucket]) => format!("bucket {bucket}"),
                    ("pubsub", ["projects", project, "topics", id]) => {
                        let away = if *project == self.place.project {
                            String::new()
                        } else {
                            format!(" in {project}")
                        };
                        format!("topic {id}{away}")
                    }
                    ("bigquery", ["projects", project, "datasets", id]) => {
                        let away = if *project == self.place.project {
                            String::new()
                        } else {
                            format!(" in {project}")
                        };
                        format!("dataset {id}{away}")
                    }
                    _ => return None,
                }
            }
            "filter" => setting("log-filter")?,
            "enabled" => switch(setting("disabled").is_none()),
            "exclusions" => super::joined(many(settings, "exclusion").to_vec(), "none"),
            // Google says as whom a sink writes.
            "identity" => "agent of logging.googleapis.com".to_owned(),
            "retention" => kept(self.cloud.find("logging buckets", &own)?),
            // Terraform's own.
            "deletion_protection" => {
                let bucket = self.cloud.find("logging buckets", &own);
                let all = [Some(settings), bucket].into_iter().flatten();
                let mut all = all.map(|one_of| one(one_of, "deletion_protection"));
                let first = all.next().flatten()?;
                assert!(all.all(|other| other == Some(first)), "{sink}");
                switch(first == "true")
            }
            _ => return None,
        })
    }
}

fn kept(bucket: &Settings) -> String {
    let days = one(bucket, "retention-days").unwrap();
    let locked = one(bucket, "locked") == Some("true");
    format!("{days} days{}", if locked { ", locked" } else { "" })
}
