//! The versions that the output was proven with, and the waivers: one table in the code, and everything else says the same.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ravelin::proof::{self, PROVEN, Scanner};

const DOCUMENT: &str = "docs/proof.md";

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn version(name: &str) -> &'static str {
    let proven = PROVEN.iter().find(|proven| proven.name == name);
    proven.unwrap_or_else(|| panic!("no `{name}`")).version
}

/// Puts a table between two marks.
fn filled(text: &str, mark: &str, table: &str) -> String {
    let open = format!("<!-- {mark} -->\n");
    let (before, rest) = text.split_once(&open).unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    format!("{before}{open}{table}<!-- end -->{after}")
}

#[test]
fn the_document_has_the_tables() {
    let text = fs::read_to_string(repository(DOCUMENT)).unwrap();
    let mut versions = "| | version | proven |\n|---|---|---|\n".to_owned();
    for it in PROVEN {
        versions.extend(["| ", it.name, " | ", it.version, " | ", it.how, " |\n"]);
    }
    let mut waivers =
        "| scanner | check | it asks that | why it is not so |\n|---|---|---|---|\n".to_owned();
    for it in proof::waivers() {
        let scanner = match it.scanner {
            Scanner::Checkov => "checkov",
            Scanner::Trivy => "trivy",
        };
        waivers.extend(["| ", scanner, " | `", it.check, "` | ", it.asks, " | "]);
        waivers.extend([it.reason, " |\n"]);
    }
    let made = filled(&filled(&text, "versions", &versions), "waivers", &waivers);
    if std::env::var_os("RAVELIN_REWRITE").is_some() {
        fs::write(repository(DOCUMENT), &made).unwrap();
    } else {
        assert!(
            text == made,
            "{DOCUMENT} is not as made; RAVELIN_REWRITE=1 cargo test --test proof writes it"
        );
    }
}

#[test]
fn a_check_is_waived_for_one_reason() {
    let checks: BTreeSet<&str> = proof::waivers().map(|waiver| waiver.check).collect();
    assert_eq!(checks.len(), proof::waivers().count());
    assert!(checks.len() > 10);
}

/// What is installed and what is stood in for has the version that is told.
#[test]
fn pins_are_the_versions_that_are_told() {
    let read = |path: &str| fs::read_to_string(repository(path)).unwrap();
    let facts: serde_json::Value =
        serde_json::from_str(&read("tests/provider/facts.json")).unwrap();
    assert_eq!(facts["header"]["version"], version("google provider"));
    let checkov = read("tests/scanners/requirements.txt");
    assert_eq!(checkov.trim(), format!("checkov=={}", version("checkov")));
    let trivy = format!("github.com/aquasecurity/trivy v{}\n", version("trivy"));
    assert!(read("tests/scanners/trivy/go.mod").contains(&trivy));
    let schema = ravelin::language::schema();
    let sets = schema["definitions"]["Waf"]["properties"]["crs"]["enum"].as_array();
    let sets: Vec<&str> = sets.unwrap().iter().filter_map(|it| it.as_str()).collect();
    assert_eq!(
        format!("OWASP {}", sets.join(", ")),
        version("Cloud Armor rule sets")
    );
}

#[test]
fn the_program_tells_them() {
    let program = |flag: &str| {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_ravelin"))
            .arg(flag)
            .output()
            .unwrap();
        assert!(done.status.success());
        String::from_utf8(done.stdout).unwrap()
    };
    let told = program("--version");
    for it in PROVEN {
        let row = told
            .lines()
            .find(|line| line.trim_start().starts_with(it.name));
        assert!(row.is_some_and(|row| row.ends_with(it.version)), "{told}");
    }
    assert_eq!(
        program("-V"),
        concat!("ravelin ", env!("CARGO_PKG_VERSION"), "\n")
    );
}
