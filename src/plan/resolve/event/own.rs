//! Events of one's own: from which channel, and with which attributes.

use std::collections::BTreeMap;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::model::{ChannelPath, EventSource};
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::plan::resolve::reference;
use crate::rules;

use super::is_here;

/// What the code publishes to a channel, and where the trigger has to lie for it.
pub(super) fn source(
    cx: &mut Context<'_>,
    key: &Key,
    kind: &str,
    written: &schema::Event,
) -> Option<(EventSource, String)> {
    let at = Place::Value(key.then("type"));
    cx.check_name(Kind::EventType, kind, "the type of an event", &at);
    let channel = channel(cx, key, written);
    let attributes = attributes(cx, key, written);
    let channel = channel?;
    let location = channel.location.clone();
    let source = EventSource::Own {
        kind: kind.to_owned(),
        channel,
        attributes,
    };
    Some((source, location))
}

/// The channel that it comes from.
fn channel(cx: &mut Context<'_>, key: &Key, written: &schema::Event) -> Option<ChannelPath> {
    let Some(name) = &written.channel else {
        let at = Place::Value(key.then("type"));
        cx.report(
            rules::EVENT_FILTER_INVALID,
            format!("`{key}` does not say where it happens"),
            &at,
            "no name of Google's, and no `channel` that it comes from",
        )
        .help("write `channel = \"NAME\"`, one of `[channels]`, to which the code publishes it");
        return None;
    };
    let place = Place::Value(key.then("channel"));
    let all = &cx.blueprint.channels;
    cx.named(rules::CHANNEL_UNKNOWN, "channel", name, all, || {
        place.clone()
    })?;
    // One that is named wrongly has its own finding.
    let (path, existing) = lies::channel(cx, name)?;
    let lies = lies::Lies {
        project: path.project.clone(),
        id: path.to_string(),
        existing,
    };
    is_here(cx, &lies, &place, "channel").then_some(path)
}

/// The values that its attributes must have.
fn attributes(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Event,
) -> BTreeMap<String, String> {
    let filters = key.then("filters");
    let mut attributes = BTreeMap::new();
    for (name, raw) in &written.filters {
        let at = filters.then(name);
        if schema::LOG_FILTERS.contains(&name.as_str()) {
            cx.report(
                rules::EVENT_FILTER_INVALID,
                format!("`{name}` filters nothing of `{key}`"),
                &Place::Key(at),
                "an attribute has lower-case letters and digits",
            )
            .and(&Place::Value(key.then("type")), "what happens")
            .help("leave it out");
            continue;
        }
        cx.check_name(
            Kind::EventAttribute,
            name,
            "the name of an attribute",
            &Place::Key(at.clone()),
        );
        let Some(value) = reference::known(cx, &at, raw, None) else {
            continue;
        };
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b',';
        if value.is_empty() || !value.bytes().all(plain) {
            cx.report(
                rules::EVENT_FILTER_INVALID,
                format!(
                    "`{}` cannot be compared with an attribute",
                    value.escape_debug()
                ),
                &Place::Value(at),
                "takes one value without a comma or a space",
            )
            .note("the whole value is compared, letter by letter");
        }
        attributes.insert(name.clone(), value);
    }
    attributes
}
