//! What a database of Firestore's properties mean: `id`, `project`.

use crate::blueprint::{Key, Place};
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::rules;

use super::Speaker;
use super::element::{DECLARE, unknown_property};

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
        cx.report(
            rules::FIRESTORE_NOT_DECLARED,
            format!(
                "`{}` names the firestore `{name}` but does not use it",
                speaker.name
            ),
            &Place::Part(key.clone(), format!("firestores.{name}.{property}")),
            "its account may do nothing there",
        )
        .and(&Place::Key(speaker.key.clone()), "the user")
        .write(
            DECLARE,
            speaker.key,
            "firestores",
            &format!("{{ {name} = \"read\" }}"),
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
