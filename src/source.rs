//! A text with the name of its file, and places in it.

use std::ops::Range;

/// A place in a source: offsets in bytes.
pub type Span = Range<usize>;

/// A text that was read from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file as reports name it.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// A text and the file that it is from.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    /// The file's name without its folder: what the output may say about where it came from.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path)
    }
}
