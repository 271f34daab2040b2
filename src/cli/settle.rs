//! What a person settles on the command line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;

use super::Failure;
use super::target::{Last, Wanted};
use crate::change::{Change, Settlement, State};
use crate::diff::{Merge, merge};
use crate::tree::{File, TreePath};

/// What is to become of edits.
#[derive(Debug, Args)]
pub struct Settle {
    /// Take the new text of these files; what stands there is gone
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with = "all")]
    overwrite: Vec<PathBuf>,
    /// Take these files over as they are: from now on they are yours
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with = "all")]
    keep: Vec<PathBuf>,
    /// Merge edits by hand with the new texts
    #[arg(long)]
    merge: bool,
}

/// What was settled, and how the merges went.
pub struct Settled {
    /// For each path.
    pub settlement: Settlement,
    /// At how many places the merge of a path is left to the person.
    pub conflicts: BTreeMap<TreePath, usize>,
    /// Edited files whose text before the edit is not known.
    pub without_base: BTreeSet<TreePath>,
}

impl Settle {
    /// Settles the changes.
    pub fn settle(
        &self,
        changes: &[Change<'_>],
        wanted: &Wanted,
        last: &Last,
    ) -> Result<Settled, Failure> {
        let mut settled = Settled {
            settlement: Settlement {
                overwrite: named(&self.overwrite, changes, &wanted.folder)?,
                keep: named(&self.keep, changes, &wanted.folder)?,
                merged: BTreeMap::new(),
            },
            conflicts: BTreeMap::new(),
            without_base: BTreeSet::new(),
        };
        let Settlement {
            overwrite, keep, ..
        } = &settled.settlement;
        if let Some(path) = overwrite.intersection(keep).next() {
            return Err(Failure::new(format!(
                "`{path}` cannot be overwritten and kept"
            )));
        }
        let find = |path: &TreePath| changes.iter().find(|change| change.path == path);
        for path in keep {
            let change = find(path);
            if change.is_some_and(|change| change.state == State::Missing) {
                return Err(Failure::new(format!("there is no `{path}` to keep")));
            }
            if change.is_some_and(|change| change.state == State::Unsettled) {
                return Err(Failure::new(format!(
                    "`{path}` holds the marks of a merge that is not settled"
                ))
                .help("settle it in the file first"));
            }
        }
        for path in overwrite {
            if find(path).is_some_and(|change| change.new.is_none()) {
                return Err(Failure::new(format!(
                    "`{path}` is no longer generated, so there is no text to take"
                ))
                .help("remove it yourself if nobody needs it"));
            }
        }
        if self.merge {
            merge_all(changes, wanted, last, &mut settled)?;
        }
        Ok(settled)
    }
}

/// The paths that were named, as seen from the folder or from where the program runs.
fn named(
    paths: &[PathBuf],
    changes: &[Change<'_>],
    folder: &Path,
) -> Result<BTreeSet<TreePath>, Failure> {
    let known = |path: &Path| {
        let text = path.to_str()?;
        let text = text.trim_start_matches("./");
        let mut paths = changes.iter().map(|change| change.path);
        paths.find(|known| known.as_str() == text).cloned()
    };
    let find = |path: &PathBuf| {
        let below = path.strip_prefix(folder).ok();
        below
            .and_then(known)
            .or_else(|| known(path))
            .ok_or_else(|| {
                let failure = Failure::new(format!("`{}` is no generated file", path.display()));
                let names = changes.iter().map(|change| change.path.as_str());
                let all = "name it as `ravelin generate` does";
                failure.near(&path.to_string_lossy(), names, all)
            })
    };
    paths.iter().map(find).collect()
}

/// The text that was written last, of each of these hashes.
pub fn bases(
    changes: &[Change<'_>],
    wanted: &Wanted,
    last: &Last,
    with_git: bool,
) -> Result<BTreeMap<TreePath, String>, Failure> {
    let conflicts = || {
        changes
            .iter()
            .filter(|change| change.state == State::Conflict)
    };
    let hashes = |change: &Change<'_>| {
        let own = last.seen.files.get(change.path);
        let other = last.seen.other.get(change.path);
        own.into_iter().chain(other).cloned().collect::<Vec<_>>()
    };
    let needed: BTreeSet<String> = conflicts().flat_map(hashes).collect();
    let texts = wanted
        .store
        .texts(&needed.iter().map(String::as_str).collect())?;
    let base = |change: &Change<'_>| {
        let mut hashes = hashes(change).into_iter();
        hashes.find_map(|hash| match texts.get(&hash) {
            Some(text) => Some(text.clone()),
            None if with_git => wanted.store.committed(change.path, &hash),
            None => None,
        })
    };
    Ok(conflicts()
        .filter_map(|change| Some((change.path.clone(), base(change)?)))
        .collect())
}

fn merge_all(
    changes: &[Change<'_>],
    wanted: &Wanted,
    last: &Last,
    settled: &mut Settled,
) -> Result<(), Failure> {
    let bases = bases(changes, wanted, last, true)?;
    for change in changes {
        let (State::Conflict, Some(new), Some(disk)) = (change.state, change.new, change.disk)
        else {
            continue;
        };
        let path = change.path.clone();
        let by_hand = std::str::from_utf8(&disk.bytes).ok();
        let (Some(base), Some(by_hand)) = (bases.get(&path), by_hand) else {
            settled.without_base.insert(path);
            continue;
        };
        let Merge { text, conflicts } = merge(base, by_hand, &new.text);
        if conflicts > 0 {
            settled.conflicts.insert(path.clone(), conflicts);
        }
        let executable = new.executable;
        settled
            .settlement
            .merged
            .insert(path, File::new(text, executable));
    }
    Ok(())
}
