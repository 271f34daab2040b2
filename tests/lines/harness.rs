//! Leaves out each line of each template in turn and tells what changes, and which test sees it. `tests/lines/run` puts this
//! into a copy of the project, with the tests that it calls beside it.
#![allow(warnings, clippy::all, clippy::pedantic)]

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use ravelin::source::Source;
use ravelin::{Expansion, removed};

include!("checks.rs");

/// The examples that show the line which is left out; all of them while none is.
static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Whether a test that goes over the examples looks at this one, a file's name.
pub fn asked(file: &str) -> bool {
    let asked = ASKED.lock().unwrap();
    asked.is_empty() || asked.iter().any(|name| file.strip_suffix(".toml") == Some(name))
}

/// The examples by name, expanded: no template has a say in that.
fn expansions() -> BTreeMap<String, Expansion> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir("blueprints").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "toml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let beside = |file: &str| fs::read_to_string(Path::new("blueprints").join(file)).ok();
        let expansion = ravelin::expand(&Source::new(name, text), &beside);
        assert!(!expansion.has_errors());
        found.insert(path.file_stem().unwrap().to_str().unwrap().to_owned(), expansion);
    }
    found
}

/// The files of an example, by example and path.
fn files(name: &str, expansion: &Expansion) -> BTreeMap<String, String> {
    let tree = expansion.tree();
    tree.iter().map(|(path, file)| (format!("{name}/{}", path.as_str()), file.text.clone())).collect()
}

/// A file without what tells and does not do: comments, empty lines, descriptions, labels, the names that a run calls its steps
/// by, spaces that line things up.
/// Nothing is left of a document.
fn does(path: &str, text: &str) -> Vec<String> {
    const TELLS: [&str; 11] = [
        "step",
        "description", "display_name", "labels", "user_labels", "title", "--description", "--display-name", "--labels",
        "--update-labels", "--user-labels",
    ];
    if path.ends_with(".md") {
        return Vec::new();
    }
    let (mut lines, mut told) = (Vec::new(), false);
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let line = words.join(" ");
        let line = line.split(" # ").next().unwrap().trim();
        let line = line.split(" #checkov:").next().unwrap().trim();
        if told {
            told = line != "}";
            continue;
        }
        let first = line.split([' ', '=', ':']).next().unwrap();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if TELLS.contains(&first) {
            told = line.ends_with('{');
            continue;
        }
        lines.push(line.to_owned());
    }
    lines
}

fn main() {
    let lines: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let only_shown = std::env::args().nth(2).unwrap() == "shown";
    let wanted: Vec<usize> = std::io::stdin().lines().map(|line| line.unwrap().parse().unwrap()).collect();
    let expansions = expansions();
    let mut whole = BTreeMap::new();
    let mut shown: BTreeMap<usize, Vec<&String>> = BTreeMap::new();
    for (name, expansion) in &expansions {
        removed::forget();
        let files = files(name, expansion);
        for line in (0..lines).filter(|line| removed::shown(*line)) {
            shown.entry(line).or_default().push(name);
        }
        for (path, text) in files {
            let golden = fs::read_to_string(Path::new("out-examples").join(&path)).unwrap_or_default();
            let differs = golden.lines().zip(text.lines()).position(|(golden, line)| golden != line);
            if golden != text {
                eprintln!("with every line kept, {path} is not as in out-examples, after line {differs:?}");
                std::process::exit(2);
            }
            whole.insert(path, text);
        }
    }
    std::panic::set_hook(Box::new(|_| {}));
    if only_shown {
        for line in wanted {
            println!("{line}\t{}\t", if shown.contains_key(&line) { "shown" } else { "not shown" });
        }
        return;
    }
    let mut checks = CHECKS.to_vec();
    for (name, check) in &checks {
        let begun = Instant::now();
        if let Err(why) = catch_unwind(check) {
            eprintln!("{name} fails with every line kept");
            std::process::exit(2);
        }
        eprintln!("{name}: {:?}", begun.elapsed());
    }
    for line in wanted {
        let Some(names) = shown.get(&line) else {
            println!("{line}\tnot shown\t");
            continue;
        };
        *ASKED.lock().unwrap() = names.iter().map(|name| (*name).clone()).collect();
        removed::remove(line);
        let outcome = left_out(names, &expansions, &whole, &mut checks);
        removed::remove(usize::MAX);
        ASKED.lock().unwrap().clear();
        println!("{line}\t{}\t{}", outcome.0, outcome.1);
    }
}

/// What comes of the examples that show a line, now that it is left out.
fn left_out(
    names: &[&String],
    expansions: &BTreeMap<String, Expansion>,
    whole: &BTreeMap<String, String>,
    checks: &mut Vec<(&'static str, fn())>,
) -> (&'static str, String) {
    let (mut tells, mut acts) = (None, None);
    for name in names {
        let Ok(without) = catch_unwind(AssertUnwindSafe(|| files(name, &expansions[*name]))) else {
            return ("seen", "it does not render".to_owned());
        };
        for (path, text) in without {
            if whole.get(&path).is_some_and(|whole| *whole == text) {
                continue;
            }
            let changes = whole.get(&path).is_none_or(|whole| does(&path, whole) != does(&path, &text));
            (if changes { &mut acts } else { &mut tells }).get_or_insert(path);
        }
    }
    match (acts, tells) {
        (None, None) => ("no difference", String::new()),
        (None, Some(path)) => ("only tells", path),
        (Some(path), _) => match checks.iter().position(|(_, check)| catch_unwind(check).is_err()) {
            Some(at) => {
                // The next line is probably seen by the same.
                checks[..=at].rotate_right(1);
                ("seen", checks[0].0.to_owned())
            }
            None => ("only golden", path),
        },
    }
}
