//! Checking: a table either has its type, or what keeps it from it is reported and left out, until it has.

use serde::de::DeserializeOwned;

use super::de::{self, Error, Problem};
use super::key::{Key, Segment};
use super::node::{Entries, Entry};
use super::repair::{Done, Repair, repair};
use super::rewrite;
use crate::diag::{Diagnostic, similar};
use crate::rules;
use crate::source::{Source, Span};

/// So many mistakes in one table are reported; nobody reads more.
const MOST: usize = 200;

/// Where a checked table stands in the blueprint.
pub struct Scope<'a> {
    /// The text.
    pub source: &'a Source,
    /// The keys from the top to the table.
    pub at: Key,
    /// Keys that its type does not have and that may stand there all the same; they were taken out before.
    pub also: &'a [&'a str],
    /// Keys that its type has and that may not stand there.
    pub not: &'a [&'a str],
    /// Whether the kinds in it hold elements: it is a blueprint.
    pub elements: bool,
}

/// What was found in a table.
#[derive(Debug, Default)]
pub struct Findings {
    /// The reports.
    pub diagnostics: Vec<Diagnostic>,
    /// The keys of what was left out, from the table on.
    pub dropped: Vec<Vec<Segment>>,
    /// The places at which something else is taken to be meant.
    pub mended: Vec<Span>,
    /// What belongs to the keys beside the type, under the names that were probably meant.
    pub moved: Vec<(String, Entry)>,
}

/// Gives a table its type. What does not fit is reported and taken out of the table.
pub fn typed<T: DeserializeOwned + Default>(
    entries: &mut Entries,
    scope: &Scope<'_>,
    findings: &mut Findings,
) -> T {
    for name in scope.not {
        if let Some(entry) = entries.remove(*name) {
            let place = table(&scope.at);
            let diagnostic = Diagnostic::new(
                rules::UNKNOWN_KEY,
                format!("`{name}` cannot stand in {place}"),
            );
            findings
                .diagnostics
                .push(diagnostic.at(entry.key, "it belongs at the top of the blueprint"));
        }
    }
    for _ in 0..MOST {
        let error = match de::typed(entries) {
            Ok(value) => return value,
            Err(error) => error,
        };
        let path = error.path();
        let (diagnostic, mut how) = told(&error, &path, scope);
        if error.is_in_part() {
            how = Repair::LeaveOut;
        }
        findings.diagnostics.push(diagnostic);
        if let (Repair::Move(to), [Segment::Name(name)]) = (&how, path.as_slice())
            && let Some(entry) = entries.remove(name)
        {
            findings.moved.push((to.clone(), entry));
            continue;
        }
        match repair(entries, &path, how, scope.elements) {
            Done::Mended => findings.mended.push(error.span()),
            Done::LeftOut => findings.dropped.push(path),
            Done::Nothing => break,
        }
    }
    T::default()
}

/// What is said about an error, and what is done about it.
fn told(error: &Error, path: &[Segment], scope: &Scope<'_>) -> (Diagnostic, Repair) {
    let span = error.span();
    let key = path
        .iter()
        .fold(scope.at.clone(), |key, segment| match segment {
            Segment::Name(name) => key.then(name),
            Segment::Index(index) => key.item(*index),
        });
    match &error.problem {
        Problem::Key { name, expected } => unknown_key(name, expected, path, span, scope),
        Problem::Word { word, expected } => unknown_value(word, expected, &key, span),
        Problem::Type { found, expected } => {
            let words = described(expected);
            let diagnostic =
                Diagnostic::new(rules::WRONG_TYPE, format!("`{key}` cannot be {found}"));
            let diagnostic = diagnostic.at(span.clone(), format!("expected {words}"));
            rewrite::rewritten(diagnostic, expected, &words, &key, span, scope.source)
        }
        Problem::Value { found, expected } => {
            let diagnostic =
                Diagnostic::new(rules::INVALID_VALUE, format!("`{key}` cannot be {found}"));
            let label = format!("expected {}", described(expected));
            (diagnostic.at(span, label), Repair::LeaveOut)
        }
        Problem::Other(message) => {
            let diagnostic =
                Diagnostic::new(rules::INVALID_VALUE, format!("`{key}` cannot be read"));
            (diagnostic.at(span, message.clone()), Repair::LeaveOut)
        }
    }
}

fn unknown_key(
    name: &str,
    expected: &[&str],
    path: &[Segment],
    span: Span,
    scope: &Scope<'_>,
) -> (Diagnostic, Repair) {
    let names =
        path.iter()
            .rev()
            .skip(1)
            .rev()
            .fold(scope.at.clone(), |key, segment| match segment {
                Segment::Name(name) => key.then(name),
                Segment::Index(index) => key.item(*index),
            });
    let place = table(&names);
    let top = path.len() == 1;
    let mut here: Vec<&str> = expected
        .iter()
        .copied()
        .filter(|name| !top || !scope.not.contains(name))
        .collect();
    if top {
        here.extend(scope.also);
    }
    let diagnostic = Diagnostic::new(
        rules::UNKNOWN_KEY,
        format!("unknown key `{}` in {place}", name.escape_debug()),
    );
    let Some(near) = similar(name, here.iter().copied()) else {
        return (diagnostic.at(span, among(&here)), Repair::LeaveOut);
    };
    let diagnostic = diagnostic.at(span.clone(), "");
    let diagnostic = diagnostic
        .suggest("a key with a similar name exists", span, near)
        .safe();
    let repair = if top && scope.also.contains(&near) {
        Repair::Move(near.to_owned())
    } else {
        Repair::Rename(near.to_owned())
    };
    (diagnostic, repair)
}

/// The keys of a small table in words.
fn among(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => format!("the only key here is `{one}`"),
        some if some.len() <= 8 => {
            let names: Vec<String> = some.iter().map(|name| format!("`{name}`")).collect();
            format!("the keys here are {}", names.join(", "))
        }
        _ => String::new(),
    }
}

fn unknown_value(word: &str, expected: &[&str], key: &Key, span: Span) -> (Diagnostic, Repair) {
    let message = format!("`{key}` cannot be `{word:?}`");
    let diagnostic = Diagnostic::new(rules::UNKNOWN_VALUE, message);
    let diagnostic = diagnostic.at(span.clone(), format!("expected {}", de::one_of(expected)));
    // One number is as good as another, and a guess at a choice is only made where the word begins like it.
    let first = |word: &str| word.chars().next().filter(|letter| letter.is_alphabetic());
    let near = similar(word, expected.iter().copied())
        .filter(|near| first(near).is_some() && first(near) == first(word));
    let diagnostic = match near {
        Some(near) => diagnostic.suggest("a similar one exists", span, format!("\"{near}\"")),
        None => diagnostic,
    };
    (diagnostic, Repair::LeaveOut)
}

/// What a value is that is one or the other.
pub(super) const TRUE_OR_FALSE: &str = "`true` or `false`";

/// serde's words for a type in ours.
fn described(expected: &str) -> String {
    let words = match expected {
        "a string" => "a text",
        "a boolean" => TRUE_OR_FALSE,
        "a sequence" => "a list",
        "a map" => "a table",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" => "a whole number, not negative",
        other if other.starts_with("struct ") => "a table",
        other => other,
    };
    words.to_owned()
}

/// A table in words: `` `services.web` ``, `the blueprint`.
fn table(key: &Key) -> String {
    if key.segments().is_empty() {
        "the blueprint".to_owned()
    } else {
        format!("`{key}`")
    }
}
