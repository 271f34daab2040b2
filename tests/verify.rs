//! `verify.sh` holds every fact of an environment to what is live, but for those that stand nowhere in the cloud, or that
//! everything is looked up by.
#![allow(clippy::expect_used, reason = "a test may stop where it stands")]

use std::collections::BTreeSet;
use std::path::Path;

use ravelin::{Expansion, expand, source::Source};

/// What the blueprints that ship with the project expand to, by their names.
fn expansions() -> Vec<(String, Expansion)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the blueprints are there") {
        let path = entry.expect("an entry can be read").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let name = path.display().to_string();
        let text = std::fs::read_to_string(&path).expect("a blueprint is text");
        let beside = |file: &str| std::fs::read_to_string(folder.join(file)).ok();
        let expansion = expand(&Source::new(name.clone(), text), &beside);
        all.push((name, expansion));
    }
    all
}

#[test]
fn every_fact_is_read_or_stands_nowhere() {
    let mut facts = 0;
    for (name, expansion) in expansions() {
        let tree = expansion.tree();
        for plan in &expansion.plans {
            let script = format!("gcloud/{}/verify.sh", plan.environment);
            let script = &tree.get(&script).expect("each environment has one").text;
            let lines: Vec<&str> = script.lines().collect();
            for fact in &plan.facts {
                let key = fact.key();
                let read = format!("fact {key} ");
                let nowhere = format!("# {key}: stands nowhere in the cloud");
                let named = format!("# {key}: everything here is looked up by it");
                let pipeline = format!("# {key}: a pipeline decides it");
                let known = lines.iter().any(|line| {
                    let decided = *line == pipeline && key.ends_with(".images_by_tag");
                    line.starts_with(&read) || *line == nowhere || *line == named || decided
                });
                assert!(known, "{name}: nothing reads `{key}`");
                facts += 1;
            }
        }
    }
    assert!(facts > 100, "the blueprints have facts");
}

/// A second function of the same name would take the place of the first, in silence.
#[test]
fn no_two_functions_of_a_script_have_one_name() {
    let mut functions = 0;
    for (name, expansion) in expansions() {
        let tree = expansion.tree();
        for plan in &expansion.plans {
            let folder = format!("gcloud/{}/", plan.environment);
            let library = tree.get(&format!("{folder}lib.sh"));
            let library = &library.expect("each environment has one").text;
            let scripts = tree.iter().filter(|(path, file)| {
                file.executable && path.as_str().starts_with(&folder) && file.text != *library
            });
            for (path, script) in scripts {
                let mut seen = BTreeSet::new();
                let lines = library.lines().chain(script.text.lines());
                // Each script says for itself how it is used.
                for function in lines.filter_map(defines).filter(|name| name != "usage") {
                    functions += 1;
                    let twice = !seen.insert(function.clone());
                    assert!(!twice, "{name}: {path}: `{function}` is there twice");
                }
            }
        }
    }
    assert!(functions > 1_000, "{functions}");
}

/// The names of all functions that the templates have.
fn functions_of_the_templates() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/gcloud");
    let mut names = BTreeSet::new();
    for folder in [folder.clone(), folder.join("lib")] {
        for entry in std::fs::read_dir(&folder).expect("the templates are there") {
            let path = entry.expect("an entry can be read").path();
            let text = std::fs::read_to_string(path).unwrap_or_default();
            names.extend(text.lines().filter_map(defines));
        }
    }
    names
}

/// The name of a function that begins on a line.
fn defines(line: &str) -> Option<String> {
    let (name, rest) = line.split_once("()")?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (rest.starts_with(" {") && name.bytes().all(plain)).then(|| name.to_owned())
}

