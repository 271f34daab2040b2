//! Findings as annotations of a GitHub workflow: a line each, as the runner reads it from stdout.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use std::fmt::Write as _;

use super::Diagnostic;
use crate::source::{Lines, Source};

/// One workflow command a finding; nothing where there are none.
#[must_use]
pub fn github(diagnostics: &[Diagnostic], source: &Source) -> String {
    let lines = Lines::of(&source.text);
    let mut text = String::new();
    for diagnostic in diagnostics {
        let command = diagnostic.rule.severity.word();
        let mut properties = format!("file={}", property(&source.path));
        if let Some(label) = diagnostic.labels.first() {
            let start = lines.position(label.span.start);
            let end = lines.position(label.span.end);
            let _ = write!(properties, ",line={},endLine={}", start.line, end.line);
            // A column is only understood within one line.
            if start.line == end.line {
                let _ = write!(properties, ",col={},endColumn={}", start.column, end.column);
            }
        }
        let title = property(diagnostic.rule.code);
        let message = data(&message(diagnostic));
        let _ = writeln!(text, "::{command} {properties},title={title}::{message}");
    }
    text
}

/// The finding without a picture of its place: the message, and a line for each thing said about it.
fn message(diagnostic: &Diagnostic) -> String {
    let mut message = diagnostic.message.clone();
    if let Some(label) = diagnostic.labels.first().filter(|one| !one.text.is_empty()) {
        let _ = write!(message, ": {}", label.text);
    }
    for note in &diagnostic.notes {
        let _ = write!(message, "\nnote: {note}");
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(message, "\nhelp: {}", help.message);
        for (_, new) in &help.edits {
            let _ = write!(message, ": `{}`", new.trim_end());
        }
    }
    message
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
