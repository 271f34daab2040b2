//! The facts of databases and secrets.

use std::collections::BTreeSet;

use super::{Posture, joined, switch};
use crate::cloud::{Grant, Settings, many, one};
use crate::readers::passwords;

/// Whether a password of the instance has 16 characters of four kinds, is none of the last five, and does not hold the user's name.
fn is_strict(settings: &Settings) -> bool {
    let number = |field: &str| one(settings, field).and_then(|one| one.parse().ok());
    one(settings, "enable-password-policy") == Some("true")
        && one(settings, "password-policy-complexity") == Some("COMPLEXITY_DEFAULT")
        && one(settings, "password-policy-disallow-username-substring") == Some("true")
        && number("password-policy-min-length") >= Some(16)
        && number("password-policy-reuse-interval") >= Some(5)
}

impl Posture<'_> {
    pub(super) fn database(&self, database: &str, name: &str) -> Option<String> {
        let (_, project, instance) = self
            .names
            .databases
            .iter()
            .find(|(one, _, _)| one == database)?;
        let settings = self
            .cloud
            .find("sql instances", instance)
            .filter(|_| *project == self.place.project);
        if name == "users" {
            return Some(self.users(project, instance, settings.is_some()));
        }
        let settings = settings?;
        let setting = |field: &str| one(settings, field).unwrap_or("nothing").to_owned();
        let on = |field: &str| one(settings, field) == Some("true");
        Some(match name {
            "version" => setting("database-version"),
            "password_users" => {
                let prefix = format!("{instance} ");
                let users = self.cloud.all(passwords::KIND);
                let users = users.filter_map(|(user, _)| user.strip_prefix(&prefix));
                // Google's own.
                let postgres = setting("database-version").starts_with("POSTGRES");
                let root = !postgres && one(settings, "root") != Some("gone");
                let own = postgres.then_some("postgres").into_iter();
                let own = own.chain(root.then_some("root"));
                joined(users.chain(own).map(str::to_owned), "none")
            }
            "password_policy" => switch(is_strict(settings)),
            "public_address" => if on("assign-ip") { "yes" } else { "none" }.to_owned(),
            "tls" => match setting("ssl-mode").as_str() {
                "ENCRYPTED_ONLY" => "encrypted".to_owned(),
                "TRUSTED_CLIENT_CERTIFICATE_REQUIRED" => "mtls".to_owned(),
                other => other.to_owned(),
            },
            "iam_login" => switch(many(settings, "database-flags").iter().any(|flag| {
                [
                    "cloudsql.iam_authentication=on",
                    "cloudsql_iam_authentication=on",
                ]
                .contains(&flag.as_str())
            })),
            "encryption" => self.key_in_short(&setting("disk-encryption-key")),
            "connectors_only" => switch(setting("connector-enforcement") == "REQUIRED"),
            "availability" => setting("availability-type").to_lowercase(),
            "backups" if on("backup") => {
                format!(
                    "{} kept in {}",
                    setting("retained-backups-count"),
                    setting("backup-location")
                )
            }
            "pitr" if on("enable-point-in-time-recovery") || on("enable-bin-log") => {
                format!("{} days", setting("retained-transaction-log-days"))
            }
            "backups" | "pitr" => "off".to_owned(),
            "deletion_protection" => {
                // Terraform has a refusal of its own and a third by its life cycle; all of them say the same.
                let all = ["terraform-protection", "prevent-destroy"]
                    .iter()
                    .filter_map(|field| one(settings, field));
                switch(on("deletion-protection") && all.into_iter().all(|on| on == "true"))
            }
            _ => return None,
        })
    }

    /// Who logs in: the users of an instance that is made here, who may log in where it exists already.
    fn users(&self, project: &str, instance: &str, made: bool) -> String {
        if made {
            let prefix = format!("{instance} ");
            let users = self.cloud.all("sql users").filter_map(|(user, settings)| {
                assert_eq!(one(settings, "type"), Some("cloud-iam-service-account"));
                user.strip_prefix(&prefix)
            });
            return joined(
                users.map(|user| user.split('@').next().unwrap().to_owned()),
                "nobody",
            );
        }
        let only = format!("'projects/{project}/instances/{instance}'");
        let grants = self.cloud.grants.iter().chain(self.elsewhere);
        let users = grants.filter(|grant| {
            let condition = grant
                .condition
                .as_ref()
                .map(|(_, expression)| expression.contains(&only));
            grant.role == "roles/cloudsql.instanceUser" && condition == Some(true)
        });
        let id = |grant: &Grant| {
            let email = grant.to.strip_prefix("serviceAccount:").unwrap();
            email.split('@').next().unwrap().to_owned()
        };
        joined(users.map(id), "nobody")
    }

    pub(super) fn secret(&self, secret: &str, name: &str) -> Option<String> {
        let (_, project, id) = self
            .names
            .secrets
            .iter()
            .find(|(one, _, _)| one == secret)?;
        let on = format!("//secretmanager.googleapis.com/projects/{project}/secrets/{id}");
        let settings = || {
            self.cloud
                .find("secrets", id)
                .filter(|_| *project == self.place.project)
        };
        Some(match name {
            "pinned" => {
                let looked_for = self.needs.get(secret).cloned().unwrap_or_default();
                let used = self.used_versions(project, id);
                let missing: Vec<_> = used.difference(&looked_for).collect();
                assert!(
                    missing.is_empty(),
                    "secrets.sh does not look for {missing:?} of {secret}"
                );
                let mut pinned: Vec<u32> = looked_for
                    .iter()
                    .filter_map(|version| version.parse().ok())
                    .collect();
                pinned.sort_unstable();
                let pinned: Vec<String> = pinned.iter().map(ToString::to_string).collect();
                if pinned.is_empty() {
                    "none".to_owned()
                } else {
                    pinned.join(", ")
                }
            }
            "readers" => joined(
                self.holders(&on, "roles/secretmanager.secretAccessor"),
                "nobody",
            ),
            "writers" => joined(
                self.holders(&on, "roles/secretmanager.secretVersionAdder"),
                "nobody",
            ),
            "rotation" => {
                let settings = settings()?;
                let period = one(settings, "rotation-period")?.strip_suffix('s')?;
                let days = period.parse::<u64>().ok()? / 86_400;
                let told = one(settings, "add-topics").is_some();
                let nobody = if told { "" } else { ", and nobody is told" };
                format!("{days} days{nobody}")
            }
            "replicas" => joined(settings()?["locations"].clone(), "none"),
            "encryption" => {
                let keys = settings()?.get("copies-under")?.iter();
                let keys = keys.map(|one| self.key_in_short(one.split_once(' ').unwrap().1));
                joined(keys, "none")
            }
            "deletion_protection" => switch(one(settings()?, "deletion_protection")? == "true"),
            _ => return None,
        })
    }

    /// The versions of a secret that containers read.
    fn used_versions(&self, project: &str, id: &str) -> BTreeSet<String> {
        let here = format!("secret {id}:");
        let there = format!("secret projects/{project}/secrets/{id}:");
        let workloads = ["run services", "run jobs", "run worker-pools"]
            .into_iter()
            .flat_map(|kind| self.cloud.all(kind));
        let values = workloads.flat_map(|(_, settings)| settings.values().flatten());
        let versions = values.filter_map(|value| {
            let home = *project == self.place.project;
            value
                .strip_prefix(&there)
                .or_else(|| value.strip_prefix(&here).filter(|_| home))
        });
        versions.map(str::to_owned).collect()
    }
}
