//! The blueprints that ship with the project.

use std::fs;
use std::path::Path;

use ravelin::source::Source;
use ravelin::{Expansion, expand};
use toml::Table;

/// A blueprint, read and expanded.
pub struct Example {
    pub name: String,
    pub text: String,
    pub table: Table,
    pub expansion: Expansion,
}

impl Example {
    pub fn of(name: &str, text: String) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints");
        let beside = |file: &str| fs::read_to_string(folder.join(file)).ok();
        let expansion = expand(&Source::new(name, text.clone()), &beside);
        let found = &expansion.diagnostics;
        assert!(!expansion.has_errors(), "{name}: {found:?}");
        Self {
            name: name.to_owned(),
            table: text.parse().unwrap(),
            text,
            expansion,
        }
    }
}

/// All of them.
pub fn examples() -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints");
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap());
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.ends_with(".toml") {
            found.push(Example::of(name, fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(found.len() >= 6);
    found
}
