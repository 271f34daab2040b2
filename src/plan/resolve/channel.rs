//! Channels of Eventarc: who publishes events of its own.

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{eventarc, roles};
use crate::plan::model::{Channel, Principal};
use crate::rules;

use super::context::Context;
use super::grants::Grants;
use super::labels;
use super::lies;
use super::principal::named_list;
use super::workload::Parts;

/// What an element's `channels` needs.
pub(super) fn used(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    grants: &mut Grants,
    principal: &Principal,
) {
    let cause = parts.key.then("channels");
    for (index, name) in parts.channels.iter().enumerate() {
        let all = &cx.blueprint.channels;
        let place = || Place::Value(cause.item(index));
        let known = cx.named(rules::CHANNEL_UNKNOWN, "channel", name, all, place);
        // One that is named wrongly has its own finding.
        if known.is_some()
            && let Some((path, _)) = lies::channel(cx, name)
        {
            let to = principal.clone();
            grants.add(path.resource(), roles::EVENT_PUBLISHER, to, None, &cause);
        }
    }
}

/// The channels of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>, grants: &mut Grants) -> Vec<Channel> {
    let all = cx.blueprint.channels.iter();
    all.filter_map(|(name, written)| channel(cx, name, written, grants))
        .collect()
}

fn channel(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Channel,
    grants: &mut Grants,
) -> Option<Channel> {
    let key = Key::of(&["channels", name]);
    let at = Place::Key(key.clone());
    cx.check_name(Kind::Compute, name, "a channel's name", &at);
    let Some((path, existing)) = lies::channel(cx, name) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{name}` does not name a channel"),
            &Place::Value(key.then("existing")),
            "not a channel's full name",
        )
        .help("write `projects/PROJECT/locations/LOCATION/channels/NAME`, or `true` for this name in this project");
        return None;
    };
    if !existing {
        somebody_hears(cx, &key, name, written);
        let agent = cx.agent(eventarc::API, eventarc::AGENT);
        grants.on_project(roles::EVENTARC_AGENT, agent, None, &key);
    }
    let cause = key.then("publishers");
    for principal in named_list(cx, &cause, &written.publishers) {
        let on = path.resource();
        grants.add(on, roles::EVENT_PUBLISHER, principal, None, &cause);
    }
    Some(Channel {
        name: name.to_owned(),
        path,
        existing,
        encryption_key: None,
        deletion_protection: written.deletion_protection.unwrap_or(true)
            && written.retire != Some(true),
        labels: labels::of(cx, &key, &written.labels),
    })
}

/// Warns where nothing tells of what is published there.
fn somebody_hears(cx: &mut Context<'_>, key: &Key, name: &str, written: &schema::Channel) {
    let mut events = cx.blueprint.events.values();
    let heard = events.any(|event| event.channel.as_deref() == Some(name));
    if heard || written.retire == Some(true) {
        return;
    }
    cx.report(
        rules::CHANNEL_UNHEARD,
        format!("nobody is told of what is published to `{key}`"),
        &Place::Key(key.clone()),
        "its events are lost",
    )
    .help(format!(
        "tell somebody: `[events.NAME]` with `channel = \"{name}\"`, `type` and `target`"
    ));
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    const ORDERS: &str = "[channels.orders]\n";
    const EVENT: &str = "[events.created]\nchannel = \"orders\"\ntype = \"com.example.order.created\"\ntarget = \"services.orders\"\n";
    const CODE: &str = "[jobs.import]\nimage = \"europe-docker.pkg.dev/shop/app/import@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263\"\n";

    #[test]
    fn whoever_publishes_has_the_right_in_its_project() {
        let uses = "channels = [\"orders\", \"theirs\"]\nenv = { CHANNEL = \"${channels.orders.id}\", NAME = \"${channels.theirs.name}\" }\n";
        let theirs = "[channels.theirs]\nexisting = \"projects/acme-tills/locations/us-east1/channels/tills\"\n";
        let found = resolve(&[INTERNAL, CODE, uses, ORDERS, theirs, EVENT]);
        assert!(found.errors.is_empty(), "{}", found.said);
        let says = |fact: &str, value: &str| assert_eq!(found.fact(fact), Some(value), "{fact}");
        says("channels.orders.publishers", "job-import");
        says("channels.orders.location", "europe-west1");
        says("channels.theirs.publishers", "job-import");
        assert_eq!(found.fact("channels.theirs.location"), None);
        says(
            "events.created.hears",
            "com.example.order.created channel=orders",
        );
        says("events.created.location", "europe-west1");
        let env = &found.plan().jobs[0].workload.containers[0].env;
        let env = format!("{env:?}");
        assert!(
            env.contains("projects/shop-prod/locations/europe-west1/channels/orders"),
            "{env}"
        );
        assert!(env.contains("\"tills\""), "{env}");
        let apis = &found.plan().apis;
        for api in ["eventarc", "eventarcpublishing", "pubsub"] {
            let api = format!("{api}.googleapis.com");
            assert!(apis.iter().any(|one| one.service == api), "{api}");
        }
    }

    #[test]
    fn an_event_of_ones_own_says_its_channel_and_attributes() {
        let with = |lines: &str| resolve(&[INTERNAL, ORDERS, EVENT, lines]);
        let narrowed = with("filters = { zone = \"${project.region}\", amount = \"high\" }\n");
        assert!(narrowed.errors.is_empty(), "{}", narrowed.said);
        assert_eq!(
            narrowed.fact("events.created.hears"),
            Some("com.example.order.created amount=high channel=orders zone=europe-west1")
        );
        let wrong = [
            ("filters = { Amount = \"high\" }\n", "invalid-name"),
            ("filters = { type = \"high\" }\n", "invalid-name"),
            (
                "filters = { methodName = \"high\" }\n",
                "event-filter-invalid",
            ),
            ("filters = { amount = \"\" }\n", "event-filter-invalid"),
            ("filters = { amount = \"a,b\" }\n", "event-filter-invalid"),
            ("location = \"global\"\n", "event-location"),
        ];
        for (lines, rule) in wrong {
            assert_eq!(with(lines).errors, [rule], "{lines}");
        }
        let event = |lines: &str| {
            let event = format!("[events.created]\ntarget = \"services.orders\"\n{lines}");
            resolve(&[INTERNAL, ORDERS, &event]).errors
        };
        assert_eq!(
            event("type = \"com.example.paid\"\n"),
            ["event-filter-invalid"]
        );
        assert_eq!(event("channel = \"orders\"\n"), ["missing-key"]);
        assert_eq!(
            event("channel = \"order\"\ntype = \"paid\"\n"),
            ["channel-unknown"]
        );
        assert_eq!(
            event("channel = \"orders\"\ntype = \"a b\"\n"),
            ["invalid-name"]
        );
        // What a typing error leaves out is reported by it alone when a person runs it.
        let unknown = event("channel = \"orders\"\ntype = \"google.cloud.order.paid\"\n");
        assert_eq!(unknown[0], "unknown-value");
        let of_google = "channel = \"orders\"\ntype = \"google.cloud.pubsub.topic.v1.messagePublished\"\nfilters = { topic = \"news\", zone = \"x\" }\n[topics.news]\n";
        assert_eq!(
            event(of_google),
            ["event-filter-invalid", "event-filter-invalid"]
        );
    }

    #[test]
    fn what_lies_in_another_project_is_published_to_and_not_heard() {
        let theirs = "[channels.orders]\nexisting = \"projects/acme-tills/locations/us-east1/channels/tills\"\n";
        assert_eq!(
            resolve(&[INTERNAL, theirs, EVENT]).errors,
            ["event-elsewhere"]
        );
        let ours = "[channels.orders]\nexisting = \"projects/shop-prod/locations/us-east1/channels/tills\"\n";
        let found = resolve(&[INTERNAL, ours, EVENT]);
        assert!(found.errors.is_empty(), "{}", found.said);
        assert_eq!(found.fact("events.created.location"), Some("us-east1"));
        let none = "[channels.orders]\nexisting = \"projects/acme-tills/channels/tills\"\n";
        assert_eq!(resolve(&[INTERNAL, none]).errors, ["existing-invalid"]);
    }

    #[test]
    fn what_is_published_is_told() {
        assert_eq!(resolve(&[INTERNAL, ORDERS]).warnings, ["channel-unheard"]);
        let leaves = resolve(&[INTERNAL, ORDERS, "retire = true\n"]);
        assert!(leaves.warnings.is_empty(), "{}", leaves.said);
        assert_eq!(
            leaves.fact("channels.orders.deletion_protection"),
            Some("off")
        );
    }

    #[test]
    fn its_events_lie_under_a_key() {
        let cmek = "[encryption]\ncmek = [\"eventarc\"]\n";
        let found = resolve(&[INTERNAL, ORDERS, EVENT, cmek]);
        assert!(
            found.errors.is_empty() && found.warnings.is_empty(),
            "{}",
            found.said
        );
        let key = "locations/europe-west1/keyRings/shop/cryptoKeys/cmek-eventarc";
        assert_eq!(found.fact("channels.orders.encryption"), Some(key));
        assert_eq!(
            found.fact("keys.cmek-eventarc.encrypter_decrypters"),
            Some("agent of eventarc.googleapis.com")
        );
        assert_eq!(resolve(&[INTERNAL, cmek]).warnings, ["encryption-idle"]);
    }
}
