//! serde over the tree of values. Errors say what is wrong as data, and at which key.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use toml::value::Datetime;

use super::key::Segment;
use super::node::{Entries, Entry, Node, Value};
use crate::source::Span;

/// Gives a value its type.
pub fn typed<'de, T: Deserialize<'de>>(root: &'de Entries) -> Result<T, Error> {
    T::deserialize(MapAccessDeserializer::new(Fields::of(root)))
}

/// By this name a type asks for a date.
const DATE: &str = "date";

/// Reads a date as TOML writes it, for `#[serde(deserialize_with)]`. The library's own type would ask for a struct, and each
/// struct of the language would have to be ready to be that one.
///
/// # Errors
///
/// When it is something else.
pub fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Datetime>, D::Error> {
    struct AsText;
    impl Visitor<'_> for AsText {
        type Value = Datetime;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a date such as 2027-12-31")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Datetime, E> {
            text.parse().map_err(E::custom)
        }
    }
    let date = deserializer.deserialize_newtype_struct(DATE, AsText);
    date.map(Some)
}

/// What kept a value from its type, and where.
#[derive(Debug)]
pub struct Error {
    /// What it is.
    pub problem: Problem,
    /// The keys from the root, reversed.
    path: Vec<Segment>,
    /// Whether it is in a part that has no meaning alone.
    in_part: bool,
    /// The place of the value, or of the key where the key is the problem.
    span: Option<Span>,
}

/// What can be wrong.
#[derive(Debug)]
pub enum Problem {
    /// A table has no such key.
    Key {
        /// As written.
        name: String,
        /// Those that it has.
        expected: &'static [&'static str],
    },
    /// One of a few words was expected.
    Word {
        /// As written.
        word: String,
        /// These.
        expected: &'static [&'static str],
    },
    /// A value of another type was expected.
    Type {
        /// As written.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A value of this type, but not this one.
    Value {
        /// As written.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// Something else.
    Other(String),
}

impl Error {
    fn of(problem: Problem) -> Self {
        Self {
            problem,
            path: Vec::new(),
            in_part: false,
            span: None,
        }
    }

    fn below(mut self, segment: Segment, span: &Span) -> Self {
        self.path.push(segment);
        self.or_at(span)
    }

    /// The problem of a value whose parts make no sense alone.
    fn whole(mut self) -> Self {
        self.in_part |= !self.path.is_empty();
        self.path.clear();
        self
    }

    /// Whether the problem is in a part of the value that the path leads to.
    pub fn is_in_part(&self) -> bool {
        self.in_part
    }

    fn or_at(mut self, span: &Span) -> Self {
        self.span.get_or_insert_with(|| span.clone());
        self
    }

    /// The keys from the root to the problem.
    pub fn path(&self) -> Vec<Segment> {
        self.path.iter().rev().cloned().collect()
    }

    /// The place of the problem.
    pub fn span(&self) -> Span {
        self.span.clone().unwrap_or_default()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.problem)
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::of(Problem::Other(message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::of(Problem::Type {
            found: words(found),
            expected: expected.to_string(),
        })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::of(Problem::Value {
            found: words(found),
            expected: expected.to_string(),
        })
    }

    fn unknown_variant(word: &str, expected: &'static [&'static str]) -> Self {
        Self::of(Problem::Word {
            word: word.to_owned(),
            expected,
        })
    }

    fn unknown_field(name: &str, expected: &'static [&'static str]) -> Self {
        Self::of(Problem::Key {
            name: name.to_owned(),
            expected,
        })
    }
}

/// A value as it was written, in words.
fn words(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(is) => format!("`{is}`"),
        Unexpected::Unsigned(number) => format!("`{number}`"),
        Unexpected::Signed(number) => format!("`{number}`"),
        Unexpected::Float(number) => format!("`{number}`"),
        Unexpected::Str(text) => format!("`{text:?}`"),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        other => other.to_string(),
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.value {
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Boolean(is) => visitor.visit_bool(*is),
            Value::Away { .. } => visitor.visit_bool(false),
            Value::Date(_) => Err(Error::invalid_type(Unexpected::Other("a date"), &visitor)),
            Value::List(items) => visitor.visit_seq(Items {
                iter: items.iter().enumerate(),
            }),
            Value::Table(entries) => visitor.visit_map(Fields::of(entries)),
        }
        .map_err(|error| error.or_at(&self.span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name != DATE {
            return visitor.visit_newtype_struct(self);
        }
        match &self.value {
            Value::Date(date) => visitor.visit_str(&date.to_string()),
            _ => Err(Error::invalid_type(self.unexpected(), &visitor)),
        }
        .map_err(|error| error.or_at(&self.span))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.value {
            Value::Table(entries) => visitor.visit_map(Fields::of(entries)),
            // What serde makes of a table reads a list too, key by key. Nobody means that.
            _ => Err(Error::invalid_type(self.unexpected(), &visitor)),
        }
        .map_err(|error| error.or_at(&self.span))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.value {
            Value::Text(text) => {
                let text: StrDeserializer<'_, Error> = text.as_str().into_deserializer();
                text.deserialize_enum(name, variants, visitor)
            }
            Value::Table(entries) if entries.len() == 1 => visitor.visit_enum(Fields::of(entries)),
            _ => Err(Error::invalid_type(self.unexpected(), &OneOf(variants))),
        }
        .map_err(|error| error.whole().or_at(&self.span))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// One of a few words.
struct OneOf(&'static [&'static str]);

impl Expected for OneOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_of(self.0))
    }
}

