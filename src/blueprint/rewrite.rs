//! How a value would be right that was only written in the wrong way: without its quotes, its brackets, its unit, or without
//! the table that it belongs in.

use super::check::TRUE_OR_FALSE;
use super::key::{Key, Segment};
use super::node::{Entries, Entry, Node, Value};
use super::repair::Repair;
use crate::diag::Diagnostic;
use crate::source::{Source, Span};

/// What a lone value means in a table of that type: the key that it would have there.
const LONE: [(&str, Kind, &str); 13] = [
    ("struct Backups", Kind::Number, "retained"),
    ("struct DatabaseUse", Kind::Number, "pool"),
    ("struct Dns", Kind::Text, "zone"),
    ("struct Generate", Kind::Number, "length"),
    ("struct Maintenance", Kind::Number, "hour"),
    ("struct Maintenance", Kind::Text, "day"),
    ("struct Network", Kind::Text, "subnet"),
    ("struct Probe", Kind::Number, "tcp"),
    ("struct Probe", Kind::Text, "http"),
    ("struct RateLimit", Kind::Number, "requests"),
    ("struct State", Kind::Text, "bucket"),
    ("struct Value", Kind::Text, "terraform"),
    ("struct Waf", Kind::Text, "mode"),
];

/// Lists whose items are tables.
const LISTS_OF_TABLES: [&str; 4] = ["custom", "exceptions", "exclude", "grants"];

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    List,
    Table,
    Header,
    Other,
}

fn kind(written: &str) -> Kind {
    let header = written.starts_with('[')
        && !written.contains(['"', '\'', ',', '{'])
        && written.ends_with(']')
        && written.len() > 2
        && written
            .trim_matches(['[', ']'])
            .starts_with(char::is_alphabetic);
    match written.as_bytes() {
        [b'"' | b'\'', .., b'"' | b'\''] => Kind::Text,
        [b'[', ..] if header => Kind::Header,
        [b'[', ..] => Kind::List,
        [b'{', ..] => Kind::Table,
        digits if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => Kind::Number,
        _ => Kind::Other,
    }
}

/// Says how the value would be right, and what is taken to be meant. `expected` are serde's words, `words` ours.
pub(super) fn rewritten(
    diagnostic: Diagnostic,
    expected: &str,
    words: &str,
    key: &Key,
    span: Span,
    source: &Source,
) -> (Diagnostic, Repair) {
    let written = source.text.get(span.clone()).unwrap_or_default();
    let kind = kind(written);
    let name = match key.segments().last() {
        Some(Segment::Name(name)) => name.as_str(),
        _ => "",
    };
    if expected == "struct Regions" && kind == Kind::List {
        let help = format!(
            "let in these alone with `{{ only = {written} }}`, or refuse them with `{{ deny = {written} }}`"
        );
        return (diagnostic.help(help), Repair::LeaveOut);
    }
    // A table and a unit are only likely; quotes and brackets can only have been meant so.
    let likely = lone(expected, kind, written, &span).or_else(|| unit(words, kind, name, written));
    if let Some((help, new, value)) = likely {
        return (diagnostic.suggest(help, span, new), Repair::Replace(value));
    }
    let sure = brackets(words, kind, name, written, &span).or_else(|| quotes(words, kind, written));
    match sure {
        Some((help, new, value)) => (
            diagnostic.suggest(help, span, new).safe(),
            Repair::Replace(value),
        ),
        None => (diagnostic, Repair::LeaveOut),
    }
}

/// What stands there instead: a word about it, its text, its value.
type Better = (String, String, Value);

/// A value without the table that it belongs in.
fn lone(expected: &str, kind: Kind, written: &str, span: &Span) -> Option<Better> {
    let (_, _, key) = LONE
        .iter()
        .find(|(of, how, _)| *of == expected && *how == kind)?;
    let node = Node {
        span: span.clone(),
        value: read(kind, written)?,
    };
    let entry = Entry {
        key: span.clone(),
        node,
    };
    let table = Value::Table(Entries::from_iter([((*key).to_owned(), entry)]));
    let help = format!("it stands in a table as `{key}`");
    Some((help, format!("{{ {key} = {written} }}"), table))
}

/// A number without its unit.
fn unit(words: &str, kind: Kind, name: &str, written: &str) -> Option<Better> {
    if kind != Kind::Number {
        return None;
    }
    let (help, unit) = if words.starts_with("a duration") {
        ("a duration says its unit", "s")
    } else if name == "memory" {
        ("a size says its unit", "Mi")
    } else {
        return None;
    };
    let text = format!("{written}{unit}");
    Some((help.to_owned(), format!("\"{text}\""), Value::Text(text)))
}

/// One item without its list.
fn brackets(words: &str, kind: Kind, name: &str, written: &str, span: &Span) -> Option<Better> {
    if !words.starts_with("a list") {
        return None;
    }
    let of_tables = LISTS_OF_TABLES.contains(&name);
    let help = "a list stands in brackets".to_owned();
    match kind {
        Kind::Text => {
            let node = Node {
                span: span.clone(),
                value: read(kind, written)?,
            };
            Some((help, format!("[{written}]"), Value::List(vec![node])))
        }
        // What is in it has not been looked at: an empty list stands for it.
        Kind::Table if of_tables => Some((help, format!("[{written}]"), Value::List(Vec::new()))),
        Kind::Header if of_tables => {
            let help = "a table in a list has two brackets".to_owned();
            Some((help, format!("[{written}]"), Value::List(Vec::new())))
        }
        _ => None,
    }
}

/// Quotes that are missing, or too many.
fn quotes(words: &str, kind: Kind, written: &str) -> Option<Better> {
    let bare = written.trim_matches(['"', '\'']);
    let better = |help: &str, new: &str, value| Some((help.to_owned(), new.to_owned(), value));
    if kind == Kind::Text {
        return if words.starts_with("a whole number") {
            let number = bare.parse().ok().filter(|number| *number >= 0)?;
            better(
                "a number stands without quotes",
                bare,
                Value::Integer(number),
            )
        } else if words == TRUE_OR_FALSE {
            let is = bare.parse().ok()?;
            better("it stands without quotes", bare, Value::Boolean(is))
        } else if words.starts_with("a date") {
            let date = bare.parse().ok()?;
            better("a date stands without quotes", bare, Value::Date(date))
        } else {
            None
        };
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let quoted = format!("\"{written}\"");
    let as_text = words == "a text" && !written.is_empty() && written.bytes().all(plain);
    // A choice of words that look like numbers: `"1.2"`.
    if as_text || words.contains(&format!("`{quoted}`")) {
        let value = Value::Text(written.to_owned());
        return better("a text stands in quotes", &quoted, value);
    }
    None
}

/// A text or number as it is written.
fn read(kind: Kind, written: &str) -> Option<Value> {
    match kind {
        Kind::Text => Some(Value::Text(written.trim_matches(['"', '\'']).to_owned())),
        Kind::Number => written.parse().ok().map(Value::Integer),
        _ => None,
    }
}
