//! A tree of files in memory: relative paths and contents, in the order of the paths.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;

use crate::name::hash;

/// A path in a [`Tree`]: relative, with `/` between its parts, without empty parts, `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(String);

impl TreePath {
    /// Takes a path, or refuses it with `None`: absolute, climbing out, with empty parts, backslashes, colons or control
    /// characters.
    #[must_use]
    pub fn new(path: &str) -> Option<Self> {
        let plain = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && !part.contains(['\\', ':'])
                && !part.contains(char::is_control)
        };
        path.split('/').all(plain).then(|| Self(path.to_owned()))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the file, without its folders.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// The path of the folder that it lies in; empty where it lies in none.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// It stands among others where its text does.
impl Borrow<str> for TreePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A file: its text and whether it can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The whole text.
    pub text: String,
    /// Whether it is a script.
    pub executable: bool,
    hash: String,
}

impl File {
    /// A file of this text.
    #[must_use]
    pub fn new(text: String, executable: bool) -> Self {
        let hash = hash(text.as_bytes());
        Self {
            text,
            executable,
            hash,
        }
    }

    /// The SHA-256 of its text, in hexadecimal digits.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// Files by path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    files: BTreeMap<TreePath, File>,
}

impl Tree {
    /// Adds a file.
    ///
    /// # Panics
    ///
    /// When the path is not plain or taken already: paths are made of validated names, so either is a mistake of this
    /// program.
    pub fn add(&mut self, path: &str, text: String) {
        self.insert(path, text, false);
    }

    /// Adds a script.
    ///
    /// # Panics
    ///
    /// As [`Tree::add`].
    pub fn add_script(&mut self, path: &str, text: String) {
        self.insert(path, text, true);
    }

    fn insert(&mut self, path: &str, mut text: String, executable: bool) {
        // A text that grew has room for up to as much again.
        text.shrink_to_fit();
        let Some(key) = TreePath::new(path) else {
            panic!("`{path}` is not a path in a tree")
        };
        let file = File::new(text, executable);
        let taken = self.files.insert(key, file).is_some();
        assert!(!taken, "`{path}` is written twice");
    }

    /// The files in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&TreePath, &File)> {
        self.files.iter()
    }

    /// The file at a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Only the files whose paths are wanted.
    #[must_use]
    pub fn only(mut self, wanted: impl Fn(&TreePath) -> bool) -> Self {
        self.files.retain(|path, _| wanted(path));
        self
    }

    /// Takes all files of another tree.
    ///
    /// # Panics
    ///
    /// As [`Tree::add`].
    pub fn extend(&mut self, mut other: Self) {
        let expected = self.files.len() + other.files.len();
        self.files.append(&mut other.files);
        assert_eq!(self.files.len(), expected, "a file is written twice");
    }
}