/// A choice in words: `"a"`, `"b"` or `"c"`.
pub fn one_of(words: &[&str]) -> String {
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        text.push_str(match index {
            0 => "",
            _ if index + 1 == words.len() => " or ",
            _ => ", ",
        });
        text.extend(["`\"", word, "\"`"]);
    }
    text
}

impl Node {
    fn unexpected(&self) -> Unexpected<'_> {
        match &self.value {
            Value::Text(text) => Unexpected::Str(text),
            Value::Integer(number) => Unexpected::Signed(*number),
            Value::Float(number) => Unexpected::Float(*number),
            Value::Boolean(is) => Unexpected::Bool(*is),
            Value::Away { .. } => Unexpected::Bool(false),
            Value::Date(_) => Unexpected::Other("a date"),
            Value::List(_) => Unexpected::Seq,
            Value::Table(_) => Unexpected::Map,
        }
    }
}

struct Items<'de> {
    iter: std::iter::Enumerate<std::slice::Iter<'de, Node>>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some((index, node)) = self.iter.next() else {
            return Ok(None);
        };
        seed.deserialize(node)
            .map(Some)
            .map_err(|error| error.below(Segment::Index(index), &node.span))
    }
}

struct Fields<'de> {
    iter: std::slice::Iter<'de, (String, Entry)>,
    entry: Option<(&'de String, &'de Entry)>,
}

impl<'de> Fields<'de> {
    /// Those of a table, from the first on.
    fn of(entries: &'de Entries) -> Self {
        Self {
            iter: entries.as_slice().iter(),
            entry: None,
        }
    }

    /// The next entry that is there: one that was taken away is not.
    fn advance(&mut self) -> Option<(&'de String, &'de Entry)> {
        let there = |(_, entry): &&(String, Entry)| !matches!(entry.node.value, Value::Away { .. });
        self.entry = self.iter.find(there).map(|(name, entry)| (name, entry));
        self.entry
    }

    fn key<S: DeserializeSeed<'de>>(
        seed: S,
        name: &'de str,
        entry: &'de Entry,
    ) -> Result<S::Value, Error> {
        let text: StrDeserializer<'de, Error> = name.into_deserializer();
        seed.deserialize(text)
            .map_err(|error| error.below(Segment::Name(name.to_owned()), &entry.key))
    }

    fn value<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let Some((name, entry)) = self.entry.take() else {
            return Err(Error::custom("a value was asked for before its key"));
        };
        seed.deserialize(&entry.node)
            .map_err(|error| error.below(Segment::Name(name.clone()), &entry.node.span))
    }
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((name, entry)) = self.advance() else {
            return Ok(None);
        };
        Self::key(seed, name, entry).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        self.value(seed)
    }
}

impl<'de> EnumAccess<'de> for Fields<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(mut self, seed: V) -> Result<(V::Value, Self), Error> {
        let Some((name, entry)) = self.advance() else {
            return Err(Error::custom("expected a key"));
        };
        let variant = Self::key(seed, name, entry)?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Fields<'de> {
    type Error = Error;

    fn unit_variant(mut self) -> Result<(), Error> {
        let name = self.entry.map(|(name, _)| name.clone()).unwrap_or_default();
        self.value(std::marker::PhantomData::<serde::de::IgnoredAny>)?;
        Err(Error::of(Problem::Type {
            found: "a table".to_owned(),
            expected: format!("`{name:?}`"),
        }))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(mut self, seed: T) -> Result<T::Value, Error> {
        self.value(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(
        mut self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value(AnySeed(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        mut self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value(AnySeed(visitor))
    }
}

struct AnySeed<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for AnySeed<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_any(self.0)
    }
}
