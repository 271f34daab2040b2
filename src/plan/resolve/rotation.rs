//! Rotation of secrets: the topic on which Secret Manager says that a value is to be replaced, and what keeps that until somebody
//! has done it.

use std::num::NonZero;

use crate::blueprint::units::Duration;
use crate::blueprint::{Key, Place};
use crate::plan::google::{pubsub, roles, secretmanager};
use crate::plan::model::{
    Plan, Principal, Resource, Rotation, Secret, Subscription, Topic, TopicPath,
};
use crate::rules;

use super::context::Context;
use super::grants::Grants;

/// Seconds that a person may take with a message before it is shown to somebody else.
const ACK_DEADLINE: u32 = pubsub::ACK_DEADLINE.1;
/// Seconds before it is shown again: the first time, and at the most.
const BACKOFF: (u32, u32) = (10, pubsub::BACKOFF_MAX);

/// The name of the topic, and of the subscription to it.
pub(super) fn name(project: &str) -> String {
    format!("rotation-{project}")
}

/// How often the value of a secret is replaced, which is written at that key.
pub(super) fn of(cx: &mut Context<'_>, key: &Key, written: Duration) -> Rotation {
    let most = secretmanager::ROTATION_MAX_DAYS;
    let days = cx.whole_days("a rotation", key, written, most);
    Rotation {
        days: days.unwrap_or(NonZero::<u32>::MIN),
        topic: topic(cx),
    }
}

/// The topic.
fn topic(cx: &Context<'_>) -> TopicPath {
    TopicPath {
        project: cx.project.id.clone(),
        id: name(&cx.project.name),
    }
}

/// Whether Secret Manager has something to say.
fn any(secrets: &[Secret]) -> bool {
    secrets.iter().any(|secret| secret.rotation.is_some())
}

/// Adds the topic, and what keeps its messages: one for all secrets, where one is to be replaced.
pub(super) fn messages(
    cx: &Context<'_>,
    secrets: &[Secret],
    (topics, subscriptions): (&mut Vec<Topic>, &mut Vec<Subscription>),
    grants: &mut Grants,
) {
    if !any(secrets) {
        return;
    }
    let path = topic(cx);
    let topic = Topic {
        name: path.id.clone(),
        project: path.project.clone(),
        id: path.id.clone(),
        existing: false,
        retention: None,
        schema: None,
        regions: vec![cx.project.region.clone()],
        encryption_key: None,
        // It goes with the last secret that needs it.
        deletion_protection: false,
        labels: cx.project.labels.clone(),
    };
    let agent = cx.agent(secretmanager::API, secretmanager::AGENT);
    for secret in secrets.iter().filter(|secret| secret.rotation.is_some()) {
        let cause = Key::of(&["secrets", &secret.name, "rotation"]);
        let on = topic.resource();
        grants.add(on, roles::PUBSUB_PUBLISHER, agent.clone(), None, &cause);
    }
    subscriptions.push(Subscription {
        name: path.id.clone(),
        project: path.project.clone(),
        id: path.id.clone(),
        existing: false,
        topic: Some(path),
        push: None,
        sink: None,
        dead_letter: None,
        ack_deadline: ACK_DEADLINE,
        retention: pubsub::RETENTION.1,
        backoff: BACKOFF,
        filter: Some(secretmanager::DUE.to_owned()),
        ordering: false,
        deletion_protection: false,
        labels: cx.project.labels.clone(),
    });
    topics.push(topic);
    topics.sort_by(|a, b| a.name.cmp(&b.name));
    subscriptions.sort_by(|a, b| a.name.cmp(&b.name));
}

/// Who may add versions to a secret that is to be replaced may take the message that says so.
pub(super) fn taken_by(cx: &Context<'_>, principal: &Principal, cause: &Key, grants: &mut Grants) {
    let on = Resource::Subscription {
        project: cx.project.id.clone(),
        name: name(&cx.project.name),
    };
    grants.add(on, roles::PUBSUB_SUBSCRIBER, principal.clone(), None, cause);
}

