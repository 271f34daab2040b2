//! Scalars of YAML.

use askama::filters::Safe;

use super::{Quoted, json};

/// Words that some reader of YAML takes for something else than a text.
const TAKEN: [&str; 12] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity",
];

/// A scalar that reads as `text`: plain where every reader of YAML 1.1 and 1.2 takes it for this text, else in quotes.
#[must_use]
pub fn scalar(text: &str) -> Quoted {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./@:".contains(&byte);
    let taken = TAKEN.iter().any(|word| text.eq_ignore_ascii_case(word));
    if starts && text.bytes().all(plain) && !text.ends_with(':') && !taken {
        return Safe(text.to_owned());
    }
    json::string(text)
}

/// A number, as it is written: digits, and perhaps a fraction.
#[must_use]
pub fn number(digits: &str) -> Quoted {
    debug_assert!(
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
            && digits.parse::<f64>().is_ok(),
        "{digits} is no number"
    );
    Safe(digits.to_owned())
}

/// A literal block that reads as these lines, which stand so many columns in. The first begins with no space, and none holds
/// what YAML does not print as it is.
#[must_use]
pub fn block(lines: &[String], columns: usize) -> Quoted {
    debug_assert!(
        lines
            .iter()
            .flat_map(|line| line.chars())
            .all(|c| !c.is_control()),
        "{lines:?} is no block"
    );
    let mut out = String::from("|-");
    for line in lines {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&" ".repeat(columns));
            out.push_str(line);
        }
    }
    Safe(out)
}

#[cfg(test)]
mod tests {
    use super::super::tests::hostile;
    use proptest::prelude::*;

    fn read(written: &str) -> String {
        match serde_norway::from_str::<serde_norway::Value>(written) {
            Ok(serde_norway::Value::String(text)) => text,
            other => panic!("{written}: {other:?}"),
        }
    }

    proptest! {
        #[test]
        fn a_scalar_reads_as_its_text(text in prop_oneof![hostile(), "[a-zA-Z0-9:~_./@ -]{0,8}"]) {
            prop_assert_eq!(read(&super::scalar(&text).0), text);
        }
    }

    #[test]
    fn names_are_plain_and_words_are_not() {
        assert_eq!(super::scalar("roles/run.invoker").0, "roles/run.invoker");
        assert_eq!(super::scalar("group:a@b.c").0, "group:a@b.c");
        for word in ["yes", "Null", "1e3", "", "- a", "a: b", "a #b"] {
            assert_eq!(super::scalar(word).0, format!("\"{word}\""));
            assert_eq!(read(&super::scalar(word).0), word);
        }
    }
}
