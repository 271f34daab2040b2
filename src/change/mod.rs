//! What has to happen to the files on disk. Pure: it looks at what is there and decides; others read and write.
//!
//! [`changes`] says how each path stands, [`decide`] what a run does about it, under what a person settled on the command
//! line. `generate` does it, `diff` shows it.

mod decide;
mod lock;
mod state;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::parallel;
use crate::tree::{File, Tree, TreePath};
pub use decide::{Action, Decision, Settlement, Step, decide};
pub use lock::{LOCK, Lock, LockError};
pub use state::State;

/// A file as it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDisk<'a> {
    /// The whole content. Where it is what is to be written, it is that text and no copy of it.
    pub bytes: Cow<'a, [u8]>,
    /// Whether it can be run.
    pub executable: bool,
}

/// Files on disk, by path.
pub type Disk<'a> = BTreeMap<TreePath, OnDisk<'a>>;

/// How one path stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<'a> {
    /// The path.
    pub path: &'a TreePath,
    /// How it stands.
    pub state: State,
    /// What is to be written.
    pub new: Option<&'a File>,
    /// What is on disk.
    pub disk: Option<&'a OnDisk<'a>>,
    /// The SHA-256 of what was written last, or would have been where a person took the file over.
    pub last: Option<&'a str>,
}

/// The paths to look at on disk: those that are to be written, and those that were.
#[must_use]
pub fn paths<'a>(tree: &'a Tree, lock: &'a Lock) -> BTreeSet<&'a TreePath> {
    let new = tree.iter().map(|(path, _)| path);
    new.chain(lock.files.keys())
        .chain(lock.kept.keys())
        .collect()
}

/// How each path stands, in the order of the paths. One that was written and is gone without being missed is not told.
#[must_use]
pub fn changes<'a>(tree: &'a Tree, disk: &'a Disk<'a>, lock: &'a Lock) -> Vec<Change<'a>> {
    let of = |path: &&'a TreePath| {
        let path = *path;
        let new = tree.get(path.as_str());
        let found = disk.get(path);
        let state = state::state(path, new, found, lock)?;
        let last = lock.files.get(path).or_else(|| lock.kept.get(path));
        Some(Change {
            path,
            state,
            new,
            disk: found,
            last: last.map(String::as_str),
        })
    };
    let paths: Vec<&TreePath> = paths(tree, lock).into_iter().collect();
    let parts = parallel::parts(&paths, 64, |part| part.iter().filter_map(of).collect());
    parts.into_iter().flat_map(Vec::into_iter).collect()
}

/// Two paths that are one on file systems that do not tell capital letters from small ones. Paths are ASCII, so nothing
/// else can make two of them one.
#[must_use]
pub fn clash<'a>(
    paths: impl IntoIterator<Item = &'a TreePath>,
) -> Option<(&'a TreePath, &'a TreePath)> {
    let mut seen: BTreeMap<String, (&str, &TreePath)> = BTreeMap::new();
    for path in paths {
        let text = path.as_str();
        let ends = text.match_indices('/').map(|(at, _)| at);
        for end in ends.chain([text.len()]) {
            let part = &text[..end];
            let (spelt, other) = *seen
                .entry(part.to_ascii_lowercase())
                .or_insert((part, path));
            if spelt != part {
                return Some((other, path));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