/// Warns of a value that is to be replaced where nobody hears of it.
pub(super) fn unheard(cx: &mut Context<'_>, plan: &Plan) {
    let alerts = plan.monitoring.iter().flat_map(|one| &one.alerts);
    let told = alerts.into_iter().any(|alert| alert.id == "rotation");
    // An empty list says that nobody waits for this environment.
    let written = cx.blueprint.monitoring.as_ref();
    let nobody = written.is_some_and(|one| one.notify.as_ref().is_some_and(Vec::is_empty));
    if told || nobody {
        return;
    }
    for secret in plan.secrets.iter().filter(|one| one.rotation.is_some()) {
        let name = &secret.name;
        cx.report(
            rules::ROTATION_UNHEARD,
            format!("nobody hears that `{name}` is to be replaced"),
            &Place::Value(Key::of(&["secrets", name, "rotation"])),
            "a message waits that nobody reads",
        )
        .help("name somebody in `notify` of `[monitoring]`, and leave its alert `rotation` on");
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    /// A secret that somebody adds versions to, and that is replaced so often.
    fn secret(rotation: &str) -> String {
        format!("[secrets.token]\nwriters = [\"group:a@example.com\"]\nrotation = \"{rotation}\"\n")
    }

    #[test]
    fn a_rotation_is_whole_days() {
        for fine in ["1d", "24h", "36500d"] {
            assert!(
                resolve(&[INTERNAL, &secret(fine)]).errors.is_empty(),
                "{fine}"
            );
        }
        for wrong in ["0d", "36h", "36501d"] {
            assert_eq!(
                resolve(&[INTERNAL, &secret(wrong)]).errors,
                ["out-of-range"]
            );
        }
    }

    #[test]
    fn the_first_message_comes_before_the_value_is_old() {
        let first = |rotation: &str| {
            let resolved = resolve(&[INTERNAL, &secret(rotation)]);
            let rotation = resolved.plan().secrets[0].rotation.clone();
            rotation.map(|one| (one.seconds() / 86_400, one.first() / 3_600))
        };
        assert_eq!(first("90d"), Some((90, 76 * 24)));
        assert_eq!(first("84d"), Some((84, 70 * 24)));
        assert_eq!(first("30d"), Some((30, 25 * 24)));
        assert_eq!(first("1d"), Some((1, 20)));
    }

    #[test]
    fn one_topic_says_so_for_all_secrets() {
        let two = secret("90d") + &secret("30d").replace("token", "key");
        let resolved = resolve(&[INTERNAL, &two]);
        let plan = resolved.plan();
        let [topic] = &plan.topics[..] else {
            panic!("one topic");
        };
        let [subscription] = &plan.subscriptions[..] else {
            panic!("one subscription");
        };
        assert_eq!(topic.name, subscription.name);
        assert_eq!(plan.grants_on(&topic.resource()).len(), 1);
        assert_eq!(plan.grants_on(&topic.resource())[0].causes.len(), 2);
        let takes = plan.grants_on(&subscription.resource());
        assert_eq!(takes[0].to.member().to_string(), "group:a@example.com");
        assert!(
            plan.agents
                .iter()
                .any(|one| one.service == "secretmanager.googleapis.com")
        );
    }

    #[test]
    fn its_names_are_taken() {
        let topic = format!("{}[topics.rotation-shop]\n", secret("90d"));
        assert_eq!(resolve(&[INTERNAL, &topic]).errors, ["name-collision"]);
        let without = "[topics.rotation-shop]\n";
        assert!(resolve(&[INTERNAL, without]).errors.is_empty());
        let subscription = format!(
            "{}[topics.news]\n[subscriptions.Rotation_shop]\ntopic = \"news\"\nconsumers = [\"group:a@example.com\"]\n",
            secret("90d")
        );
        assert_eq!(
            resolve(&[INTERNAL, &subscription]).errors,
            ["name-collision"]
        );
    }
}
