//! What a bucket's properties mean: `name`, `url`.

use crate::blueprint::Key;
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::rules;

use super::Speaker;
use super::element::{Named, not_used, unknown_property};

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
        let named = Named {
            kind: "bucket",
            name,
            property,
        };
        not_used(
            cx,
            key,
            speaker,
            rules::BUCKET_NOT_DECLARED,
            named,
            "its account may do nothing there",
            "read",
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
