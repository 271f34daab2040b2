//! What the properties of workflows mean: `name`, `id`.

use crate::blueprint::{Key, Place};
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies::Lies;
use crate::rules;

use super::Speaker;
use super::element::{DECLARE, name_or_id};

pub(super) fn workflow(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    let target = format!("workflows.{name}");
    if let Some(speaker) = speaker
        && *speaker.key != Key::of(&["workflows", name])
        && !speaker.starts.contains_key(&target)
    {
        cx.report(
            rules::RUN_NOT_DECLARED,
            format!(
                "`{}` names `{name}` but does not declare to start it",
                speaker.name
            ),
            &Place::Part(key.clone(), format!("{target}.{property}")),
            "its account may not start it",
        )
        .and(&Place::Key(speaker.key.clone()), "who speaks")
        .write(DECLARE, speaker.key, "runs", &format!("[\"{target}\"]"));
    }
    let lies = Lies {
        project: cx.project.id.clone(),
        id: name.to_owned(),
        existing: false,
    };
    let kind = format!("locations/{}/workflows", cx.project.region);
    name_or_id(cx, key, lies, &kind, property)
}
