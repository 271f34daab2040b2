//! What a database of Firestore's properties mean: `id`, `project`.

use crate::blueprint::Key;
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::rules;

use super::Speaker;
use super::element::{Named, not_used, unknown_property};

pub(super) fn firestore(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    if let Some(speaker) = speaker
        && !speaker.firestores.contains_key(name)
    {
        let named = Named {
            kind: "firestore",
            name,
            property,
        };
        not_used(
            cx,
            key,
            speaker,
            rules::FIRESTORE_NOT_DECLARED,
            named,
            "its account may do nothing there",
            "read",
        );
    }
    let (path, _) = lies::firestore(cx, name)?;
    match property {
        "id" => Some(Text::literal(path.id)),
        "project" => Some(Text::literal(path.project)),
        other => {
            unknown_property(cx, key, other, &["id", "project"]);
            None
        }
    }
}
