//! Merging: what an element inherits, and what an environment changes. It works on the tree of values, so that every value
//! keeps its place.

use super::node::{Entries, Entry, Node, Value};

/// The kinds whose elements have defaults.
pub const KINDS: [&str; 19] = [
    "services",
    "jobs",
    "workers",
    "databases",
    "caches",
    "firestores",
    "datasets",
    "secrets",
    "topics",
    "subscriptions",
    "buckets",
    "keys",
    "schedules",
    "workflows",
    "queues",
    "registries",
    "channels",
    "events",
    "log_sinks",
];

/// The tables of an element in which `NAME = false` takes an inherited entry away.
pub const REMOVABLE: [&str; 15] = [
    "env",
    "files",
    "databases",
    "buckets",
    "firestores",
    "datasets",
    "ttl",
    "runs",
    "keys",
    "volumes",
    "sidecars",
    "labels",
    "notifications",
    "traffic",
    "tags",
];

/// Lists of an element that add up over defaults, groups and the element itself.
const RELATIONS: [&str; 22] = [
    "calls",
    "databases",
    "caches",
    "channels",
    "publishes",
    "consumes",
    "runs",
    "enqueues",
    "publishers",
    "consumers",
    "enqueuers",
    "invokers",
    "developers",
    "members",
    "readers",
    "writers",
    "signers",
    "verifiers",
    "encrypters",
    "decrypters",
    "grants",
    "before",
];

/// How one table is laid over another. Later wins and tables merge in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Defaults, groups, element: relations and exceptions add up. A table has its place where it is written last.
    Inherit,
    /// An environment over the base: only exceptions add up. A table has its place in the base.
    Overlay,
}

/// What a table is; it decides which of its lists add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// The whole blueprint.
    Top,
    /// An element, or a section such as `waf`.
    Element,
    /// The secrets of an element.
    Secrets,
    /// Anything else.
    Inner,
}

impl Level {
    fn below(self, name: &str) -> Self {
        match (self, name) {
            (Self::Top, _) => Self::Element,
            (_, "secrets") => Self::Secrets,
            _ => Self::Inner,
        }
    }

    fn adds_up(self, name: &str, how: How) -> bool {
        let inherits = how == How::Inherit;
        match self {
            Self::Element => name == "exceptions" || (inherits && RELATIONS.contains(&name)),
            Self::Secrets => inherits && name == "read",
            Self::Top | Self::Inner => false,
        }
    }
}

/// Lays an element over what it inherits, or an environment's element over the base's.
pub fn element(lower: &mut Entries, upper: &Entries, how: How) {
    lay(lower, upper, how, Level::Element);
}

/// Lays an environment over the base, but for the kinds with defaults.
pub fn sections(lower: &mut Entries, upper: &Entries) {
    for (name, entry) in upper {
        if !KINDS.contains(&name.as_str()) {
            lay_entry(lower, name, entry, How::Overlay, Level::Top);
        }
    }
}

fn lay(lower: &mut Entries, upper: &Entries, how: How, level: Level) {
    for (name, entry) in upper {
        lay_entry(lower, name, entry, how, level);
    }
}

fn lay_entry(lower: &mut Entries, name: &str, upper: &Entry, how: How, level: Level) {
    let Some(low) = lower.get_mut(name) else {
        lower.insert(name.to_owned(), upper.clone());
        return;
    };
    let adds_up = level.adds_up(name, how);
    match (&mut low.node.value, &upper.node.value) {
        (Value::Table(below), Value::Table(above)) => {
            lay(below, above, how, level.below(name));
            if how == How::Inherit {
                low.key = upper.key.clone();
                low.node.span = upper.node.span.clone();
            }
        }
        (Value::List(below), Value::List(above)) if adds_up => {
            for item in above {
                let same = |other: &Node| matches!((&other.value, &item.value), (Value::Text(a), Value::Text(b)) if a == b);
                if !below.iter().any(same) {
                    below.push(item.clone());
                }
            }
            low.key = upper.key.clone();
            low.node.span = upper.node.span.clone();
        }
        // A relation that is a list here and a table there.
        (Value::List(_), Value::Table(above)) if adds_up => {
            let mut below = names(&low.node);
            lay(&mut below, above, how, Level::Inner);
            *low = with(upper, below);
        }
        (Value::Table(below), Value::List(_)) if adds_up => {
            let mut below = std::mem::take(below);
            lay(&mut below, &names(&upper.node), how, Level::Inner);
            *low = with(upper, below);
        }
        (below, Value::Away { .. }) => {
            let took = !matches!(below, Value::Away { took: false });
            *low = upper.clone();
            low.node.value = Value::Away { took };
        }
        _ => *low = upper.clone(),
    }
}

/// A list of names as a table of them.
fn names(list: &Node) -> Entries {
    let entry = |(name, span): (&str, &std::ops::Range<usize>)| {
        let node = Node {
            span: span.clone(),
            value: Value::Table(Entries::new()),
        };
        let entry = Entry {
            key: span.clone(),
            node,
        };
        (name.to_owned(), entry)
    };
    list.texts().map(entry).collect()
}

fn with(place: &Entry, entries: Entries) -> Entry {
    Entry {
        key: place.key.clone(),
        node: Node {
            span: place.node.span.clone(),
            value: Value::Table(entries),
        },
    }
}

/// Marks each `NAME = false` that takes an inherited entry away.
pub fn mark_removals(element: &mut Entries) {
    for (name, entry) in element.iter_mut() {
        let Some(entries) = entry.node.entries_mut() else {
            continue;
        };
        match name.as_str() {
            "secrets" => {
                for table in ["env", "files"] {
                    let table = entries.get_mut(table);
                    if let Some(entries) = table.and_then(|entry| entry.node.entries_mut()) {
                        mark(entries);
                    }
                }
            }
            name if REMOVABLE.contains(&name) => mark(entries),
            _ => {}
        }
        if name == "sidecars" {
            for (_, sidecar) in entries.iter_mut() {
                if let Some(entries) = sidecar.node.entries_mut() {
                    mark_removals(entries);
                }
            }
        }
    }
}

fn mark(entries: &mut Entries) {
    for (_, entry) in entries.iter_mut() {
        if matches!(entry.node.value, Value::Boolean(false)) {
            entry.node.value = Value::Away { took: false };
        }
    }
}

/// Tells each removal that had nothing to remove, with its name and its place.
pub fn idle_removals(entries: &Entries, found: &mut impl FnMut(&str, &Entry)) {
    for (name, entry) in entries {
        match &entry.node.value {
            Value::Away { took: false } => found(name, entry),
            Value::Table(entries) => idle_removals(entries, found),
            _ => {}
        }
    }
}
