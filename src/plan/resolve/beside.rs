//! Files that lie beside the blueprint.

use crate::blueprint::{Key, Place};
use crate::rules;

use super::context::Context;

/// The text of a file beside the blueprint, of at most so many bytes. `key` names it.
pub(super) fn read(cx: &mut Context<'_>, key: &Key, file: &str, most: usize) -> Option<String> {
    let place = Place::Value(key.clone());
    let inside =
        |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':']);
    if !file.split('/').all(inside) {
        let message = format!("`{file}` does not lie beside the blueprint");
        cx.report(
            rules::FILE_OUTSIDE,
            message,
            &place,
            "takes a relative path without `..`",
        );
        return None;
    }
    let Some(text) = (cx.files)(file) else {
        let message = format!("`{file}` cannot be read");
        cx.report(
            rules::FILE_MISSING,
            message,
            &place,
            "not beside the blueprint, or not a text",
        );
        return None;
    };
    if text.is_empty() || text.len() > most {
        let takes = format!("takes 1 to {most} bytes");
        cx.report(
            rules::FILE_SIZE,
            format!("`{file}` has {} bytes", text.len()),
            &place,
            takes,
        );
        return None;
    }
    Some(text)
}
