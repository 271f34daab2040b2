//! A text with the name of its file, and places in it.

use std::fmt;
use std::ops::Range;

/// A place in a source: offsets in bytes.
pub type Span = Range<usize>;

/// The byte order mark.
const MARK: char = '\u{feff}';

/// A file is not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUtf8 {
    /// The file.
    pub path: String,
    /// The first line that is not, from 1.
    pub line: usize,
}

impl fmt::Display for NotUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not UTF-8: line {} has other bytes",
            self.path, self.line
        )
    }
}

impl std::error::Error for NotUtf8 {}

/// A text that was read from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file as reports name it.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// A text and the file that it is from. A byte order mark is left out: it is no part of the text.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.starts_with(MARK) {
            text.drain(..MARK.len_utf8());
        }
        Self {
            path: path.into(),
            text,
        }
    }

    /// The text of a file's bytes.
    ///
    /// # Errors
    ///
    /// Where they are not UTF-8, with the first place that is not.
    pub fn decode(path: impl Into<String>, bytes: Vec<u8>) -> Result<Self, NotUtf8> {
        let path = path.into();
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(path, text)),
            Err(error) => {
                let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = good.split(|byte| *byte == b'\n').count();
                Err(NotUtf8 { path, line })
            }
        }
    }

    /// The line of a place, from 1.
    #[must_use]
    pub fn line(&self, at: usize) -> usize {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        before.split(|byte| *byte == b'\n').count()
    }

    /// The file's name without its folder: what the output may say about where it came from.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path)
    }
}
