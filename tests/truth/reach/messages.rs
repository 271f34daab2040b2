//! Messages and tasks: who publishes, pulls and adds, and where they are sent.

use toml::{Table, Value};

use super::Broken::CallersAreDeclared;
use super::Model;
use crate::cloud::{Grant, one};
use crate::declared::word;
use crate::readers::in_sql;

/// Whether a list of principals names one.
fn names(table: &Table, key: &str, who: &str) -> bool {
    let list = table.get(key).and_then(Value::as_array);
    let mut list = list.into_iter().flatten();
    list.any(|one| one.as_str() == Some(who))
}

impl Model<'_> {
    /// Whether a relation, a list of principals or dead letters ask for a grant on a topic or a subscription.
    pub(super) fn is_about_messages(&self, grant: &Grant) -> bool {
        let declared = self.declared;
        let email = grant.to.strip_prefix("serviceAccount:").unwrap_or_default();
        let mine = || declared.elements().filter(|one| one.account() == email);
        let agent = email.starts_with("service-")
            && email.ends_with("@gcp-sa-pubsub.iam.gserviceaccount.com");
        let buries = |one: &Table, topic: &str| {
            let dead = one.get("dead_letter").and_then(|dead| dead.get("topic"));
            dead.and_then(Value::as_str) == Some(topic)
        };
        match grant.role.as_str() {
            "roles/pubsub.publisher" => {
                let scheduler = email.starts_with("service-")
                    && email.ends_with("@gcp-sa-cloudscheduler.iam.gserviceaccount.com");
                let ticks = |topic: &str| {
                    let target = format!("topics.{topic}");
                    let mut all = declared.messages("schedules");
                    all.any(|(_, one)| word(one, "target") == Some(&target))
                };
                let topics = declared.messages("topics");
                let mut topics = topics.filter(|(name, _)| declared.topic(name) == grant.on);
                topics.any(|(name, topic)| {
                    let mut all = declared.messages("subscriptions");
                    mine().any(|one| one.publishes().contains(name))
                        || names(topic, "publishers", &grant.to)
                        || (agent && all.any(|(_, one)| buries(one, name)))
                        || (scheduler && ticks(name))
                })
            }
            "roles/bigquery.dataEditor"
            | "roles/storage.legacyBucketReader"
            | "roles/storage.objectCreator" => {
                let mut all = declared.messages("subscriptions");
                agent && all.any(|(_, one)| declared.sink(one).as_ref() == Some(&grant.on))
            }
            "roles/pubsub.subscriber" => {
                let all = declared.messages("subscriptions");
                let mut all = all.filter(|(name, _)| declared.subscription(name) == grant.on);
                all.any(|(name, one)| {
                    let pulled = ["target", "bigquery", "storage"];
                    let pulled = !pulled.iter().any(|way| one.contains_key(*way));
                    let takes = mine().any(|element| element.consumes().contains(name))
                        || names(one, "consumers", &grant.to);
                    (pulled && takes) || (agent && one.contains_key("dead_letter"))
                })
            }
            _ => false,
        }
    }

    /// Whether `enqueues` or a list of principals asks for a grant on a queue, or on the account whose token its tasks bring.
    pub(super) fn is_about_queues(&self, grant: &Grant) -> bool {
        let declared = self.declared;
        let email = grant.to.strip_prefix("serviceAccount:").unwrap_or_default();
        let adds = |name: &String, queue: &Table| {
            let mut mine = declared.elements().filter(|one| one.account() == email);
            mine.any(|one| one.enqueues().contains(name)) || names(queue, "enqueuers", &grant.to)
        };
        let queues = declared.messages("queues");
        let mut adding = queues.filter(|(name, queue)| adds(name, queue));
        match grant.role.as_str() {
            "roles/cloudtasks.enqueuer" => adding.any(|(name, _)| declared.queue(name) == grant.on),
            "roles/iam.serviceAccountUser" => adding.any(|(_, queue)| {
                let service = word(queue, "target").and_then(|one| one.strip_prefix("services."));
                let account = service.and_then(|service| declared.trigger(service));
                account.is_some_and(|account| {
                    grant.on.ends_with(&format!("/serviceAccounts/{account}"))
                })
            }),
            _ => false,
        }
    }

    /// Tasks go where the blueprint says, with a token of the account that is made for it.
    pub(super) fn tasks(&mut self) {
        let declared = self.declared;
        for (name, settings) in self.cloud.all("tasks queues") {
            let found = declared.messages("queues").find(|(one, _)| *one == name);
            let Some((_, table)) = found else {
                self.must(false, CallersAreDeclared, format!("{name} is not declared"));
                continue;
            };
            let target = word(table, "target").and_then(|one| one.strip_prefix("services."));
            let setting = |field: &str| one(settings, field).map(str::to_owned);
            let whose = setting("http-oidc-service-account-email-override");
            let wanted = target.and_then(|service| declared.trigger(service));
            let says = format!("tasks of {name} bring a token of {whose:?}");
            self.must(whose == wanted, CallersAreDeclared, says);
            let audience = setting("http-oidc-token-audience-override").unwrap_or_default();
            let host = audience.strip_prefix("https://").unwrap_or_default();
            let of_service = target.is_none_or(|service| {
                host.starts_with(&format!("{service}-"))
                    && host.ends_with(&format!(".{}.run.app", declared.region))
            });
            let says = format!("tasks of {name} bring a token for {audience}");
            self.must(of_service, CallersAreDeclared, says);
            let address = setting("http-uri-override");
            let wanted = word(table, "path")
                .map(|path| format!("scheme:HTTPS,host:{host},path:{path},mode:ALWAYS"));
            let says = format!("tasks of {name} go to {address:?}");
            self.must(address == wanted, CallersAreDeclared, says);
        }
    }

    /// What happens on time is what the blueprint says, as the account that is made for it.
    pub(super) fn on_time(&mut self) {
        let declared = self.declared;
        for (name, settings) in self.cloud.all("scheduler jobs") {
            let found = declared.messages("schedules").find(|(one, _)| *one == name);
            let Some((table, target)) =
                found.and_then(|(_, one)| Some((one, word(one, "target")?)))
            else {
                self.must(false, CallersAreDeclared, format!("{name} is not declared"));
                continue;
            };
            let setting = |field: &str| one(settings, field).unwrap_or_default();
            let uri = setting("uri");
            let (kind, what) = target.split_once('.').unwrap();
            let (here, whose) = match kind {
                "services" => {
                    let path = word(table, "path").unwrap_or("/");
                    let own = uri.starts_with(&format!("https://{what}-"))
                        && uri.ends_with(&format!(".{}.run.app{path}", declared.region))
                        && uri.strip_suffix(path) == Some(setting("oidc-token-audience"));
                    (own, declared.trigger(what))
                }
                "jobs" => {
                    let path = format!("/locations/{}/jobs/{what}:run", declared.region);
                    let own =
                        uri.starts_with("https://run.googleapis.com/") && uri.ends_with(&path);
                    (own, declared.starter(what))
                }
                "workflows" => {
                    let path =
                        format!("/locations/{}/workflows/{what}/executions", declared.region);
                    let own = uri.starts_with("https://workflowexecutions.googleapis.com/")
                        && uri.ends_with(&path);
                    (own, declared.beginner(what))
                }
                _ => {
                    let topic = declared.topic(what);
                    (topic.ends_with(setting("topic")) && uri.is_empty(), None)
                }
            };
            self.must(here, CallersAreDeclared, format!("{name} does {uri}"));
            let as_whom = one(settings, "oidc-service-account-email")
                .or(one(settings, "oauth-service-account-email"))
                .map(str::to_owned);
            let says = format!("{name} acts as {as_whom:?}");
            self.must(as_whom == whose, CallersAreDeclared, says);
        }
    }

    /// What is published has the form that the blueprint asks for, and no other one.
    pub(super) fn formed(&mut self) {
        let declared = self.declared;
        for (name, settings) in self.cloud.all("pubsub topics") {
            let schema = one(settings, "schema").map(str::to_owned);
            let encoding = one(settings, "message-encoding").map(str::to_owned);
            let says = format!("messages of {name} are {schema:?} as {encoding:?}");
            let asked = declared.schema(name);
            self.must(schema.zip(encoding) == asked, CallersAreDeclared, says);
        }
        for (name, _) in self.cloud.all("pubsub schemas") {
            let own = format!("projects/{}/schemas/{name}", declared.project);
            let used = declared.schema(name).is_some_and(|(path, _)| path == own);
            self.must(
                used,
                CallersAreDeclared,
                format!("{name} is no topic's schema"),
            );
        }
    }

    /// Messages are pushed where the blueprint says, with a token of the account that is made for it.
    pub(super) fn pushes(&mut self) {
        let declared = self.declared;
        for (name, settings) in self.cloud.all("pubsub subscriptions") {
            let found = declared
                .messages("subscriptions")
                .find(|(one, _)| *one == name);
            let target = found.and_then(|(_, table)| Some((table, word(table, "target")?)));
            let Some((table, target)) = target else {
                let pulled = !settings.contains_key("push-endpoint");
                self.must(pulled, CallersAreDeclared, format!("{name} pushes"));
                let table = one(settings, "bigquery-table").map(|table| in_sql("table", table));
                let bucket = one(settings, "cloud-storage-bucket")
                    .map(|bucket| format!("//storage.googleapis.com/projects/_/buckets/{bucket}"));
                let asked = found.and_then(|(_, table)| declared.sink(table));
                let says = format!("{name} writes to {table:?} or {bucket:?}");
                self.must(table.or(bucket) == asked, CallersAreDeclared, says);
                continue;
            };
            let service = target.strip_prefix("services.").unwrap();
            let path = word(table, "path").unwrap_or("/");
            let endpoint = one(settings, "push-endpoint").unwrap_or_default();
            let host = endpoint.strip_prefix("https://").unwrap_or_default();
            let (host, rest) = host.split_at(host.find('/').unwrap_or(host.len()));
            let here = host.starts_with(&format!("{service}-"))
                && host.ends_with(&format!(".{}.run.app", declared.region))
                && rest == path;
            let says = format!("{name} pushes to {endpoint}");
            self.must(here, CallersAreDeclared, says);
            let whose = one(settings, "push-auth-service-account").map(str::to_owned);
            let own = whose == declared.trigger(service);
            self.must(
                own,
                CallersAreDeclared,
                format!("{name} pushes as {whose:?}"),
            );
            let audience = one(settings, "push-auth-token-audience").unwrap_or_default();
            let meant = audience == format!("https://{host}");
            let says = format!("{name} brings a token for {audience}");
            self.must(meant, CallersAreDeclared, says);
        }
    }
}
