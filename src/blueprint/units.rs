//! Values that can be written in more than one way.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::num::NonZero;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

/// Seconds of a day.
pub const DAY: u32 = 86_400;

/// A length of time in whole seconds, written as gcloud takes it: `"60s"`, `"5m"`, `"2h"`, `"90d"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    /// Seconds.
    pub seconds: u32,
}

impl Duration {
    /// As days, where it is some and no part of one is left.
    #[must_use]
    pub fn whole_days(self) -> Option<NonZero<u32>> {
        NonZero::new(self.seconds / DAY).filter(|_| self.seconds.is_multiple_of(DAY))
    }

    fn parse(text: &str) -> Option<Self> {
        let unit = match text.chars().last()? {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => DAY,
            _ => return None,
        };
        let digits = &text[..text.len() - 1];
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = if plain {
            digits.parse().ok()?
        } else {
            return None;
        };
        number.checked_mul(unit).map(|seconds| Self { seconds })
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Duration;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration such as `\"60s\"`, `\"5m\"`, `\"2h\"` or `\"90d\"`")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
                Duration::parse(text)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// A number that may have a fraction, kept as text so that nothing is rounded: `1`, `0.5`, `"2"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(pub String);

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Decimal;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number such as `1` or `0.5`")
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Decimal, E> {
                Ok(Decimal(number.to_string()))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Decimal, E> {
                Ok(Decimal(number.to_string()))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Decimal, E> {
                Ok(Decimal(number.to_string()))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Decimal, E> {
                let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
                number
                    .map(|number| Decimal(number.to_string()))
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Number)
    }
}

/// A relation: a list of names, or a table with settings for each.
#[derive(Debug, Clone)]
pub struct Relations<T>(pub BTreeMap<String, T>);

impl<T> Default for Relations<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Relations<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListOrTable<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for ListOrTable<T> {
            type Value = Relations<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of names, or a table of them")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Relations<T>, A::Error> {
                let mut names = BTreeMap::new();
                while let Some(name) = list.next_element::<String>()? {
                    names.insert(name, T::default());
                }
                Ok(Relations(names))
            }
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Relations<T>, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(table)).map(Relations)
            }
        }
        deserializer.deserialize_any(ListOrTable(PhantomData))
    }
}

/// One value, or a list of them: `"sign"`, `["sign", "verify"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Several<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrList<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrList<T> {
            type Value = Several<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one word, or a list of them")
            }
            fn visit_str<E: Error>(self, word: &str) -> Result<Several<T>, E> {
                T::deserialize(word.into_deserializer()).map(|one| Several(vec![one]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Several<T>, A::Error> {
                let mut several = Vec::new();
                while let Some(one) = list.next_element()? {
                    several.push(one);
                }
                Ok(Several(several))
            }
        }
        deserializer.deserialize_any(OneOrList(PhantomData))
    }
}

/// `true`, `false`, or a name: `existing = true`, `existing = "projects/…"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// Yes or no.
    Is(bool),
    /// This one.
    Named(String),
}

impl Truth {
    /// Whether it is not `false`.
    #[must_use]
    pub fn holds(&self) -> bool {
        *self != Self::Is(false)
    }
}

impl<'de> Deserialize<'de> for Truth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BoolOrText;
        impl Visitor<'_> for BoolOrText {
            type Value = Truth;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true` or a full resource name")
            }
            fn visit_bool<E: Error>(self, is: bool) -> Result<Truth, E> {
                Ok(Truth::Is(is))
            }
            fn visit_str<E: Error>(self, name: &str) -> Result<Truth, E> {
                Ok(Truth::Named(name.to_owned()))
            }
        }
        deserializer.deserialize_any(BoolOrText)
    }
}

/// A text, or `false` to take an inherited one away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextOrFalse {
    /// The text.
    Text(String),
    /// Nothing.
    False,
}

impl<'de> Deserialize<'de> for TextOrFalse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrNo;
        impl Visitor<'_> for TextOrNo {
            type Value = TextOrFalse;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or `false` to take the default away")
            }
            fn visit_bool<E: Error>(self, is: bool) -> Result<TextOrFalse, E> {
                if is {
                    Err(E::invalid_value(serde::de::Unexpected::Bool(true), &self))
                } else {
                    Ok(TextOrFalse::False)
                }
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<TextOrFalse, E> {
                Ok(TextOrFalse::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(TextOrNo)
    }
}

/// A value, or `false` for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrFalse<T> {
    /// The value.
    Is(T),
    /// None.
    False,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OrFalse<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueOrNo<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ValueOrNo<T> {
            type Value = OrFalse<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value, or `false` for none")
            }
            fn visit_bool<E: Error>(self, is: bool) -> Result<OrFalse<T>, E> {
                if is {
                    Err(E::invalid_value(serde::de::Unexpected::Bool(true), &self))
                } else {
                    Ok(OrFalse::False)
                }
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<OrFalse<T>, E> {
                T::deserialize(number.into_deserializer()).map(OrFalse::Is)
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<OrFalse<T>, E> {
                T::deserialize(number.into_deserializer()).map(OrFalse::Is)
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<OrFalse<T>, E> {
                T::deserialize(number.into_deserializer()).map(OrFalse::Is)
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<OrFalse<T>, E> {
                T::deserialize(text.into_deserializer()).map(OrFalse::Is)
            }
        }
        deserializer.deserialize_any(ValueOrNo(PhantomData))
    }
}

/// `true` for all, `false` for none, or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrMany {
    /// All or none.
    Is(bool),
    /// These.
    Listed(Vec<String>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BoolOrList;
        impl<'de> Visitor<'de> for BoolOrList {
            type Value = OneOrMany;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or a list of names")
            }
            fn visit_bool<E: Error>(self, is: bool) -> Result<OneOrMany, E> {
                Ok(OneOrMany::Is(is))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = list.next_element()? {
                    names.push(name);
                }
                Ok(OneOrMany::Listed(names))
            }
        }
        deserializer.deserialize_any(BoolOrList)
    }
}
