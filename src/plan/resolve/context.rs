//! What the resolver carries along: the merged blueprint, the findings, the exceptions that were needed.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;

use crate::blueprint::schema::{Blueprint, Exception, Table};
use crate::blueprint::units::Duration;
use crate::blueprint::{Environment, Key, Place};
use crate::diag::{Diagnostic, Rule, similar};
use crate::name::Kind;
use crate::plan::model::{Principal, Project, agent_email};
use crate::rules;
use crate::source::Span;

use super::call_graph::CallGraph;

/// So many names are told where none is like the one that does not exist.
const FEW: usize = 8;

/// The resolver's surroundings.
pub(crate) struct Context<'a> {
    environment: &'a Environment,
    /// The merged blueprint.
    pub blueprint: &'a Blueprint,
    /// The project, resolved first.
    pub project: Project,
    /// Who calls whom.
    pub calls: CallGraph,
    /// Reads a file that stands beside the blueprint, by its relative path.
    pub files: &'a dyn Fn(&str) -> Option<String>,
    findings: Vec<Diagnostic>,
    shared: BTreeMap<(usize, usize), Diagnostic>,
    needed: BTreeSet<(String, &'static str)>,
    named_secrets: BTreeSet<String>,
}

impl<'a> Context<'a> {
    /// The surroundings of one environment.
    pub fn new(
        environment: &'a Environment,
        project: Project,
        files: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        Self {
            environment,
            blueprint: &environment.blueprint,
            calls: CallGraph::of(&environment.blueprint),
            project,
            files,
            findings: Vec::new(),
            shared: BTreeMap::new(),
            needed: BTreeSet::new(),
            named_secrets: BTreeSet::new(),
        }
    }

    /// Reports a finding at a place; notes and help may be added to what comes back.
    pub fn report(
        &mut self,
        rule: &'static Rule,
        message: impl Into<String>,
        place: &Place,
        label: impl Into<String>,
    ) -> Finding<'_, 'a> {
        let diagnostic = Diagnostic::new(rule, message).at(self.environment.span(place), label);
        self.push(diagnostic)
    }

    /// Where a place stands in the source.
    pub fn span(&self, place: &Place) -> Span {
        self.environment.span(place)
    }

    /// A finding that is only one if no environment disagrees.
    pub fn idle(
        &self,
        rule: &'static Rule,
        message: impl Into<String>,
        place: &Place,
        label: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(rule, message).at(self.environment.span(place), label)
    }

    /// Keeps a finding that is only one if several environments have it at this place; once for each place.
    pub fn share(&mut self, mut diagnostic: Diagnostic) {
        diagnostic
            .environments
            .insert(self.environment.name.clone());
        if let Some(label) = diagnostic.labels.first() {
            let place = (label.span.start, label.span.end);
            self.shared.insert(place, diagnostic);
        }
    }

