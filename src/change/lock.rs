//! `ravelin.lock`: what was written, and how open each environment is. It is reviewed with every change, and it is not
//! trusted: whoever can write it could name any path.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::hash;
use crate::tree::{Tree, TreePath};

/// The name of the lock.
pub const LOCK: &str = "ravelin.lock";

/// The version of the lock's form.
const SCHEMA: u32 = 1;

/// The folders and files that are ever written; a lock that names another is not ours.
const ROOTS: [&str; 4] = ["README.md", "gcloud", "iam", "terraform"];

const HEADER: &str = "\
# Written by ravelin; commit it. `files` are the SHA-256 of what was generated, so that no edit by hand is ever lost.
# `facts` say how far each environment is open: read their changes as you would read a change of the code.
";

/// What was written last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// The version of ravelin that wrote it.
    pub version: String,
    /// The SHA-256 of each file in hexadecimal digits.
    pub files: BTreeMap<TreePath, String>,
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

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: u32,
    version: String,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    facts: BTreeMap<String, BTreeMap<String, String>>,
}

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    ///
    /// When it is damaged, of a later form, or names a path that is never written.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        #[derive(Deserialize)]
        struct Version {
            schema: Option<u32>,
        }
        let damaged = |error: &toml::de::Error| {
            let before = &text[..error.span().map_or(0, |span| span.start).min(text.len())];
            let line = before.split('\n').count();
            LockError(format!("line {line}: {}", error.message()))
        };
        // A later form may hold anything, so its version is looked at first.
        let version: Version = toml::from_str(text).map_err(|error| damaged(&error))?;
        if let Some(schema) = version.schema
            && schema > SCHEMA
        {
            return Err(LockError(
                "a later version of ravelin wrote it; use that version".to_owned(),
            ));
        }
        let written: Written = toml::from_str(text).map_err(|error| damaged(&error))?;
        let mut files = BTreeMap::new();
        for (path, hash) in written.files {
            let root = path.split('/').next().unwrap_or_default();
            let plain = TreePath::new(&path).filter(|_| ROOTS.contains(&root));
            let Some(plain) = plain else {
                return Err(LockError(format!(
                    "it names `{}`, which ravelin never writes",
                    path.escape_debug()
                )));
            };
            files.insert(plain, hash);
        }
        Ok(Self {
            version: written.version,
            files,
            facts: written.facts,
        })
    }

    /// The text of the lock.
    #[must_use]
    pub fn text(&self) -> String {
        let path = |(path, hash): (&TreePath, &String)| (path.as_str().to_owned(), hash.clone());
        let written = Written {
            schema: SCHEMA,
            version: self.version.clone(),
            files: self.files.iter().map(path).collect(),
            facts: self.facts.clone(),
        };
        match toml::to_string(&written) {
            Ok(text) => format!("{HEADER}{text}"),
            // Tables of texts can always be written.
            Err(error) => unreachable!("a lock is not TOML: {error}"),
        }
    }

    /// Takes over the hashes of a tree.
    pub fn record(&mut self, tree: &Tree) {
        for (path, file) in tree.iter() {
            self.files.insert(path.clone(), hash(file.text.as_bytes()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut lock = Lock {
            version: "1.2.3".to_owned(),
            ..Lock::default()
        };
        let mut tree = Tree::default();
        tree.add("terraform/prod/services/service-web.tf", "x".to_owned());
        lock.record(&tree);
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
        ] {
            let text = format!("schema = 1\nversion = \"1\"\n[files]\n\"{path}\" = \"0\"\n");
            let error = Lock::parse(&text).unwrap_err().to_string();
            assert!(error.contains("never writes"), "{path}: {error}");
        }
    }

    #[test]
    fn a_damaged_or_later_lock_is_refused() {
        let error = |text: &str| Lock::parse(text).unwrap_err().to_string();
        assert!(error("schema = 1\n<<<<<<< HEAD\n").starts_with("line 2: "));
        assert!(error("schema = 2\nnew = 1\n").contains("later version"));
        assert!(error("version = \"1\"\n").contains("schema"));
    }
}
