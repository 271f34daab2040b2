//! Databases and secrets: nobody reaches one that the blueprint does not give.

use std::collections::BTreeSet;

use toml::Value;

use super::Broken::{BucketsAreClosed, DatabasesAreGiven, DatabasesArePrivate, SecretsAreGiven};
use super::Model;
use crate::cloud::one;
use crate::declared::Declared;
use crate::readers::passwords;

impl Model<'_> {
    pub(super) fn databases(&mut self) {
        for (name, instance) in self.cloud.all("sql instances") {
            let private = one(instance, "assign-ip") == Some("false")
                && one(instance, "network").is_some()
                && !instance.contains_key("authorized-networks");
            self.must(
                private,
                DatabasesArePrivate,
                format!("{name} has a public address"),
            );
            let tls = ["ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"];
            let encrypted = one(instance, "ssl-mode").is_some_and(|mode| tls.contains(&mode));
            self.must(
                encrypted,
                DatabasesArePrivate,
                format!("{name} takes connections without TLS"),
            );
        }
        let declared = self.declared;
        let uses = |email: &str, instance: &(String, String), by_iam: bool| {
            let mut elements = declared
                .elements()
                .filter(|element| element.account() == email);
            elements.any(|element| {
                let databases = if by_iam {
                    element.databases_by_iam()
                } else {
                    element.databases()
                };
                let mut databases = databases.iter();
                databases.any(|one| declared.database(one) == *instance)
            })
        };
        for (user, settings) in self.cloud.all("sql users") {
            let (instance, login) = user.split_once(' ').unwrap();
            let instance = (declared.project.clone(), instance.to_owned());
            let email = login.strip_suffix(".gserviceaccount.com").unwrap_or(login);
            let email = format!("{email}.gserviceaccount.com");
            let given = uses(&email, &instance, true)
                && one(settings, "type") == Some("cloud-iam-service-account");
            self.must(
                given,
                DatabasesAreGiven,
                format!("{login} logs in to {}", instance.1),
            );
        }
        let rights = self.grants.clone().into_iter();
        for grant in rights.filter(|grant| grant.role.starts_with("roles/cloudsql.")) {
            let email = grant.to.strip_prefix("serviceAccount:").unwrap_or_default();
            let asked = declared.elements().any(|element| {
                element.account() == email
                    && element
                        .grants()
                        .contains(&(grant.role.clone(), grant.on.clone()))
            });
            let instances = tables(declared, "databases")
                .into_iter()
                .map(|name| (name.clone(), declared.database(&name)));
            let of = instances.into_iter().find(|(name, (project, instance))| {
                let reached = declared
                    .replicas(name)
                    .into_iter()
                    .chain([instance.clone()]);
                reached.into_iter().any(|instance| {
                    let only =
                        format!("resource.name == 'projects/{project}/instances/{instance}' &&");
                    grant
                        .condition
                        .as_ref()
                        .is_some_and(|(_, expression)| expression.starts_with(&only))
                })
            });
            let by_iam = grant.role != "roles/cloudsql.client";
            let given = of.is_some_and(|(_, instance)| uses(email, &instance, by_iam));
            self.must(given || asked, DatabasesAreGiven, format!("{grant:?}"));
        }
        self.passwords();
    }

    /// Whoever logs in with a password is declared, with the secret that holds it, and the instance asks for a hard one.
    fn passwords(&mut self) {
        let declared = self.declared;
        let names = tables(declared, "databases");
        let mut wanted = BTreeSet::new();
        for name in &names {
            let (project, instance) = declared.database(name);
            let mysql = declared.root["databases"][name]["engine"].as_str() == Some("mysql");
            // From anywhere that reaches the instance, which MySQL has to be told.
            let host = if mysql { "%" } else { "" };
            for (user, secret) in declared.password_users(name) {
                let user = format!("{instance} {user}");
                wanted.insert((project.clone(), user, host.to_owned(), secret));
            }
        }
        let users = self.cloud.all(passwords::KIND);
        let text = |settings, field| one(settings, field).unwrap_or_default().to_owned();
        let found: BTreeSet<_> = users
            .map(|(user, settings)| {
                let [project, host, secret] =
                    ["project", "host", "secret"].map(|field| text(settings, field));
                (project, user.to_owned(), host, secret)
            })
            .collect();
        self.must(
            found == wanted,
            DatabasesAreGiven,
            format!("{found:?} log in with passwords, and {wanted:?} may"),
        );
        for (name, instance) in self.cloud.all("sql instances") {
            let prefix = format!("{name} ");
            let hard = [
                ("enable-password-policy", "true"),
                ("password-policy-min-length", "16"),
                ("password-policy-complexity", "COMPLEXITY_DEFAULT"),
                ("password-policy-reuse-interval", "5"),
                ("password-policy-disallow-username-substring", "true"),
            ];
            let is_hard = hard
                .iter()
                .all(|(field, value)| one(instance, field) == Some(value));
            self.must(
                is_hard || !found.iter().any(|(_, user, ..)| user.starts_with(&prefix)),
                DatabasesAreGiven,
                format!("{name} takes easy passwords"),
            );
        }
    }

    pub(super) fn secrets(&mut self) {
        let declared = self.declared;
        let prefix = "//secretmanager.googleapis.com/projects/";
        for grant in self.grants.clone() {
            let Some((project, id)) = grant
                .on
                .strip_prefix(prefix)
                .and_then(|rest| rest.split_once("/secrets/"))
            else {
                continue;
            };
            let secret = (project.to_owned(), id.to_owned());
            let email = grant.to.strip_prefix("serviceAccount:").unwrap_or_default();
            let mut elements = declared
                .elements()
                .filter(|element| element.account() == email);
            // Files beside the blueprint are mounted as secrets of their own, which hold their version already.
            let file = self
                .cloud
                .find("secrets", id)
                .is_some_and(|secret| secret.contains_key("first-version"));
            let asked = (grant.role.clone(), grant.on.clone());
            let given = match grant.role.as_str() {
                "roles/secretmanager.secretAccessor" => elements.any(|element| {
                    let own = secret.0 == declared.project;
                    (file && element.has_files())
                        || (own && element.authorities().contains(&secret.1))
                        || element.grants().contains(&asked)
                        || element
                            .secrets()
                            .iter()
                            .any(|one| declared.secret(one) == secret)
                }),
                "roles/secretmanager.secretVersionAdder" => {
                    tables(declared, "secrets").into_iter().any(|name| {
                        let writers = declared.root["secrets"][&name]
                            .get("writers")
                            .and_then(Value::as_array);
                        let mut writers = writers.into_iter().flatten().filter_map(Value::as_str);
                        declared.secret(&name) == secret && writers.any(|writer| writer == grant.to)
                    })
                }
                _ => elements.any(|element| element.grants().contains(&asked)),
            };
            self.must(given, SecretsAreGiven, format!("{grant:?}"));
        }
    }
}

impl Model<'_> {
    pub(super) fn buckets(&mut self) {
        for (name, bucket) in self.cloud.all("storage buckets") {
            let on = |field: &str| one(bucket, field) == Some("true");
            let closed = on("public-access-prevention") && on("uniform-bucket-level-access");
            self.must(closed, BucketsAreClosed, format!("{name} can be opened"));
        }
    }
}

fn tables(declared: &Declared, kind: &str) -> Vec<String> {
    declared.table(kind).keys().cloned().collect()
}
