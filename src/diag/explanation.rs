//! What `rules/CODE.md` says about a rule. The form is fixed:
//!
//! ````text
//! what is broken, in one line
//!
//! Why it matters, for people who are no experts.
//!
//! before:
//! ```toml
//! …
//! ```
//!
//! wrong:
//! ```toml
//! …
//! ```
//!
//! right:
//! ```toml
//! …
//! ```
//!
//! source: <https://cloud.google.com/…>
//! ````
//!
//! `before` stands only where a change is judged.

/// What there is to say about a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What is broken: a line in lower case, without a full stop.
    pub what: &'static str,
    /// Why it matters: a paragraph, its lines as they are written.
    pub why: &'static str,
    /// The part of a blueprint that was generated last; empty where no change is judged.
    pub before: &'static str,
    /// A part of a blueprint that breaks the rule, and no other.
    pub wrong: &'static str,
    /// The same part as it is right.
    pub right: &'static str,
    /// Where it is documented: an address of Google's, or the language's own reference.
    pub source: &'static str,
}

impl Explanation {
    /// Reads a text of that form. What is missing stays empty: [`Self::text`] tells whether something is.
    #[must_use]
    pub fn read(text: &'static str) -> Self {
        let (what, rest) = cut(text, "\n\n");
        let (why, examples) = cut(rest, ":\n```toml\n");
        let (why, rest, before) = match why.strip_suffix("\n\nbefore") {
            Some(why) => {
                let (before, rest) = cut(examples, "```\n\nwrong:\n```toml\n");
                (why, rest, before)
            }
            None => (why.strip_suffix("\n\nwrong").unwrap_or(why), examples, ""),
        };
        let (wrong, rest) = cut(rest, "```\n\nright:\n```toml\n");
        let (right, rest) = cut(rest, "```\n\nsource: <");
        let (source, _) = cut(rest, ">");
        Self {
            what,
            why,
            before,
            wrong,
            right,
            source,
        }
    }

    /// The text in that form: what was read, where nothing was missing.
    #[must_use]
    pub fn text(&self) -> String {
        let Self {
            what,
            why,
            before,
            wrong,
            right,
            source,
        } = self;
        let before = if before.is_empty() {
            String::new()
        } else {
            format!("before:\n```toml\n{before}```\n\n")
        };
        format!(
            "{what}\n\n{why}\n\n{before}wrong:\n```toml\n{wrong}```\n\nright:\n```toml\n{right}```\n\nsource: <{source}>\n"
        )
    }
}

/// A text before and after a mark; all of it before where the mark is missing.
fn cut<'t>(text: &'t str, mark: &str) -> (&'t str, &'t str) {
    text.split_once(mark).unwrap_or((text, ""))
}
