//! What a bucket's properties mean: `name`, `url`.

use crate::blueprint::{Key, Place};
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::rules;

use super::Speaker;
use super::element::{DECLARE, unknown_property};

pub(super) fn bucket(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    if let Some(speaker) = speaker
        && !speaker.buckets.contains_key(name)
        && !speaker
            .volumes
            .values()
            .any(|volume| volume.bucket.as_deref() == Some(name))
    {
        cx.report(
            rules::BUCKET_NOT_DECLARED,
            format!(
                "`{}` names the bucket `{name}` but does not use it",
                speaker.name
            ),
            &Place::Part(key.clone(), format!("buckets.{name}.{property}")),
            "its account may do nothing there",
        )
        .and(&Place::Key(speaker.key.clone()), "the user")
        .write(
            DECLARE,
            speaker.key,
            "buckets",
            &format!("{{ {name} = \"read\" }}"),
        );
    }
    let bucket = lies::bucket(cx, name)?.id;
    match property {
        "name" => Some(Text::literal(bucket)),
        "url" => Some(Text::literal(format!("gs://{bucket}"))),
        other => {
            unknown_property(cx, key, other, &["name", "url"]);
            None
        }
    }
}
