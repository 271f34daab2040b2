//! The findings in the formats for programs: each is read back by a reader that is not ours.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use ravelin::diag::{Diagnostic, github, json, sarif};
use ravelin::expand;
use ravelin::source::Source;
use serde_json::Value;

/// Every blueprint of `tests/reports`, and some that are hard to point at.
fn wrong() -> Vec<(Source, Vec<Diagnostic>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    let mut sources: Vec<Source> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            Source::new(name, fs::read_to_string(path).unwrap())
        })
        .collect();
    sources.push(Source::new("a folder/50%,1:2.toml", ""));
    sources.push(Source::new(
        "wide.toml",
        "schema = 1\r\n\"日本 😀\u{301}\" = 1\r\n\"%0A::error::\\n\" = [\r\n1,\r\n2]\r\n",
    ));
    let found = |source: Source| {
        let found = expand(&source, &|_| None).diagnostics;
        assert!(!found.is_empty(), "{} has nothing wrong", source.path);
        (source, found)
    };
    sources.into_iter().map(found).collect()
}

/// The schema of SARIF 2.1.0, as the crate `serde-sarif` brings it.
fn sarif_schema() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages
        .iter()
        .find(|package| package["name"] == "serde-sarif")
        .unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let schema = fs::read(manifest.with_file_name("src/schema.json")).unwrap();
    let mut schema: Value = serde_json::from_slice(&schema).unwrap();
    // The schema's own pattern of a language has a bracket too many, and we state none.
    for holder in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][holder]["properties"]["language"];
        assert!(
            language
                .as_object_mut()
                .unwrap()
                .remove("pattern")
                .is_some()
        );
    }
    schema
}

#[test]
fn sarif_fits_its_schema() {
    let schema = sarif_schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut broken: Value = serde_json::from_str(&sarif(&[], &Source::new("a", ""))).unwrap();
    broken["runs"][0]["results"] = serde_json::json!([{ "ruleId": 1 }]);
    assert!(!validator.is_valid(&broken), "the schema takes everything");
    for (source, found) in wrong() {
        let log: Value = serde_json::from_str(&sarif(&found, &source)).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", source.path);
        assert_eq!(
            log["runs"][0]["results"].as_array().unwrap().len(),
            found.len()
        );
    }
}

#[test]
fn sarif_and_json_point_at_the_same_characters() {
    for (source, found) in wrong() {
        let log: serde_sarif::sarif::Sarif = serde_json::from_str(&sarif(&found, &source)).unwrap();
        let results = log.runs[0].results.as_ref().unwrap();
        let report: Value = serde_json::from_str(&json(&found, &source)).unwrap();
        for (index, diagnostic) in found.iter().enumerate() {
            let Some(label) = diagnostic.labels.first() else {
                continue;
            };
            let pointed = &source.text[label.span.clone()];
            let location = &results[index].locations.as_ref().unwrap()[0];
            let physical = location.physical_location.as_ref().unwrap();
            let region = physical.region.as_ref().unwrap();
            let number = |number: Option<i64>| usize::try_from(number.unwrap()).unwrap();
            let start = offset(
                &source,
                number(region.start_line),
                number(region.start_column),
            );
            let end = offset(&source, number(region.end_line), number(region.end_column));
            assert_eq!(&source.text[start..end], pointed, "{diagnostic:?}");
            let label = &report["diagnostics"][index]["labels"][0];
            let at = |end: &str, what: &str| {
                usize::try_from(label[end][what].as_u64().unwrap()).unwrap()
            };
            assert_eq!(
                &source.text[at("start", "offset")..at("end", "offset")],
                pointed
            );
            assert_eq!(
                offset(&source, at("start", "line"), at("start", "column")),
                start
            );
            assert_eq!(offset(&source, at("end", "line"), at("end", "column")), end);
        }
    }
}

/// The place of a line and column, counted in the plainest way.
fn offset(source: &Source, line: usize, column: usize) -> usize {
    let before: usize = source
        .text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    let letters = source.text[before..].chars().take(column - 1);
    before + letters.map(char::len_utf8).sum::<usize>()
}

#[test]
fn github_reads_back_what_was_found() {
    for (source, found) in wrong() {
        let text = github(&found, &source);
        let annotations: Vec<&str> = text.lines().collect();
        assert_eq!(annotations.len(), found.len(), "{text}");
        for (annotation, diagnostic) in annotations.iter().zip(&found) {
            let (command, message) = annotation[2..].split_once("::").unwrap();
            let (severity, properties) = command.split_once(' ').unwrap();
            assert_eq!(severity, diagnostic.rule.severity.word());
            let property = |name: &str| {
                let properties = properties
                    .split(',')
                    .map(|one| one.split_once('=').unwrap());
                properties
                    .filter(|(key, _)| *key == name)
                    .map(|(_, value)| unescaped(value))
                    .next()
            };
            assert_eq!(property("file").unwrap(), source.path);
            assert_eq!(property("title").unwrap(), diagnostic.rule.code);
            assert!(
                unescaped(message).starts_with(&diagnostic.message),
                "{message}"
            );
            let place = diagnostic.labels.first().map(|label| label.span.start);
            if let (Some(place), Some(line)) = (place, property("line")) {
                let column = property("col").map_or(1, |column| column.parse().unwrap());
                let start = offset(&source, line.parse().unwrap(), column);
                assert!(property("col").is_none() || start == place, "{annotation}");
                assert_eq!(
                    source.text[..start].matches('\n').count(),
                    source.text[..place].matches('\n').count()
                );
            }
        }
    }
}

/// As GitHub's runner does it.
fn unescaped(text: &str) -> String {
    [
        ("%0D", "\r"),
        ("%0A", "\n"),
        ("%3A", ":"),
        ("%2C", ","),
        ("%25", "%"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (escaped, plain)| {
        text.replace(escaped, plain)
    })
}
