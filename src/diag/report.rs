//! Diagnostics as people read them: rustc's own look. The only user of `annotate_snippets`.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use super::{Diagnostic, Help, Severity};
use crate::source::{Source, Span};

/// The report of these findings, in their order, and a last line that counts them. Nothing where there are none.
#[must_use]
pub fn report(diagnostics: &[Diagnostic], source: &Source, colour: bool) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
    .decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&groups(diagnostic, source)));
        text.push_str("\n\n");
    }
    text.push_str(&count(diagnostics));
    text.push_str(" in ");
    text.push_str(&source.path);
    text.push('\n');
    text
}

/// `3 errors, 1 warning`.
fn count(diagnostics: &[Diagnostic]) -> String {
    let of = |severity: Severity, word: &str| {
        let count = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.rule.severity == severity)
            .count();
        match count {
            0 => None,
            1 => Some(format!("1 {word}")),
            many => Some(format!("{many} {word}s")),
        }
    };
    let counts = [
        of(Severity::Error, "error"),
        of(Severity::Warning, "warning"),
    ];
    counts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn groups<'a>(diagnostic: &'a Diagnostic, source: &'a Source) -> Vec<Group<'a>> {
    let level = match diagnostic.rule.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(
        level
            .primary_title(diagnostic.message.as_str())
            .id(diagnostic.rule.code),
    );
    if diagnostic.labels.is_empty() {
        group = group.element(Origin::path(source.path.as_str()));
    } else {
        let mut snippet = Snippet::source(source.text.as_str()).path(source.path.as_str());
        for (index, label) in diagnostic.labels.iter().enumerate() {
            let kind = if index == 0 {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            let text = (!label.text.is_empty()).then_some(label.text.as_str());
            snippet = snippet.annotation(kind.span(within(&label.span, source)).label(text));
        }
        group = group.element(snippet);
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    match &diagnostic.help {
        None => vec![group],
        Some(Help { message, edits }) if edits.is_empty() => {
            vec![group.element(Level::HELP.message(message.as_str()))]
        }
        Some(Help { message, edits }) => {
            let patches = edits
                .iter()
                .map(|(span, text)| Patch::new(within(span, source), text.as_str()));
            let snippet = Snippet::source(source.text.as_str()).patches(patches);
            let help = Group::with_title(Level::HELP.secondary_title(message.as_str()));
            vec![group, help.element(snippet)]
        }
    }
}

/// The span, cut to what the text has and moved to the edges of letters.
fn within(span: &Span, source: &Source) -> Span {
    let start = boundary(span.start, &source.text);
    let end = boundary(span.end, &source.text).max(start);
    start..end
}

fn boundary(at: usize, text: &str) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
