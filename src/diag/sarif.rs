//! Findings as SARIF 2.1.0, which code hosts and editors read.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Diagnostic, Rule};
use crate::source::{Lines, Source, Span};

/// The findings of a blueprint as one SARIF log.
#[must_use]
pub fn sarif(diagnostics: &[Diagnostic], source: &Source) -> String {
    let rules: BTreeMap<&str, &Rule> = diagnostics
        .iter()
        .map(|diagnostic| (diagnostic.rule.code, diagnostic.rule))
        .collect();
    let indices: BTreeMap<&str, usize> = rules.keys().copied().zip(0..).collect();
    let file = File {
        uri: uri(&source.path),
        lines: Lines::of(&source.text),
    };
    let results = diagnostics.iter().map(|diagnostic| {
        let mut value = result(diagnostic, &file);
        value["ruleIndex"] = json!(indices[diagnostic.rule.code]);
        value
    });
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.values().map(|one| rule(one)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    });
    format!("{log:#}\n")
}

fn rule(rule: &Rule) -> Value {
    let explained = rule.explained();
    json!({
        "id": rule.code,
        "shortDescription": { "text": explained.what },
        "fullDescription": { "text": explained.why },
        "defaultConfiguration": { "level": rule.severity.word() },
        "properties": { "tags": [rule.topic.words()] },
    })
}

/// The blueprint as SARIF names it.
struct File<'a> {
    uri: String,
    lines: Lines<'a>,
}

impl File<'_> {
    fn region(&self, span: &Span) -> Value {
        let start = self.lines.position(span.start);
        let end = self.lines.position(span.end);
        json!({
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        })
    }

    fn location(&self, span: &Span) -> Value {
        json!({
            "physicalLocation": {
                "artifactLocation": { "uri": self.uri },
                "region": self.region(span),
            },
        })
    }
}

fn result(diagnostic: &Diagnostic, file: &File<'_>) -> Value {
    let mut message = diagnostic.message.clone();
    for note in &diagnostic.notes {
        message.push_str("\nnote: ");
        message.push_str(note);
    }
    if let Some(help) = &diagnostic.help {
        message.push_str("\nhelp: ");
        message.push_str(&help.message);
    }
    let mut result = json!({
        "ruleId": diagnostic.rule.code,
        "level": diagnostic.rule.severity.word(),
        "message": { "text": message },
    });
    match diagnostic.labels.split_first() {
        Some((first, others)) => {
            let mut location = file.location(&first.span);
            if !first.text.is_empty() {
                location["message"] = json!({ "text": first.text });
            }
            result["locations"] = json!([location]);
            if !others.is_empty() {
                let related = others.iter().zip(1..).map(|(label, id)| {
                    let mut location = file.location(&label.span);
                    location["id"] = json!(id);
                    location["message"] = json!({ "text": label.text });
                    location
                });
                result["relatedLocations"] = related.collect();
            }
        }
        None => {
            result["locations"] = json!([{
                "physicalLocation": { "artifactLocation": { "uri": file.uri } },
            }]);
        }
    }
    if let Some(help) = diagnostic
        .help
        .as_ref()
        .filter(|help| !help.edits.is_empty())
    {
        let replacements = help.edits.iter().map(|(span, text)| {
            json!({ "deletedRegion": file.region(span), "insertedContent": { "text": text } })
        });
        result["fixes"] = json!([{
            "description": { "text": help.message },
            "artifactChanges": [{
                "artifactLocation": { "uri": file.uri },
                "replacements": replacements.collect::<Vec<_>>(),
            }],
        }]);
    }
    result
}

/// A path as a relative URI reference: other bytes than those that stand for themselves are escaped.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
