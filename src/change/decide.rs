//! What a run does about each path.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, Lock, State};
use crate::tree::{File, TreePath};

/// What a person settled on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settlement {
    /// Paths that take the new text.
    pub overwrite: BTreeSet<TreePath>,
    /// Paths that a person takes over as they are.
    pub keep: BTreeSet<TreePath>,
    /// What the merge of a path came to.
    pub merged: BTreeMap<TreePath, File>,
}

/// What is done about a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action<'a> {
    /// Nothing: it is as it should be.
    Nothing,
    /// Nothing: what a person did to it stays.
    Keep,
    /// This is written.
    Write(&'a File),
    /// It is removed.
    Remove,
    /// Nothing at all may be written before somebody says what is to become of it.
    Refuse,
}

/// What is done about one path, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<'a> {
    /// How it stands.
    pub change: Change<'a>,
    /// What is done.
    pub action: Action<'a>,
}

/// What a run does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<'a> {
    /// What is done about each path, in the order of the paths.
    pub steps: Vec<Step<'a>>,
    /// The lock afterwards.
    pub lock: Lock,
}

impl Decision<'_> {
    /// Whether nothing may be written.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        let refused = |step: &Step<'_>| step.action == Action::Refuse;
        self.steps.iter().any(refused)
    }
}

/// Decides. `rest` is the lock as far as this run does not touch it: other files, and the facts as they are to be.
#[must_use]
pub fn decide<'a>(
    changes: Vec<Change<'a>>,
    settlement: &'a Settlement,
    rest: Lock,
) -> Decision<'a> {
    let mut lock = rest;
    let mut steps = Vec::with_capacity(changes.len());
    for change in changes {
        let action = action(&change, settlement);
        if let Some(new) = change.new {
            let taken_over = change.state == State::Kept || settlement.keep.contains(change.path);
            let files = if taken_over && action == Action::Keep {
                &mut lock.kept
            } else {
                &mut lock.files
            };
            files.insert(change.path.clone(), new.hash().to_owned());
        }
        steps.push(Step { change, action });
    }
    Decision { steps, lock }
}

fn action<'a>(change: &Change<'a>, settlement: &'a Settlement) -> Action<'a> {
    let overwrite = settlement.overwrite.contains(change.path);
    let keep = settlement.keep.contains(change.path);
    let Some(new) = change.new else {
        return match change.state {
            State::Orphan if !keep => Action::Remove,
            _ => Action::Keep,
        };
    };
    match change.state {
        State::Missing => Action::Write(new),
        State::Unsettled if !overwrite => Action::Refuse,
        _ if keep => Action::Keep,
        State::Same => Action::Nothing,
        State::Outdated => Action::Write(new),
        _ if overwrite => Action::Write(new),
        State::Edited | State::Kept => Action::Keep,
        _ => match settlement.merged.get(change.path) {
            Some(merged) => Action::Write(merged),
            None => Action::Refuse,
        },
    }
}
