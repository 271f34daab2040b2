//! What a cache's properties mean: `host`, `port`, `ca`.

use crate::blueprint::schema::Cache;
use crate::blueprint::{Key, Place};
use crate::plan::google::memorystore;
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::rules;

use super::element::{DECLARE, unknown_property};
use super::{Piece, Speaker, pieces};

pub(super) fn cache(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    cache_of(cx, key, name, property, speaker)?;
    match property {
        "host" => Some(Text::literal(cache_host(cx, name))),
        "port" => Some(Text::literal(memorystore::PORT.to_string())),
        "ca" => {
            let whole = format!("${{caches.{name}.ca}}");
            cx.report(
                rules::REFERENCE_UNKNOWN,
                "a certificate authority is a text of many lines that nobody knows yet",
                &Place::Part(key.clone(), format!("caches.{name}.{property}")),
                "cannot stand here",
            )
            .help(format!(
                "give it a variable of its own: `env = {{ CACHE_CA = \"{whole}\" }}`"
            ));
            None
        }
        other => {
            unknown_property(cx, key, other, &["host", "port", "ca"]);
            None
        }
    }
}

/// The cache, where whoever speaks declares to use it.
pub(in crate::plan::resolve) fn cache_of<'b>(
    cx: &mut Context<'b>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<&'b Cache> {
    let blueprint = cx.blueprint;
    let written = blueprint.caches.get(name)?;
    if let Some(speaker) = speaker
        && !speaker.caches.iter().any(|cache| cache == name)
    {
        cx.report(
            rules::CACHE_NOT_DECLARED,
            format!("`{}` uses `{name}` but does not declare it", speaker.name),
            &Place::Part(key.clone(), format!("caches.{name}.{property}")),
            "its account could not log in",
        )
        .and(&Place::Key(speaker.key.clone()), "the user")
        .write(DECLARE, speaker.key, "caches", &format!("[\"{name}\"]"));
    }
    Some(written)
}

/// The private name of a cache in the network.
pub(in crate::plan::resolve) fn cache_host(cx: &Context<'_>, cache: &str) -> String {
    format!("{cache}.cache.{}.internal", cx.project.name)
}

/// The cache whose certificate authority a text is, as a whole.
pub(in crate::plan::resolve) fn authority_in(text: &str) -> Option<&str> {
    let [
        Piece::Literal(""),
        Piece::Reference(reference),
        Piece::Literal(""),
    ] = pieces(text).as_slice()[..]
    else {
        return None;
    };
    reference.strip_prefix("caches.")?.strip_suffix(".ca")
}
