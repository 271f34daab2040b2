//! Names in a layer that refer to something: groups, environments, and what an environment changes.

use super::key::Key;
use super::layer::Layer;
use super::merge::KINDS;
use super::node::{Entries, Value};
use crate::diag::{Diagnostic, Rule, similar};
use crate::rules;

/// The kinds whose names an environment may change and not add, with the word for one of them.
const NAMED: [(&str, &str); 21] = [
    ("services", "service"),
    ("jobs", "job"),
    ("workers", "worker"),
    ("databases", "database"),
    ("caches", "cache"),
    ("firestores", "firestore"),
    ("datasets", "dataset"),
    ("secrets", "secret"),
    ("topics", "topic"),
    ("subscriptions", "subscription"),
    ("buckets", "bucket"),
    ("keys", "key"),
    ("schedules", "schedule"),
    ("workflows", "workflow"),
    ("queues", "queue"),
    ("registries", "registry"),
    ("channels", "channel"),
    ("events", "event"),
    ("log_sinks", "log sink"),
    ("images", "image"),
    ("values", "value"),
];

impl Layer {
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
                ("use", groups, rules::GROUP_UNKNOWN, "group"),
                (
                    "environments",
                    environments,
                    rules::ENVIRONMENT_UNKNOWN,
                    "environment",
                ),
            ];
            for (key, names, rule, word) in lists {
                if check_list(element, key, names, rule, word, diagnostics) {
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
                    let diagnostic = Diagnostic::new(rules::UNKNOWN_KEY, message);
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
                    let diagnostic = Diagnostic::new(rules::OVERLAY_UNKNOWN, message);
                    let diagnostic = diagnostic.at(entry.key.clone(), "this changes nothing");
                    diagnostics.push(diagnostic.at(only.node.span.clone(), "it exists only here"));
                }
            }
        }
    }
}

/// Reports the items of a list that are none of the names. Returns whether one had to be left out.
fn check_list(
    element: &mut Entries,
    key: &str,
    names: &[String],
    rule: &'static Rule,
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
        let diagnostic = Diagnostic::new(rule, message).at(item.span.clone(), "");
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
        let diagnostic = Diagnostic::new(rules::OVERLAY_UNKNOWN, message)
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
