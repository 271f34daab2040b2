//! `out-examples/NAME` is what `blueprints/NAME.toml` generates: file by file, in both directions. After a change that is
//! meant, `RAVELIN_REWRITE=1 cargo test --test examples` writes them anew, by the program itself. What a person would write beside
//! that says in its first lines that it is written by hand, and stays.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The names of the blueprints that ship with the project.
fn names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder("blueprints"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// Whether a file of an example is none that is generated.
fn by_hand(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    text.lines()
        .take(2)
        .any(|line| line.starts_with("# Written by hand"))
}

fn generate(name: &str, out: &Path) {
    let done = Command::new(env!("CARGO_BIN_EXE_ravelin"))
        .arg("generate")
        .arg(folder("blueprints").join(format!("{name}.toml")))
        .arg("--out")
        .arg(out)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// All files below a folder, by their path in it, with whether they can be run.
fn files(root: &Path) -> BTreeMap<String, (bool, Vec<u8>)> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut files = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // What is of use on one machine alone is no part of it.
                if !path.ends_with(".ravelin") {
                    open.push(path);
                }
                continue;
            }
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            let executable = path.metadata().unwrap().permissions().mode() & 0o111 != 0;
            files.insert(name, (executable, fs::read(&path).unwrap()));
        }
    }
    files
}

#[test]
fn examples_are_what_the_blueprints_generate() {
    let names = names();
    for needed in [
        "minimal",
        "storefront",
        "internal-only",
        "iap-admin",
        "mysql-shared-vpc",
        "web-database",
        "domain-mapping",
    ] {
        assert!(
            names.iter().any(|name| name == needed),
            "there is no blueprint `{needed}`"
        );
    }
    let rewrite = std::env::var_os("RAVELIN_REWRITE").is_some();
    let mut wrong = Vec::new();
    for name in &names {
        let example = folder("out-examples").join(name);
        if rewrite {
            if example.exists() {
                let generated = files(&example);
                let generated = generated.iter().filter(|(_, (_, text))| !by_hand(text));
                for (path, _) in generated {
                    fs::remove_file(example.join(path)).unwrap();
                }
            }
            generate(name, &example);
        }
        let fresh = tempfile::tempdir().unwrap();
        generate(name, fresh.path());
        let (expected, found) = (files(&example), files(fresh.path()));
        assert!(found.len() > 10, "{name} generates next to nothing");
        for (path, file) in &found {
            match expected.get(path) {
                None => wrong.push(format!(
                    "{name}/{path} is generated, but not in out-examples"
                )),
                Some(golden) if golden != file => {
                    wrong.push(format!("{name}/{path} is generated differently"));
                }
                Some(_) => {}
            }
        }
        let gone = expected
            .iter()
            .filter(|(path, (_, text))| !found.contains_key(*path) && !by_hand(text));
        wrong.extend(
            gone.map(|(path, _)| format!("{name}/{path} is in out-examples, but not generated")),
        );
    }
    let examples = fs::read_dir(folder("out-examples")).unwrap();
    for example in examples {
        let example = example.unwrap().file_name().to_str().unwrap().to_owned();
        if !names.contains(&example) {
            wrong.push(format!("out-examples/{example} has no blueprint"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\nRAVELIN_REWRITE=1 writes them anew",
        wrong.join("\n")
    );
}

#[test]
fn neither_place_nor_time_nor_language_changes_a_byte() {
    let here = tempfile::tempdir().unwrap();
    generate("storefront", here.path());
    let there = tempfile::tempdir().unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_ravelin"))
        .args(["generate", "storefront.toml", "--out"])
        .arg(there.path().join("deep/er"))
        .current_dir(folder("blueprints"))
        .envs([
            ("LC_ALL", "tr_TR.UTF-8"),
            ("LANG", "de_DE.UTF-8"),
            ("TZ", "Pacific/Kiritimati"),
            ("HOME", "/nowhere"),
        ])
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert_eq!(files(here.path()), files(&there.path().join("deep/er")));
}
