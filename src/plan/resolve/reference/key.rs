//! What a key's properties mean: `id`, `name`, `ring`.

use crate::blueprint::Key;
use crate::blueprint::schema::KeyPurpose;
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::rules;

use super::Speaker;
use super::element::{Named, not_used, unknown_property};

pub(super) fn key(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    if let Some(speaker) = speaker
        && !speaker.keys.contains_key(name)
    {
        let purpose = cx.blueprint.keys.get(name).and_then(|one| one.purpose);
        let does = match purpose {
            Some(KeyPurpose::Encrypt) => "encrypt",
            Some(KeyPurpose::Sign) | None => "sign",
        };
        let named = Named {
            kind: "key",
            name,
            property,
        };
        not_used(
            cx,
            key,
            speaker,
            rules::KEY_NOT_DECLARED,
            named,
            "its account may do nothing with it",
            does,
        );
    }
    let (path, _) = lies::key(cx, name)?;
    match property {
        "id" => Some(Text::literal(path.to_string())),
        "name" => Some(Text::literal(path.id)),
        "ring" => Some(Text::literal(path.ring)),
        other => {
            unknown_property(cx, key, other, &["id", "name", "ring"]);
            None
        }
    }
}
