//! Reading: from text to one merged blueprint for each environment.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{Findings, Scope, typed};
use super::key::{Key, Place};
use super::layer::{Layer, owner, take_table};
use super::merge::idle_removals;
use super::node::{self, Entries, Entry, Node, Value};
use super::parse::parse;
use super::schema::{self, Blueprint};
use crate::diag::Diagnostic;
use crate::rules;
use crate::source::{Source, Span};

/// The version of the language.
const SCHEMA: i64 = 1;

/// So many environments are expanded: a bound of ours, so that no blueprint asks for a day's work.
const ENVIRONMENTS_MAX: usize = 100;

/// What was read.
#[derive(Debug)]
pub struct Reading {
    /// The environments, by name. What could not be read is missing in them; [`Environment::is_incomplete_at`] tells where.
    pub environments: Vec<Environment>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// The blueprint as one environment has it.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// What is written, with the overlay merged in; elements that do not exist in this environment are gone.
    pub blueprint: Blueprint,
    root: Entries,
    text: Arc<str>,
    incomplete: Vec<Key>,
    mended: Vec<Span>,
}

impl Environment {
    /// Where something stands in the text. For a key that is not written it is the nearest key above it that is.
    #[must_use]
    pub fn span(&self, place: &Place) -> Span {
        let (Place::Key(key) | Place::Value(key) | Place::Part(key, _)) = place;
        let Some(found) = node::find(&self.root, key) else {
            return 0..0;
        };
        match place {
            Place::Value(_) if found.exact => found.node.span.clone(),
            Place::Part(_, part) if found.exact => self
                .part(&found.node.span, part)
                .unwrap_or_else(|| found.node.span.clone()),
            _ => found.key.clone(),
        }
    }

    /// Whether a key is written.
    #[must_use]
    pub fn has(&self, key: &Key) -> bool {
        node::find(&self.root, key).is_some_and(|found| found.exact)
    }

    /// Where a line with a key can be added to a table: right below its header. `None` where the table has the key already,
    /// or no header of its own.
    #[must_use]
    pub fn room_for(&self, table: &Key, name: &str) -> Option<usize> {
        if node::find(&self.root, &table.then(name))?.exact {
            return None;
        }
        let found = node::find(&self.root, table).filter(|found| found.exact)?;
        let line = self.text[..found.key.start]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let behind = self.text[found.key.end..].trim_start_matches([' ', '"', '\'']);
        if !self.text[line..].starts_with('[') || !behind.starts_with(']') {
            return None;
        }
        let end = self.text[found.key.end..].find('\n')?;
        Some(found.key.end + end + 1)
    }

    /// The merged blueprint as TOML, without comments.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let table = node::to_toml(&self.root);
        match toml::to_string(&table) {
            Ok(text) => text,
            // It came from TOML.
            Err(error) => unreachable!("a blueprint is not TOML: {error}"),
        }
    }

    /// Whether a place belongs to an element of which something could not be read, or is one at which something else is
    /// taken to be meant. Whatever else is found there may only follow from that.
    #[must_use]
    pub fn is_incomplete_at(&self, span: &Span) -> bool {
        if self.mended.iter().any(|mended| covers(mended, span)) {
            return true;
        }
        self.incomplete.iter().any(|key| {
            node::find(&self.root, key).is_some_and(|found| {
                found.exact && (covers(found.key, span) || found.node.holds(span))
            })
        })
    }

    /// Whether a place belongs to this environment.
    #[must_use]
    pub fn holds(&self, span: &Span) -> bool {
        self.root
            .values()
            .any(|entry| covers(&entry.key, span) || entry.node.holds(span))
    }

    /// Where a part of a value stands, at the borders of a word if possible.
    fn part(&self, value: &Span, part: &str) -> Option<Span> {
        let text = self.text.get(value.clone())?;
        let of_word = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
        let alone = |&(start, found): &(usize, &str)| {
            let before = text[..start].chars().next_back();
            let after = text[start + found.len()..].chars().next();
            !before.is_some_and(of_word) && !after.is_some_and(of_word)
        };
        let mut matches = text.match_indices(part);
        let first = matches.clone().next();
        let (start, found) = matches.find(alone).or(first)?;
        let start = value.start + start;
        Some(start..start + found.len())
    }
}

