//! Each row of the table alone, and any two together.

use super::*;
use crate::name::hash;

/// What is to be written, what is on disk, what was written last, what was written where a person took the file over.
type Row = (
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
    Option<State>,
);

const MARKS: &str = "<<<<<<< by hand\na\n=======\nb\n>>>>>>> generated\n";

const ROWS: &[Row] = {
    use State::{
        Conflict, Edited, EditedOrphan, Foreign, Kept, Missing, Orphan, Outdated, Same, Unsettled,
    };
    &[
        (Some("n"), Some("n"), Some("n"), None, Some(Same)),
        (Some("n"), Some("n"), Some("l"), None, Some(Same)),
        (Some("n"), Some("n"), None, None, Some(Same)),
        (Some("n"), Some("l"), Some("l"), None, Some(Outdated)),
        (Some("l"), Some("d"), Some("l"), None, Some(Edited)),
        (Some("n"), Some("d"), Some("l"), None, Some(Conflict)),
        (Some("l"), Some(MARKS), Some("l"), None, Some(Unsettled)),
        (Some("n"), Some(MARKS), Some("l"), None, Some(Unsettled)),
        (Some("n"), Some("d"), None, None, Some(Foreign)),
        (Some("n"), None, Some("l"), None, Some(Missing)),
        (Some("n"), None, None, None, Some(Missing)),
        (None, Some("l"), Some("l"), None, Some(Orphan)),
        (None, Some("d"), Some("l"), None, Some(EditedOrphan)),
        (None, None, Some("l"), None, None),
        (Some("n"), Some("d"), None, Some("l"), Some(Kept)),
        (Some("l"), Some("d"), None, Some("l"), Some(Kept)),
        (Some("n"), Some("n"), None, Some("l"), Some(Kept)),
        (Some("n"), Some(MARKS), None, Some("l"), Some(Unsettled)),
        (Some("n"), None, None, Some("l"), Some(Missing)),
        (None, Some("d"), None, Some("l"), Some(EditedOrphan)),
        (None, None, None, Some("l"), None),
    ]
};

#[derive(Default)]
struct World {
    tree: Tree,
    disk: Disk<'static>,
    lock: Lock,
}

fn path(path: &str) -> TreePath {
    TreePath::new(path).unwrap()
}

impl World {
    fn add(&mut self, at: &str, (new, disk, last, kept, _): Row) {
        if let Some(new) = new {
            self.tree.add(at, new.to_owned());
        }
        if let Some(disk) = disk {
            let bytes = disk.as_bytes().into();
            let executable = false;
            self.disk.insert(path(at), OnDisk { bytes, executable });
        }
        let hash = |text: &str| hash(text.as_bytes());
        self.lock
            .files
            .extend(last.map(|last| (path(at), hash(last))));
        self.lock
            .kept
            .extend(kept.map(|last| (path(at), hash(last))));
    }

    fn decide<'a>(&'a self, settlement: &'a Settlement) -> Decision<'a> {
        let changes = changes(&self.tree, &self.disk, &self.lock);
        decide(changes, settlement, Lock::default())
    }

    /// State, what is done, and what the lock says afterwards.
    fn told(&self, at: &str, settlement: &Settlement) -> Option<(State, String, bool, bool)> {
        let decision = self.decide(settlement);
        let at = path(at);
        let step = decision.steps.iter().find(|step| *step.change.path == at)?;
        let action = match step.action {
            Action::Write(file) => format!("write {}", file.text),
            action => format!("{action:?}"),
        };
        let (files, kept) = (&decision.lock.files, &decision.lock.kept);
        Some((
            step.change.state,
            action,
            files.contains_key(&at),
            kept.contains_key(&at),
        ))
    }
}

#[test]
fn each_row_of_the_table() {
    for row in ROWS {
        let mut world = World::default();
        world.add("a/b", *row);
        let (new, disk, _, _, state) = *row;
        let Some((told, action, in_files, in_kept)) = world.told("a/b", &Settlement::default())
        else {
            assert_eq!(state, None, "{row:?}");
            continue;
        };
        assert_eq!(Some(told), state, "{row:?}");
        let expected = match told {
            State::Same => "Nothing".to_owned(),
            State::Outdated | State::Missing => format!("write {}", new.unwrap()),
            State::Edited | State::EditedOrphan | State::Kept => "Keep".to_owned(),
            State::Orphan => "Remove".to_owned(),
            State::Conflict | State::Foreign | State::Unsettled => "Refuse".to_owned(),
        };
        assert_eq!(action, expected, "{row:?}");
        // Whatever is removed or written over was written from here; else it was not there.
        if action == "Remove" || action.starts_with("write") {
            let ours = disk.is_none() || disk == row.2;
            assert!(ours, "{row:?}");
        }
        assert_eq!(in_kept, told == State::Kept, "{row:?}");
        assert_eq!(in_files, new.is_some() && told != State::Kept, "{row:?}");
    }
}

