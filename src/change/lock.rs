//! `ravelin.lock`: what was written, and how open each environment is. It is reviewed with every change, and it is not
//! trusted: whoever can write it could name any path.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::tree::TreePath;

/// The name of the lock.
pub const LOCK: &str = "ravelin.lock";

/// The version of the lock's form.
const SCHEMA: u32 = 1;

/// The folders and files that are ever written; a lock that names another is not ours.
const ROOTS: [&str; 5] = ["README.md", "gcloud", "github", "iam", "terraform"];

const HEADER: &str = "\
# Written by ravelin; commit it. `files` are the SHA-256 of what was generated, so that no edit by hand is ever lost.
# `facts` say how far each environment is open: read their changes as you would read a change of the code.
";

/// What was written last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// The version of ravelin that wrote it.
    pub version: String,
    /// The file name of the blueprint; empty in a lock that does not say.
    pub blueprint: String,
    /// The SHA-256 of each file in hexadecimal digits.
    pub files: BTreeMap<TreePath, String>,
    /// Files that a person has taken over, with the SHA-256 of the text that they would have.
    pub kept: BTreeMap<TreePath, String>,
    /// Where the lock holds a merge that git could not settle: what the other side wrote, where that differs.
    pub other: BTreeMap<TreePath, String>,
    /// The security facts of each environment.
    pub facts: BTreeMap<String, BTreeMap<String, String>>,
}

/// What is wrong with a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockError(String);

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LockError {}

/// What is read: any path may stand there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    schema: u32,
    version: String,
    #[serde(default)]
    blueprint: String,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    kept: BTreeMap<String, String>,
    #[serde(default)]
    facts: BTreeMap<String, BTreeMap<String, String>>,
}

/// What is written, in this order.
#[derive(Serialize)]
struct Written<'a> {
    schema: u32,
    version: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    blueprint: &'a str,
    files: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    kept: BTreeMap<&'a str, &'a str>,
    facts: &'a BTreeMap<String, BTreeMap<String, String>>,
}

impl Lock {
    /// Reads a lock. One with a merge that git could not settle is read as both of its sides: a file is as it was written
    /// when it is as either side wrote it, and the facts are those of the side that stands first.
    ///
    /// # Errors
    ///
    /// When it is damaged, of a later form, or names a path that is never written.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let Some((ours, theirs)) = sides(text) else {
            return Self::parse_one(text);
        };
        let side = |text: &str| {
            Self::parse_one(text).map_err(|error| {
                LockError(format!(
                    "it holds a merge that is not settled, and one side is damaged: {error}"
                ))
            })
        };
        let (mut lock, theirs) = (side(&ours)?, side(&theirs)?);
        for (path, hash) in theirs.files {
            match lock.files.get(&path) {
                None => drop(lock.files.insert(path, hash)),
                Some(_) => drop(lock.other.insert(path, hash)),
            }
        }
        // What one side took over is a person's, whatever the other says.
        for (path, hash) in theirs.kept {
            lock.kept.entry(path).or_insert(hash);
        }
        lock.files.retain(|path, _| !lock.kept.contains_key(path));
        Ok(lock)
    }

    fn parse_one(text: &str) -> Result<Self, LockError> {
        #[derive(Deserialize)]
        struct Version {
            schema: Option<u32>,
        }
        let damaged = |error: &toml::de::Error| {
            let before = &text[..error.span().map_or(0, |span| span.start).min(text.len())];
            let line = before.split('\n').count();
            LockError(format!("line {line}: {}", error.message()))
        };
        let read = toml::from_str::<Read>(text);
        // A later form may hold anything, so what does not fit may only be later.
        let schema = match &read {
            Ok(read) => Some(read.schema),
            Err(_) => toml::from_str::<Version>(text).map_or(None, |version| version.schema),
        };
        if schema.is_some_and(|schema| schema > SCHEMA) {
            return Err(LockError(
                "a later version of ravelin wrote it; use that version".to_owned(),
            ));
        }
        let read = read.map_err(|error| damaged(&error))?;
        let (files, kept) = (paths(read.files)?, paths(read.kept)?);
        if let Some(path) = kept.keys().find(|path| files.contains_key(*path)) {
            return Err(LockError(format!(
                "`{path}` stands in `files` and in `kept`"
            )));
        }
        Ok(Self {
            version: read.version,
            blueprint: read.blueprint,
            files,
            kept,
            other: BTreeMap::new(),
            facts: read.facts,
        })
    }

    /// Whether a file with this hash is as it was written.
    #[must_use]
    pub fn wrote(&self, path: &TreePath, hash: &str) -> bool {
        let is =
            |files: &BTreeMap<TreePath, String>| files.get(path).is_some_and(|one| one == hash);
        is(&self.files) || is(&self.other)
    }

    /// The text of the lock.
    #[must_use]
    pub fn text(&self) -> String {
        fn texts(files: &BTreeMap<TreePath, String>) -> BTreeMap<&str, &str> {
            let files = files.iter();
            files
                .map(|(path, hash)| (path.as_str(), hash.as_str()))
                .collect()
        }
        let written = Written {
            schema: SCHEMA,
            version: &self.version,
            blueprint: &self.blueprint,
            files: texts(&self.files),
            kept: texts(&self.kept),
            facts: &self.facts,
        };
        match toml::to_string(&written) {
            Ok(text) => format!("{HEADER}{text}"),
            // Tables of texts can always be written.
            Err(error) => unreachable!("a lock is not TOML: {error}"),
        }
    }
}

