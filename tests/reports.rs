//! Each `tests/reports/NAME.toml` is wrong in some way, and `NAME.txt` is the report of it. `RAVELIN_REWRITE=1` writes the
//! reports anew.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

use std::fs;
use std::path::Path;

use ravelin::diag::report;
use ravelin::expand;
use ravelin::source::{Lines, Source};

/// No file stands beside these blueprints.
fn reported(source: &Source) -> String {
    report(&expand(source, &|_| None).diagnostics, source, false)
}

#[test]
fn reports_are_as_written() {
    let rewrite = std::env::var_os("RAVELIN_REWRITE").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no reports in {}", folder.display());
    let mut wrong = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let source = Source::new(name, fs::read_to_string(&file).unwrap());
        let found = reported(&source);
        let golden = file.with_extension("txt");
        if rewrite {
            fs::write(&golden, &found).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("{name} is reported as\n{found}"));
        }
        assert!(!found.is_empty(), "{name} has nothing wrong");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every mistake has one finding, whatever else is wrong, and they stand in the order of their places.
#[test]
fn forty_mistakes_have_forty_findings() {
    let text = include_str!("reports/forty.toml");
    let source = Source::new("forty.toml", text);
    let lines = Lines::of(text);
    let found: Vec<(usize, &str)> = expand(&source, &|_| None)
        .diagnostics
        .iter()
        .map(|finding| {
            let place = lines.position(finding.labels[0].span.start);
            (place.line, finding.rule.code)
        })
        .collect();
    let marked: Vec<(usize, &str)> = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.starts_with('#'))
        .filter_map(|(line, number)| Some((line.split_once(" # ")?.1, number)))
        .flat_map(|(codes, number)| codes.split(' ').map(move |code| (number, code)))
        .collect();
    assert_eq!(found, marked);
    assert_eq!(found.len(), 40);
}
