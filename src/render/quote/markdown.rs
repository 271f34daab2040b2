//! Markdown (<https://github.github.com/gfm/>).

use std::fmt::Write;

use askama::filters::Safe;

use super::{Quoted, hidden, is_plain};

/// A piece of Markdown within one line: a sentence, a cell of a table.
///
/// What comes from a person or a blueprint enters by [`Md::text`] or [`Md::code`] and means only itself, in a table
/// too; [`Md::say`] takes the words of this program, which may hold markup.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Md(String);

/// Writes a piece of Markdown from words of this program.
#[must_use]
pub fn md(words: &'static str) -> Md {
    Md::default().say(words)
}

impl Md {
    /// Adds words of this program, taken as Markdown.
    #[must_use]
    pub fn say(mut self, words: &'static str) -> Self {
        self.0.push_str(words);
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, number: impl Into<u64>) -> Self {
        self.write(format_args!("{}", number.into()));
        self
    }

    fn write(&mut self, words: std::fmt::Arguments<'_>) {
        let written = self.0.write_fmt(words);
        debug_assert!(written.is_ok(), "writing to a String does not fail");
    }

    /// Adds another piece.
    #[must_use]
    pub fn md(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// Adds text that means only itself. Line breaks become spaces.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        let mut at_start = self.0.is_empty();
        let mut letters = visible(text).peekable();
        while let Some(c) = letters.next() {
            let special = match c {
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' => true,
                '#' | '-' | '+' | '=' => at_start,
                // A number at the start would number a list, if this ended it.
                '.' | ')' => {
                    letters.peek().is_none_or(|next| *next == ' ')
                        && self.0.chars().all(|before| before.is_ascii_digit())
                }
                _ => false,
            };
            if special {
                self.0.push('\\');
            }
            self.0.push(c);
            at_start = false;
        }
        self
    }

    /// Adds a name or a command as code.
    #[must_use]
    pub fn code(mut self, code: &str) -> Self {
        let plain = !code.is_empty()
            && !code.contains(['`', '|', '\\'])
            && !code.starts_with(' ')
            && !code.ends_with(' ')
            && (is_plain(code) || visible(code).eq(code.chars()));
        if plain {
            self.0.reserve(code.len() + 2);
            self.0.push('`');
            self.0.push_str(code);
            self.0.push('`');
        } else {
            self.0.push_str("<code>");
            for c in visible(code) {
                if c.is_ascii_punctuation() {
                    self.write(format_args!("&#{};", u32::from(c)));
                } else {
                    self.0.push(c);
                }
            }
            self.0.push_str("</code>");
        }
        self
    }

    /// Adds a link to a file of the output, shown as code.
    #[must_use]
    pub fn link(self, shown: &str, path: &str) -> Self {
        let mut linked = self.say("[").code(shown).say("](");
        for byte in path.bytes() {
            if byte.is_ascii_alphanumeric() || b"/-._".contains(&byte) {
                linked.0.push(char::from(byte));
            } else {
                linked.write(format_args!("%{byte:02X}"));
            }
        }
        linked.say(")")
    }

    /// Puts pieces in a row, with commas between them.
    pub fn list(pieces: impl IntoIterator<Item = Self>) -> Self {
        Self::join(pieces, ", ")
    }

    /// Puts pieces in a row.
    pub fn join(pieces: impl IntoIterator<Item = Self>, between: &'static str) -> Self {
        let mut whole = Self::default();
        for piece in pieces {
            if !whole.is_empty() {
                whole = whole.say(between);
            }
            whole = whole.md(&piece);
        }
        whole
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The piece as a template takes it.
    #[must_use]
    pub fn done(self) -> Quoted {
        Safe(self.0)
    }
}

/// The characters that a reader sees: white space is a space, and what is hidden a replacement character.
fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().map(|c| match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        c if hidden(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    })
}

#[cfg(test)]
mod tests {
    use super::{Md, md};

    #[test]
    fn text_means_only_itself() {
        let hostile = "a|b <script> `x` *y* [z](w) \n# no & $m$";
        assert_eq!(
            Md::default().text(hostile).done().0,
            "a\\|b \\<script\\> \\`x\\` \\*y\\* \\[z\\](w)  # no \\& \\$m\\$"
        );
    }

    #[test]
    fn text_at_the_start_makes_no_block() {
        for (text, quoted) in [
            ("# x", "\\# x"),
            ("- x", "\\- x"),
            ("1. x", "1\\. x"),
            ("12) x", "12\\) x"),
            ("1.2", "1.2"),
            ("x-1.2", "x-1.2"),
        ] {
            assert_eq!(Md::default().text(text).done().0, quoted);
        }
    }

    #[test]
    fn code_holds_anything() {
        assert_eq!(md("").code("run-orders").done().0, "`run-orders`");
        assert_eq!(
            md("").code("a`|\n<").done().0,
            "<code>a&#96;&#124; &#60;</code>"
        );
        assert_eq!(md("").code("").done().0, "<code></code>");
    }

    #[test]
    fn what_turns_the_text_is_shown() {
        assert_eq!(md("").text("a\u{202e}b").done().0, "a\u{fffd}b");
        assert_eq!(
            md("").code("a\u{202e}b").done().0,
            "<code>a\u{fffd}b</code>"
        );
    }
}
