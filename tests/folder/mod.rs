//! A folder with a blueprint, and the program that is run in it.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "each test uses a part of it, may stop where it stands, and uses the disk"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

pub const STOREFRONT: &str = include_str!("../../blueprints/storefront.toml");
pub const WEB: &str = "terraform/prod/services/service-web.tf";

/// A folder with a blueprint.
pub struct Folder(pub TempDir);

/// What a run came to.
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// A folder without anything in it.
pub fn empty() -> Folder {
    Folder(tempfile::tempdir().unwrap())
}

impl Folder {
    pub fn storefront() -> Self {
        Self::with(STOREFRONT)
    }

    pub fn with(blueprint: &str) -> Self {
        let folder = empty();
        folder.write("ravelin.toml", blueprint);
        folder
    }

    pub fn generated() -> Self {
        let folder = Self::storefront();
        folder.run("generate").ends_with(0);
        folder
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub fn has(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    pub fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} lacks `{old}`");
        self.write(path, text.replacen(old, new, 1));
    }

    /// All files with their contents.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).unwrap_or_default();
                    files.push((path, bytes));
                }
            }
        }
        files.sort();
        files
    }

    pub fn run(&self, arguments: &str) -> Run {
        let output = Command::new(program())
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .unwrap();
        Run {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The program: the one that is built with the tests, or a release build that `RAVELIN_PROGRAM` names, where a test is too
/// slow without.
pub fn program() -> PathBuf {
    let given = std::env::var_os("RAVELIN_PROGRAM");
    given.map_or_else(|| env!("CARGO_BIN_EXE_ravelin").into(), PathBuf::from)
}

impl Run {
    #[track_caller]
    pub fn ends_with(self, status: i32) -> Self {
        assert_eq!(
            self.status, status,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    #[track_caller]
    pub fn prints(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text),
            "`{text}` is not in\n{}",
            self.stdout
        );
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "`{text}` is not in\n{}",
            self.stderr
        );
        self
    }

    #[track_caller]
    pub fn prints_nothing(self) -> Self {
        assert_eq!(self.stdout, "");
        self
    }

    #[track_caller]
    pub fn says_nothing(self) -> Self {
        assert_eq!(self.stderr, "");
        self
    }
}
