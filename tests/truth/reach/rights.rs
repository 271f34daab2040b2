//! Rights: who calls, who passes Identity-Aware Proxy, and what stands on the whole project.

use std::collections::BTreeSet;

use toml::Value;

use super::Broken::{CallersAreDeclared, InternalStaysInside, NothingOnTheProject, RightsAreGiven};
use super::Model;
use crate::cloud::{Grant, Settings, one};
use crate::declared::{Declared, Element};

/// Roles that call a service (<https://cloud.google.com/run/docs/reference/iam/roles>).
const CALLS: &[&str] = &[
    "roles/run.invoker",
    "roles/run.servicesInvoker",
    "roles/run.admin",
    "roles/owner",
    "roles/editor",
];

/// APIs whose grants have a promise of their own.
const ELSEWHERE: &[&str] = &[
    "//cloudresourcemanager.",
    "//iap.",
    "//run.",
    "//secretmanager.",
];

impl Model<'_> {
    /// What runs runs as its own account, and no two as one.
    pub(super) fn accounts(&mut self) {
        let declared = self.declared;
        let mut taken = BTreeSet::new();
        for element in declared.actors() {
            let kind = element.things();
            let found = self.cloud.one(kind, element.name, "service-account");
            // What stands in for a service is that service in another region.
            let first = element.stands_in_for().is_some() || taken.insert(found);
            let own = found == Some(element.account().as_str()) && first;
            self.must(
                own,
                RightsAreGiven,
                format!("{} runs as {found:?}", element.name),
            );
        }
    }

    /// Rights on accounts, buckets, topics, keys, registries, subnetworks: a relation or `grants` asks for each.
    pub(super) fn rights(&mut self) {
        let declared = self.declared;
        for grant in self.grants.clone() {
            // A service of this project has a promise of its own, not so one of another.
            let service = grant.on.strip_prefix("//run.googleapis.com/");
            let home = format!("projects/{}/", declared.project);
            let called = service.filter(|service| !service.starts_with(&home));
            let elsewhere = ELSEWHERE.iter().any(|api| grant.on.starts_with(api));
            if elsewhere && called.is_none() {
                continue;
            }
            // Cloud Run pulls images and takes addresses of a shared network by an agent of its own.
            let agent = grant.to.starts_with("serviceAccount:service-")
                && grant
                    .to
                    .ends_with("@serverless-robot-prod.iam.gserviceaccount.com");
            let agents = ["roles/artifactregistry.reader", "roles/compute.networkUser"];
            let email = grant.to.strip_prefix("serviceAccount:").unwrap_or_default();
            let bucket = grant
                .on
                .strip_prefix("//storage.googleapis.com/projects/_/buckets/");
            let mut elements = declared.actors().filter(|one| one.account() == email);
            let asked = elements.any(|element| {
                let uses = bucket.map(|bucket| element.bucket_roles(bucket));
                let asked = (grant.role.clone(), grant.on.clone());
                let calls = called.is_some_and(|service| {
                    grant.role == "roles/run.invoker" && element.calls().contains(service)
                });
                uses.is_some_and(|roles| roles.contains(grant.role.as_str()))
                    || calls
                    || element.key_roles(&grant.on).contains(grant.role.as_str())
                    || element.datasets().contains(&asked)
                    || element.grants().contains(&asked)
            });
            let asked = asked
                || self.is_about_messages(grant)
                || self.is_about_queues(grant)
                || self.is_about_logs(grant)
                || self.is_about_admission(grant)
                || self.is_about_encryption(grant)
                || self.is_about_rotation(grant)
                || self.is_about_notifications(grant);
            let asked = asked
                || bucket.is_some_and(|bucket| {
                    let given = declared.bucket_gives(bucket);
                    given.contains(&(grant.role.as_str(), grant.to.clone()))
                });
            let given = declared.key_gives(&grant.on);
            let asked = asked || given.contains(&(grant.role.as_str(), grant.to.clone()));
            let given = declared.registry_gives(&grant.on);
            let asked = asked || given.contains(&(grant.role.as_str(), grant.to.clone()));
            // Who deploys something says what runs as its account.
            let acted = grant.on.rsplit_once("/serviceAccounts/");
            let acted = acted.filter(|_| grant.role == "roles/iam.serviceAccountUser");
            let deploys = acted.is_some_and(|(_, account)| {
                let mut run = declared.elements().filter(|one| one.account() == account);
                run.any(|one| one.developers().contains(&grant.to))
            });
            let asked = asked || deploys || self.is_about_the_pipeline(grant);
            let held = asked || (agent && agents.contains(&grant.role.as_str()));
            self.must(held, RightsAreGiven, format!("nothing asks for {grant:?}"));
        }
    }

    pub(super) fn project_wide(&mut self, listed: &BTreeSet<Grant>) {
        let declared = self.declared;
        for grant in self.grants.clone() {
            if !grant.on.starts_with("//cloudresourcemanager.") {
                continue;
            }
            self.must(
                listed.contains(grant),
                NothingOnTheProject,
                format!("not in the list: {grant:?}"),
            );
            let email = grant.to.strip_prefix("serviceAccount:").unwrap_or_default();
            let mut elements = declared
                .actors()
                .filter(|element| element.account() == email);
            let invoker = grant.role == "roles/workflows.invoker";
            let logs = grant.role == "roles/logging.logWriter";
            let mut workflows = declared.actors().filter(|one| one.kind == "workflows");
            let begins = workflows.any(|one| {
                one.invokers().contains(&grant.to)
                    || declared
                        .beginner(one.name)
                        .is_some_and(|account| account == email)
            });
            let telemetry = ["roles/cloudtrace.agent", "roles/monitoring.metricWriter"]
                .contains(&grant.role.as_str());
            let narrowed = grant.role.starts_with("roles/cloudsql.") && grant.condition.is_some();
            let logs_in = [
                "roles/memorystore.dbConnectionUser",
                "roles/redis.dbConnectionUser",
            ];
            let logs_in = logs_in.contains(&grant.role.as_str());
            let logs_in = logs_in && grant.condition.is_some();
            let stores = grant.role.starts_with("roles/datastore.") && grant.condition.is_some();
            let queries = grant.role == "roles/bigquery.jobUser"
                && grant
                    .on
                    .ends_with(&format!("/projects/{}", declared.project));
            let asked = elements.any(|element| {
                (queries && !element.datasets().is_empty())
                    || (stores && !element.firestores().is_empty())
                    || (logs_in && !element.caches().is_empty())
                    || (telemetry && element.has_telemetry())
                    || (logs && element.kind == "workflows")
                    || (invoker && element.begins())
                    || (narrowed && !element.databases().is_empty())
                    || element
                        .grants()
                        .contains(&(grant.role.clone(), grant.on.clone()))
            });
            self.must(
                asked
                    || (invoker && begins)
                    || self.is_about_events(grant)
                    || self.is_about_logs(grant),
                NothingOnTheProject,
                format!("nothing asks for {grant:?}"),
            );
        }
    }

    pub(super) fn callers(&mut self) {
        let declared = self.declared;
        let Declared {
            project, region, ..
        } = declared;
        for kind in ["services", "jobs"] {
            let things = format!("run {kind}");
            for (name, settings) in self.cloud.all(&things) {
                let service = declared.service(name).filter(|_| kind == "services");
                let region = service.map_or(region.as_str(), |one| {
                    self.must(
                        self.cloud.one(&things, name, "region") == Some(one.region()),
                        InternalStaysInside,
                        format!("{name} lies elsewhere"),
                    );
                    one.region()
                });
                let on = format!(
                    "//run.googleapis.com/projects/{project}/locations/{region}/{kind}/{name}"
                );
                let complete = self.cloud.one("complete policy", &on, "roles") == Some("all");
                self.must(
                    complete,
                    CallersAreDeclared,
                    format!("the policy of {name} keeps stray grants"),
                );
                let Some(element) = declared
                    .elements()
                    .find(|one| one.kind == kind && one.name == name)
                else {
                    continue;
                };
                let check = kind == "jobs" || one(settings, "invoker-iam-check") == Some("true");
                let anonymous =
                    element.auth() == "anonymous" && element.excepts("anonymous-access");
                self.must(
                    check || anonymous,
                    CallersAreDeclared,
                    format!("{name} asks nobody"),
                );
                let target = (format!("{kind}.{name}"), false);
                let calling = |one: &Element<'_>| {
                    (kind == "services" && one.calls().contains(name))
                        || one.starts().contains(&target)
                };
                let accounts = declared
                    .actors()
                    .filter(calling)
                    .map(|one| format!("serviceAccount:{}", one.account()));
                let mut wanted: BTreeSet<String> = accounts.chain(element.invokers()).collect();
                let trigger = if kind == "services" {
                    declared.trigger(name)
                } else {
                    declared.starter(name)
                };
                wanted.extend(trigger.map(|account| format!("serviceAccount:{account}")));
                if anonymous
                    && declared
                        .table("governance")
                        .get("anonymous_by")
                        .and_then(Value::as_str)
                        == Some("all-users")
                {
                    wanted.insert("allUsers".to_owned());
                }
                let own: Vec<&Grant> = self
                    .grants
                    .iter()
                    .copied()
                    .filter(|grant| grant.on == on)
                    .collect();
                for grant in own {
                    let agent = element.auth() == "iap"
                        && grant.to.starts_with("serviceAccount:service-")
                        && grant.to.ends_with("@gcp-sa-iap.iam.gserviceaccount.com");
                    let asked = declared.actors().any(|one| {
                        grant.to == format!("serviceAccount:{}", one.account())
                            && one
                                .grants()
                                .contains(&(grant.role.clone(), grant.on.clone()))
                    });
                    let starting = |wanted: &dyn Fn(&Element<'_>, bool) -> bool| {
                        let mut actors = declared.actors();
                        actors.any(|one| {
                            let starts = one.starts();
                            let mut starts = starts.iter().filter(|(what, _)| *what == target.0);
                            grant.to == format!("serviceAccount:{}", one.account())
                                && starts.any(|(_, overrides)| wanted(&one, *overrides))
                        })
                    };
                    let holds = match grant.role.as_str() {
                        role if CALLS.contains(&role) => wanted.contains(&grant.to) || agent,
                        "roles/run.jobsExecutorWithOverrides" => {
                            starting(&|_, overrides| overrides)
                        }
                        // A workflow waits for what it starts.
                        "roles/run.viewer" => starting(&|one, _| one.kind == "workflows"),
                        "roles/run.developer" => element.developers().contains(&grant.to),
                        _ => false,
                    };
                    self.must(holds || asked, CallersAreDeclared, format!("{grant:?}"));
                }
                if kind == "services" && element.auth() == "iap" {
                    self.proxy(element, settings);
                }
            }
        }
    }

    /// Identity-Aware Proxy stands there, and only whom the blueprint names passes it.
    fn proxy(&mut self, element: Element<'_>, settings: &Settings) {
        let Declared {
            project, region, ..
        } = self.declared;
        let name = element.name;
        let mut guarded = Vec::new();
        if one(settings, "iap") == Some("true") {
            guarded.push(format!("cloud_run-{region}/services/{name}"));
        } else {
            for backend in self.backends(name) {
                let on =
                    self.cloud.one("compute backend-services", backend, "iap") == Some("enabled");
                self.must(
                    on,
                    CallersAreDeclared,
                    format!("nothing asks who comes by {backend}"),
                );
                guarded.push(format!("compute/services/{backend}"));
            }
        }
        self.must(
            !guarded.is_empty() || element.leaves(),
            CallersAreDeclared,
            format!("nothing asks who comes to {name}"),
        );
        for place in guarded {
            let on = format!("//iap.googleapis.com/projects/{project}/iap_web/{place}");
            let complete = self.cloud.find("complete policy", &on).is_some();
            self.must(
                complete,
                CallersAreDeclared,
                format!("{place} keeps stray grants"),
            );
            let grants = self.grants.iter().copied().filter(|grant| grant.on == on);
            let passes: BTreeSet<String> = grants.map(|grant| grant.to.clone()).collect();
            self.must(
                passes == element.members(),
                CallersAreDeclared,
                format!("{passes:?} pass to {name}"),
            );
        }
    }
}
