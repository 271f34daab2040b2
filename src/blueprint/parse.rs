//! From text to a tree of values: the only place where TOML is parsed.

use std::collections::BTreeSet;

use toml::de::{DeTable, Error};

use super::node::{self, Entries, Node, Value};
use crate::diag::Diagnostic;
use crate::rules;
use crate::source::{Lines, Source, Span};

/// The tree of a text; `None` where it is not TOML, and then the reports say why.
pub fn parse(source: &Source, diagnostics: &mut Vec<Diagnostic>) -> Option<Entries> {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let root = node::entries(table.into_inner(), &mut |span| {
        let diagnostic = Diagnostic::new(rules::INVALID_VALUE, "a number is out of range");
        diagnostics.push(diagnostic.at(span, "no number here is that large"));
    });
    let (doubles, errors): (Vec<Error>, Vec<Error>) = errors
        .into_iter()
        .partition(|error| error.message() == "duplicate key");
    for error in doubles {
        let span = error.span().unwrap_or_default();
        let name = source.text.get(span.clone()).unwrap_or_default();
        let message = format!("`{name}` is written twice in one table");
        let mut diagnostic =
            Diagnostic::new(rules::DUPLICATE_KEY, message).at(span.clone(), "the second");
        let mut named = Vec::new();
        keys_named(&root, name, &mut named);
        if let [first] = named.as_slice()
            && first.end <= span.start
        {
            diagnostic = diagnostic.at(first.clone(), "the first");
        }
        diagnostics.push(diagnostic);
    }
    let fine = errors.is_empty();
    diagnostics.extend(syntax(&errors, &root, source));
    fine.then_some(root)
}

/// In so many lines mistakes of syntax are told. A text with more is no blueprint.
const LINES_MAX: usize = 1_000;

/// One report for each cause: what is left open swallows what follows, and one line has one cause.
fn syntax(errors: &[Error], root: &Entries, source: &Source) -> Vec<Diagnostic> {
    let place = |error: &Error| error.span().unwrap_or_default();
    let mut swallowed: Vec<Span> = Vec::new();
    for error in errors {
        if error.message().starts_with("unclosed ")
            && let Some(open) = ending_at(root, place(error).start)
        {
            swallowed.push(open);
        }
    }
    let lines = Lines::of(&source.text);
    let mut told = BTreeSet::new();
    let mut diagnostics = Vec::new();
    for open in &swallowed {
        let inner = |other: &Span| other.start < open.start && open.end <= other.end;
        if !swallowed.iter().any(inner) {
            let message = "a bracket is opened and never closed";
            let bracket = open.start..open.start + 1;
            diagnostics.push(Diagnostic::new(rules::SYNTAX, message).at(bracket, "opened here"));
        }
    }
    for error in errors {
        if told.len() == LINES_MAX {
            break;
        }
        let span = place(error);
        let inside = |open: &Span| open.start <= span.start && span.end <= open.end;
        if swallowed.iter().any(inside) || !told.insert(lines.line(span.start)) {
            continue;
        }
        if let Some(word) = bare_word(source.text.get(span.clone())) {
            let diagnostic = Diagnostic::new(rules::SYNTAX, "this is not a value");
            diagnostics.push(diagnostic.at(span.clone(), "").suggest(
                "a text stands in quotes",
                span,
                format!("\"{word}\""),
            ));
            continue;
        }
        let (what, label) = words(error.message(), &source.text[..span.start], span.is_empty());
        diagnostics.push(Diagnostic::new(rules::SYNTAX, what).at(span, label));
    }
    diagnostics
}

/// The list or table that ends at a place, the outermost.
fn ending_at(entries: &Entries, end: usize) -> Option<Span> {
    entries.values().find_map(|entry| open_at(&entry.node, end))
}

fn open_at(node: &Node, end: usize) -> Option<Span> {
    match &node.value {
        Value::List(_) | Value::Table(_) if node.span.end == end => Some(node.span.clone()),
        Value::List(items) => items.iter().find_map(|item| open_at(item, end)),
        Value::Table(entries) => ending_at(entries, end),
        _ => None,
    }
}

/// A word without its quotes.
fn bare_word(text: Option<&str>) -> Option<&str> {
    let of_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@".contains(&byte);
    text.filter(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()))
        .filter(|word| word.bytes().all(of_word))
}

/// What is wrong, and what was expected. The parser's words, but where they are about its inside.
fn words(message: &str, before: &str, nothing: bool) -> (String, String) {
    let (what, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let text = |what: &str, expected: &str| (what.to_owned(), expected.to_owned());
    if nothing && before.trim_end_matches([' ', '\t']).ends_with('=') {
        return text("a value is missing", "expected a value");
    }
    match what {
        "string values must be quoted" => text("this is not a value", "a text stands in quotes"),
        "invalid basic string" | "invalid literal string" if nothing => {
            let quote = expected.trim_matches(['`', '\'']);
            let quote = if quote.is_empty() { "'" } else { quote };
            (
                "a text is opened and never closed".to_owned(),
                format!("expected `{quote}`"),
            )
        }
        _ if expected.is_empty() || expected == "nothing" => text(what, ""),
        _ => (
            what.to_owned(),
            format!("expected {}", expected.replace("`\\n`", "a new line")),
        ),
    }
}

/// The places of the keys of one name.
fn keys_named(entries: &Entries, name: &str, found: &mut Vec<Span>) {
    for (key, entry) in entries {
        if key == name {
            found.push(entry.key.clone());
        }
        keys_in(&entry.node, name, found);
    }
}

fn keys_in(node: &Node, name: &str, found: &mut Vec<Span>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| keys_in(item, name, found)),
        Value::Table(entries) => keys_named(entries, name, found),
        _ => {}
    }
}
