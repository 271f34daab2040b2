//! A layer of the blueprint: the base, or what one environment changes.

use super::check::{Findings, Scope, typed};
use super::key::{Key, Segment};
use super::merge::{How, KINDS, element, mark_removals, sections};
use super::node::{Entries, Entry, Node, Value};
use super::schema::{Blueprint, Table};
use super::shared::{Defaults, Group};
use crate::diag::{Diagnostic, similar};
use crate::source::{Source, Span};

/// The kinds whose names an environment may change and not add, with the word for one of them.
const NAMED: [(&str, &str); 6] = [
    ("services", "service"),
    ("jobs", "job"),
    ("databases", "database"),
    ("secrets", "secret"),
    ("images", "image"),
    ("values", "value"),
];

/// A layer, each table checked.
#[derive(Debug, Default)]
pub struct Layer {
    /// What every element of a kind starts from, by kind.
    pub defaults: Entries,
    /// What several elements share, by name.
    pub groups: Entries,
    /// Everything else.
    pub rest: Entries,
    /// The elements and sections of which something was left out because it is wrong.
    pub incomplete: Vec<Key>,
    /// The places at which something else is taken to be meant.
    pub mended: Vec<Span>,
}

impl Layer {
    /// The base: everything but the environments.
    pub fn base(root: Entries, source: &Source, diagnostics: &mut Vec<Diagnostic>) -> Self {
        Self::new(
            root,
            &Key::default(),
            &["defaults", "groups"],
            &[],
            source,
            diagnostics,
        )
    }

    /// What an environment changes; its own keys were taken out.
    pub fn overlay(
        name: &str,
        root: Entries,
        source: &Source,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let at = Key::of(&["environments", name]);
        let also = ["defaults", "groups", "project_id", "project_number"];
        Self::new(
            root,
            &at,
            &also,
            &["schema", "environments"],
            source,
            diagnostics,
        )
    }

    fn new(
        mut rest: Entries,
        at: &Key,
        also: &[&str],
        not: &[&str],
        source: &Source,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut layer = Self {
            defaults: take_table(&mut rest, "defaults", at, diagnostics),
            groups: take_table(&mut rest, "groups", at, diagnostics),
            rest,
            incomplete: Vec::new(),
            mended: Vec::new(),
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
            // Nobody knows which section was meant: it may have been defaults or groups.
            if path.len() == 1 {
                layer.incomplete.push(at.clone());
                layer
                    .incomplete
                    .extend(KINDS.iter().map(|kind| Key::of(&[kind])));
            }
        }
        layer.mended.append(&mut findings.mended);
        diagnostics.append(&mut findings.diagnostics);

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
                .extend([Key::of(&["services"]), Key::of(&["jobs"])]);
        }
        layer.mended.append(&mut findings.mended);
        diagnostics.append(&mut findings.diagnostics);
        layer
    }

    fn mark_removals(&mut self) {
        for entry in self.defaults.values_mut().chain(self.groups.values_mut()) {
            mark(entry);
        }
        for (name, section) in &mut self.rest {
            if KINDS.contains(&name.as_str()) {
                let elements = section
                    .node
                    .entries_mut()
                    .into_iter()
                    .flat_map(Entries::values_mut);
                elements.for_each(mark);
            } else {
                mark(section);
            }
        }
    }

    /// The elements of a kind.
    pub fn elements(&self, kind: &str) -> Option<&Entries> {
        self.rest.get(kind)?.node.entries()
    }

    fn element(&self, kind: &str, name: &str) -> Option<&Entries> {
        self.elements(kind)?.get(name)?.node.entries()
    }

    /// Reports the groups and environments that elements name and that do not exist, and takes them out.
    pub fn check_names(
        &mut self,
        groups: &[String],
        environments: &[String],
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let incomplete = &mut self.incomplete;
        let mut check = |element: &mut Entries, owner: Key| {
            let lists = [
                ("use", groups, "group-unknown", "group"),
                (
                    "environments",
                    environments,
                    "environment-unknown",
                    "environment",
                ),
            ];
            for (key, names, code, word) in lists {
                if check_list(element, key, names, code, word, diagnostics) {
                    incomplete.push(owner.clone());
                }
            }
        };
        for (kind, defaults) in &mut self.defaults {
            if let Some(entries) = defaults.node.entries_mut() {
                check(entries, Key::of(&[kind]));
            }
        }
        for kind in KINDS {
            let elements = self
                .rest
                .get_mut(kind)
                .and_then(|entry| entry.node.entries_mut());
            for (name, element) in elements.into_iter().flatten() {
                if let Some(entries) = element.node.entries_mut() {
                    check(entries, Key::of(&[kind, name]));
                }
            }
        }
    }

    /// Reports what this environment changes and the base does not have, and takes it out.
    pub fn check_against(
        &mut self,
        base: &Self,
        environment: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let groups = Some(&mut self.groups);
        let rest = &mut self.rest;
        check_added(
            groups,
            Some(&base.groups),
            "groups",
            "group",
            environment,
            diagnostics,
        );
        for (kind, word) in NAMED {
            let here = rest
                .get_mut(kind)
                .and_then(|entry| entry.node.entries_mut());
            check_added(
                here,
                base.elements(kind),
                kind,
                word,
                environment,
                diagnostics,
            );
        }
        for kind in KINDS {
            let here = rest
                .get_mut(kind)
                .and_then(|entry| entry.node.entries_mut());
            for (name, entry) in here.into_iter().flatten() {
                let list = entry
                    .node
                    .entries_mut()
                    .and_then(|entries| entries.remove("environments"));
                if let Some(list) = list {
                    let message =
                        format!("`environments` of `{kind}.{name}` cannot stand in an environment");
                    let diagnostic = Diagnostic::error("unknown-key", message);
                    diagnostics
                        .push(diagnostic.at(list.key, format!("it belongs in `[{kind}.{name}]`")));
                }
                let only = base
                    .element(kind, name)
                    .and_then(|entries| entries.get("environments"));
                let complete = !base.incomplete.contains(&Key::of(&[kind, name]));
                if let Some(only) = only
                    && complete
                    && !only.node.texts().any(|(name, _)| name == environment)
                {
                    let message =
                        format!("`{kind}.{name}` does not exist in environment `{environment}`");
                    let diagnostic = Diagnostic::error("overlay-unknown", message);
                    let diagnostic = diagnostic.at(entry.key.clone(), "this changes nothing");
                    diagnostics.push(diagnostic.at(only.node.span.clone(), "it exists only here"));
                }
            }
        }
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
    diagnostics.push(Diagnostic::error("wrong-type", message).at(key, ""));
    Entries::new()
}

