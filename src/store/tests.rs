//! The store on real folders.

use std::fs;

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
    static EMPTY: Disk = Disk::new();
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
    let disk = store.disk(tree.iter().map(|(path, _)| path)).unwrap();
    for (path, file) in tree.iter() {
        assert_eq!(disk[path].bytes, file.text.as_bytes());
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
    let disk = store.disk(&paths).unwrap();
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
        assert!(matches!(store.disk(paths), Err(Error::Link(_))), "{path}");
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
