//! A layer of the blueprint: the base, or what one environment changes.

use super::check::{Findings, Scope, typed};
use super::key::{Key, Segment};
use super::merge::{How, KINDS, element, mark_removals, sections};
use super::node::{Entries, Entry, Node, Value};
use super::repair::absorb;
use super::schema::{Blueprint, Table};
use super::shared::{Defaults, Group};
use crate::diag::Diagnostic;
use crate::rules;
use crate::source::{Source, Span};

/// A layer, each table checked.
#[derive(Debug, Default)]
pub struct Layer {
    /// What every element of a kind starts from, by kind.
    pub defaults: Entries,
    /// What several elements share, by name.
    pub groups: Entries,
    /// Everything else that stands in a blueprint.
    pub rest: Entries,
    /// What belongs to the layer itself: the environments of the base, the project of an environment.
    pub aside: Entries,
    /// The elements and sections of which something was left out because it is wrong.
    pub incomplete: Vec<Key>,
    /// The places at which something else is taken to be meant.
    pub mended: Vec<Span>,
}

impl Layer {
    /// The base; the environments are set aside.
    pub fn base(root: Entries, source: &Source, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let also = ["defaults", "groups", "environments"];
        Self::new(root, &Key::default(), &also, &[], source, diagnostics)
    }

    /// What an environment changes, and its own keys.
    pub fn overlay(
        name: &str,
        root: Entries,
        source: &Source,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let at = Key::of(&["environments", name]);
        let also = ["defaults", "groups", "project_id", "project_number"];
        let not = ["schema", "environments"];
        Self::new(root, &at, &also, &not, source, diagnostics)
    }

    fn new(
        mut rest: Entries,
        at: &Key,
        also: &[&str],
        not: &[&str],
        source: &Source,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let aside = also.iter();
        let aside = aside.filter_map(|name| Some(((*name).to_owned(), rest.remove(*name)?)));
        let mut layer = Self {
            aside: aside.collect(),
            rest,
            ..Self::default()
        };
        layer.mark_removals();

        let mut findings = Findings::default();
        let scope = Scope {
            source,
            at: at.clone(),
            also,
            not,
            elements: true,
        };
        typed::<Blueprint>(&mut layer.rest, &scope, &mut findings);
        for path in &findings.dropped {
            layer.incomplete.push(owner(path));
            // Nobody knows which section was meant.
            if path.len() == 1 {
                layer.incomplete.push(at.clone());
                let kinds = KINDS.iter().map(|kind| Key::of(&[kind]));
                layer.incomplete.extend(kinds);
            }
        }
        for (name, entry) in findings.moved {
            absorb(&mut layer.aside, name, entry);
        }
        layer.mended.append(&mut findings.mended);
        diagnostics.append(&mut findings.diagnostics);
        layer.defaults = take_table(&mut layer.aside, "defaults", at, diagnostics);
        layer.groups = take_table(&mut layer.aside, "groups", at, diagnostics);
        layer.mark_removals();

        let mut findings = Findings::default();
        let scope = Scope {
            source,
            at: at.then("defaults"),
            also: &[],
            not: &[],
            elements: false,
        };
        typed::<Defaults>(&mut layer.defaults, &scope, &mut findings);
        for path in &findings.dropped {
            layer
                .incomplete
                .extend(path.first().map(|kind| Key::default().with(kind.clone())));
        }
        layer.mended.append(&mut findings.mended);
        diagnostics.append(&mut findings.diagnostics);

        let mut findings = Findings::default();
        let scope = Scope {
            source,
            at: at.then("groups"),
            also: &[],
            not: &[],
            elements: false,
        };
        typed::<Table<Group>>(&mut layer.groups, &scope, &mut findings);
        if !findings.dropped.is_empty() {
            layer
                .incomplete
                .extend(["services", "jobs", "workers"].map(|kind| Key::of(&[kind])));
        }
        layer.mended.append(&mut findings.mended);
        diagnostics.append(&mut findings.diagnostics);
        layer
    }

