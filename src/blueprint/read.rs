//! Reading: from text to one merged blueprint for each environment.

use std::sync::Arc;

use toml::de::DeTable;

use super::key::Place;
use super::node::{self, Entries, Value};
use super::schema::Blueprint;
use crate::diag::Diagnostic;
use crate::source::{Source, Span};

/// What was read.
#[derive(Debug)]
pub struct Reading {
    /// The environments, by name; those that could be read.
    pub environments: Vec<Environment>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// The blueprint as one environment has it.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// What is written, with the overlay merged in.
    pub blueprint: Blueprint,
    root: Entries,
    text: Arc<str>,
}

impl Environment {
    /// Where something stands in the text. For a key that is not written it is the nearest key above it that is.
    #[must_use]
    pub fn span(&self, place: &Place) -> Span {
        let (Place::Key(key) | Place::Value(key) | Place::Part(key, _)) = place;
        let Some(found) = node::find(&self.root, key) else {
            return 0..0;
        };
        match place {
            Place::Value(_) if found.exact => found.node.span.clone(),
            Place::Part(_, part) if found.exact => self
                .part(&found.node.span, part)
                .unwrap_or_else(|| found.node.span.clone()),
            _ => found.key.clone(),
        }
    }

    /// Where a part of a value stands, at the borders of a word if possible.
    fn part(&self, value: &Span, part: &str) -> Option<Span> {
        let text = self.text.get(value.clone())?;
        let of_word = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
        let alone = |&(start, found): &(usize, &str)| {
            let before = text[..start].chars().next_back();
            let after = text[start + found.len()..].chars().next();
            !before.is_some_and(of_word) && !after.is_some_and(of_word)
        };
        let mut matches = text.match_indices(part);
        let first = matches.clone().next();
        let (start, found) = matches.find(alone).or(first)?;
        let start = value.start + start;
        Some(start..start + found.len())
    }
}

/// Reads a blueprint.
#[must_use]
pub fn read(source: &Source) -> Reading {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let mut diagnostics: Vec<Diagnostic> = errors
        .iter()
        .map(|error| {
            Diagnostic::error("syntax", error.message()).at(error.span().unwrap_or(0..0), "")
        })
        .collect();
    let mut root = node::entries(table.into_inner(), &mut |span| {
        diagnostics
            .push(Diagnostic::error("invalid-value", "this number is too large").at(span, ""));
    });
    let text: Arc<str> = Arc::from(source.text.as_str());
    let mut environments = Vec::new();
    let overlays = root.remove("environments");
    for name in overlays
        .iter()
        .filter_map(|entry| entry.node.entries())
        .flatten()
        .map(|(name, _)| name)
    {
        match super::de::typed::<Blueprint>(&root, &(0..0)) {
            Ok(blueprint) => environments.push(Environment {
                name: name.clone(),
                blueprint,
                root: root.clone(),
                text: text.clone(),
            }),
            Err(error) => diagnostics
                .push(Diagnostic::error("invalid-value", error.to_string()).at(error.span(), "")),
        }
    }
    let _ = Value::Boolean(true);
    Reading {
        environments,
        diagnostics,
    }
}
