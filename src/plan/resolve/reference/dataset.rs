//! What the properties of datasets mean: `id`, `name`, `project`.

use crate::blueprint::Key;
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::rules;

use super::Speaker;
use super::element::{Named, not_used, unknown_property};

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
        let named = Named {
            kind: "dataset",
            name,
            property,
        };
        not_used(
            cx,
            key,
            speaker,
            rules::DATASET_NOT_DECLARED,
            named,
            "its account may do nothing there",
            "read",
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
