//! The store on real folders.

use std::collections::BTreeMap;
use std::fs;

use super::fault::tests::{Fault, set};
use super::{Error, Store, Writes};
use crate::change::Disk;
use crate::tree::{Tree, TreePath};

fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::default();
    for (path, text) in files {
        tree.add(path, (*text).to_owned());
    }
    tree
}

/// Writes all files where there are none.
fn writes(tree: &Tree) -> Writes<'_> {
    static EMPTY: Disk<'static> = Disk::new();
    let mut writes = Writes::new(&EMPTY, None);
    writes.write = tree.iter().collect();
    writes
}

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("new"));
    let mut tree = tree(&[("a/b/c", "text\n"), ("d", "")]);
    tree.add_script("a/run.sh", "#!/bin/sh\n".to_owned());
    store.apply(&writes(&tree)).unwrap();
    let disk = store
        .disk(tree.iter().map(|(path, _)| path), &tree)
        .unwrap();
    for (path, file) in tree.iter() {
        assert_eq!(&*disk[path].bytes, file.text.as_bytes());
        assert_eq!(disk[path].executable, file.executable, "{path}");
    }
    // Nothing else is left behind.
    let left: Vec<_> = fs::read_dir(folder.path().join("new/a")).unwrap().collect();
    assert_eq!(left.len(), 2);
}

#[test]
fn emptied_folders_go_and_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let tree = tree(&[("a/b/c", "1"), ("a/x/y", "2")]);
    store.apply(&writes(&tree)).unwrap();
    fs::write(folder.path().join("a/own.tf"), "mine").unwrap();
    let paths: Vec<TreePath> = tree.iter().map(|(path, _)| path.clone()).collect();
    let disk = store.disk(&paths, &tree).unwrap();
    let mut remove = Writes::new(&disk, None);
    remove.remove = paths.iter().collect();
    store.apply(&remove).unwrap();
    assert!(!folder.path().join("a/b").exists());
    assert!(!folder.path().join("a/x").exists());
    assert!(folder.path().join("a/own.tf").exists());
    assert!(folder.path().exists());
}

#[cfg(unix)]
#[test]
fn links_are_refused_and_nothing_is_written() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    symlink(outside.path(), folder.path().join("a")).unwrap();
    fs::write(outside.path().join("c"), "theirs").unwrap();
    symlink(outside.path().join("c"), folder.path().join("z")).unwrap();
    for path in ["a/b", "z"] {
        let tree = tree(&[("0", "new"), (path, "new")]);
        let paths = tree.iter().map(|(path, _)| path);
        assert!(
            matches!(store.disk(paths, &tree), Err(Error::Link(_))),
            "{path}"
        );
        assert!(
            matches!(store.apply(&writes(&tree)), Err(Error::Link(_))),
            "{path}"
        );
        let path = TreePath::new(path).unwrap();
        let disk = Disk::new();
        let mut remove = Writes::new(&disk, None);
        remove.remove = vec![&path];
        assert!(
            matches!(store.apply(&remove), Err(Error::Link(_))),
            "{path}"
        );
    }
    assert!(!folder.path().join("0").exists());
    assert_eq!(
        fs::read_to_string(outside.path().join("c")).unwrap(),
        "theirs"
    );
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_in_the_place_of_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    fs::create_dir_all(folder.path().join("a/b")).unwrap();
    fs::write(folder.path().join("f"), "").unwrap();
    for (path, expected) in [("a/b", "file"), ("f/g", "folder")] {
        let tree = tree(&[(path, "new")]);
        let error = store.apply(&writes(&tree)).unwrap_err().to_string();
        assert!(
            error.ends_with(&format!("a {expected} belongs there")),
            "{error}"
        );
    }
}

/// A folder with files before, and what is to be done to them.
struct Regeneration {
    folder: tempfile::TempDir,
    store: Store,
    new: Tree,
    remove: Vec<TreePath>,
}

const OLD_LOCK: &str = "old lock";
const NEW_LOCK: &str = "new lock";

impl Regeneration {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let old = tree(&[
            ("a/b/c", "old 1"),
            ("a/d", "old 2"),
            ("x/y/z", "old 3"),
            ("x/w", "old 4"),
        ]);
        let empty = Disk::new();
        let mut first = Writes::new(&empty, None);
        first.write = old.iter().collect();
        first.lock = Some(OLD_LOCK.to_owned());
        store.apply(&first).unwrap();
        fs::write(folder.path().join("a/own.tf"), "mine").unwrap();
        let mut new = tree(&[("a/b/c", "new 1"), ("a/d", "new 2"), ("n/e/w", "new 5")]);
        new.add_script("a/b/s.sh", "new 6".to_owned());
        let remove = ["x/w", "x/y/z"].map(|path| TreePath::new(path).unwrap());
        let remove = remove.to_vec();
        Self {
            folder,
            store,
            new,
            remove,
        }
    }

    fn apply(&self) -> Result<(), Error> {
        let paths = self.new.iter().map(|(path, _)| path).chain(&self.remove);
        let disk = self.store.disk(paths, &self.new).unwrap();
        let lock = self.store.lock().unwrap();
        let mut writes = Writes::new(&disk, lock.as_deref());
        writes.write = self.new.iter().collect();
        writes.remove = self.remove.iter().collect();
        writes.lock = Some(NEW_LOCK.to_owned());
        writes.texts = [("00", "new 1")].into();
        self.store.apply(&writes)
    }

    /// Every file, and every folder, with what is in it; what belongs to this machine alone is left out.
    fn state(&self) -> BTreeMap<String, String> {
        let mut state = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(self.folder.path()).unwrap();
                let name = name.to_str().unwrap().to_owned();
                if path.is_dir() {
                    if name != ".ravelin" {
                        folders.push(path);
                        state.insert(name, "folder".to_owned());
                    }
                } else {
                    state.insert(name, fs::read_to_string(path).unwrap());
                }
            }
        }
        state
    }
}

