//! What the properties of channels mean: `name`, `id`.

use crate::blueprint::{Key, Place};
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::rules;

use super::Speaker;
use super::element::{DECLARE, unknown_property};

pub(super) fn channel(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    if let Some(speaker) = speaker
        && !speaker.channels.iter().any(|one| one == name)
    {
        cx.report(
            rules::CHANNEL_NOT_DECLARED,
            format!(
                "`{}` names the channel `{name}` but does not declare to publish to it",
                speaker.name
            ),
            &Place::Part(key.clone(), format!("channels.{name}.{property}")),
            "its account may not publish",
        )
        .and(&Place::Key(speaker.key.clone()), "who speaks")
        .write(DECLARE, speaker.key, "channels", &format!("[\"{name}\"]"));
    }
    // One that is named wrongly has its own finding.
    let (path, _) = lies::channel(cx, name)?;
    match property {
        "name" => Some(Text::literal(path.id)),
        "id" => Some(Text::literal(path.to_string())),
        other => {
            unknown_property(cx, key, other, &["name", "id"]);
            None
        }
    }
}
