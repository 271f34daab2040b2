//! The scripts that the owners of other projects are given.

use ravelin::tree::Tree;
use serde_norway::Value;

use super::call::{Call, sql_grant};
use super::shell::{Command, commands};
use crate::cloud::{Grant, Place};

/// What the owners of other projects are asked to grant.
pub fn grants(place: &Place, tree: &Tree) -> Vec<Grant> {
    let prefix = format!("iam/{}/elsewhere/", place.environment);
    let mut grants = Vec::new();
    for (path, file) in tree.iter() {
        if path.as_str().starts_with(&prefix) && path.as_str().ends_with(".sh") {
            let all = commands(&file.text);
            asks_whole(path.as_str(), &all);
            let queries = all.iter().filter(|command| command.words[0] == "bq");
            grants.extend(queries.map(|command| {
                let statement = command.words.iter().find(|word| word.starts_with("GRANT "));
                sql_grant(statement.unwrap())
            }));
            let bindings = all.iter().filter(|command| {
                let words = &command.words;
                words[0] == "gcloud" && words.iter().any(|word| word == "add-iam-policy-binding")
            });
            grants.extend(bindings.map(|command| {
                let words: Vec<String> = command.words[1..].to_vec();
                let said = words.into_iter().filter(|word| !word.starts_with('>'));
                let mut grant = Call::new(place, &said.collect::<Vec<_>>()).grant();
                if let Some(file) = &command.file {
                    let condition: Value = serde_norway::from_str(file).unwrap();
                    let text = |key: &str| condition[key].as_str().unwrap().to_owned();
                    grant.condition = Some((text("title"), text("expression")));
                }
                grant
            }));
        }
    }
    grants
}

/// Stops where a script for the owner of another project would go on after a failure, ask somebody, or not know what it grants.
fn asks_whole(path: &str, all: &[Command]) {
    assert_eq!(all[0].words, ["set", "-euo", "pipefail"], "{path}");
    let says = |word: &str| {
        let mut words = all.iter().flat_map(|one| &one.words);
        words.any(|one| one.contains(word))
    };
    let knows = all
        .iter()
        .any(|one| one.words[0].starts_with("project_number="));
    assert_eq!(says("⟨project_number⟩"), knows, "{path}");
    let grants = all
        .iter()
        .filter(|one| ["gcloud", "bq"].contains(&one.words[0].as_str()));
    let mut count = 0;
    for grant in grants {
        count += 1;
        assert!(grant.words.iter().any(|word| word == "--quiet"), "{path}");
    }
    let noun = if count == 1 { "grant" } else { "grants" };
    let told = format!("done: {count} {noun} in ");
    let last = &all.last().unwrap().words;
    assert!(
        last[0] == "echo" && last[1].starts_with(&told),
        "{path}: {last:?}"
    );
}