/// The words of a line that stand where a command begins.
fn called(line: &str) -> Vec<&str> {
    const BEFORE: [&str; 10] = [
        "if", "elif", "while", "until", "then", "do", "else", "!", "&&", "||",
    ];
    let line = line.split(" # ").next().unwrap_or_default();
    let mut found = Vec::new();
    for (number, part) in line.split("$(").enumerate() {
        for part in part.split("; ").flat_map(|part| part.split(" { ")) {
            let words: Vec<&str> = part.split_whitespace().collect();
            let begins = |at: usize| at == 0 || BEFORE.contains(&words[at - 1]);
            let begin = (0..words.len()).filter(|at| begins(*at));
            let word = |at: usize| match number {
                0 => words[at], // one with a parenthesis is a case
                _ => words[at].trim_end_matches([')', '"']),
            };
            found.extend(begin.map(word));
        }
    }
    found
}

/// The lines of a script that are its own, and no text that it hands over.
fn own_lines(script: &str) -> Vec<&str> {
    let (mut lines, mut end) = (Vec::new(), None);
    for line in script.lines() {
        if end.is_none() {
            lines.push(line);
            let handed = line.split_once(" <<").map_or("", |(_, rest)| rest);
            let handed = handed.split(' ').next().unwrap_or_default();
            let word = handed.trim_matches('\'');
            let whole = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
            end = whole.then_some(word);
        } else if end == Some(line) {
            end = None;
        }
    }
    lines
}

/// A part of the library that is left out takes nothing with it that another part calls.
#[test]
fn every_function_that_is_called_is_there() {
    let all = functions_of_the_templates();
    let mut calls = 0;
    for (name, expansion) in expansions() {
        let tree = expansion.tree();
        for plan in &expansion.plans {
            let folder = format!("gcloud/{}/", plan.environment);
            let library = tree.get(&format!("{folder}lib.sh"));
            let library = &library.expect("each environment has one").text;
            // A stage holds texts of the blueprint, in which any word may begin a line; each of its commands is read elsewhere.
            for name_of in ["lib.sh", "secrets.sh", "verify.sh"] {
                let path = format!("{folder}{name_of}");
                let script = tree.get(&path).expect("each environment has one");
                let lines = || {
                    own_lines(library)
                        .into_iter()
                        .chain(own_lines(&script.text))
                };
                let there: BTreeSet<String> = lines()
                    .filter_map(|line| defines(line.trim_start()))
                    .collect();
                for word in lines().flat_map(called).filter(|word| all.contains(*word)) {
                    calls += 1;
                    assert!(there.contains(word), "{name}: {path} has no `{word}`");
                }
            }
        }
    }
    assert!(calls > 1_000, "{calls}");
}

/// Whoever runs `verify.sh` may have no right to read what others own: what is promised there is named, so that it can say so.
#[test]
fn what_is_granted_in_other_projects_is_named() {
    let text = r#"
schema = 1

[project]
name   = "shop"
region = "europe-west1"

[environments.prod]
project_id = "acme-shop-prod"

[jobs.report]
image  = "europe-docker.pkg.dev/acme-shop-prod/app/report@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
grants = [{ role = "roles/pubsub.publisher", on = "//pubsub.googleapis.com/projects/acme-data/topics/sales" }]

[workflows.close]
source = "close.yaml"
grants = [{ role = "roles/pubsub.publisher", on = "//pubsub.googleapis.com/projects/acme-data/topics/sales" }]
"#;
    let steps = |_: &str| Some("main:\n  steps:\n    - done:\n        return: yes\n".to_owned());
    let expansion = expand(&Source::new("ravelin.toml", text), &steps);
    assert!(expansion.plans.len() == 1, "{:?}", expansion.diagnostics);
    let tree = expansion.tree();
    let script = tree.get("gcloud/prod/verify.sh");
    let script = &script.expect("the environment has one").text;
    for element in ["jobs.report", "workflows.close"] {
        let fact = format!("fact {element}.grants ");
        let line = script.lines().find(|line| line.starts_with(&fact));
        let line = line.unwrap_or_else(|| panic!("nothing reads the grants of {element}"));
        let (_, reader) = line.split_once(" grants_of ").expect("its reader");
        assert!(reader.contains("acme-data"), "{line}");
    }
}
