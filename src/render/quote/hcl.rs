//! Literals of HCL (<https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md>, "Template Expressions").

use std::collections::BTreeMap;
use std::fmt::Write;

use askama::filters::Safe;

use super::{Quoted, hidden};

/// A part of a template string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that stands for itself.
    Text(&'a str),
    /// An expression whose value is put in.
    Expression(&'a str),
}

/// A string literal that reads as `text`.
#[must_use]
pub fn literal(text: &str) -> Quoted {
    template(&[Piece::Text(text)])
}

/// A template string. A single expression stands by itself, without quotes, as `terraform fmt` wants it.
#[must_use]
pub fn template(pieces: &[Piece<'_>]) -> Quoted {
    if let [Piece::Expression(expression)] = pieces {
        return Safe((*expression).to_owned());
    }
    let mut out = String::with_capacity(2 + pieces.len() * 32);
    out.push('"');
    for (at, piece) in pieces.iter().enumerate() {
        match *piece {
            Piece::Text(text) => {
                let before_expression = matches!(pieces.get(at + 1), Some(Piece::Expression(_)));
                push_text(&mut out, text, before_expression);
            }
            Piece::Expression(expression) => {
                out.push_str("${");
                out.push_str(expression);
                out.push('}');
            }
        }
    }
    out.push('"');
    Safe(out)
}

/// Writes text inside of quotes. A `$` or `%` is live only before `{`; one that stands before another of its kind, or at
/// the end before an expression, is written as an escape, since `$$${` reads differently in different parsers.
fn push_text(out: &mut String, text: &str, before_expression: bool) {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && !b"\"\\$%".contains(&byte);
    if text.bytes().all(plain) {
        out.push_str(text);
        return;
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' => match chars.peek() {
                Some('{') => out.extend([c, c]),
                Some(next) if *next == c => push_escape(out, c),
                None if before_expression => push_escape(out, c),
                _ => out.push(c),
            },
            c if hidden(c) => push_escape(out, c),
            c => out.push(c),
        }
    }
}

/// Writes a character by its number.
fn push_escape(out: &mut String, c: char) {
    let number = u32::from(c);
    let written = if number <= 0xffff {
        write!(out, "\\u{number:04x}")
    } else {
        write!(out, "\\U{number:08x}")
    };
    debug_assert!(written.is_ok(), "writing to a String does not fail");
}

/// What can stand as a value in HCL; its type decides how it is quoted.
pub trait Hcl {
    /// The value as an expression of HCL.
    fn hcl(&self) -> Quoted;
}

impl Hcl for str {
    fn hcl(&self) -> Quoted {
        literal(self)
    }
}

impl Hcl for String {
    fn hcl(&self) -> Quoted {
        literal(self)
    }
}

impl Hcl for ipnet::Ipv4Net {
    fn hcl(&self) -> Quoted {
        literal(&self.to_string())
    }
}

impl<T: Hcl + ?Sized> Hcl for &T {
    fn hcl(&self) -> Quoted {
        (**self).hcl()
    }
}

/// A list on one line, `["a", "b"]`, or one item a line where that would be long.
impl<T: Hcl> Hcl for [T] {
    fn hcl(&self) -> Quoted {
        let items: Vec<String> = self.iter().map(|item| item.hcl().0).collect();
        let length: usize = items.iter().map(|item| item.len() + 2).sum();
        if length > 80 {
            return Safe(format!("[\n{},\n]", items.join(",\n")));
        }
        Safe(format!("[{}]", items.join(", ")))
    }
}

impl<T: Hcl> Hcl for Vec<T> {
    fn hcl(&self) -> Quoted {
        self.as_slice().hcl()
    }
}

/// An object, one attribute a line.
impl<T: Hcl> Hcl for BTreeMap<String, T> {
    fn hcl(&self) -> Quoted {
        let mut out = String::from("{\n");
        for (key, value) in self {
            out.push_str(&object_key(key));
            out.push_str(" = ");
            out.push_str(&value.hcl().0);
            out.push('\n');
        }
        out.push('}');
        Safe(out)
    }
}

/// The key of an object's attribute: an identifier as it stands, anything else in quotes.
fn object_key(key: &str) -> String {
    let mut bytes = key.bytes();
    let identifier = bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if identifier && !matches!(key, "for" | "if" | "in" | "null" | "true" | "false") {
        return key.to_owned();
    }
    literal(key).0
}

#[cfg(test)]
mod tests {
    use hcl_edit::expr::Expression;
    use hcl_edit::template::Element;
    use proptest::prelude::*;

    use super::super::tests::hostile;
    use super::{Hcl, Piece, literal, template};

    /// What a parser reads.
    fn read(written: &str) -> Vec<Element> {
        match written.parse::<Expression>() {
            Ok(Expression::String(text)) => vec![Element::Literal(text.value().clone().into())],
            Ok(Expression::StringTemplate(template)) => template.into_iter().collect(),
            other => panic!("{written}: {other:?}"),
        }
    }

    /// The text that the elements hold until their end, without interpolations.
    fn known(elements: &[Element]) -> String {
        elements
            .iter()
            .map(|element| match element {
                Element::Literal(literal) => literal.value().as_str(),
                other => panic!("live: {other:?}"),
            })
            .collect()
    }

    proptest! {
        #[test]
        fn a_literal_reads_as_its_text(text in hostile()) {
            let written = literal(&text).0;
            prop_assert_eq!(known(&read(&written)), text);
        }

        #[test]
        fn a_literal_stands_on_one_line(text in hostile()) {
            prop_assert!(!literal(&text).0.contains(super::hidden));
        }

        #[test]
        fn an_expression_stays_between_its_texts(before in hostile(), after in hostile()) {
            let written =
                template(&[Piece::Text(&before), Piece::Expression("local.x"), Piece::Text(&after)]).0;
            let elements = read(&written);
            let mut halves = elements.split(|element| matches!(element, Element::Interpolation(_)));
            prop_assert_eq!(halves.next().map(known), Some(before));
            prop_assert_eq!(halves.next().map(known), Some(after));
            prop_assert!(halves.next().is_none());
        }
    }

    #[test]
    fn keys_that_are_no_identifiers_are_quoted() {
        let map = ["managed-by", "for", "9x", "a b"].map(|key| (key.to_owned(), "v"));
        let written = std::collections::BTreeMap::from(map).hcl().0;
        assert_eq!(
            written,
            "{\n\"9x\" = \"v\"\n\"a b\" = \"v\"\n\"for\" = \"v\"\nmanaged-by = \"v\"\n}"
        );
    }

    #[test]
    fn an_expression_alone_has_no_quotes() {
        assert_eq!(template(&[Piece::Expression("local.x")]).0, "local.x");
    }

    #[test]
    fn templates_in_a_text_are_dead() {
        assert_eq!(
            literal("${a} %{b} $${c} $d").0,
            r#""$${a} %%{b} \u0024$${c} $d""#
        );
    }
}
