//! Leaves out each line of each template in turn and tells what changes, and which test sees it. `tests/lines/run` puts this
//! into a copy of the project, with the tests that it calls beside it.
#![allow(warnings, clippy::all, clippy::pedantic)]

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use ravelin::removed;

include!("checks.rs");

/// The files of every example, by example and path.
fn examples() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir("blueprints").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "toml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let beside = |file: &str| fs::read_to_string(Path::new("blueprints").join(file)).ok();
        let expansion = ravelin::expand(&ravelin::source::Source::new(name.clone(), text), &beside);
        assert!(!expansion.has_errors());
        for (file, content) in expansion.tree().iter() {
            files.insert(format!("{}/{}", path.file_stem().unwrap().to_str().unwrap(), file.as_str()), content.text.clone());
        }
    }
    files
}

/// A file without what tells and does not do: comments, empty lines, descriptions, labels, spaces that line things up.
/// Nothing is left of a document.
fn does(path: &str, text: &str) -> Vec<String> {
    const TELLS: [&str; 10] = [
        "description", "display_name", "labels", "user_labels", "title", "--description", "--display-name", "--labels",
        "--update-labels", "--user-labels",
    ];
    if path.ends_with(".md") {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let line = words.join(" ");
        let line = line.split(" # ").next().unwrap().trim();
        let line = line.split(" #checkov:").next().unwrap().trim();
        let first = line.split([' ', '=', ':']).next().unwrap();
        if line.is_empty() || line.starts_with('#') || TELLS.contains(&first) {
            continue;
        }
        lines.push(line.to_owned());
    }
    lines
}

fn main() {
    let lines: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let wanted: Vec<usize> = std::env::args().nth(2).unwrap().split(',').filter_map(|it| it.parse().ok()).collect();
    let whole = examples();
    for (path, text) in &whole {
        let golden = fs::read_to_string(Path::new("out-examples").join(path)).unwrap_or_default();
        let differs = golden.lines().zip(text.lines()).position(|(golden, line)| golden != line);
        if golden != *text {
            eprintln!("with every line kept, {path} is not as in out-examples, after line {differs:?}");
            std::process::exit(2);
        }
    }
    std::panic::set_hook(Box::new(|_| {}));
    let shown: Vec<bool> = (0..lines).map(removed::shown).collect();
    if wanted.is_empty() {
        for line in 0..lines {
            println!("{line}\t{}\t", if shown[line] { "shown" } else { "not shown" });
        }
        return;
    }
    for (name, check) in CHECKS {
        if let Err(why) = catch_unwind(check) {
            eprintln!("{name} fails with every line kept");
            std::process::exit(2);
        }
    }
    for line in wanted {
        if !shown[line] {
            println!("{line}\tnot shown\t");
            continue;
        }
        removed::remove(line);
        let Ok(without) = catch_unwind(AssertUnwindSafe(examples)) else {
            removed::remove(usize::MAX);
            println!("{line}\tseen\tit does not render");
            continue;
        };
        let changed: Vec<&String> = whole.keys().filter(|path| without.get(*path) != whole.get(*path)).collect();
        let acts: Vec<&&String> = changed
            .iter()
            .filter(|path| {
                without.get(**path).map(|text| does(path, text)) != whole.get(**path).map(|text| does(path, text))
            })
            .collect();
        let outcome = if changed.is_empty() {
            ("no difference", String::new())
        } else if acts.is_empty() {
            ("only tells", changed[0].to_string())
        } else {
            let failed = CHECKS.iter().find(|(_, check)| catch_unwind(*check).is_err());
            match failed {
                Some((name, _)) => ("seen", (*name).to_owned()),
                None => ("only golden", acts[0].to_string()),
            }
        };
        removed::remove(usize::MAX);
        println!("{line}\t{}\t{}", outcome.0, outcome.1);
    }
}
