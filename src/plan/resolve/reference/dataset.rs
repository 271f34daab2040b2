//! What the properties of datasets mean: `id`, `name`, `project`.

use crate::blueprint::{Key, Place};
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::rules;

use super::Speaker;
use super::element::{DECLARE, unknown_property};

pub(super) fn dataset(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    if let Some(speaker) = speaker
        && !speaker.datasets.contains_key(name)
    {
        cx.report(
            rules::DATASET_NOT_DECLARED,
            format!(
                "`{}` names the dataset `{name}` but does not use it",
                speaker.name
            ),
            &Place::Part(key.clone(), format!("datasets.{name}.{property}")),
            "its account may do nothing there",
        )
        .and(&Place::Key(speaker.key.clone()), "the user")
        .write(
            DECLARE,
            speaker.key,
            "datasets",
            &format!("{{ {name} = \"read\" }}"),
        );
    }
    // One that is named wrongly has its own finding.
    let (path, _) = lies::dataset(cx, name)?;
    match property {
        "id" => Some(Text::literal(path.in_sql())),
        "name" => Some(Text::literal(path.id)),
        "project" => Some(Text::literal(path.project)),
        other => {
            unknown_property(cx, key, other, &["id", "name", "project"]);
            None
        }
    }
}
