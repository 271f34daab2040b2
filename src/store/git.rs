//! What git has of a folder: nothing is checked out, and nothing is written.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Error, Store};
use crate::change::{Disk, LOCK, OnDisk};
use crate::name::hash;
use crate::tree::TreePath;

/// How many commits of a file are looked through for a text.
const COMMITS: &str = "-n200";

/// A commit, as far as the files of a folder go.
#[derive(Debug)]
pub struct Revision<'a> {
    store: &'a Store,
    /// Path, whether it can be run, object.
    files: Vec<(String, bool, String)>,
}

impl Store {
    /// What is committed of this folder at a revision.
    ///
    /// # Errors
    ///
    /// When there is no git, no repository, or no such revision.
    pub fn revision(&self, name: &str) -> Result<Revision<'_>, Error> {
        let what = format!("read the revision `{name}`");
        let commit = format!("{name}^{{commit}}");
        let commit = self.git(
            &what,
            &[
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                &commit,
            ],
        )?;
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        let listed = self.git(&what, &["ls-tree", "-r", "-z", &commit])?;
        let files = listed.split(|byte| *byte == 0).filter_map(|entry| {
            let entry = std::str::from_utf8(entry).ok()?;
            let (about, path) = entry.split_once('\t')?;
            let mut about = about.split(' ');
            let (mode, kind, object) = (about.next()?, about.next()?, about.next()?);
            // A link is no file: it counts as something else that is in the way.
            (kind == "blob").then(|| (path.to_owned(), mode == "100755", object.to_owned()))
        });
        Ok(Revision {
            store: self,
            files: files.collect(),
        })
    }

    /// Where the folder lies in its repository, `infra/shop/`: git's patches name files as seen from the repository's root.
    /// Empty where that is the folder itself, or there is no repository.
    #[must_use]
    pub fn place_in_repository(&self) -> String {
        self.repository()
            .map(|(_, place)| place)
            .unwrap_or_default()
    }

    /// The root of the folder's repository, and where the folder lies in it; nothing where there is no repository, or no git.
    /// The folder may be missing yet.
    #[must_use]
    pub fn repository(&self) -> Option<(PathBuf, String)> {
        let mut there = self.folder.as_path();
        let mut missing = Vec::new();
        while !there.as_os_str().is_empty() && !there.exists() {
            missing.push(there.file_name()?.to_string_lossy().into_owned() + "/");
            there = there.parent()?;
        }
        let there = if there.as_os_str().is_empty() {
            Path::new(".")
        } else {
            there
        };
        let arguments = ["rev-parse", "--show-prefix", "--show-cdup"];
        let asked = Self::new(there).git("find the repository", &arguments);
        let asked = String::from_utf8(asked.ok()?).ok()?;
        let (prefix, up) = asked.split_once('\n')?;
        missing.push(prefix.to_owned());
        missing.reverse();
        let up = up.trim_end_matches('\n');
        let root = if up.is_empty() {
            there.to_owned()
        } else {
            there.join(up)
        };
        Some((root, missing.concat()))
    }

    /// The text of a file with this hash in the history of git; nothing where there is none, or no git.
    #[must_use]
    pub fn committed(&self, path: &TreePath, wanted: &str) -> Option<String> {
        let what = "read the history";
        let commits = self
            .git(what, &["log", COMMITS, "--format=%H", "--", path.as_str()])
            .ok()?;
        let commits = String::from_utf8(commits).ok()?;
        let names: Vec<String> = commits.lines().map(|c| format!("{c}:./{path}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let objects = self.objects(what, &names).ok()?;
        let mut found = objects.into_iter().flatten();
        String::from_utf8(found.find(|bytes| hash(bytes) == wanted)?).ok()
    }

    /// The contents of objects, in their order; nothing for one that is missing.
    fn objects(&self, what: &str, names: &[&str]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let failed = |said: String| Error::Git {
            what: what.to_owned(),
            said,
        };
        let mut child = command(&self.folder)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let broken = || failed("git ended early".to_owned());
        let mut stdin = child.stdin.take().ok_or_else(broken)?;
        let stdout = child.stdout.take().ok_or_else(broken)?;
        let asked = names.join("\n") + "\n";
        let mut found = Vec::with_capacity(names.len());
        std::thread::scope(|scope| {
            // Whoever writes must not wait for whoever reads.
            scope.spawn(move || {
                let _ = stdin.write_all(asked.as_bytes());
            });
            let mut stdout = BufReader::new(stdout);
            for _ in names {
                let mut line = String::new();
                stdout.read_line(&mut line).map_err(|_| broken())?;
                let line = line.trim_end();
                if line.is_empty() {
                    return Err(broken());
                }
                let length = line.rsplit(' ').next().and_then(|size| size.parse().ok());
                let Some(length) = length.filter(|_| line.contains(" blob ")) else {
                    found.push(None);
                    continue;
                };
                let mut bytes = vec![0; length];
                let mut end = [0];
                stdout.read_exact(&mut bytes).map_err(|_| broken())?;
                stdout.read_exact(&mut end).map_err(|_| broken())?;
                found.push(Some(bytes));
            }
            Ok(())
        })?;
        let _ = child.wait();
        Ok(found)
    }

    fn git(&self, what: &str, arguments: &[&str]) -> Result<Vec<u8>, Error> {
        let failed = |said: String| Error::Git {
            what: what.to_owned(),
            said,
        };
        let output = command(&self.folder)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| failed(format!("git does not run: {error}")))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or("there is no such revision");
        Err(failed(said.trim_start_matches("fatal: ").to_owned()))
    }
}

impl Revision<'_> {
    /// The text of the lock; `None` where there is none.
    ///
    /// # Errors
    ///
    /// When git fails, or the lock is no text.
    pub fn lock(&self) -> Result<Option<String>, Error> {
        let Some((_, _, object)) = self.files.iter().find(|(path, ..)| path == LOCK) else {
            return Ok(None);
        };
        let what = format!("read `{LOCK}` from git");
        let found = self.store.objects(&what, &[object])?.pop().flatten();
        let text = found.map(String::from_utf8).transpose();
        text.map_err(|error| Error::Git {
            what,
            said: error.to_string(),
        })
    }

    /// What is committed at these paths; nothing where there is nothing.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub fn disk<'a>(
        &self,
        paths: impl IntoIterator<Item = &'a TreePath>,
    ) -> Result<Disk<'static>, Error> {
        let paths: std::collections::BTreeSet<&str> =
            paths.into_iter().map(TreePath::as_str).collect();
        let files = self.files.iter();
        let files: Vec<_> = files
            .filter(|(path, ..)| paths.contains(path.as_str()))
            .collect();
        let names: Vec<&str> = files.iter().map(|(_, _, object)| object.as_str()).collect();
        let found = self.store.objects("read files from git", &names)?;
        let disk = files
            .into_iter()
            .zip(found)
            .filter_map(|((path, executable, _), bytes)| {
                let executable = *executable;
                Some((
                    TreePath::new(path)?,
                    OnDisk {
                        bytes: bytes?.into(),
                        executable,
                    },
                ))
            });
        Ok(disk.collect())
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    // What is read does not depend on the words or the settings of whoever runs it.
    command
        .arg("-C")
        .arg(folder)
        .args([
            "-c",
            "core.fsmonitor=false",
            "--no-optional-locks",
            "--literal-pathspecs",
        ])
        .env("LC_ALL", "C");
    // In a hook these name the repository of the commit; the one that counts is the folder's own.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command
}
