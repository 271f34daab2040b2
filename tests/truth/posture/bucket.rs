//! The facts of buckets.

use super::{Posture, joined, switch};
use crate::cloud::{many, one};

impl Posture<'_> {
    pub(super) fn bucket(&self, bucket: &str, name: &str) -> Option<String> {
        let mut known = self.names.buckets.iter();
        let (_, project, id) = known.find(|(one, _, _)| one == bucket)?;
        let on = format!("//storage.googleapis.com/projects/_/buckets/{id}");
        let holders = |role: &str| Some(joined(self.holders(&on, role), "nobody"));
        match name {
            "readers" => return holders("roles/storage.objectViewer"),
            "writers" => return holders("roles/storage.objectUser"),
            "creators" => return holders("roles/storage.objectCreator"),
            _ => {}
        }
        let found = self.cloud.find("storage buckets", id);
        let settings = found.filter(|_| *project == self.place.project)?;
        let on = |field: &str| Some(switch(one(settings, field) == Some("true")));
        let days = |field: &str| {
            let seconds = one(settings, field).map(|seconds| seconds.parse::<u64>().unwrap());
            seconds.map_or("none".to_owned(), |seconds| {
                assert_eq!(seconds % 86_400, 0, "{field} of {id}");
                format!("{} days", seconds / 86_400)
            })
        };
        match name {
            "bucket" => Some(id.clone()),
            "location" => one(settings, "location").map(str::to_owned),
            "encryption" => {
                one(settings, "default-encryption-key").map(|key| self.key_in_short(key))
            }
            "uniform_access" => on("uniform-bucket-level-access"),
            "public_access_prevention" => on("public-access-prevention"),
            "versioning" => on("versioning"),
            "soft_delete" => Some(days("soft-delete-duration")),
            "retention" => Some(days("retention-period")),
            "cors" => {
                let origins = many(settings, "cors").iter().map(|cors| {
                    let part = |word: &str| {
                        let part = cors.split(", ").find_map(|part| part.strip_prefix(word));
                        part.unwrap().replace(' ', "+")
                    };
                    format!("{} from {}", part("method: "), part("origin: "))
                });
                Some(joined(origins, "none"))
            }
            "notifications" => {
                let told = self.cloud.all("storage buckets notifications");
                let told = told.filter_map(|(name, settings)| {
                    let topic = name.strip_prefix(&format!("{id} "))?;
                    let what = match many(settings, "event-types") {
                        [] => "everything".to_owned(),
                        events => events.join("+"),
                    };
                    let of = one(settings, "object-prefix").map(|of| format!(" of {of}"));
                    let to = self.topic_in_short(topic);
                    Some(format!("{what}{} to {to}", of.unwrap_or_default()))
                });
                Some(joined(told, "none"))
            }
            // Terraform's own.
            "deletion_protection" => Some(switch(one(settings, "prevent-destroy")? == "true")),
            _ => None,
        }
    }
}