    /// What was kept by [`Self::share`].
    pub fn take_shared(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.shared).into_values().collect()
    }

    fn push(&mut self, mut diagnostic: Diagnostic) -> Finding<'_, 'a> {
        diagnostic
            .environments
            .insert(self.environment.name.clone());
        self.findings.push(diagnostic);
        let index = self.findings.len() - 1;
        Finding {
            environment: self.environment,
            diagnostic: &mut self.findings[index],
        }
    }

    /// Reports a name that its kind does not take; says whether it does.
    pub fn check_name(&mut self, kind: Kind, name: &str, what: &str, place: &Place) -> bool {
        let accepted = kind.accepts(name);
        if !accepted {
            let finding = self.report(
                rules::INVALID_NAME,
                format!("`{name}` cannot be {what}"),
                place,
                format!("takes {}", kind.expected()),
            );
            if let Some(other) = kind.like(name) {
                finding.help(format!("for instance `{other}`"));
            }
        }
        accepted
    }

    /// Reports a name that nothing has, with the most similar one that something has; gives that one back.
    pub fn unknown<'n>(
        &mut self,
        rule: &'static Rule,
        what: &str,
        name: &str,
        names: impl IntoIterator<Item = &'n str>,
        place: &Place,
    ) -> Option<String> {
        let names: Vec<&str> = names.into_iter().collect();
        let near = similar(name, names.iter().copied()).map(str::to_owned);
        let finding = self.report(
            rule,
            format!("`{name}` does not exist"),
            place,
            format!("no {what} has this name"),
        );
        if let Some(near) = &near {
            finding.replace("a similar name exists", place, name, near);
        } else if (1..=FEW).contains(&names.len()) {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let are = if names.len() == 1 { "is" } else { "are" };
            finding.help(format!("there {are} {}", names.join(", ")));
        }
        near
    }

    /// What a table has under a name; reports the name, which stands at that place, where it has nothing.
    pub fn named<'t, T>(
        &mut self,
        rule: &'static Rule,
        what: &str,
        name: &str,
        table: &'t Table<T>,
        place: impl FnOnce() -> Place,
    ) -> Option<&'t T> {
        let found = table.get(name);
        if found.is_none() {
            let names = table.keys().map(String::as_str);
            self.unknown(rule, what, name, names, &place());
        }
        found
    }

    /// Reports a key that is required and not written.
    pub fn missing(&mut self, table: &Key, key: &str, what: &str) {
        self.report(
            rules::MISSING_KEY,
            format!("`{table}` lacks `{key}`"),
            &Place::Key(table.clone()),
            format!("{what} is required"),
        );
    }

    /// Whether the element has an exception from a rule; remembers that it is needed.
    pub fn waives(&mut self, element: &Key, exceptions: &[Exception], rule: &'static Rule) -> bool {
        self.needed.insert((element.to_string(), rule.code));
        exceptions
            .iter()
            .any(|exception| exception.rule.as_deref() == Some(rule.code))
    }

    /// Reports a door that only a written exception may open, unless it is written.
    pub fn needs_exception(
        &mut self,
        element: &Key,
        exceptions: &[Exception],
        rule: &'static Rule,
        message: impl Into<String>,
        place: &Place,
        label: impl Into<String>,
    ) -> bool {
        let waived = self.waives(element, exceptions, rule);
        if !waived {
            self.report(rule, message, place, label).help(format!(
                "if it must be so, say why in `{element}`: exceptions = [{{ rule = \"{}\", reason = \"…\", owner = \"…\", expires = 2027-12-31 }}]",
                rule.code
            ));
        }
        waived
    }

    /// Whether a rule was waived or would have had to be, on that element.
    pub fn was_needed(&self, element: &Key, rule: &Rule) -> bool {
        self.needed.contains(&(element.to_string(), rule.code))
    }

    /// Remembers that something means a secret, whether or not it may read it as it is written.
    pub fn means_secret(&mut self, name: &str) {
        self.named_secrets.insert(name.to_owned());
    }

    /// Whether something means a secret.
    pub fn is_meant(&self, secret: &str) -> bool {
        self.named_secrets.contains(secret)
    }

    /// The number of the project where the blueprint gives it.
    pub fn project_number(&self) -> Option<&str> {
        self.project.number.as_deref()
    }

    /// The agent of the project by which the service with that API acts; `domain` is the one of its address.
    pub fn agent(&self, api: &str, domain: &str) -> Principal {
        Principal::Agent {
            service: api.to_owned(),
            email: agent_email(self.project_number(), domain),
        }
    }

    /// Days of a length of time, which is written at a key; reports one that is not in whole days up to so many. `what` is what it
    /// is: `a retention`.
    pub fn whole_days(
        &mut self,
        what: &str,
        key: &Key,
        written: Duration,
        most: u32,
    ) -> Option<NonZero<u32>> {
        let days = written.whole_days();
        let days = days.filter(|days| days.get() <= most);
        if days.is_none() {
            self.report(
                rules::OUT_OF_RANGE,
                format!("{what} is counted in whole days"),
                &Place::Value(key.clone()),
                format!("takes `\"1d\"` to `\"{most}d\"`"),
            );
        }
        days
    }

    /// The environment's name.
    pub fn environment_name(&self) -> &str {
        &self.environment.name
    }

    /// All findings so far.
    pub fn into_findings(self) -> Vec<Diagnostic> {
        self.findings
    }
}

/// A finding that was just reported.
pub(crate) struct Finding<'f, 'a> {
    environment: &'a Environment,
    diagnostic: &'f mut Diagnostic,
}

impl Finding<'_, '_> {
    /// A second place.
    pub fn and(self, place: &Place, label: impl Into<String>) -> Self {
        let span = self.environment.span(place);
        self.diagnostic.labels.push(crate::diag::Label {
            span,
            text: label.into(),
        });
        self
    }

    /// A note.
    pub fn note(self, note: impl Into<String>) -> Self {
        self.diagnostic.notes.push(note.into());
        self
    }

    /// What to do about it.
    pub fn help(self, message: impl Into<String>) -> Self {
        self.diagnostic.help = Some(crate::diag::Help {
            message: message.into(),
            edits: Vec::new(),
            safe: false,
        });
        self
    }

    /// A patch that writes `new` where `old` stands in the place.
    pub fn replace(self, message: impl Into<String>, place: &Place, old: &str, new: &str) -> Self {
        let span = match place {
            Place::Key(_) => self.environment.span(place),
            Place::Value(key) | Place::Part(key, _) => self
                .environment
                .span(&Place::Part(key.clone(), old.to_owned())),
        };
        // Only where exactly the old text stands there: a quoted or escaped one is left to the reader.
        let edits = if span.len() == old.len() {
            vec![(span, new.to_owned())]
        } else {
            Vec::new()
        };
        let message = message.into();
        let message = if edits.is_empty() {
            format!("{message}: `{new}`")
        } else {
            message
        };
        self.diagnostic.help = Some(crate::diag::Help {
            message,
            edits,
            safe: false,
        });
        self
    }

    /// What to write into a table: a patch where the table does not have the key.
    pub fn write(self, message: &str, table: &Key, name: &str, value: &str) -> Self {
        match self.environment.room_for(table, name) {
            Some(at) => {
                self.diagnostic.help = Some(crate::diag::Help {
                    message: message.to_owned(),
                    edits: vec![(at..at, format!("{name} = {value}\n"))],
                    safe: false,
                });
                self
            }
            None => self.help(format!("{message} in `{table}`: {name} = {value}")),
        }
    }

    /// Nothing else than the patch can have been meant.
    pub fn safe(self) -> Self {
        if let Some(help) = &mut self.diagnostic.help {
            help.safe = true;
        }
        self
    }
}
