//! The facts of databases of Firestore.

use super::{Posture, joined, switch};
use crate::cloud::one;

impl Posture<'_> {
    pub(super) fn firestore(&self, firestore: &str, name: &str) -> Option<String> {
        let mut known = self.names.firestores.iter();
        let (_, project, id) = known.find(|(one, _, _)| one == firestore)?;
        let holders = |role: &str| {
            let on = format!("//cloudresourcemanager.googleapis.com/projects/{project}");
            let only = format!("resource.name == 'projects/{project}/databases/{id}'");
            let grants = self.cloud.grants.iter().chain(self.elsewhere);
            let grants = grants.filter(|grant| grant.on == on);
            Some(self.holders_under(grants, role, |expression| expression == only))
        };
        match name {
            "readers" => return holders("roles/datastore.viewer"),
            "writers" => return holders("roles/datastore.user"),
            _ => {}
        }
        let found = self.cloud.find("firestore databases", id);
        let settings = found.filter(|_| *project == self.place.project)?;
        let setting = |field: &str| one(settings, field);
        Some(match name {
            "database" => id.clone(),
            "mode" => match setting("type")? {
                "firestore-native" => "native".to_owned(),
                "datastore-mode" => "datastore".to_owned(),
                other => format!("unknown mode {other}"),
            },
            "location" => setting("location")?.to_owned(),
            "pitr" => switch(setting("enable-pitr") == Some("true")),
            "deleted_by_time" => {
                let prefix = format!("{id} ");
                let ttls = self.cloud.all("firestore fields ttls");
                let ttls = ttls.filter(|(_, ttl)| one(ttl, "enable-ttl") == Some("true"));
                let ttls = ttls.filter_map(|(name, _)| name.strip_prefix(&prefix));
                joined(ttls.map(|name| name.replace(' ', " by ")), "none")
            }
            "encryption" => self.key_in_short(setting("kms-key-name")?),
            "deletion_protection" => {
                let own = setting("prevent-destroy").is_none_or(|on| on == "true");
                switch(own && setting("delete-protection") == Some("true"))
            }
            _ => return None,
        })
    }
}