/// Reports the items of a list that are none of the names. Returns whether one had to be left out.
fn check_list(
    element: &mut Entries,
    key: &str,
    names: &[String],
    code: &'static str,
    word: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let Some(Value::List(items)) = element.get_mut(key).map(|entry| &mut entry.node.value) else {
        return false;
    };
    let before = items.len();
    items.retain_mut(|item| {
        let Value::Text(name) = &mut item.value else {
            return true;
        };
        if names.contains(name) {
            return true;
        }
        let message = format!("{word} `{}` does not exist", name.escape_debug());
        let diagnostic = Diagnostic::error(code, message).at(item.span.clone(), "");
        let Some(near) = similar(name, names.iter().map(String::as_str)) else {
            diagnostics.push(diagnostic);
            return false;
        };
        let message = format!("{} {word} with a similar name exists", article(word));
        diagnostics.push(diagnostic.suggest(message, item.span.clone(), format!("\"{near}\"")));
        near.clone_into(name);
        true
    });
    items.len() < before
}

/// Reports what this layer has and the base does not, and takes it out or gives it the name that was probably meant.
fn check_added(
    here: Option<&mut Entries>,
    base: Option<&Entries>,
    kind: &str,
    word: &str,
    environment: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(here) = here else { return };
    let known = |name: &str| base.is_some_and(|base| base.contains_key(name));
    let added: Vec<String> = here.keys().filter(|name| !known(name)).cloned().collect();
    for name in added {
        let Some(entry) = here.remove(&name) else {
            continue;
        };
        let written = Key::of(&[kind, &name]);
        let message =
            format!("`{written}` does not exist, so environment `{environment}` cannot change it");
        let diagnostic = Diagnostic::error("overlay-unknown", message)
            .at(entry.key.clone(), format!("no {word} has this name"));
        let names = base.into_iter().flat_map(Entries::keys).map(String::as_str);
        let near = similar(&name, names);
        diagnostics.push(match near {
            Some(near) => {
                let message = format!("{} {word} with a similar name exists", article(word));
                diagnostic.suggest(message, entry.key.clone(), near)
            }
            None if KINDS.contains(&kind) => diagnostic.help(format!(
                "write it as `[{written}]`; with `environments = [\"{environment}\"]` it exists only there"
            )),
            None => diagnostic.help(format!("write it under `[{kind}]` too")),
        });
        if let Some(near) = near {
            here.entry(near.to_owned()).or_insert(entry);
        }
    }
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}
