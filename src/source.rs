//! A text with the name of its file, and places in it.

use std::fmt;
use std::ops::Range;

/// A place in a source: offsets in bytes.
pub type Span = Range<usize>;

/// The byte order mark, with which some editors begin a file.
pub const MARK: &str = "\u{feff}";

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

/// A place as people and editors count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters (Unicode code points).
    pub column: usize,
}

/// Where the lines of a text begin.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// The lines of a text; reads it once.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = ends.map(|(end, _)| end + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(starts).collect(),
        }
    }

    /// The line of a place, from 1.
    #[must_use]
    pub fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    /// Where a line begins; the end of the text where there is no such line.
    #[must_use]
    pub fn start(&self, line: usize) -> usize {
        let start = self.starts.get(line.saturating_sub(1));
        start.copied().unwrap_or(self.text.len())
    }

    /// The line and column of a place. A place inside a character or behind the text counts as the nearest before it.
    #[must_use]
    pub fn position(&self, at: usize) -> Position {
        let line = self.line(at);
        let start = self.start(line);
        let ends = self.text[start..].char_indices();
        let before = ends.take_while(|(begin, letter)| start + begin + letter.len_utf8() <= at);
        Position {
            line,
            column: before.count() + 1,
        }
    }
}

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
            text.drain(..MARK.len());
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

    /// The file's name without its folder: what the output may say about where it came from.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path)
    }
}
