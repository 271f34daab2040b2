//! Findings for programs: JSON with every part of a finding, and places as offsets, lines and columns.

use serde_json::{Value, json};

use super::{Diagnostic, Severity};
use crate::source::{Lines, Source, Span};

/// The findings of a blueprint as one JSON object.
///
/// `offset` counts bytes from 0, `line` and `column` count from 1, columns in characters; `end` is behind the last
/// character. Keys may be added to it; those that are there keep their meaning.
#[must_use]
pub fn json(diagnostics: &[Diagnostic], source: &Source) -> String {
    let lines = Lines::of(&source.text);
    let count = |severity| {
        let same = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.rule.severity == severity);
        same.count()
    };
    let all = json!({
        "path": source.path,
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
        "diagnostics": diagnostics.iter().map(|one| diagnostic(one, &lines)).collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}

fn diagnostic(diagnostic: &Diagnostic, lines: &Lines<'_>) -> Value {
    let labels = diagnostic.labels.iter().map(|label| {
        let mut value = place(&label.span, lines);
        value["text"] = json!(label.text);
        value
    });
    let help = diagnostic.help.as_ref().map(|help| {
        let edits = help.edits.iter().map(|(span, text)| {
            let mut value = place(span, lines);
            value["text"] = json!(text);
            value
        });
        json!({
            "message": help.message,
            "safe": help.safe,
            "edits": edits.collect::<Vec<_>>(),
        })
    });
    json!({
        "code": diagnostic.rule.code,
        "severity": diagnostic.rule.severity.word(),
        "message": diagnostic.message,
        "environments": diagnostic.environments,
        "labels": labels.collect::<Vec<_>>(),
        "notes": diagnostic.notes,
        "help": help,
    })
}

fn place(span: &Span, lines: &Lines<'_>) -> Value {
    let position = |at| {
        let position = lines.position(at);
        json!({ "offset": at, "line": position.line, "column": position.column })
    };
    json!({ "start": position(span.start), "end": position(span.end) })
}
