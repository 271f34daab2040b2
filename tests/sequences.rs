//! Ten thousand lives of a folder: edits, deletions, renames, new blueprints, runs that are settled, merged or cut short, in
//! any order. After each step every line that a person wrote, and did not take away, is still in its file.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::select;
use ravelin::change::{
    Action, Change, Decision, Disk, Lock, OnDisk, Settlement, State, changes, decide,
};
use ravelin::diff::merge;
use ravelin::tree::{File, Tree, TreePath};

const PATHS: [&str; 5] = [
    "README.md",
    "iam/prod/ACCESS.md",
    "terraform/prod/services/a.tf",
    "terraform/prod/services/b.tf",
    "terraform/stg/services/a.tf",
];

/// A step of a life.
#[derive(Debug, Clone)]
enum Step {
    /// The blueprint asks for another text of a path, or for none.
    Blueprint(usize, Option<u8>),
    /// A person adds a line to a file, or makes the file.
    Edit(usize, usize),
    /// A person takes a file away.
    Delete(usize),
    /// A person moves a file to the place of another.
    Rename(usize, usize),
    /// A person settles a merge: the marks go, all lines stay.
    SettleMarks(usize),
    /// A run of `generate`, cut short after so many changes of files.
    Generate {
        merge: bool,
        keep: Option<usize>,
        cut: Option<usize>,
    },
    /// The texts that were written last are lost.
    Forget,
}

fn step() -> impl Strategy<Value = Step> {
    let path = 0..PATHS.len();
    let cut = proptest::option::weighted(0.3, 0..6_usize);
    let keep = proptest::option::weighted(0.2, 0..PATHS.len());
    prop_oneof![
        4 => (path.clone(), proptest::option::weighted(0.8, 0..6_u8)).prop_map(|(at, text)| Step::Blueprint(at, text)),
        4 => (path.clone(), 0..8_usize).prop_map(|(at, line)| Step::Edit(at, line)),
        1 => path.clone().prop_map(Step::Delete),
        1 => (path.clone(), path.clone()).prop_map(|(from, to)| Step::Rename(from, to)),
        2 => path.prop_map(Step::SettleMarks),
        8 => (select(vec![true, false]), keep, cut).prop_map(|(merge, keep, cut)| Step::Generate { merge, keep, cut }),
        1 => Just(Step::Forget),
    ]
}

/// What is generated: lines of which some differ from version to version.
fn generated(at: usize, version: u8) -> String {
    let lines = (0..6).map(|line| {
        let differs = line == version % 3 || line == 5 - version % 2;
        let version = if differs { version } else { 0 };
        format!("{at} line {line} version {version}\n")
    });
    lines.collect::<Vec<_>>().concat()
}

#[derive(Default)]
struct World {
    /// What the blueprint asks for.
    wanted: BTreeMap<usize, u8>,
    disk: Disk<'static>,
    /// The text of the lock.
    lock: String,
    /// Texts that were written, by their hashes.
    texts: BTreeMap<String, String>,
    /// The lines of a person that must be in each file.
    own: BTreeMap<TreePath, BTreeSet<String>>,
    lines: usize,
}

fn path(at: usize) -> TreePath {
    TreePath::new(PATHS[at]).unwrap()
}

impl World {
    fn text(&self, path: &TreePath) -> Option<String> {
        let file = self.disk.get(path)?;
        Some(String::from_utf8(file.bytes.to_vec()).unwrap())
    }

