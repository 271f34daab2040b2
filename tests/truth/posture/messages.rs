//! The facts of topics, subscriptions, schedules, workflows, queues, channels and events.

use sha2::{Digest, Sha256};

use super::{Posture, joined, switch};
use crate::cloud::{Settings, one};

impl Posture<'_> {
    pub(super) fn topic(&self, topic: &str, name: &str) -> Option<String> {
        let (_, project, id) = self.names.topics.iter().find(|(one, _, _)| one == topic)?;
        let on = format!("//pubsub.googleapis.com/projects/{project}/topics/{id}");
        let settings = || {
            let found = self.cloud.find("pubsub topics", id);
            found.filter(|_| *project == self.place.project)
        };
        Some(match name {
            "publishers" => joined(self.holders(&on, "roles/pubsub.publisher"), "nobody"),
            "schema" => {
                let settings = settings()?;
                let schema = self.path_in_short(one(settings, "schema")?, "schemas");
                format!("{schema} as {}", one(settings, "message-encoding")?)
            }
            "definition" => {
                let text = one(self.cloud.find("pubsub schemas", id)?, "definition-file")?;
                let digest = Sha256::digest(text.as_bytes());
                let digits = digest.iter().map(|byte| format!("{byte:02x}"));
                format!("sha256:{}", digits.collect::<String>())
            }
            "schema_language" => {
                one(self.cloud.find("pubsub schemas", id)?, "type").map(str::to_owned)?
            }
            "regions" => joined(
                settings()?["message-storage-policy-allowed-regions"].clone(),
                "none",
            ),
            "encryption" => self.key_in_short(one(settings()?, "topic-encryption-key")?),
            "deletion_protection" => switch(one(settings()?, "deletion_protection")? == "true"),
            _ => return None,
        })
    }

    pub(super) fn subscription(&self, subscription: &str, name: &str) -> Option<String> {
        let mut all = self.names.subscriptions.iter();
        let (_, project, id) = all.find(|(one, _, _)| one == subscription)?;
        if name == "consumers" {
            let on = format!("//pubsub.googleapis.com/projects/{project}/subscriptions/{id}");
            let holders = self.holders(&on, "roles/pubsub.subscriber");
            return Some(joined(holders, "nobody"));
        }
        let settings: &Settings = self.cloud.find("pubsub subscriptions", id)?;
        let setting = |field: &str| one(settings, field);
        Some(match name {
            "topic" => self.topic_in_short(setting("topic")?),
            "delivery" => if setting("push-endpoint").is_some() {
                "push"
            } else if setting("bigquery-table").is_some() {
                "bigquery"
            } else if setting("cloud-storage-bucket").is_some() {
                "storage"
            } else {
                "pull"
            }
            .to_owned(),
            "endpoint" => self.endpoint(setting("push-endpoint")?),
            "writes" => {
                if let Some(table) = setting("bigquery-table") {
                    return Some(table.to_owned());
                }
                let bucket = setting("cloud-storage-bucket")?;
                let prefix = setting("cloud-storage-file-prefix").unwrap_or_default();
                format!("gs://{bucket}/{prefix}")
            }
            "identity" => {
                let email = setting("push-auth-service-account")?;
                self.short(&format!("serviceAccount:{email}"))
            }
            "dead_letter" => match setting("dead-letter-topic") {
                Some(topic) => format!(
                    "{} after {}",
                    self.topic_in_short(topic),
                    setting("max-delivery-attempts")?
                ),
                None => "none".to_owned(),
            },
            "expires" => setting("expiration-period")?.to_owned(),
            "filter" => setting("message-filter").unwrap_or("none").to_owned(),
            "ordering" => switch(setting("enable-message-ordering") == Some("true")),
            "deletion_protection" => switch(setting("deletion_protection")? == "true"),
            _ => return None,
        })
    }

    pub(super) fn schedule(&self, schedule: &str, name: &str) -> Option<String> {
        let settings = self.cloud.find("scheduler jobs", schedule)?;
        let setting = |field: &str| one(settings, field);
        let topic = setting("topic");
        Some(match (name, topic) {
            ("does", Some(topic)) => format!("topic {}", self.topic_in_short(topic)),
            ("does", None) => {
                let uri = setting("uri")?;
                let start = format!(
                    "https://run.googleapis.com/v2/projects/{}/locations/{}/jobs/",
                    self.place.project, self.place.region
                );
                let begin = format!(
                    "https://workflowexecutions.googleapis.com/v1/projects/{}/locations/{}/workflows/",
                    self.place.project, self.place.region
                );
                match (uri.strip_prefix(&start), uri.strip_prefix(&begin)) {
                    (Some(job), _) => format!("job {}", job.strip_suffix(":run")?),
                    (_, Some(one)) => format!("workflow {}", one.strip_suffix("/executions")?),
                    _ => format!("service {}", self.endpoint(uri)),
                }
            }
            ("identity", Some(_)) => "agent of cloudscheduler.googleapis.com".to_owned(),
            ("identity", None) => {
                let email = setting("oidc-service-account-email")
                    .or_else(|| setting("oauth-service-account-email"))?;
                self.short(&format!("serviceAccount:{email}"))
            }
            _ => return None,
        })
    }

    pub(super) fn workflow(&self, workflow: &str, name: &str) -> Option<String> {
        let settings = self.cloud.find("workflows", workflow)?;
        match name {
            "callers" => {
                let project = &self.place.project;
                let on = format!("//cloudresourcemanager.googleapis.com/projects/{project}");
                let holders = self.holders(&on, "roles/workflows.invoker");
                Some(joined(holders, "nobody"))
            }
            "logs" => Some(
                match one(settings, "call-log-level")? {
                    "log-errors-only" => "errors",
                    _ => "something else",
                }
                .to_owned(),
            ),
            other => self.workload(settings, "", other),
        }
    }

    pub(super) fn queue(&self, queue: &str, name: &str) -> Option<String> {
        let (_, place, id) = self.names.queues.iter().find(|(one, _, _)| one == queue)?;
        if name == "enqueuers" {
            let on = format!("//cloudtasks.googleapis.com/{place}/queues/{id}");
            let holders = self.holders(&on, "roles/cloudtasks.enqueuer");
            return Some(joined(holders, "nobody"));
        }
        let settings = self.cloud.find("tasks queues", id)?;
        let setting = |field: &str| one(settings, field);
        Some(match name {
            "endpoint" => match setting("http-uri-override") {
                None => "anywhere".to_owned(),
                Some(address) => {
                    let parts: Vec<&str> = address.split(',').collect();
                    let ["scheme:HTTPS", host, path, "mode:ALWAYS"] = parts.as_slice() else {
                        return Some(address.to_owned());
                    };
                    let host = host.strip_prefix("host:")?;
                    let path = path.strip_prefix("path:")?;
                    self.endpoint(&format!("https://{host}{path}"))
                }
            },
            "identity" => {
                let email = setting("http-oidc-service-account-email-override")?;
                self.short(&format!("serviceAccount:{email}"))
            }
            "deletion_protection" => switch(setting("deletion_protection")? == "true"),
            _ => return None,
        })
    }

    pub(super) fn channel(&self, channel: &str, name: &str) -> Option<String> {
        let mut known = self.names.channels.iter();
        let (_, project, location, id) = known.find(|(one, _, _, _)| one == channel)?;
        if name == "publishers" {
            let on = format!("//cloudresourcemanager.googleapis.com/projects/{project}");
            let holders = self.holders(&on, "roles/eventarc.publisher");
            return Some(joined(holders, "nobody"));
        }
        let thing = format!("{location} {id}");
        let settings = self.cloud.find("eventarc channels", &thing)?;
        let setting = |field: &str| one(settings, field);
        Some(match name {
            "location" => location.clone(),
            "encryption" => self.key_in_short(setting("crypto-key")?),
            "deletion_protection" => switch(setting("deletion_protection")? == "true"),
            _ => return None,
        })
    }

    pub(super) fn event(&self, event: &str, name: &str) -> Option<String> {
        let mut all = self.cloud.all("eventarc triggers");
        let own = format!(" {event}");
        let (place, settings) = all.find(|(trigger, _)| trigger.ends_with(&own))?;
        let setting = |field: &str| one(settings, field);
        let here = |field: &str| setting(field) == Some(self.place.region.as_str());
        Some(match name {
            "location" => place.strip_suffix(&own)?.to_owned(),
            "hears" => {
                let filters = settings.get("event-filters")?.iter();
                let (kinds, mut others): (Vec<String>, Vec<String>) =
                    filters.cloned().partition(|one| one.starts_with("type="));
                let [kind] = kinds.as_slice() else {
                    return None;
                };
                if let Some(topic) = setting("transport-topic") {
                    others.push(format!("topic={}", self.topic_in_short(topic)));
                }
                if let Some(channel) = setting("channel") {
                    others.push(format!("channel={}", channel.rsplit('/').next()?));
                }
                others.sort();
                others.insert(0, kind.strip_prefix("type=")?.to_owned());
                others.join(" ")
            }
            "does" => match (
                setting("destination-run-service"),
                setting("destination-workflow"),
            ) {
                (Some(service), None) if here("destination-run-region") => {
                    let path = setting("destination-run-path").unwrap_or("/");
                    format!("service {service}{path}")
                }
                (None, Some(workflow)) if here("destination-workflow-location") => {
                    format!("workflow {workflow}")
                }
                _ => return None,
            },
            "identity" => {
                let email = setting("service-account")?;
                self.short(&format!("serviceAccount:{email}"))
            }
            _ => return None,
        })
    }

    pub(super) fn topic_in_short(&self, path: &str) -> String {
        self.path_in_short(path, "topics")
    }

    /// What a full name of this kind is called in the facts.
    fn path_in_short(&self, path: &str, kind: &str) -> String {
        let parts: Vec<&str> = path.split('/').collect();
        let ["projects", project, of, id] = parts.as_slice() else {
            panic!("{path} is no full name")
        };
        assert_eq!(*of, kind, "{path}");
        if *project == self.place.project {
            (*id).to_owned()
        } else {
            format!("{id} in {project}")
        }
    }

    /// Service and path of an address of this project's.
    fn endpoint(&self, address: &str) -> String {
        let number = self.place.number.as_deref();
        let number = number.unwrap_or("⟨project_number⟩");
        let host = format!("-{number}.{}.run.app/", self.place.region);
        let rest = address.strip_prefix("https://").unwrap_or(address);
        match rest.split_once(&host) {
            Some((service, path)) => format!("{service}/{path}"),
            None => address.to_owned(),
        }
    }
}