fn covers(outer: &Span, inner: &Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Reads a blueprint.
#[must_use]
pub fn read(source: &Source) -> Reading {
    let mut diagnostics = Vec::new();
    let environments = parse(source, &mut diagnostics)
        .map(|root| environments(root, source, &mut diagnostics))
        .unwrap_or_default();
    Reading {
        environments,
        diagnostics,
    }
}

fn environments(
    root: Entries,
    source: &Source,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Environment> {
    check_schema(&root, source, diagnostics);
    let mut base = Layer::base(root, source, diagnostics);
    let written = base
        .aside
        .get("environments")
        .map(|entry| entry.key.clone());
    let mut overlays = take_table(
        &mut base.aside,
        "environments",
        &Key::default(),
        diagnostics,
    );
    let names: Vec<String> = overlays.keys().cloned().collect();
    if names.is_empty() {
        let diagnostic = Diagnostic::new(rules::NO_ENVIRONMENT, "there is no environment")
            .help("write `[environments.prod]` with a `project_id`");
        diagnostics.push(match &written {
            Some(key) => diagnostic.at(key.clone(), ""),
            None => diagnostic,
        });
    }
    if let Some(first) = names.get(ENVIRONMENTS_MAX) {
        let key = overlays[first].key.clone();
        overlays.retain(|name, _| name < first);
        let message = format!("{} environments are too many", names.len());
        let diagnostic = Diagnostic::new(rules::OUT_OF_RANGE, message)
            .at(key, format!("takes at most {ENVIRONMENTS_MAX}"))
            .note("each is expanded in full, into folders of its own");
        diagnostics.push(diagnostic);
    }
    let groups: Vec<String> = base.groups.keys().cloned().collect();
    base.check_names(&groups, &names, diagnostics);

    let mut own = Entries::new();
    let mut own_mended = Vec::new();
    let mut layers = BTreeMap::new();
    for (name, Entry { key, mut node }) in overlays {
        let Some(entries) = node.entries_mut() else {
            let message = format!("`{}` must be a table", Key::of(&["environments", &name]));
            diagnostics.push(Diagnostic::new(rules::WRONG_TYPE, message).at(key, ""));
            continue;
        };
        let mut layer = Layer::overlay(&name, std::mem::take(entries), source, diagnostics);
        let mut findings = Findings::default();
        let scope = Scope {
            source,
            at: Key::of(&["environments", &name]),
            also: &[],
            not: &[],
            elements: false,
        };
        let mut keys = std::mem::take(&mut layer.aside);
        typed::<schema::Environment>(&mut keys, &scope, &mut findings);
        if !findings.dropped.is_empty() {
            layer.incomplete.push(scope.at);
        }
        diagnostics.append(&mut findings.diagnostics);
        own_mended.append(&mut findings.mended);
        layer.check_names(&groups, &names, diagnostics);
        layer.check_against(&base, &name, diagnostics);
        let node = Node {
            span: node.span,
            value: Value::Table(keys),
        };
        own.insert(name.clone(), Entry { key, node });
        layers.insert(name, layer);
    }

    let own = Entry {
        key: written.clone().unwrap_or_default(),
        node: Node {
            span: written.unwrap_or_default(),
            value: Value::Table(own),
        },
    };
    let text: Arc<str> = Arc::from(source.text.as_str());
    layers
        .into_iter()
        .map(|(name, layer)| {
            let mut root = base.merged(&layer);
            root.insert("environments".to_owned(), own.clone());
            let mut findings = Findings::default();
            let blueprint = blueprint(&mut root, &name, source, &mut findings);
            for mut diagnostic in findings.diagnostics {
                diagnostic.environments.insert(name.clone());
                diagnostics.push(diagnostic);
            }
            let mut incomplete = base.incomplete.clone();
            incomplete.extend(layer.incomplete);
            incomplete.extend(findings.dropped.iter().map(|path| owner(path)));
            let mended = [&base.mended, &layer.mended, &own_mended, &findings.mended];
            Environment {
                name,
                blueprint,
                root,
                text: text.clone(),
                incomplete,
                mended: mended.into_iter().flatten().cloned().collect(),
            }
        })
        .collect()
}

/// Types a merged blueprint and leaves out the elements that this environment does not have.
fn blueprint(
    root: &mut Entries,
    environment: &str,
    source: &Source,
    findings: &mut Findings,
) -> Blueprint {
    idle_removals(root, &mut |name, entry| {
        let message = format!("`{name}` is taken away, but nothing gives it");
        let diagnostic = Diagnostic::new(rules::NOTHING_INHERITED, message);
        let diagnostic = diagnostic.at(
            entry.node.span.clone(),
            "neither defaults nor a group have it",
        );
        findings.diagnostics.push(diagnostic.suggest(
            "if the text is meant, it stands in quotes",
            entry.node.span.clone(),
            "\"false\"",
        ));
    });
    let scope = Scope {
        source,
        at: Key::default(),
        also: &[],
        not: &[],
        elements: true,
    };
    let mut blueprint: Blueprint = typed(root, &scope, findings);
    let exists = |only: &Option<Vec<String>>| {
        only.as_ref()
            .is_none_or(|only| only.iter().any(|name| name == environment))
    };
    // What does not exist here goes from what was read and from the tables.
    macro_rules! only_here {
        ($($kind:ident),*) => {$(
            blueprint.$kind.retain(|_, element| exists(&element.environments));
            let elements = root.get_mut(stringify!($kind));
            if let Some(elements) = elements.and_then(|entry| entry.node.entries_mut()) {
                elements.retain(|name, _| blueprint.$kind.contains_key(name));
            }
        )*};
    }
    only_here!(
        services,
        jobs,
        workers,
        databases,
        caches,
        firestores,
        datasets,
        secrets,
        topics,
        subscriptions,
        buckets,
        keys,
        schedules,
        workflows,
        queues,
        registries,
        channels,
        events,
        log_sinks
    );
    blueprint
}

fn check_schema(root: &Entries, source: &Source, diagnostics: &mut Vec<Diagnostic>) {
    match root.get("schema") {
        None => {
            // After the first line where that is for the editor.
            let first = source.text.split_inclusive('\n').next().unwrap_or_default();
            let at = if first.starts_with("#:schema") && first.ends_with('\n') {
                first.len()
            } else {
                0
            };
            let diagnostic = Diagnostic::new(
                rules::SCHEMA_VERSION,
                "the blueprint does not say the version of its language",
            );
            diagnostics.push(
                diagnostic
                    .at(at..at, "")
                    .suggest(
                        "say it before everything else",
                        at..at,
                        format!("schema = {SCHEMA}\n"),
                    )
                    .safe(),
            );
        }
        Some(Entry { node, .. }) => {
            if let Value::Integer(version) = node.value
                && version != SCHEMA
            {
                let message = format!("this version of ravelin does not know schema {version}");
                let diagnostic = Diagnostic::new(rules::SCHEMA_VERSION, message);
                diagnostics
                    .push(diagnostic.at(node.span.clone(), format!("it knows schema {SCHEMA}")));
            }
        }
    }
}