#[test]
fn any_two_rows_together_are_as_each_alone() {
    let settlement = Settlement::default();
    for first in ROWS {
        for second in ROWS {
            let mut world = World::default();
            world.add("a/1", *first);
            world.add("a/2", *second);
            for (at, row) in [("a/1", first), ("a/2", second)] {
                let mut alone = World::default();
                alone.add(at, *row);
                assert_eq!(
                    world.told(at, &settlement),
                    alone.told(at, &settlement),
                    "{first:?} {second:?}"
                );
            }
            let stuck = |row: &Row| row.4.is_some_and(State::is_in_the_way);
            assert_eq!(
                world.decide(&settlement).is_refused(),
                stuck(first) || stuck(second),
                "{first:?} {second:?}"
            );
        }
    }
}

#[test]
fn what_a_person_settled() {
    let at = || BTreeSet::from([path("a/b")]);
    let merged = File::new("m".to_owned(), false);
    let merge = Settlement {
        merged: BTreeMap::from([(path("a/b"), merged)]),
        ..Settlement::default()
    };
    let overwrite = Settlement {
        overwrite: at(),
        ..Settlement::default()
    };
    let keep = Settlement {
        keep: at(),
        ..Settlement::default()
    };
    let none = Settlement::default();
    for row in ROWS {
        let mut world = World::default();
        world.add("a/b", *row);
        let Some(state) = row.4 else { continue };
        let action = |settlement: &Settlement| world.told("a/b", settlement).unwrap().1;
        let written = format!("write {}", row.0.unwrap_or_default());
        let alone = action(&none);
        match state {
            State::Conflict | State::Foreign => assert_eq!(action(&merge), "write m"),
            _ => assert_eq!(action(&merge), alone, "{row:?}"),
        }
        match state {
            State::Edited | State::Conflict | State::Foreign | State::Unsettled | State::Kept => {
                assert_eq!(action(&overwrite), written, "{row:?}");
            }
            _ => assert_eq!(action(&overwrite), alone, "{row:?}"),
        }
        match state {
            State::Missing | State::Unsettled => assert_eq!(action(&keep), alone, "{row:?}"),
            _ => assert_eq!(action(&keep), "Keep", "{row:?}"),
        }
        let (_, action, in_files, in_kept) = world.told("a/b", &keep).unwrap();
        let taken_over = action == "Keep" && row.0.is_some();
        assert_eq!(in_kept, taken_over, "{row:?}");
        assert_eq!(in_files, row.0.is_some() && !taken_over, "{row:?}");
    }
}

/// A file that is neither to be written nor was ever written or taken over is not looked at any further.
#[test]
fn what_was_never_written_is_nobodys_business() {
    let disk = OnDisk {
        bytes: b"x".as_slice().into(),
        executable: false,
    };
    let state = |lock| state::state(&path("a"), None, Some(&disk), &lock);
    assert_eq!(state(Lock::default()), None);
    let mut lock = Lock::default();
    lock.kept.insert(path("a"), "hash".to_owned());
    assert_eq!(state(lock), Some(State::EditedOrphan));
}

#[test]
fn a_script_gets_its_right_to_run_back() {
    let mut tree = Tree::default();
    tree.add_script("a", "x".to_owned());
    let disk = |executable| {
        let bytes = b"x".as_slice().into();
        Disk::from([(path("a"), OnDisk { bytes, executable })])
    };
    let lock = Lock::default();
    let state = |executable| changes(&tree, &disk(executable), &lock)[0].state;
    assert_eq!(state(false), State::Outdated);
    assert_eq!(state(true), State::Same);
}

#[test]
fn paths_that_are_one_on_some_file_systems() {
    let clashes = |paths: &[&str]| {
        let paths: Vec<TreePath> = paths.iter().copied().map(path).collect();
        clash(&paths).is_some()
    };
    assert!(clashes(&["iam/a", "iam/A"]));
    assert!(clashes(&["iam/a/x", "iam/A/y"]));
    assert!(!clashes(&["iam/a", "iam/ab", "iam/a-b", "iam/b/a"]));
}
