//! Diagnostics: what is wrong, as data. One renderer, one suggester. The rules live elsewhere.

mod explanation;
mod fix;
mod github;
mod json;
mod report;
mod rule;
mod sarif;
mod settle;
mod similar;

use std::collections::BTreeSet;

use crate::source::Span;

pub use explanation::Explanation;
pub use fix::fixed;
pub use github::github;
pub use json::json;
pub use report::report;
pub use rule::{Rule, Topic};
pub use sarif::sarif;
pub use settle::{in_several, settle};
pub use similar::similar;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// It is generated, and probably not what was meant.
    Warning,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// One line, lowercase, names in backticks, without a full stop.
    pub message: String,
    /// Where it stands; the first is the place that is to be changed.
    pub labels: Vec<Label>,
    /// Why it matters, each one sentence.
    pub notes: Vec<String>,
    /// What to write instead.
    pub help: Option<Help>,
    /// The environments that have it; empty where it is of the file itself.
    pub environments: BTreeSet<String>,
}

/// A place and what is said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is said; may be empty.
    pub text: String,
}

/// What to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// One line, lowercase.
    pub message: String,
    /// The patch, where there is one right answer: places and their new texts.
    pub edits: Vec<(Span, String)>,
    /// Whether nothing else can have been meant, so that the patch may be applied unseen.
    pub safe: bool,
}

impl Diagnostic {
    /// A finding of a rule that is broken.
    #[must_use]
    pub fn new(rule: &'static Rule, message: impl Into<String>) -> Self {
        Self {
            rule,
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            environments: BTreeSet::new(),
        }
    }

    /// With a place.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// With a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// With what to do about it.
    #[must_use]
    pub fn help(mut self, message: impl Into<String>) -> Self {
        self.help = Some(Help {
            message: message.into(),
            edits: Vec::new(),
            safe: false,
        });
        self
    }

    /// With a patch.
    #[must_use]
    pub fn suggest(
        mut self,
        message: impl Into<String>,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        self.help = Some(Help {
            message: message.into(),
            edits: vec![(span, text.into())],
            safe: false,
        });
        self
    }

    /// Nothing else than the patch can have been meant.
    #[must_use]
    pub fn safe(mut self) -> Self {
        if let Some(help) = &mut self.help {
            help.safe = true;
        }
        self
    }
}
