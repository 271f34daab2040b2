//! Quoting by types: what a template may write.
//!
//! A template writes a [`Quoted`] text as it stands, and whole numbers and booleans. All other text is refused, whatever
//! it holds, so that a forgotten quote fails in the first test and not with the first hostile name.

pub mod hcl;
pub mod json;
pub mod markdown;
pub mod mermaid;
pub mod shell;
pub mod yaml;

use std::fmt::{self, Write};

use askama::filters::{Escaper, Safe};

/// A text that is quoted for the place where it goes; only the functions of this module's children and of the backends'
/// own quoting make one.
pub type Quoted = Safe<String>;

/// The escaper of all templates: it writes whole numbers and booleans, and refuses all other bare text.
#[derive(Debug, Clone, Copy)]
pub struct Refuse;

impl Escaper for Refuse {
    fn write_escaped_str<W: Write>(&self, mut dest: W, bare: &str) -> fmt::Result {
        let number = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
        assert!(
            number || matches!(bare, "true" | "false"),
            "a template writes `{bare}` without a quote"
        );
        dest.write_str(bare)
    }
}

/// Whether a character is not seen, or turns what stands around it: control characters, line and paragraph separators,
/// the marks of bidirectional text, and what no text may hold. The quoters write it as an escape, so that a reviewer
/// sees it.
#[must_use]
pub(crate) fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a text holds nothing but what [`hidden`] never is: the quick answer for nearly all texts.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A text on one line of a comment: hidden characters become spaces.
#[must_use]
pub fn comment(text: &str) -> Quoted {
    if is_plain(text) {
        return Safe(text.to_owned());
    }
    let seen = text.chars().map(|c| if hidden(c) { ' ' } else { c });
    Safe(seen.collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::Refuse;
    use askama::Template;
    use proptest::prelude::*;

    /// Texts in which what is special in some language stands close together, and texts of any characters.
    pub(crate) fn hostile() -> impl Strategy<Value = String> {
        let special = vec![
            "$", "%", "{", "}", "${", "%{", "$${", "%%{", "\"", "\\", "\\n", "\n", "\r", "\t", "`",
            "'", ";", "$(id)", "#", "//", "/*", "=", "<<EOT", ": ", "- ", "\0", "\u{7f}", "\u{85}",
            "\u{2028}", "\u{202e}", "\u{feff}", "\u{ffff}", "é", "日", "🦀", "x", " ",
        ];
        let special = prop::collection::vec(prop::sample::select(special), 0..12);
        let any = prop::collection::vec(any::<char>(), 0..12);
        prop_oneof![
            special.prop_map(|parts| parts.concat()),
            any.prop_map(String::from_iter),
        ]
    }

    #[derive(Template)]
    #[template(source = "{{ value }}", ext = "j2")]
    struct Bare<T: std::fmt::Display> {
        value: T,
    }

    #[test]
    fn numbers_and_booleans_are_written() {
        assert_eq!(super::super::text(&Bare { value: 60_u32 }), "60");
        assert_eq!(super::super::text(&Bare { value: true }), "true");
    }

    #[test]
    #[should_panic(expected = "a template writes `orders` without a quote")]
    fn a_plain_name_is_refused() {
        let _ = super::super::text(&Bare { value: "orders" });
    }

    #[test]
    #[should_panic(expected = "without a quote")]
    fn an_empty_text_is_refused() {
        let _ = askama::filters::Escaper::write_escaped_str(&Refuse, String::new(), "");
    }
}
