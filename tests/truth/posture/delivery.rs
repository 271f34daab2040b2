//! The facts of the pipeline.

use super::{Posture, joined};
use crate::cloud::one;

impl Posture<'_> {
    pub(super) fn delivery(&self, name: &str) -> Option<String> {
        let mut accounts = self.cloud.all("iam service-accounts");
        let (id, _) = accounts.find(|(id, _)| id.starts_with("deploy-"))?;
        let email = format!("{id}@{}.iam.gserviceaccount.com", self.place.project);
        match name {
            "account" => return Some(id.to_owned()),
            "grants" => {
                let member = format!("serviceAccount:{email}");
                let grants = self.cloud.grants.iter().chain(self.elsewhere);
                let own = grants.filter(|grant| grant.to == member);
                return Some(joined(own.map(|grant| self.in_short(grant)), "none"));
            }
            "identities" => {
                let project = &self.place.project;
                let on = format!("//iam.googleapis.com/projects/{project}/serviceAccounts/{email}");
                let holders = self.holders(&on, "roles/iam.workloadIdentityUser");
                return Some(joined(holders, "nobody"));
            }
            _ => {}
        }
        let (pool, _) = self.cloud.all("iam workload-identity-pools").next()?;
        let provider = format!("{pool} github");
        let kind = "iam workload-identity-pools providers";
        let settings = self.cloud.find(kind, &provider)?;
        match name {
            "issuer" => one(settings, "issuer-uri").map(str::to_owned),
            "condition" => one(settings, "attribute-condition").map(str::to_owned),
            "mapping" => {
                let mapping = settings.get("attribute-mapping")?;
                Some(joined(mapping.iter().cloned(), "none"))
            }
            _ => None,
        }
    }
}
