//! Diagnostics as people read them: rustc's own look. The only user of `annotate_snippets`.

use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use super::{Diagnostic, Help, Severity};
use crate::source::{Lines, Source, Span};

/// So many findings are shown; nobody reads more, and the end of the report says how many there are.
const SHOWN: usize = 200;

/// So many bytes of source are drawn from, so that two hundred findings in one endless line take no second.
const DRAWN: usize = 20_000_000;

/// The report of these findings, in their order, and a last line that counts them and says where there is more about one.
/// Nothing where there are none.
#[must_use]
pub fn report(diagnostics: &[Diagnostic], source: &Source, colour: bool) -> String {
    let worst = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.rule)
        .min_by_key(|rule| rule.severity);
    let Some(worst) = worst else {
        return String::new();
    };
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
    .decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    let lines = Lines::of(&source.text);
    let mut drawn = 0;
    let mut shown = 0;
    for diagnostic in diagnostics.iter().take(SHOWN) {
        if !diagnostic.labels.is_empty() {
            let spans = diagnostic.labels.iter().map(|label| &label.span);
            drawn += Window::of(spans, source, &lines).text.len();
        }
        if shown > 0 && drawn > DRAWN {
            break;
        }
        shown += 1;
        let diagnostic = &readable(diagnostic, source, &lines);
        text.push_str(&renderer.render(&groups(diagnostic, source, &lines)));
        text.push_str("\n\n");
    }
    text.push_str(&count(diagnostics));
    text.push_str(" in ");
    text.push_str(&source.path);
    if diagnostics.len() > shown {
        let _ = write!(text, "; these are the first {shown}");
    }
    let _ = writeln!(text, " · `ravelin explain {}` says more", worst.code);
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

fn groups<'a>(diagnostic: &'a Diagnostic, source: &'a Source, lines: &Lines<'_>) -> Vec<Group<'a>> {
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
        let window = Window::of(
            diagnostic.labels.iter().map(|label| &label.span),
            source,
            lines,
        );
        let mut snippet = Snippet::source(window.text)
            .line_start(window.line)
            .path(source.path.as_str());
        for (index, label) in diagnostic.labels.iter().enumerate() {
            let kind = if index == 0 {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            let text = (!label.text.is_empty()).then_some(label.text.as_str());
            snippet = snippet.annotation(kind.span(window.within(&label.span)).label(text));
        }
        group = group.element(snippet);
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    match &diagnostic.help {
        None => vec![group],
        Some(Help {
            message,
            edits,
            safe: _,
        }) if edits.is_empty() => {
            vec![group.element(Level::HELP.message(message.as_str()))]
        }
        Some(Help {
            message,
            edits,
            safe: _,
        }) => {
            let window = Window::of(edits.iter().map(|(span, _)| span), source, lines);
            let patches = edits
                .iter()
                .map(|(span, text)| Patch::new(window.within(span), text.as_str()));
            let snippet = Snippet::source(window.text)
                .line_start(window.line)
                .patches(patches);
            let help = Group::with_title(Level::HELP.secondary_title(message.as_str()));
            vec![group, help.element(snippet)]
        }
    }
}

/// So many characters of a text are read; of a longer one the beginning and the end are shown.
const READ: usize = 400;

/// The finding with its long texts cut, and with the patch of a long line in words.
fn readable(diagnostic: &Diagnostic, source: &Source, lines: &Lines<'_>) -> Diagnostic {
    let mut diagnostic = diagnostic.clone();
    cut(&mut diagnostic.message);
    for label in &mut diagnostic.labels {
        cut(&mut label.text);
    }
    diagnostic.notes.iter_mut().for_each(cut);
    if let Some(help) = &mut diagnostic.help {
        let long = |(span, new): &(Span, String)| {
            let line = lines.line(span.start);
            lines.start(line + 1) - lines.start(line) + new.len() > READ
        };
        if help.edits.iter().any(long) {
            for (span, new) in help.edits.drain(..) {
                let words = match &source.text[span] {
                    "" => format!(": put `{new}` here"),
                    _ => format!(": `{new}`"),
                };
                help.message.push_str(&words);
            }
        }
        cut(&mut help.message);
    }
    diagnostic
}

fn cut(text: &mut String) {
    if text.len() <= READ {
        return;
    }
    let head = boundary(READ / 2, text);
    let tail = boundary(text.len() - READ / 2, text);
    text.replace_range(head..tail, "…");
}

/// The lines of a source that one picture needs: the renderer reads all that it is given.
struct Window<'a> {
    text: &'a str,
    /// The first line's number.
    line: usize,
    /// Where the first line begins in the source.
    start: usize,
}

impl<'a> Window<'a> {
    fn of<'s>(
        spans: impl Iterator<Item = &'s Span>,
        source: &'a Source,
        lines: &Lines<'_>,
    ) -> Self {
        let (start, end) = spans.fold((usize::MAX, 0), |(start, end), span| {
            (start.min(span.start), end.max(span.end))
        });
        let line = lines.line(start.min(source.text.len()));
        let start = lines.start(line);
        // A line more, so that an empty place at the end of a line has something to stand on.
        let end = lines.start(lines.line(end) + 2);
        Self {
            text: &source.text[start..end],
            line,
            start,
        }
    }

    /// The span in the window, cut to what the text has and moved to the edges of letters.
    fn within(&self, span: &Span) -> Span {
        let start = boundary(span.start.saturating_sub(self.start), self.text);
        let end = boundary(span.end.saturating_sub(self.start), self.text).max(start);
        start..end
    }
}

fn boundary(at: usize, text: &str) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
