//! What has to happen to the files on disk. Pure: it looks at what is there and decides; others read and write.

mod lock;

use std::collections::{BTreeMap, BTreeSet};

use crate::name::hash;
use crate::tree::{File, Tree, TreePath};
pub use lock::{LOCK, Lock, LockError};

/// A file as it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDisk {
    /// The whole content.
    pub bytes: Vec<u8>,
    /// Whether it can be run.
    pub executable: bool,
}

/// Files on disk, by path.
pub type Disk = BTreeMap<TreePath, OnDisk>;

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
    /// Something else is there that was never written from here.
    Foreign,
    /// There is nothing on disk.
    Missing,
    /// It was written, is unchanged, and is to be no more.
    Orphan,
    /// It was written and is to be no more, but a person changed it.
    EditedOrphan,
}

impl State {
    /// Whether nothing at all may be written while a path stands so.
    #[must_use]
    pub fn is_in_the_way(self) -> bool {
        matches!(self, Self::Conflict | Self::Foreign)
    }
}

/// How one path stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change<'a> {
    /// The path.
    pub path: &'a TreePath,
    /// How it stands.
    pub state: State,
    /// What is to be written.
    pub new: Option<&'a File>,
    /// What is on disk.
    pub disk: Option<&'a OnDisk>,
}

/// The paths to look at on disk: those that are to be written, and those that were.
#[must_use]
pub fn paths<'a>(tree: &'a Tree, lock: &'a Lock) -> BTreeSet<&'a TreePath> {
    let new = tree.iter().map(|(path, _)| path);
    new.chain(lock.files.keys()).collect()
}

/// How each path stands, in the order of the paths. One that was written and is gone without being missed is not told.
#[must_use]
pub fn changes<'a>(tree: &'a Tree, disk: &'a Disk, lock: &'a Lock) -> Vec<Change<'a>> {
    paths(tree, lock)
        .into_iter()
        .filter_map(|path| {
            let new = tree.get(path.as_str());
            let found = disk.get(path);
            let last = lock.files.get(path).map(String::as_str);
            state(new, found, last).map(|state| Change {
                path,
                state,
                new,
                disk: found,
            })
        })
        .collect()
}

fn state(new: Option<&File>, disk: Option<&OnDisk>, last: Option<&str>) -> Option<State> {
    let Some(disk) = disk else {
        return new.map(|_| State::Missing);
    };
    let unchanged = |last: &str| hash(&disk.bytes) == last;
    match (new, last) {
        (None, None) => None,
        (None, Some(last)) if unchanged(last) => Some(State::Orphan),
        (None, Some(_)) => Some(State::EditedOrphan),
        (Some(new), _) if new.text.as_bytes() == disk.bytes => {
            // A script that lost its right to run gets it back.
            let runs = disk.executable || !new.executable;
            Some(if runs { State::Same } else { State::Outdated })
        }
        (Some(_), None) => Some(State::Foreign),
        (Some(_), Some(last)) if unchanged(last) => Some(State::Outdated),
        (Some(new), Some(last)) if hash(new.text.as_bytes()) == last => Some(State::Edited),
        (Some(_), Some(_)) => Some(State::Conflict),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(new: Option<&str>, disk: Option<&str>, last: Option<&str>) -> Vec<State> {
        let mut tree = Tree::default();
        if let Some(new) = new {
            tree.add("a/b", new.to_owned());
        }
        let path = TreePath::new("a/b").unwrap();
        let mut found = Disk::new();
        if let Some(disk) = disk {
            let bytes = disk.as_bytes().to_vec();
            let executable = false;
            found.insert(path.clone(), OnDisk { bytes, executable });
        }
        let mut lock = Lock::default();
        if let Some(last) = last {
            lock.files.insert(path, hash(last.as_bytes()));
        }
        let changes = changes(&tree, &found, &lock);
        changes.iter().map(|change| change.state).collect()
    }

    #[test]
    fn each_row_of_the_table() {
        use State::{Conflict, Edited, EditedOrphan, Foreign, Missing, Orphan, Outdated, Same};
        let rows = [
            (Some("n"), Some("n"), Some("n"), Some(Same)),
            (Some("n"), Some("n"), Some("l"), Some(Same)),
            (Some("n"), Some("n"), None, Some(Same)),
            (Some("n"), Some("l"), Some("l"), Some(Outdated)),
            (Some("l"), Some("d"), Some("l"), Some(Edited)),
            (Some("n"), Some("d"), Some("l"), Some(Conflict)),
            (Some("n"), Some("d"), None, Some(Foreign)),
            (Some("n"), None, Some("l"), Some(Missing)),
            (Some("n"), None, None, Some(Missing)),
            (None, Some("l"), Some("l"), Some(Orphan)),
            (None, Some("d"), Some("l"), Some(EditedOrphan)),
            (None, None, Some("l"), None),
        ];
        for (new, disk, last, state) in rows {
            let expected: Vec<State> = state.into_iter().collect();
            assert_eq!(
                states(new, disk, last),
                expected,
                "{new:?} {disk:?} {last:?}"
            );
        }
    }

    #[test]
    fn a_script_gets_its_right_to_run_back() {
        let mut tree = Tree::default();
        tree.add_script("a", "x".to_owned());
        let path = TreePath::new("a").unwrap();
        let disk = |executable| {
            let bytes = b"x".to_vec();
            Disk::from([(path.clone(), OnDisk { bytes, executable })])
        };
        let lock = Lock::default();
        assert_eq!(
            changes(&tree, &disk(false), &lock)[0].state,
            State::Outdated
        );
        assert_eq!(changes(&tree, &disk(true), &lock)[0].state, State::Same);
    }
}
