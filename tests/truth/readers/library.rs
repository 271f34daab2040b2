//! What `lib.sh` knows: its functions, and of each kind the flags that it compares with what is live. A script that asks for more stops.

use std::collections::{BTreeMap, BTreeSet};

/// A library, read.
#[derive(Debug, Default)]
pub struct Library {
    functions: BTreeSet<String>,
    /// The flags by kind.
    flags: BTreeMap<String, BTreeSet<String>>,
}

/// The first word of a line, and the rest.
fn word(line: &str) -> (&str, &str) {
    let quoted = line
        .strip_prefix('\'')
        .and_then(|rest| rest.split_once('\''));
    let (word, rest) = quoted
        .or_else(|| line.split_once(' '))
        .unwrap_or((line, ""));
    (word, rest.trim_start())
}

impl Library {
    /// Reads a library: functions begin at the beginning of a line, and so do the tables, which end with `ROWS`.
    pub fn of(text: &str) -> Self {
        let mut library = Self::default();
        let mut table = None;
        for line in text.lines() {
            if let Some(kind) = &table {
                if line == "ROWS" {
                    table = None;
                } else if let Some(flag) = line.split_whitespace().next() {
                    let flags = library.flags.entry(String::clone(kind)).or_default();
                    flags.insert(flag.trim_start_matches('@').to_owned());
                }
                continue;
            }
            let begins = ["kind ", "run_kind "].map(|word| line.strip_prefix(word));
            if let Some(rest) = begins.into_iter().flatten().next() {
                table = Some(word(rest).0.to_owned());
            } else if let Some(rest) = line.strip_prefix("lies_under ") {
                let (kind, rest) = word(rest);
                let flags = library.flags.entry(kind.to_owned()).or_default();
                flags.insert(word(rest).0.to_owned());
            } else if let Some(rest) = line.strip_prefix("asks ") {
                let flags = library.flags.entry(word(rest).0.to_owned()).or_default();
                flags.insert("--binary-authorization".to_owned());
            } else if let Some((name, _)) = line.split_once("() {") {
                library.functions.insert(name.to_owned());
            }
        }
        library
    }

    /// Stops where a script begins a line with a word that is nothing here.
    pub fn runs(&self, word: &str) {
        let known = word == "." || self.functions.contains(word);
        assert!(known, "lib.sh has no `{word}`");
    }

    /// Stops where a command has a flag that is not compared.
    pub fn compares(&self, words: &[String]) {
        let verbs = ["create", "create-oidc", "deploy", "update", "connect"];
        let track = ["alpha", "beta"].contains(&words[0].as_str());
        let words = &words[usize::from(track)..];
        let at = words.iter().position(|word| verbs.contains(&word.as_str()));
        let (path, rest) = words.split_at(at.unwrap());
        let kind = path.join(" ");
        // `run services update` is about what `run deploy` makes.
        let kind = kind.strip_suffix(" services").unwrap_or(&kind);
        let flags = self.flags.get(kind);
        let flags = flags.unwrap_or_else(|| panic!("lib.sh knows no {kind}"));
        for word in rest.iter().filter(|word| word.starts_with("--")) {
            let flag = word.split('=').next().unwrap();
            let on = flag.replacen("--no-", "--", 1);
            let known = ["--project", "--container"].contains(&flag)
                || flags.contains(flag)
                || flags.contains(&on);
            assert!(known, "lib.sh does not compare {flag} of {kind}");
        }
    }
}
