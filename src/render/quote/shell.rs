//! Words of the shell (POSIX Shell Command Language, section 2.2; `$'…'` as bash reads it).

use std::fmt::Write;

use askama::filters::Safe;

use super::{Quoted, hidden, is_plain};
use crate::plan::model::{Part, Text};

/// What can stand as one word of a command, or as the end of one; its type decides how it is quoted.
pub trait Shell {
    /// The word.
    fn shell(&self) -> Quoted;
}

/// A word that the shell reads as `text`: bare where it holds nothing that the shell knows, else in quotes.
///
/// A character that is not seen (but for a line break) is written as an escape in `$'…'`, so that a reviewer sees it.
impl Shell for str {
    fn shell(&self) -> Quoted {
        let bare = |byte: u8| {
            byte.is_ascii_alphanumeric()
                || matches!(
                    byte,
                    b'_' | b'-' | b'.' | b'/' | b'@' | b':' | b'%' | b'+' | b'=' | b','
                )
        };
        if !self.is_empty() && self.bytes().all(bare) {
            return Safe(self.to_owned());
        }
        if !is_plain(self) && self.chars().any(|c| c != '\n' && hidden(c)) {
            return Safe(escaped(self));
        }
        // A text with a quote of its own reads best in the other kind, where nothing else means anything there.
        if self.contains('\'') && !self.contains(['"', '\\', '$', '`', '!']) {
            return Safe(format!("\"{self}\""));
        }
        Safe(format!("'{}'", self.replace('\'', r"'\''")))
    }
}

/// A word in `$'…'`. Escapes stand for bytes: those for characters read differently under another locale.
fn escaped(text: &str) -> String {
    let mut out = String::from("$'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if hidden(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    let written = write!(out, "\\x{byte:02x}");
                    debug_assert!(written.is_ok(), "writing to a String does not fail");
                }
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

impl Shell for String {
    fn shell(&self) -> Quoted {
        self.as_str().shell()
    }
}

impl<T: Shell + ?Sized> Shell for &T {
    fn shell(&self) -> Quoted {
        (**self).shell()
    }
}

impl Shell for ipnet::Ipv4Net {
    fn shell(&self) -> Quoted {
        self.to_string().shell()
    }
}

impl Shell for std::net::Ipv4Addr {
    fn shell(&self) -> Quoted {
        self.to_string().shell()
    }
}

/// A text with what is known only when the script runs: that stands in a variable of the script.
impl Shell for Text {
    fn shell(&self) -> Quoted {
        if let Some(known) = self.known() {
            return known.shell();
        }
        let literals = self.parts().iter().filter_map(|part| match part {
            Part::Literal(literal) => Some(literal.as_str()),
            Part::ProjectNumber | Part::Value(_) => None,
        });
        // In double quotes where all of it is visible, since that reads best; else piece by piece.
        let together = literals
            .flat_map(str::chars)
            .all(|c| c == '\n' || !hidden(c));
        let mut out = String::new();
        for part in self.parts() {
            match part {
                Part::Literal(literal) if together => {
                    for c in literal.chars() {
                        if matches!(c, '"' | '\\' | '$' | '`') {
                            out.push('\\');
                        }
                        out.push(c);
                    }
                }
                Part::Literal(literal) => out.push_str(&literal.shell().0),
                Part::ProjectNumber | Part::Value(_) => {
                    let name = variable(part);
                    let (before, after) = if together { ("${", "}") } else { ("\"$", "\"") };
                    out.extend([before, &name, after]);
                }
            }
        }
        Safe(if together { format!("\"{out}\"") } else { out })
    }
}

/// The variable that holds what is not known yet.
fn variable(part: &Part) -> String {
    match part {
        Part::Literal(_) | Part::ProjectNumber => String::from("project_number"),
        Part::Value(name) => value_variable(name),
    }
}

/// The variable that holds the value of that name in the plan.
#[must_use]
pub fn value_variable(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    format!("value_{plain}")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::{Shell, value_variable};
    use crate::plan::model::{Part, Text};

    /// What bash makes of a word.
    fn read(word: &str) -> String {
        let script = format!("project_number=123 value_a_b='x y'; printf %s {word}");
        let output = Command::new("bash")
            .args(["-c", &script])
            .output()
            .expect("bash runs");
        assert!(output.status.success(), "{word}: {output:?}");
        String::from_utf8(output.stdout).expect("the word is UTF-8")
    }

    /// Texts without the one character that no argument of a program can hold.
    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), r#"[a-z'"$`\\ \n!*?~{}();&|<>#=-]{0,12}"#]
            .prop_map(|text| text.replace('\0', ""))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn a_word_reads_as_its_text(text in any_text()) {
            prop_assert_eq!(read(&text.shell().0), text);
        }

        #[test]
        fn a_text_with_variables_reads_as_its_parts(before in any_text(), after in any_text()) {
            let text = Text::from(before.as_str()).then_part(Part::ProjectNumber).then(&after).then_part(Part::Value("a-b".into()));
            prop_assert_eq!(read(&text.shell().0), format!("{before}123{after}x y"));
        }
    }

    #[test]
    fn names_are_bare_and_everything_else_is_quoted() {
        assert_eq!("orders".shell().0, "orders");
        assert_eq!("10.8.0.0/24".shell().0, "10.8.0.0/24");
        assert_eq!("".shell().0, "''");
        assert_eq!("*".shell().0, "'*'");
        assert_eq!("it's".shell().0, "\"it's\"");
        assert_eq!("it's $5".shell().0, r"'it'\''s $5'");
        assert_eq!("a\u{202e}b".shell().0, r"$'a\xe2\x80\xaeb'");
    }

    #[test]
    fn what_is_not_known_stands_in_a_variable() {
        let url = Text::from("https://orders-")
            .then_part(Part::ProjectNumber)
            .then(".run.app");
        assert_eq!(
            url.shell().0,
            r#""https://orders-${project_number}.run.app""#
        );
        assert_eq!(value_variable("vpn-range"), "value_vpn_range");
    }
}