    fn put(&mut self, path: TreePath, text: String) {
        let (bytes, executable) = (text.into_bytes().into(), false);
        self.disk.insert(path, OnDisk { bytes, executable });
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Blueprint(at, Some(version)) => drop(self.wanted.insert(at, version)),
            Step::Blueprint(at, None) => drop(self.wanted.remove(&at)),
            Step::Edit(at, line) => {
                let own = format!("by hand {}\n", self.lines);
                self.lines += 1;
                let mut text = self.text(&path(at)).unwrap_or_default();
                let ends = text.match_indices('\n').map(|(end, _)| end + 1);
                let place = ends.take(line).last().unwrap_or(0);
                text.insert_str(place, &own);
                self.put(path(at), text);
                self.own.entry(path(at)).or_default().insert(own);
            }
            Step::Delete(at) => {
                self.disk.remove(&path(at));
                self.own.remove(&path(at));
            }
            Step::Rename(from, to) => {
                if let Some(file) = self.disk.remove(&path(from)) {
                    self.disk.insert(path(to), file);
                    let own = self.own.remove(&path(from)).unwrap_or_default();
                    self.own.insert(path(to), own);
                }
            }
            Step::SettleMarks(at) => {
                if let Some(text) = self.text(&path(at)) {
                    let mark = |line: &&str| {
                        ["<<<<<<< ", "=======", ">>>>>>> "]
                            .iter()
                            .any(|mark| line.starts_with(mark))
                    };
                    let lines = text.split_inclusive('\n').filter(|line| !mark(line));
                    self.put(path(at), lines.collect());
                }
            }
            Step::Generate { merge, keep, cut } => self.generate(merge, keep, cut),
            Step::Forget => self.texts.clear(),
        }
    }

    fn generate(&mut self, with_merge: bool, keep: Option<usize>, cut: Option<usize>) {
        let mut tree = Tree::default();
        for (at, version) in &self.wanted {
            tree.add(PATHS[*at], generated(*at, *version));
        }
        let lock = match self.lock.as_str() {
            "" => Lock::default(),
            text => Lock::parse(text).unwrap(),
        };
        let before = self.disk.clone();
        let changes = changes(&tree, &before, &lock);
        let mut settlement = Settlement::default();
        settlement.keep.extend(keep.map(path));
        if with_merge {
            settlement.merged = self.merged(&changes, &lock);
        }
        let decision = decide(changes, &settlement, Lock::default());
        if decision.is_refused() {
            return;
        }
        self.apply(&decision, cut);
    }

    fn merged(&self, changes: &[Change<'_>], lock: &Lock) -> BTreeMap<TreePath, File> {
        let conflicts = changes
            .iter()
            .filter(|change| change.state == State::Conflict);
        let merged = conflicts.filter_map(|change| {
            let base = self.texts.get(lock.files.get(change.path)?)?;
            let merged = merge(base, &self.text(change.path)?, &change.new?.text);
            Some((change.path.clone(), File::new(merged.text, false)))
        });
        merged.collect()
    }

    /// As `store` does it: the texts, the files, what goes, the lock last.
    fn apply(&mut self, decision: &Decision<'_>, cut: Option<usize>) {
        for step in &decision.steps {
            if let Some(new) = step.change.new {
                self.texts.insert(new.hash().to_owned(), new.text.clone());
            }
        }
        let mut left = cut.unwrap_or(usize::MAX);
        for removes in [false, true] {
            for step in &decision.steps {
                let changes = match step.action {
                    Action::Write(_) => !removes,
                    Action::Remove => removes,
                    _ => false,
                };
                if !changes {
                    continue;
                }
                if left == 0 {
                    return;
                }
                left -= 1;
                match step.action {
                    Action::Write(file) => self.put(step.change.path.clone(), file.text.clone()),
                    _ => drop(self.disk.remove(step.change.path)),
                }
            }
        }
        if left > 0 {
            self.lock = decision.lock.text();
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        for (path, own) in &self.own {
            let text = self.text(path).unwrap_or_default();
            for line in own {
                prop_assert!(
                    text.contains(line.as_str()),
                    "{} lost `{}`:\n{}",
                    path,
                    line.trim(),
                    text
                );
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_life_loses_a_line(steps in proptest::collection::vec(step(), 1..25)) {
        let mut world = World::default();
        for step in &steps {
            world.take(step);
            world.check()?;
        }
        // A run that nobody disturbs, and that is not refused, leaves nothing to do.
        world.take(&Step::Generate { merge: true, keep: None, cut: None });
        world.check()?;
        let (disk, lock) = (world.disk.clone(), world.lock.clone());
        world.take(&Step::Generate { merge: false, keep: None, cut: None });
        prop_assert_eq!(world.disk, disk);
        prop_assert_eq!(world.lock, lock);
    }
}
