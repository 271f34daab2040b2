//! Strings of JSON, which are scalars of YAML too.

use std::fmt::Write;

use askama::filters::Safe;

use super::{Quoted, hidden};

/// A string in double quotes that reads as `text` in JSON and in YAML.
///
/// YAML takes every escape that is written here, but no hidden character as it stands
/// (<https://yaml.org/spec/1.2.2/#51-character-set>).
#[must_use]
pub fn string(text: &str) -> Quoted {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Every hidden character is in the basic plane: four digits hold it.
            c if hidden(c) => {
                let written = write!(out, "\\u{:04x}", u32::from(c));
                debug_assert!(written.is_ok(), "writing to a String does not fail");
            }
            c => out.push(c),
        }
    }
    out.push('"');
    Safe(out)
}

#[cfg(test)]
mod tests {
    use super::super::tests::hostile;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_string_reads_as_its_text(text in hostile()) {
            let written = super::string(&text).0;
            prop_assert_eq!(&serde_json::from_str::<String>(&written)?, &text);
            prop_assert_eq!(&serde_norway::from_str::<String>(&written)?, &text);
        }
    }
}
