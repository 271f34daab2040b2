//! Keys of a blueprint, and places that are told by them.

use std::fmt;

/// A key from the top of the blueprint: `services.web.calls`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Key(Vec<Segment>);

/// A part of a [`Key`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A name in a table.
    Name(String),
    /// A position in a list, from 0.
    Index(usize),
}

impl Key {
    /// The key of these names.
    #[must_use]
    pub fn of(names: &[&str]) -> Self {
        Self(
            names
                .iter()
                .map(|name| Segment::Name((*name).to_owned()))
                .collect(),
        )
    }

    /// The key of a name below this one.
    #[must_use]
    pub fn then(&self, name: &str) -> Self {
        self.with(Segment::Name(name.to_owned()))
    }

    /// The key of a list's element below this one.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        self.with(Segment::Index(index))
    }

    /// The key of a part below this one.
    #[must_use]
    pub fn with(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }

    /// The names in it; positions in lists are left out.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let names = self.0.iter().filter_map(|segment| match segment {
            Segment::Name(name) => Some(name.as_str()),
            Segment::Index(_) => None,
        });
        names.collect()
    }

    /// Its parts.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }
}

/// As TOML writes it; the position in a list is left out, so that an edit elsewhere in the list changes nothing.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for segment in &self.0 {
            let Segment::Name(name) = segment else {
                continue;
            };
            if !first {
                f.write_str(".")?;
            }
            first = false;
            let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            if !name.is_empty() && name.bytes().all(bare) {
                f.write_str(name)?;
            } else {
                write!(f, "{name:?}")?;
            }
        }
        Ok(())
    }
}

/// A place in a blueprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The key itself.
    Key(Key),
    /// Its value.
    Value(Key),
    /// A part of its value's text, such as the name in `${services.NAME.url}`; the whole value where it cannot be found.
    Part(Key, String),
}
