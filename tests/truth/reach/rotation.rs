//! Rotation: what is to be replaced is said, and waits until somebody has taken it.

use toml::Table;

use super::Broken::SomebodyHears;
use super::Model;
use crate::cloud::{Grant, many, one};
use crate::declared::{strings, word};

/// How often a secret that is made here is to be replaced.
fn every(secret: &Table) -> Option<&str> {
    let made = secret
        .get("existing")
        .is_none_or(|one| one.as_bool() == Some(false));
    let every = word(secret, "rotation");
    every.filter(|_| made)
}

impl Model<'_> {
    /// What the topic is called, and the subscription to it.
    fn rotation(&self) -> String {
        format!("rotation-{}", self.declared.name())
    }

    pub(super) fn rotations(&mut self) {
        let declared = self.declared;
        let name = self.rotation();
        let topic = format!("projects/{}/topics/{name}", declared.project);
        for (secret, table) in declared.messages("secrets") {
            let wanted = every(table).map(|days| {
                let days: u64 = days.trim_end_matches('d').parse().unwrap();
                format!("{}s", days * 86_400)
            });
            let setting = |field: &str| self.cloud.one("secrets", secret, field);
            let found = setting("rotation-period");
            let says = format!("{secret} is to be replaced after {found:?}");
            self.must(found == wanted.as_deref(), SomebodyHears, says);
            let told = setting("add-topics");
            let right = told == wanted.as_ref().map(|_| topic.as_str());
            self.must(right, SomebodyHears, format!("{secret} tells {told:?}"));
        }
        if !declared
            .messages("secrets")
            .any(|(_, table)| every(table).is_some())
        {
            return;
        }
        let mut grants = self.grants.iter();
        let may = grants.any(|grant| is_agent(grant) && self.is_about_rotation(grant));
        self.must(
            may,
            SomebodyHears,
            "Secret Manager may not say what is to be replaced",
        );
        let waits = self
            .cloud
            .find("pubsub subscriptions", &name)
            .is_some_and(|settings| {
                many(settings, "topic") == [topic]
                    && one(settings, "message-filter")
                        == Some("attributes.eventType = \"SECRET_ROTATE\"")
                    && !settings.contains_key("push-endpoint")
            });
        self.must(waits, SomebodyHears, "nothing keeps what is to be replaced");
    }

    /// Whether a secret that is to be replaced asks for a grant on what says so.
    pub(super) fn is_about_rotation(&self, grant: &Grant) -> bool {
        let declared = self.declared;
        let (project, name) = (&declared.project, self.rotation());
        let on = |kind: &str| format!("//pubsub.googleapis.com/projects/{project}/{kind}/{name}");
        let mut secrets = declared.messages("secrets").map(|(_, table)| table);
        match grant.role.as_str() {
            "roles/pubsub.publisher" => {
                grant.on == on("topics")
                    && is_agent(grant)
                    && secrets.any(|table| every(table).is_some())
            }
            // Who may add a version takes what asks for one.
            "roles/pubsub.subscriber" => {
                let adds = |table: &Table| strings(table.get("writers")).contains(&grant.to);
                grant.on == on("subscriptions")
                    && secrets.any(|table| every(table).is_some() && adds(table))
            }
            _ => false,
        }
    }
}

/// The agent as which Secret Manager publishes.
fn is_agent(grant: &Grant) -> bool {
    grant.to.starts_with("serviceAccount:service-")
        && grant
            .to
            .ends_with("@gcp-sa-secretmanager.iam.gserviceaccount.com")
}
