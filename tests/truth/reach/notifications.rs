//! Notifications: which topics are told of the objects of a bucket, and who may say so.

use std::collections::BTreeSet;

use super::Broken::BucketsAreClosed;
use super::Model;
use crate::cloud::{Grant, many, one};
use crate::declared::strings;

impl Model<'_> {
    /// What is to be told: bucket and topic, then what happens, then what the names begin with.
    fn told(&self) -> BTreeSet<(String, BTreeSet<String>, Option<String>)> {
        let declared = self.declared;
        let mut told = BTreeSet::new();
        for (bucket, table) in declared.messages("buckets") {
            let topics = table.get("notifications").and_then(|all| all.as_table());
            for (topic, one) in topics.into_iter().flatten() {
                let topic = declared.topic(topic);
                let (_, path) = topic.split_once(".com/").unwrap();
                let name = format!("{} {path}", declared.bucket(bucket));
                let prefix = one.get("prefix").and_then(|prefix| prefix.as_str());
                told.insert((name, strings(one.get("events")), prefix.map(str::to_owned)));
            }
        }
        told
    }

    /// Topics are told what the blueprint says, and of nothing else.
    pub(super) fn notifications(&mut self) {
        let found = self.cloud.all("storage buckets notifications");
        let found: BTreeSet<_> = found
            .map(|(name, settings)| {
                let events = many(settings, "event-types").iter().cloned().collect();
                let prefix = one(settings, "object-prefix").map(str::to_owned);
                (name.to_owned(), events, prefix)
            })
            .collect();
        let wanted = self.told();
        for said in found.symmetric_difference(&wanted) {
            self.must(false, BucketsAreClosed, format!("a topic is told {said:?}"));
        }
        for (name, _, _) in &wanted {
            let (_, path) = name.split_once(' ').unwrap();
            let on = format!("//pubsub.googleapis.com/{path}");
            let mut grants = self.grants.iter();
            let may = grants.any(|grant| is_agent(grant) && grant.on == on);
            self.must(
                may,
                BucketsAreClosed,
                format!("{name}: the agent may not publish"),
            );
        }
    }

    /// Whether notifications ask for a grant: Cloud Storage's agent publishes to that topic.
    pub(super) fn is_about_notifications(&self, grant: &Grant) -> bool {
        let told = self.told();
        let mut topics = told.iter().filter_map(|(name, _, _)| name.split_once(' '));
        grant.role == "roles/pubsub.publisher"
            && is_agent(grant)
            && topics.any(|(_, path)| grant.on == format!("//pubsub.googleapis.com/{path}"))
    }
}

/// The agent as which Cloud Storage publishes.
fn is_agent(grant: &Grant) -> bool {
    grant.to.starts_with("serviceAccount:service-")
        && grant
            .to
            .ends_with("@gs-project-accounts.iam.gserviceaccount.com")
}
