//! The blueprints that come with the program are what people start from: nothing is found in them.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

use std::fs;
use std::path::Path;

use ravelin::diag::report;
use ravelin::name::Kind;
use ravelin::plan::Date;
use ravelin::preset::{About, PRESETS, Preset, Values, own};
use ravelin::source::Source;
use ravelin::{check, expand};

#[test]
fn nothing_is_found_in_a_blueprint_of_ours() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints");
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let source = Source::new(name, fs::read_to_string(&path).unwrap());
        let expansion = expand(&source, &|file| fs::read_to_string(folder.join(file)).ok());
        let found = report(&expansion.diagnostics, &source, false);
        assert!(expansion.diagnostics.is_empty(), "{found}");
        assert!(!expansion.plans.is_empty(), "{name} has no environment");
        count += 1;
    }
    assert!(
        count >= 6,
        "only {count} blueprints in {}",
        folder.display()
    );
}

fn today() -> Date {
    Date::new(2031, 8, 31).unwrap()
}

/// Nothing is found in a preset with these values.
#[track_caller]
fn is_fine(preset: &Preset, values: &Values) {
    let source = Source::new("ravelin.toml", preset.blueprint(values));
    let found = check(&source, &|_| None, values.today).diagnostics;
    assert!(found.is_empty(), "{}", report(&found, &source, false));
}

#[test]
fn a_preset_is_fine_for_every_name() {
    let long = "a-long-name-of-thirty-letters1";
    for preset in PRESETS {
        for name in ["shop", "a", "google-shop", "goog", "ssl", "prod", long] {
            assert!(Kind::Prefix.accepts(name) && !Kind::Prefix.accepts(&format!("{long}1")));
            is_fine(&preset, &preset.defaults(name, today()));
        }
    }
}

#[test]
fn nothing_of_the_example_is_left_in_a_preset() {
    for preset in PRESETS {
        let mut values = preset.defaults("mine", today());
        values.region = "us-west1".to_owned();
        values.domain = "mine.test".to_owned();
        is_fine(&preset, &values);
        let text = preset.blueprint(&values);
        for word in [
            "acme",
            "europe-west1",
            "asia-northeast1",
            "us-central1",
            "2027",
        ] {
            assert!(!text.contains(word), "{word} is in\n{text}");
        }
        let mut domains = own(&text)
            .into_iter()
            .filter(|own| own.about == About::Domain);
        assert!(
            domains.all(|own| own.value.ends_with("mine.test")),
            "{text}"
        );
    }
}
