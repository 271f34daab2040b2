//! The blueprint as a tree of values, each with its place, before it has types.

use litemap::LiteMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::key::{Key, Segment};
use crate::source::Span;

/// A value and its place. A table that was opened by a header has the header as its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// The place.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// What can be written.
#[derive(Debug, Clone)]
pub enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date, a time or both.
    Date(Datetime),
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Entries),
    /// `false` where it takes an inherited entry away.
    Away {
        /// Whether there was an entry to take away.
        took: bool,
    },
}

/// The entries of a table, in the order of their names. Most tables have one or two, for which a tree would keep room for
/// eleven.
pub type Entries = LiteMap<String, Entry>;

/// An entry of a table: where its key stands, and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The place of the key.
    pub key: Span,
    /// The value.
    pub node: Node,
}

impl Node {
    /// The entries, where this is a table.
    pub fn entries(&self) -> Option<&Entries> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entries, where this is a table.
    pub fn entries_mut(&mut self) -> Option<&mut Entries> {
        match &mut self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whether a place is in this value.
    pub fn holds(&self, span: &Span) -> bool {
        let covers = |outer: &Span| outer.start <= span.start && span.end <= outer.end;
        covers(&self.span)
            || match &self.value {
                Value::List(items) => items.iter().any(|item| item.holds(span)),
                Value::Table(entries) => entries
                    .values()
                    .any(|entry| covers(&entry.key) || entry.node.holds(span)),
                _ => false,
            }
    }

    /// The texts of a list; other values are passed over.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &Span)> {
        let items = match &self.value {
            Value::List(items) => items.as_slice(),
            _ => &[],
        };
        items.iter().filter_map(|item| match &item.value {
            Value::Text(text) => Some((text.as_str(), &item.span)),
            _ => None,
        })
    }
}

/// Takes over a parsed table. Numbers that do not fit are told to `overflow` and left out.
pub fn entries(table: DeTable<'_>, overflow: &mut impl FnMut(Span)) -> Entries {
    let entry = |(key, value): (Spanned<_>, _)| {
        let span = key.span();
        let name = std::borrow::Cow::into_owned(key.into_inner());
        let node = node(value, overflow)?;
        Some((name, Entry { key: span, node }))
    };
    table.into_iter().filter_map(entry).collect()
}

fn node(value: Spanned<DeValue<'_>>, overflow: &mut impl FnMut(Span)) -> Option<Node> {
    let span = value.span();
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => {
            let Ok(number) = i64::from_str_radix(number.as_str(), number.radix()) else {
                overflow(span);
                return None;
            };
            Value::Integer(number)
        }
        DeValue::Float(number) => {
            let Ok(number) = number.as_str().parse() else {
                overflow(span);
                return None;
            };
            Value::Float(number)
        }
        DeValue::Boolean(is) => Value::Boolean(is),
        DeValue::Datetime(date) => Value::Date(date),
        DeValue::Array(items) => Value::List(
            items
                .into_iter()
                .filter_map(|item| node(item, overflow))
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(entries(table, overflow)),
    };
    Some(Node { span, value })
}

/// What was found at a key.
pub struct Found<'a> {
    /// The place of the key; of an item of a list, its value.
    pub key: &'a Span,
    /// The value.
    pub node: &'a Node,
    /// Whether this is the key itself and not the nearest that exists above it.
    pub exact: bool,
}

/// What stands at a key, or else at the nearest key above it.
pub fn find<'a>(root: &'a Entries, key: &Key) -> Option<Found<'a>> {
    let mut found: Option<Found<'a>> = None;
    for segment in key.segments() {
        let here = found.as_ref().map(|found| &found.node.value);
        let next = match (here, segment) {
            (None, Segment::Name(name)) => root.get(name).map(|entry| (&entry.key, &entry.node)),
            (Some(Value::Table(entries)), Segment::Name(name)) => {
                entries.get(name).map(|entry| (&entry.key, &entry.node))
            }
            (Some(Value::List(items)), Segment::Index(index)) => {
                items.get(*index).map(|item| (&item.span, item))
            }
            // A relation that is written as a list has its names as items.
            (Some(Value::List(items)), Segment::Name(name)) => items
                .iter()
                .find(|item| matches!(&item.value, Value::Text(text) if text == name))
                .map(|item| (&item.span, item)),
            _ => None,
        };
        match next {
            Some((key, node)) => {
                found = Some(Found {
                    key,
                    node,
                    exact: true,
                });
            }
            None => {
                return found.map(|found| Found {
                    exact: false,
                    ..found
                });
            }
        }
    }
    found
}

/// The table as TOML's own.
pub fn to_toml(entries: &Entries) -> toml::Table {
    let entry = |(name, entry): (&String, &Entry)| Some((name.clone(), value(&entry.node.value)?));
    entries.iter().filter_map(entry).collect()
}

/// `None` where it was taken away.
fn value(written: &Value) -> Option<toml::Value> {
    Some(match written {
        Value::Text(text) => text.clone().into(),
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Boolean(is) => (*is).into(),
        Value::Date(date) => (*date).into(),
        Value::List(items) => {
            let items = items.iter().filter_map(|item| value(&item.value));
            items.collect::<Vec<_>>().into()
        }
        Value::Table(entries) => to_toml(entries).into(),
        Value::Away { .. } => return None,
    })
}
