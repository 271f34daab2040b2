//! The blueprints that come with the program are what people start from: nothing is found in them.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

use std::fs;
use std::path::Path;

use ravelin::diag::report;
use ravelin::expand;
use ravelin::source::Source;

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
