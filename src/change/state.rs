//! How a path stands.

use crate::change::{Lock, OnDisk};
use crate::name::hash;
use crate::tree::{File, TreePath};

/// How a path stands: what was written last (the lock knows), what is on disk, and what is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// On disk is what is to be written.
    Same,
    /// On disk is what was written last, and now it is something else.
    Outdated,
    /// A person changed it, and what is to be written is what was written last.
    Edited,
    /// A person changed it, and what is to be written changed too.
    Conflict,
    /// A merge was begun in it and is not settled: the marks between the sides still stand there.
    Unsettled,
    /// Something else is there that was never written from here.
    Foreign,
    /// There is nothing on disk.
    Missing,
    /// It was written, is unchanged, and is to be no more.
    Orphan,
    /// It was written and is to be no more, but a person changed it.
    EditedOrphan,
    /// A person has taken it over.
    Kept,
}

impl State {
    /// Whether nothing at all may be written while a path stands so.
    #[must_use]
    pub fn is_in_the_way(self) -> bool {
        matches!(self, Self::Conflict | Self::Foreign | Self::Unsettled)
    }
}

/// How a path stands; nothing where there is nothing to say.
pub(super) fn state(
    path: &TreePath,
    new: Option<&File>,
    disk: Option<&OnDisk<'_>>,
    lock: &Lock,
) -> Option<State> {
    let Some(disk) = disk else {
        return new.map(|_| State::Missing);
    };
    let last = lock.files.get(path);
    let kept = lock.kept.contains_key(path);
    let unchanged = || lock.wrote(path, &hash(&disk.bytes));
    match (new, last) {
        (None, None) if kept => Some(State::EditedOrphan),
        (None, None) => None,
        (None, Some(_)) if unchanged() => Some(State::Orphan),
        (None, Some(_)) => Some(State::EditedOrphan),
        (Some(new), _) if kept => Some(if is_unsettled(new, disk) {
            State::Unsettled
        } else {
            State::Kept
        }),
        (Some(new), _) if new.text.as_bytes() == &*disk.bytes => {
            // A script that lost its right to run gets it back.
            let runs = disk.executable || !new.executable;
            Some(if runs { State::Same } else { State::Outdated })
        }
        (Some(_), None) => Some(State::Foreign),
        (Some(_), Some(_)) if unchanged() => Some(State::Outdated),
        (Some(new), Some(_)) if is_unsettled(new, disk) => Some(State::Unsettled),
        (Some(new), Some(_)) if lock.wrote(path, new.hash()) => Some(State::Edited),
        (Some(_), Some(_)) => Some(State::Conflict),
    }
}

/// Whether the marks of a merge stand in a file, and do not belong there.
fn is_unsettled(new: &File, disk: &OnDisk<'_>) -> bool {
    has_marks(&disk.bytes) && !has_marks(new.text.as_bytes())
}

/// Whether lines begin with the marks of a merge, in their order.
fn has_marks(bytes: &[u8]) -> bool {
    let mut marks: &[&[u8]] = &[b"<<<<<<< ", b"=======", b">>>>>>> "];
    for line in bytes.split(|byte| *byte == b'\n') {
        let Some((next, rest)) = marks.split_first() else {
            break;
        };
        if line.starts_with(next) {
            marks = rest;
        }
    }
    marks.is_empty()
}
