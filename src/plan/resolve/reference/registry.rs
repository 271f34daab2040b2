//! What a repository's properties mean: `name`, `url`.

use crate::blueprint::Key;
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;

use super::element::unknown_property;

pub(super) fn registry(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
) -> Option<Text> {
    let (path, _) = lies::registry(cx, name)?;
    match property {
        "name" => Some(Text::literal(path.id)),
        "url" => Some(Text::literal(path.url())),
        other => {
            unknown_property(cx, key, other, &["name", "url"]);
            None
        }
    }
}
