//! Texts that are known but for what Google or a person decides.

use std::fmt;

/// A text whose parts are known now, or when the output is applied.
///
/// Two neighbouring parts are never both [`Part::Literal`], and no literal is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text {
    parts: Vec<Part>,
}

/// A part of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Known now.
    Literal(String),
    /// The number of the environment's project, where the blueprint does not give it.
    ProjectNumber,
    /// The value of that name in `Plan::values`.
    Value(String),
}

impl Text {
    /// A text that is known now.
    #[must_use]
    pub fn literal(text: impl Into<String>) -> Self {
        let text = text.into();
        let parts = if text.is_empty() {
            Vec::new()
        } else {
            vec![Part::Literal(text)]
        };
        Self { parts }
    }

    /// The text with a literal added at its end.
    #[must_use]
    pub fn then(mut self, literal: &str) -> Self {
        if let Some(Part::Literal(last)) = self.parts.last_mut() {
            last.push_str(literal);
        } else if !literal.is_empty() {
            self.parts.push(Part::Literal(literal.to_owned()));
        }
        self
    }

    /// The text with a part added at its end.
    #[must_use]
    pub fn then_part(mut self, part: Part) -> Self {
        match part {
            Part::Literal(literal) => self.then(&literal),
            other => {
                self.parts.push(other);
                self
            }
        }
    }

    /// The text with another added at its end.
    #[must_use]
    pub fn then_text(self, other: &Self) -> Self {
        other.parts.iter().cloned().fold(self, Self::then_part)
    }

    /// The parts in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The whole text where all of it is known now.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(literal)] => Some(literal),
            _ => None,
        }
    }
}

impl From<&str> for Text {
    fn from(literal: &str) -> Self {
        Self::literal(literal)
    }
}

/// For people: what is not known stands as `PROJECT_NUMBER` or `<values.NAME>`.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Literal(literal) => f.write_str(literal)?,
                Part::ProjectNumber => f.write_str("PROJECT_NUMBER")?,
                Part::Value(name) => write!(f, "<values.{name}>")?,
            }
        }
        Ok(())
    }
}