/// Takes paths that ravelin may have written: the names that it gives are made of few characters, and the places that are
/// meant for a person's own files are never among them.
fn paths(written: BTreeMap<String, String>) -> Result<BTreeMap<TreePath, String>, LockError> {
    let plain = |path: &str| {
        let parts: Vec<&str> = path.split('/').collect();
        let own = match parts[..] {
            ["gcloud", _, "own", ..] => true,
            ["github", .., file] => parts.len() != 3 || file != "deploy.yml",
            ["terraform", .., file] => file == "override.tf" || file.ends_with("_override.tf"),
            _ => false,
        };
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        let ours = ROOTS.contains(&parts[0]) && !own && path.bytes().all(known);
        TreePath::new(path).filter(|_| ours)
    };
    let taken = written.into_iter().map(|(path, hash)| match plain(&path) {
        Some(plain) => Ok((plain, hash)),
        None => Err(LockError(format!(
            "it names `{}`, which ravelin never writes",
            path.escape_debug()
        ))),
    });
    taken.collect()
}

/// The two sides of a text in which git left a merge to be settled; nothing where there is none.
fn sides(text: &str) -> Option<(String, String)> {
    let (mut ours, mut theirs) = (String::new(), String::new());
    let (mut in_ours, mut in_theirs, mut seen) = (true, true, false);
    for line in text.split_inclusive('\n') {
        let marker = line.get(..7).unwrap_or_default();
        (in_ours, in_theirs) = match marker {
            "<<<<<<<" => (true, false),
            "|||||||" => (false, false),
            "=======" => (false, true),
            ">>>>>>>" => (true, true),
            _ => {
                if in_ours {
                    ours.push_str(line);
                }
                if in_theirs {
                    theirs.push_str(line);
                }
                continue;
            }
        };
        seen = true;
    }
    seen.then_some((ours, theirs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut lock = Lock {
            version: "1.2.3".to_owned(),
            blueprint: "shop.toml".to_owned(),
            ..Lock::default()
        };
        let path = |path| TreePath::new(path).unwrap();
        let web = path("terraform/prod/services/service-web.tf");
        lock.files.insert(web, "12".to_owned());
        lock.kept.insert(path("README.md"), "34".to_owned());
        let fact = ("services.web.ingress".to_owned(), "a \"b\"\nc".to_owned());
        lock.facts.insert("prod".to_owned(), BTreeMap::from([fact]));
        assert_eq!(Lock::parse(&lock.text()), Ok(lock));
    }

    #[test]
    fn a_hostile_lock_is_refused() {
        for path in [
            "/etc/passwd",
            "../x",
            "terraform/../../x",
            "terraform//x",
            "C:\\\\x",
            "src/main.rs",
            "ravelin.lock",
            "ravelin.toml",
            "",
            "terraform/a\\nb",
            "terraform/ä",
            "terraform/a b",
            "terraform/prod/services/web_override.tf",
            "gcloud/prod/own/3-services/x.sh",
            "github/prod/own.yml",
            "github/prod/deploy.yml/deploy.yml",
            "github/deploy.yml",
        ] {
            let text = format!("schema = 1\nversion = \"1\"\n[files]\n\"{path}\" = \"0\"\n");
            let error = Lock::parse(&text).unwrap_err().to_string();
            assert!(error.contains("never writes"), "{path}: {error}");
        }
    }

    #[test]
    fn a_damaged_or_later_lock_is_refused() {
        let error = |text: &str| Lock::parse(text).unwrap_err().to_string();
        assert!(error("schema = 1\nversion\n").starts_with("line 2: "));
        assert!(error("schema = 1\n<<<<<<< HEAD\n").contains("one side is damaged"));
        let twice =
            "schema = 1\nversion = \"1\"\n[files]\n\"iam/a\" = \"0\"\n[kept]\n\"iam/a\" = \"0\"\n";
        assert!(error(twice).contains("`files` and in `kept`"));
        assert!(error("schema = 2\nnew = 1\n").contains("later version"));
        assert!(error("version = \"1\"\n").contains("schema"));
    }

    #[test]
    fn a_merge_that_is_not_settled_is_read_as_both_sides() {
        let text = "schema = 1\nversion = \"1\"\n[files]\n<<<<<<< HEAD\n\"iam/a\" = \"1\"\n\"iam/b\" = \"2\"\n||||||| base\n\"iam/a\" = \"0\"\n=======\n\"iam/a\" = \"3\"\n\"iam/c\" = \"4\"\n>>>>>>> other\n\"iam/d\" = \"5\"\n";
        let lock = Lock::parse(text).unwrap();
        let wrote = |path, hash| lock.wrote(&TreePath::new(path).unwrap(), hash);
        assert!(wrote("iam/a", "1") && wrote("iam/a", "3") && !wrote("iam/a", "0"));
        assert!(wrote("iam/b", "2") && wrote("iam/c", "4") && wrote("iam/d", "5"));
    }
}
