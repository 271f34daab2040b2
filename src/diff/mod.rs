//! How two texts differ, and how two edits of one text come together. The only user of `similar` and `diffy`.

mod merge;
mod patch;

use std::fmt;

use similar::{ChangeTag, TextDiff};

pub use merge::{Merge, merge};
pub use patch::{Line, LineKind, Side, hunks, patch};

/// How many lines differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Lines that only the new text has.
    pub added: usize,
    /// Lines that only the old text has.
    pub removed: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{} −{}", self.added, self.removed)
    }
}

/// Counts the lines in which two files differ.
#[must_use]
pub fn counts(old: &str, new: &str) -> Counts {
    let mut counts = Counts::default();
    if old == new {
        return counts;
    }
    for change in TextDiff::from_lines(old.as_bytes(), new.as_bytes()).iter_all_changes() {
        match change.tag() {
            ChangeTag::Insert => counts.added += 1,
            ChangeTag::Delete => counts.removed += 1,
            ChangeTag::Equal => {}
        }
    }
    counts
}

/// How two texts of a file differ, as a unified diff.
#[must_use]
pub fn unified(name: &str, old: &str, new: &str) -> String {
    TextDiff::from_lines(old.as_bytes(), new.as_bytes())
        .unified_diff()
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn lines_are_counted() {
        assert_eq!(counts("a\nb\nc\n", "a\nx\ny\nc\n").to_string(), "+2 −1");
        assert_eq!(counts("a\n", "a\n").to_string(), "+0 −0");
    }
}