    fn mark_removals(&mut self) {
        for (_, entry) in self.defaults.iter_mut().chain(self.groups.iter_mut()) {
            mark(entry);
        }
        for (name, section) in &mut self.rest {
            if KINDS.contains(&name.as_str()) {
                let elements = section.node.entries_mut().into_iter();
                let elements = elements.flat_map(Entries::iter_mut);
                elements.for_each(|(_, element)| mark(element));
            } else {
                mark(section);
            }
        }
    }

    /// The elements of a kind.
    pub fn elements(&self, kind: &str) -> Option<&Entries> {
        self.rest.get(kind)?.node.entries()
    }

    pub fn element(&self, kind: &str, name: &str) -> Option<&Entries> {
        self.elements(kind)?.get(name)?.node.entries()
    }

    /// What an element of this layer is with what it inherits in this layer.
    fn inherited(&self, kind: &str, uses: &[String], own: Option<&Entries>) -> Entries {
        let defaults = self
            .defaults
            .get(kind)
            .and_then(|entry| entry.node.entries());
        let groups = uses
            .iter()
            .filter_map(|name| self.groups.get(name)?.node.entries());
        let mut merged = Entries::new();
        for part in defaults.into_iter().chain(groups).chain(own) {
            element(&mut merged, part, How::Inherit);
        }
        merged
    }

    /// The list `use` of an element of this layer, where this layer says one.
    fn uses(&self, kind: &str, own: Option<&Entries>) -> Option<Vec<String>> {
        let defaults = self
            .defaults
            .get(kind)
            .and_then(|entry| entry.node.entries());
        let list = own
            .and_then(|own| own.get("use"))
            .or_else(|| defaults?.get("use"))?;
        Some(list.node.texts().map(|(name, _)| name.to_owned()).collect())
    }

    /// The whole blueprint as the environment of `overlay` has it.
    pub fn merged(&self, overlay: &Self) -> Entries {
        let mut root = self.rest.clone();
        sections(&mut root, &overlay.rest);
        for kind in KINDS {
            let elements = root
                .get_mut(kind)
                .and_then(|entry| entry.node.entries_mut());
            for (name, entry) in elements.into_iter().flatten() {
                let base = entry.node.entries();
                let above = overlay.element(kind, name);
                let uses = overlay
                    .uses(kind, above)
                    .or_else(|| self.uses(kind, base))
                    .unwrap_or_default();
                let mut merged = self.inherited(kind, &uses, base);
                let changes = overlay.inherited(kind, &uses, above);
                element(&mut merged, &changes, How::Overlay);
                entry.node.value = Value::Table(merged);
            }
        }
        root
    }
}

fn mark(entry: &mut Entry) {
    if let Some(entries) = entry.node.entries_mut() {
        mark_removals(entries);
    }
}

/// The element or section that a key belongs to.
pub fn owner(path: &[Segment]) -> Key {
    let of_kind =
        matches!(path.first(), Some(Segment::Name(kind)) if KINDS.contains(&kind.as_str()));
    let length = if of_kind { 2 } else { 1 };
    path.iter()
        .take(length)
        .fold(Key::default(), |key, segment| key.with(segment.clone()))
}

/// Takes a table out; anything else is reported.
pub fn take_table(
    entries: &mut Entries,
    name: &str,
    at: &Key,
    diagnostics: &mut Vec<Diagnostic>,
) -> Entries {
    let Some(Entry {
        key,
        node: Node { value, .. },
    }) = entries.remove(name)
    else {
        return Entries::new();
    };
    if let Value::Table(entries) = value {
        return entries;
    }
    let message = format!("`{}` must be a table", at.then(name));
    diagnostics.push(Diagnostic::new(rules::WRONG_TYPE, message).at(key, ""));
    Entries::new()
}