#[test]
fn a_disk_that_fails_at_any_step_leaves_everything_as_it_was() {
    let whole = Regeneration::new();
    set(Fault::Never);
    whole.apply().unwrap();
    let steps = set(Fault::Never);
    let after = whole.state();
    assert!(steps > 20, "{steps}");
    assert_eq!(after["a/b/c"], "new 1");
    assert!(!after.contains_key("x"), "emptied folders go");
    for at in 0..steps {
        let one = Regeneration::new();
        let before = one.state();
        set(Fault::Once(at));
        let failed = one.apply();
        set(Fault::Never);
        let said = failed.expect_err("each step can fail").to_string();
        assert!(said.contains("the disk is full"), "{said}");
        assert_eq!(one.state(), before, "step {at}");
        one.apply().unwrap();
        assert_eq!(one.state(), after, "step {at}: the next run does it");
    }
}

#[test]
fn a_disk_that_fails_for_good_leaves_whole_files() {
    set(Fault::Never);
    let whole = Regeneration::new();
    set(Fault::Never);
    whole.apply().unwrap();
    let steps = set(Fault::Never);
    let after = whole.state();
    for at in 0..steps {
        let one = Regeneration::new();
        let before = one.state();
        set(Fault::From(at));
        let failed = one.apply();
        set(Fault::Never);
        let said = failed.expect_err("each step can fail").to_string();
        let mut changed = Vec::new();
        for (path, text) in one.state() {
            let old = before.get(&path) == Some(&text);
            let new = after.get(&path) == Some(&text);
            assert!(old || new, "step {at}: {path}: {text}");
            changed.extend((!old && text != "folder").then_some(path));
        }
        assert_eq!(one.state()["a/own.tf"], "mine");
        // What could not be put back is told.
        for path in changed {
            assert!(said.contains(&path), "step {at}: {path} is not in: {said}");
        }
        one.apply().unwrap();
        assert_eq!(one.state(), after, "step {at}: the next run goes on");
    }
}

#[test]
fn a_file_that_changes_meanwhile_is_not_lost() {
    for path in ["a/b/c", "x/w", "ravelin.lock"] {
        let one = Regeneration::new();
        let paths = one.new.iter().map(|(path, _)| path).chain(&one.remove);
        let disk = one.store.disk(paths, &one.new).unwrap();
        let mut writes = Writes::new(&disk, Some(OLD_LOCK));
        writes.write = one.new.iter().collect();
        writes.remove = one.remove.iter().collect();
        writes.lock = Some(NEW_LOCK.to_owned());
        fs::write(one.folder.path().join(path), "saved by an editor").unwrap();
        let before = one.state();
        let error = one.store.apply(&writes).unwrap_err();
        assert!(matches!(error, Error::Changed(_)), "{error}");
        assert_eq!(one.state(), before);
    }
}

#[test]
fn what_a_killed_run_left_is_cleaned_and_nothing_else() {
    let one = Regeneration::new();
    let put = |path: &str| fs::write(one.folder.path().join(path), "x").unwrap();
    put("a/b/.ravelin-a1B2c3.tmp");
    fs::create_dir_all(one.folder.path().join(".ravelin-d4E5f6.tmp/a")).unwrap();
    put(".ravelin-d4E5f6.tmp/a/b");
    for own in [
        "a/b/.ravelin-a1B2c.tmp",
        "a/b/.ravelin-notes",
        "a/b/ravelin-a1B2c3.tmp",
    ] {
        put(own);
    }
    one.apply().unwrap();
    let state = one.state();
    assert!(!state.contains_key("a/b/.ravelin-a1B2c3.tmp"));
    assert!(!state.contains_key(".ravelin-d4E5f6.tmp"));
    assert!(
        state.contains_key("a/b/.ravelin-notes") && state.contains_key("a/b/.ravelin-a1B2c.tmp")
    );
    assert!(state.contains_key("a/b/ravelin-a1B2c3.tmp"));
}

#[test]
fn a_folder_that_a_killed_run_emptied_goes() {
    let whole = Regeneration::new();
    whole.apply().unwrap();
    let one = Regeneration::new();
    fs::remove_file(one.folder.path().join("x/y/z")).unwrap();
    one.apply().unwrap();
    assert_eq!(one.state(), whole.state());
}

#[test]
fn one_run_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("new"));
    let first = store.hold().unwrap();
    assert!(matches!(store.hold(), Err(Error::Busy { .. })));
    drop(first);
    store.hold().unwrap();
}
