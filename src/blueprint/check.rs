//! Checking: a table either has its type, or what keeps it from it is reported and left out, until it has.

use serde::de::DeserializeOwned;

use super::de::{self, Error, Problem};
use super::key::{Key, Segment};
use super::merge::KINDS;
use super::node::{Entries, Node, Value};
use crate::diag::{Diagnostic, similar};
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
            let diagnostic =
                Diagnostic::error("unknown-key", format!("`{name}` cannot stand in {place}"));
            findings
                .diagnostics
                .push(diagnostic.at(entry.key, "it belongs at the top of the blueprint"));
        }
    }
    for _ in 0..MOST {
        match de::typed(entries) {
            Ok(value) => return value,
            Err(error) => {
                let path = error.path();
                findings.diagnostics.push(told(&error, &path, scope));
                if !leave_out(entries, &path, scope.elements) {
                    break;
                }
                findings.dropped.push(path);
            }
        }
    }
    T::default()
}

/// Takes an entry out. An element is emptied instead, so that what refers to it still finds it.
fn leave_out(entries: &mut Entries, path: &[Segment], elements: bool) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return false;
    };
    let Segment::Name(name) = first else {
        return false;
    };
    if let [Segment::Name(element)] = rest
        && elements
        && KINDS.contains(&name.as_str())
    {
        let table = entries
            .get_mut(name)
            .and_then(|entry| entry.node.entries_mut());
        if let Some(entry) = table.and_then(|table| table.get_mut(element))
            && entry.node.entries().is_none()
        {
            entry.node.value = Value::Table(Entries::new());
            return true;
        }
    }
    if rest.is_empty() {
        return entries.remove(name).is_some();
    }
    entries
        .get_mut(name)
        .is_some_and(|entry| leave_out_of(&mut entry.node, rest))
}

fn leave_out_of(node: &mut Node, path: &[Segment]) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return false;
    };
    match (&mut node.value, first) {
        (Value::Table(entries), Segment::Name(name)) if rest.is_empty() => {
            entries.remove(name).is_some()
        }
        (Value::Table(entries), Segment::Name(name)) => entries
            .get_mut(name)
            .is_some_and(|entry| leave_out_of(&mut entry.node, rest)),
        (Value::List(items), Segment::Index(index)) if *index < items.len() => {
            if rest.is_empty() {
                items.remove(*index);
                true
            } else {
                leave_out_of(&mut items[*index], rest)
            }
        }
        _ => false,
    }
}

/// What is said about an error.
fn told(error: &Error, path: &[Segment], scope: &Scope<'_>) -> Diagnostic {
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
            let expected = described(expected);
            let diagnostic = Diagnostic::error("wrong-type", format!("`{key}` cannot be {found}"));
            let diagnostic = diagnostic.at(span.clone(), format!("expected {expected}"));
            rewritten(diagnostic, &expected, span, scope.source)
        }
        Problem::Value { found, expected } => {
            let diagnostic =
                Diagnostic::error("invalid-value", format!("`{key}` cannot be {found}"));
            diagnostic.at(span, format!("expected {}", described(expected)))
        }
        Problem::Other(message) => {
            Diagnostic::error("invalid-value", format!("`{key}` cannot be read"))
                .at(span, message.clone())
        }
    }
}

fn unknown_key(
    name: &str,
    expected: &[&str],
    path: &[Segment],
    span: Span,
    scope: &Scope<'_>,
) -> Diagnostic {
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
    if LATER.contains(&name) {
        return Diagnostic::error(
            "unsupported-key",
            format!("`{name}` is not supported by this version"),
        )
        .at(span, "")
        .help("remove it, and write by hand what it would make");
    }
    let top = path.len() == 1;
    let mut here: Vec<&str> = expected
        .iter()
        .copied()
        .filter(|name| !top || !scope.not.contains(name))
        .collect();
    if top {
        here.extend(scope.also);
    }
    let diagnostic = Diagnostic::error(
        "unknown-key",
        format!("unknown key `{}` in {place}", name.escape_debug()),
    );
    let near = similar(name, here.iter().copied());
    match near {
        Some(near) => {
            diagnostic
                .at(span.clone(), "")
                .suggest("a key with a similar name exists", span, near)
        }
        None => diagnostic.at(span, among(&here)),
    }
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

fn unknown_value(word: &str, expected: &[&str], key: &Key, span: Span) -> Diagnostic {
    let message = format!("`{key}` cannot be `{word:?}`");
    let diagnostic = Diagnostic::error("unknown-value", message);
    let diagnostic = diagnostic.at(span.clone(), format!("expected {}", de::one_of(expected)));
    // One number is as good as another.
    let near = word
        .contains(char::is_alphabetic)
        .then(|| similar(word, expected.iter().copied()))
        .flatten();
    match near {
        Some(near) => diagnostic.suggest("a similar one exists", span, format!("\"{near}\"")),
        None => diagnostic,
    }
}

/// How a value would be right that was only written in the wrong way.
fn rewritten(diagnostic: Diagnostic, expected: &str, span: Span, source: &Source) -> Diagnostic {
    let Some(written) = source.text.get(span.clone()) else {
        return diagnostic;
    };
    let bare = written.trim_matches(['"', '\'']);
    let quoted = bare.len() + 2 == written.len();
    let plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    if quoted && expected.starts_with("a whole number") && bare.parse::<u64>().is_ok() {
        return diagnostic.suggest("a number stands without quotes", span, bare);
    }
    if quoted && expected == TRUE_OR_FALSE && (bare == "true" || bare == "false") {
        return diagnostic.suggest("it stands without quotes", span, bare);
    }
    if quoted && expected.starts_with("a list") {
        return diagnostic.suggest("a list stands in brackets", span, format!("[{written}]"));
    }
    if quoted && expected.starts_with("a date") && bare.len() == 10 {
        return diagnostic.suggest("a date stands without quotes", span, bare);
    }
    let scalar = !quoted && plain(written);
    if scalar && expected == "a text" {
        return diagnostic.suggest("a text stands in quotes", span, format!("\"{written}\""));
    }
    diagnostic
}

const TRUE_OR_FALSE: &str = "`true` or `false`";

/// serde's words for a type in ours.
fn described(expected: &str) -> String {
    let words = match expected {
        "a string" => "a text",
        "a boolean" => TRUE_OR_FALSE,
        "a sequence" => "a list",
        "a map" => "a table",
        "a TOML datetime" => "a date such as 2027-12-31",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" => "a whole number, not negative",
        other if other.contains("datetime") => "a date such as 2027-12-31",
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

/// Words of the language that this version does not read.
const LATER: &[&str] = &[
    "buckets",
    "caches",
    "consumes",
    "datasets",
    "delivery",
    "encryption",
    "enqueues",
    "events",
    "firestores",
    "gpu",
    "keys",
    "monitoring",
    "password_users",
    "private_domains",
    "publishes",
    "queues",
    "regions",
    "registries",
    "rotation",
    "runs",
    "schedules",
    "subscriptions",
    "topics",
    "traffic",
    "workers",
    "workflows",
];
