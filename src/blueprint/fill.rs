//! Values at their places: others can be put there, and everything else stays as it is, byte for byte.

use toml::Value as Toml;

use super::key::{Key, Segment};
use super::node::{Entries, Node, Value};
use super::parse::parse;
use crate::source::{Source, Span};

/// What stands at a place, as far as it can be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// A text, without its quotes.
    Text(String),
    /// A date, as it is written.
    Date(String),
}

/// A text or a date of a blueprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Where it belongs.
    pub key: Key,
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub value: Scalar,
}

/// The texts and dates of a blueprint, in the order in which they stand. Nothing where it is not TOML.
#[must_use]
pub fn fields(source: &Source) -> Vec<Field> {
    let mut fields = Vec::new();
    if let Some(root) = parse(source, &mut Vec::new()) {
        of_table(&root, &Key::default(), &mut fields);
    }
    fields.sort_by_key(|field| field.span.start);
    fields
}

/// The blueprint with other values in some places.
#[must_use]
pub fn filled(source: &Source, new: impl Fn(&Field) -> Option<Scalar>) -> String {
    let mut text = String::with_capacity(source.text.len());
    let mut at = 0;
    for field in fields(source) {
        let Some(value) = new(&field) else { continue };
        text.push_str(&source.text[at..field.span.start]);
        text.push_str(&match value {
            Scalar::Text(value) => Toml::String(value).to_string(),
            Scalar::Date(day) => day,
        });
        at = field.span.end;
    }
    text.push_str(&source.text[at..]);
    text
}

fn of_table(entries: &Entries, key: &Key, fields: &mut Vec<Field>) {
    for (name, entry) in entries {
        of_node(&entry.node, key.then(name), fields);
    }
}

fn of_node(node: &Node, key: Key, fields: &mut Vec<Field>) {
    let value = match &node.value {
        Value::Text(text) => Scalar::Text(text.clone()),
        Value::Date(date) => Scalar::Date(date.to_string()),
        Value::Table(entries) => return of_table(entries, &key, fields),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                of_node(item, key.with(Segment::Index(index)), fields);
            }
            return;
        }
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Away { .. } => return,
    };
    fields.push(Field {
        key,
        span: node.span.clone(),
        value,
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "# top\r\n[a] # é\nb = [\n  'one', # first\n  \"\"\"two\"\"\",\n]\nc = { day = 2027-06-30, n = 1 } # last\n";

    #[test]
    fn only_what_is_given_changes() {
        let source = Source::new("ravelin.toml", TEXT);
        assert_eq!(filled(&source, |_| None), TEXT);
        let new = filled(&source, |field| match &field.value {
            Scalar::Text(text) => (text == "one").then(|| Scalar::Text("1\"\\".to_owned())),
            Scalar::Date(_) => Some(Scalar::Date("2028-01-01".to_owned())),
        });
        let expected = TEXT.replace("'one'", "'1\"\\'");
        assert_eq!(new, expected.replace("2027-06-30", "2028-01-01"));
    }

    proptest! {
        #[test]
        fn a_text_reads_as_it_was_given(text in any::<String>()) {
            let source = Source::new("ravelin.toml", TEXT);
            let is = |field: &Field| field.key.to_string() == "a.b";
            let new = filled(&source, |field| is(field).then(|| Scalar::Text(text.clone())));
            let read = fields(&Source::new("ravelin.toml", new));
            let read: Vec<&Scalar> = read.iter().filter(|field| is(field)).map(|field| &field.value).collect();
            let text = Scalar::Text(text);
            prop_assert_eq!(read, [&text, &text]);
        }
    }
}
