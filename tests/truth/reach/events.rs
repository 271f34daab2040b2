//! Channels and events: of what they tell whom, and what is needed for it.

use toml::{Table, Value};

use super::Broken::CallersAreDeclared;
use super::Model;
use crate::cloud::{Grant, one};
use crate::declared::{strings, word};

/// The name behind a kind, in a text of a table: of `target = "services.api"` and `services` the name `api`.
fn named<'t>(event: &'t Table, kind: &str) -> Option<&'t str> {
    let target = word(event, "target")?;
    target.strip_prefix(kind)?.strip_prefix('.')
}

fn filter<'t>(event: &'t Table, name: &str) -> Option<&'t str> {
    event.get("filters")?.get(name)?.as_str()
}

/// The full name of a channel that stands in the cloud as its location and its id.
fn channel(project: &str, thing: &str) -> String {
    let (location, id) = thing.split_once(' ').unwrap();
    format!("projects/{project}/locations/{location}/channels/{id}")
}

impl Model<'_> {
    /// Whether an event asks for a grant on the project: to be told, to tell, or to publish what happens to objects.
    pub(super) fn is_about_events(&self, grant: &Grant) -> bool {
        let declared = self.declared;
        let email = grant.to.strip_prefix("serviceAccount:").unwrap_or_default();
        let agent = |domain: &str| {
            let host = format!("@{domain}.iam.gserviceaccount.com");
            email.starts_with("service-") && email.ends_with(&host)
        };
        let mut events = declared.messages("events");
        match grant.role.as_str() {
            "roles/eventarc.eventReceiver" => events.any(|(_, event)| {
                let service = named(event, "services").and_then(|one| declared.trigger(one));
                let workflow = named(event, "workflows").and_then(|one| declared.beginner(one));
                service.or(workflow).as_deref() == Some(email)
            }),
            "roles/eventarc.serviceAgent" => {
                let mut channels = declared.messages("channels");
                let made = channels.any(|(name, _)| self.is_made(&declared.channel(name)));
                agent("gcp-sa-eventarc") && (made || events.next().is_some())
            }
            "roles/eventarc.publisher" => {
                let project = |name: &str| {
                    let path = declared.channel(name);
                    let (project, _) = path.split_once("/locations/").unwrap();
                    grant.on == format!("//cloudresourcemanager.googleapis.com/{project}")
                };
                let mut elements = declared.elements().filter(|one| one.account() == email);
                let mut channels = declared.messages("channels");
                elements.any(|one| one.channels().iter().any(|name| project(name)))
                    || channels.any(|(name, one)| {
                        project(name) && strings(one.get("publishers")).contains(&grant.to)
                    })
            }
            "roles/pubsub.publisher" => {
                agent("gs-project-accounts")
                    && events.any(|(_, event)| filter(event, "bucket").is_some())
            }
            _ => false,
        }
    }

    /// Whether a channel stands in the cloud.
    fn is_made(&self, path: &str) -> bool {
        let mut all = self.cloud.all("eventarc channels");
        all.any(|(name, _)| channel(&self.declared.project, name) == path)
    }

    /// Events are told whom the blueprint says, of what it says, by the account that is made for it.
    pub(super) fn events(&mut self) {
        let declared = self.declared;
        for (name, _) in self.cloud.all("eventarc channels") {
            let path = channel(&declared.project, name);
            let mut all = declared.messages("channels");
            let known = all.any(|(one, _)| declared.channel(one) == path);
            self.must(
                known,
                CallersAreDeclared,
                format!("nothing declares {path}"),
            );
        }
        for (trigger, settings) in self.cloud.all("eventarc triggers") {
            let (location, name) = trigger.split_once(' ').unwrap();
            let mut all = declared.messages("events");
            let Some((_, event)) = all.find(|(one, _)| *one == name) else {
                self.must(false, CallersAreDeclared, format!("{name} is not declared"));
                continue;
            };
            let setting = |field: &str| one(settings, field);
            let of_objects = filter(event, "bucket").map(|name| {
                let table = &declared.root["buckets"][name];
                let place = table.get("location").and_then(Value::as_str);
                (
                    format!("bucket={}", declared.bucket(name)),
                    place.unwrap_or(&declared.region).to_owned(),
                )
            });
            let mut wanted = vec![format!("type={}", event["type"].as_str().unwrap())];
            for word in ["serviceName", "methodName", "resourceName"] {
                let value = filter(event, word);
                let value = value.map(|one| one.replace("${project.id}", &declared.project));
                let value = value.map(|one| match one.split_once("${buckets.") {
                    None => one,
                    Some((before, rest)) => {
                        let (bucket, after) = rest.split_once(".name}").unwrap();
                        format!("{before}{}{after}", declared.bucket(bucket))
                    }
                });
                wanted.extend(value.map(|value| format!("{word}={value}")));
            }
            let place = of_objects.as_ref().map(|(_, place)| place.as_str());
            let from = word(event, "channel").map(|name| declared.channel(name));
            if from.is_some() {
                let filters = event.get("filters").and_then(Value::as_table);
                for (name, value) in filters.into_iter().flatten() {
                    let value = value.as_str().unwrap();
                    let value = value.replace("${project.id}", &declared.project);
                    wanted.push(format!("{name}={value}"));
                }
            }
            let same = setting("channel") == from.as_deref();
            let says = format!("{name} comes from {:?}", setting("channel"));
            self.must(same, CallersAreDeclared, says);
            let place = place.or(from.as_ref().and_then(|path| path.split('/').nth(3)));
            // An audit log that says nothing else lies in the project's region, or in none.
            let place = place.or(word(event, "location"));
            let lies = match place {
                Some(place) => location == place,
                None => location == declared.region || location == "global",
            };
            wanted.extend(of_objects.map(|(bucket, _)| bucket));
            wanted.sort();
            let right = settings.get("event-filters") == Some(&wanted) && lies;
            let says = format!("{name} hears of {:?}", settings.get("event-filters"));
            self.must(right, CallersAreDeclared, says);
            let topic = filter(event, "topic").map(|name| declared.topic(name));
            let heard = setting("transport-topic");
            let same = match (&topic, heard) {
                (Some(topic), Some(heard)) => topic.ends_with(&format!(".com/{heard}")),
                (topic, heard) => topic.is_none() && heard.is_none(),
            };
            self.must(
                same,
                CallersAreDeclared,
                format!("{name} hears of {heard:?}"),
            );
            let service = setting("destination-run-service");
            let workflow = setting("destination-workflow");
            let path = word(event, "path");
            let here = service == named(event, "services")
                && workflow == named(event, "workflows")
                && setting("destination-run-path") == path.filter(|path| *path != "/")
                && setting("destination-run-region").is_none_or(|one| one == declared.region)
                && setting("destination-workflow-location")
                    .is_none_or(|one| one == declared.region);
            let says = format!("{name} tells {service:?} or {workflow:?}");
            self.must(here, CallersAreDeclared, says);
            let whose = named(event, "services").and_then(|one| declared.trigger(one));
            let whose = whose.or(named(event, "workflows").and_then(|one| declared.beginner(one)));
            let as_whom = setting("service-account").map(str::to_owned);
            let says = format!("{name} acts as {as_whom:?}");
            self.must(as_whom == whose, CallersAreDeclared, says);
        }
    }
}
