//! The patches that may be applied unseen.

use std::collections::BTreeMap;

use super::{Diagnostic, Help};
use crate::source::{Source, Span};

/// The text with every safe patch of the findings applied, and how many there were; `None` where there is none.
///
/// Everything else stays as it is, byte for byte. Of two patches that overlap, the later one waits for another round.
#[must_use]
pub fn fixed(diagnostics: &[Diagnostic], source: &Source) -> Option<(String, usize)> {
    let helps = diagnostics.iter().filter_map(|one| one.help.as_ref());
    let mut patches: Vec<&[(Span, String)]> = helps
        .filter(|help| help.safe)
        .map(|Help { edits, .. }| edits.as_slice())
        .filter(|edits| !edits.is_empty())
        .collect();
    patches.sort_by_key(|edits| edits.iter().map(|(span, _)| span.start).min());
    // The same patch may be that of several environments.
    patches.dedup();
    let mut accepted: BTreeMap<usize, &(Span, String)> = BTreeMap::new();
    let mut count = 0;
    for patch in patches {
        let apart = |(span, _): &(Span, String)| {
            let before = accepted.range(..=span.end).next_back();
            before.is_none_or(|(_, (other, _))| other.end < span.start)
        };
        if patch.iter().all(apart) {
            accepted.extend(patch.iter().map(|edit| (edit.0.start, edit)));
            count += 1;
        }
    }
    if accepted.is_empty() {
        return None;
    }
    let windows = source.text.contains("\r\n");
    let mut text = String::with_capacity(source.text.len());
    let mut at = 0;
    for (span, new) in accepted.into_values() {
        text.push_str(&source.text[at..span.start]);
        if windows {
            text.push_str(&new.replace('\n', "\r\n"));
        } else {
            text.push_str(new);
        }
        at = span.end;
    }
    text.push_str(&source.text[at..]);
    Some((text, count))
}
