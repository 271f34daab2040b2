//! How long it takes, in the process and as a whole program. `cargo bench` prints the table.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench may stop where it stands, and use the disk"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use divan::{Bencher, black_box, counter::ItemsCount};
use ravelin::{check, expand, source::Source};

fn main() {
    divan::main();
}

/// A blueprint that ships with the project.
fn blueprint(name: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("blueprints")
        .join(format!("{name}.toml"));
    Source::new(format!("{name}.toml"), fs::read_to_string(path).unwrap())
}

/// A blueprint of so many services: each calls the next, every tenth is public, every second uses the database.
fn services(count: usize) -> Source {
    let mut text = String::from(
        "schema = 1\n[project]\nname = \"many\"\nregion = \"europe-west1\"\n\
         [environments.prod]\nproject_id = \"acme-many-prod\"\n[state]\nbucket = \"acme-state\"\n\
         [network]\nsubnet = \"10.0.0.0/12\"\nservice_range = \"10.16.0.0/20\"\n\
         [waf]\nmode = \"enforce\"\n[secrets.key]\n\
         [databases.main]\nengine = \"postgres\"\nversion = \"17\"\ntier = \"db-custom-2-7680\"\n\
         flags = { max_connections = \"250000\" }\n",
    );
    for number in 0..count {
        let next = (number + 1) % count;
        write!(
            text,
            "[services.s{number}]\n\
             image = \"europe-docker.pkg.dev/acme-many-prod/app/s@sha256:{number:064x}\"\n\
             env = {{ NEXT = \"${{services.s{next}.url}}\", LOG_LEVEL = \"info\" }}\n\
             calls = [\"s{next}\"]\n\
             secrets = {{ env = {{ KEY = \"key:1\" }} }}\n\
             health = \"/health\"\n",
        )
        .unwrap();
        if number % 10 == 0 {
            write!(
                text,
                "exposure = \"public\"\nauth = \"iam\"\ndomains = [\"s{number}.example.com\"]\n"
            )
            .unwrap();
        }
        if number % 2 == 0 {
            text.push_str("databases = { main = { pool = 1 } }\n");
        }
    }
    Source::new("many.toml", text)
}

/// From the text to all files in memory.
fn whole(source: &Source) -> usize {
    let expansion = expand(source, &|_| None);
    assert!(
        !expansion.has_errors(),
        "{:?}",
        expansion.diagnostics.first()
    );
    black_box(expansion.tree()).len()
}

#[divan::bench(args = ["minimal", "storefront"])]
fn expansion(bencher: Bencher<'_, '_>, name: &str) {
    let source = blueprint(name);
    bencher.bench(|| whole(&source));
}

/// From the text to the findings, as `ravelin check` does it.
fn checked(source: &Source) -> usize {
    let expansion = check(source, &|_| None, "2026-01-01".parse().unwrap());
    assert!(!expansion.has_errors());
    expansion.diagnostics.len()
}

#[divan::bench(args = ["minimal", "storefront"])]
fn checking(bencher: Bencher<'_, '_>, name: &str) {
    let source = blueprint(name);
    bencher.bench(|| checked(&source));
}

#[divan::bench(args = [1_000], sample_count = 10, sample_size = 1)]
fn checking_of_services(bencher: Bencher<'_, '_>, count: usize) {
    let source = services(count);
    bencher
        .counter(ItemsCount::new(count))
        .bench(|| checked(&source));
}

/// The figure per item is the cost of one service.
#[divan::bench(args = [10, 100, 1_000], sample_count = 10, sample_size = 1)]
fn expansion_of_services(bencher: Bencher<'_, '_>, count: usize) {
    let source = services(count);
    bencher
        .counter(ItemsCount::new(count))
        .bench(|| whole(&source));
}

/// The program, from its start to its end, into an empty folder.
#[divan::bench(args = ["minimal", "storefront"], sample_count = 50, sample_size = 1)]
fn program(bencher: Bencher<'_, '_>, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("blueprints")
        .join(format!("{name}.toml"));
    bencher
        .with_inputs(|| tempfile::tempdir().unwrap())
        .bench_values(|out| {
            let done = Command::new(env!("CARGO_BIN_EXE_ravelin"))
                .arg("generate")
                .arg(&path)
                .arg("--out")
                .arg(out.path())
                .output()
                .unwrap();
            assert!(
                done.status.success(),
                "{}",
                String::from_utf8_lossy(&done.stderr)
            );
            out
        });
}

/// The floor: the same bytes, written with a loop.
#[divan::bench(args = ["minimal", "storefront"], sample_count = 50, sample_size = 1)]
fn floor(bencher: Bencher<'_, '_>, name: &str) {
    let tree = expand(&blueprint(name), &|_| None).tree();
    let files: Vec<(PathBuf, String)> = tree
        .iter()
        .map(|(path, file)| (PathBuf::from(path.as_str()), file.text.clone()))
        .collect();
    bencher
        .with_inputs(|| tempfile::tempdir().unwrap())
        .bench_values(|out| {
            for (path, text) in &files {
                let path = out.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            out
        });
}

/// A folder in which a blueprint of so many services is generated.
fn generated(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ravelin.toml"), services(count).text).unwrap();
    let done = program_in(folder.path(), "generate");
    assert!(done.success());
    folder
}

fn program_in(folder: &Path, command: &str) -> std::process::ExitStatus {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ravelin"));
    program.arg(command).current_dir(folder);
    program.output().unwrap().status
}

/// All files of a folder, without what belongs to the machine.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if !path.is_dir() {
                files.push(path);
            } else if !path.ends_with(".ravelin") {
                open.push(path);
            }
        }
    }
    files
}

/// A first run of the program.
#[divan::bench(args = [1_000], sample_count = 5, sample_size = 1)]
fn first_generate(bencher: Bencher<'_, '_>, count: usize) {
    let text = services(count).text;
    let inputs = || {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ravelin.toml"), &text).unwrap();
        folder
    };
    bencher.with_inputs(inputs).bench_values(|folder| {
        assert!(program_in(folder.path(), "generate").success());
        folder
    });
}

/// Its floor: the same files, each written beside its place and renamed.
#[divan::bench(args = [1_000], sample_count = 5, sample_size = 1)]
fn first_generate_floor(bencher: Bencher<'_, '_>, count: usize) {
    let tree = expand(&services(count), &|_| None).tree();
    bencher
        .with_inputs(|| tempfile::tempdir().unwrap())
        .bench_values(|out| {
            for (path, file) in tree.iter() {
                let path = out.path().join(path.as_str());
                let folder = path.parent().unwrap();
                fs::create_dir_all(folder).unwrap();
                let staged = folder.join(".staged");
                fs::write(&staged, &file.text).unwrap();
                fs::rename(staged, path).unwrap();
            }
            out
        });
}

/// A run that finds nothing to do.
#[divan::bench(args = [("diff", 10), ("diff", 1_000), ("generate", 1_000)], sample_count = 10, sample_size = 1)]
fn no_change(bencher: Bencher<'_, '_>, (command, count): (&str, usize)) {
    let folder = generated(count);
    bencher.bench(|| assert!(program_in(folder.path(), command).success()));
}

/// Its floor: the same files, read.
#[divan::bench(args = [10, 1_000], sample_count = 10, sample_size = 1)]
fn no_change_floor(bencher: Bencher<'_, '_>, count: usize) {
    let folder = generated(count);
    let files = files_in(folder.path());
    bencher.bench(|| {
        let read = |path: &PathBuf| fs::read(path).unwrap().len();
        files.iter().map(read).sum::<usize>()
    });
}
