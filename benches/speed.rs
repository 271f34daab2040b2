//! How long it takes, in the process and as a whole program. `cargo bench` prints the table.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench may stop where it stands, and use the disk"
)]

#[path = "../tests/folder/services.rs"]
mod services;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};

use divan::{Bencher, black_box, counter::ItemsCount};
use ravelin::{check, expand, source::Source};

fn main() {
    divan::main();
    // With other arguments somebody wants one bench alone.
    if std::env::args()
        .skip(1)
        .all(|argument| argument == "--bench" || argument == "memory")
    {
        memory();
    }
    kept().clear();
}

/// The folders of all benches; they go when the last bench has ended. Some file systems (ext4 without a journal) take a
/// hundred times as long to make a file in the half minute after others were removed: what is measured would depend on
/// what was measured before, and the floor on its program.
fn kept() -> std::sync::MutexGuard<'static, Vec<tempfile::TempDir>> {
    static KEPT: Mutex<Vec<tempfile::TempDir>> = Mutex::new(Vec::new());
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A new folder.
fn folder() -> PathBuf {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    kept().push(folder);
    path
}

/// The program as `cargo install` puts it in its place: a copy. A file that a linker has just written lies scattered in the
/// system's memory, and starts up to a millisecond later until the system has read it anew.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let copy = folder().join("ravelin");
    fs::copy(env!("CARGO_BIN_EXE_ravelin"), &copy).unwrap();
    copy
});

/// A blueprint that ships with the project.
fn blueprint(name: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("blueprints")
        .join(format!("{name}.toml"));
    Source::new(format!("{name}.toml"), fs::read_to_string(path).unwrap())
}

/// A blueprint of so many services.
fn services(count: usize) -> Source {
    Source::new("ravelin.toml", services::services(count))
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
#[divan::bench(args = [10, 100, 1_000, 10_000], sample_count = 5, sample_size = 1)]
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
    bencher.with_inputs(folder).bench_values(|out| {
        let done = Command::new(&*PROGRAM)
            .arg("generate")
            .arg(&path)
            .arg("--out")
            .arg(out)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    });
}

/// What a first run left in a folder, the lock and the texts for merges too: what a floor writes again. Files and bytes.
fn written(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    fn collect(root: &Path, folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, files);
            } else if path != root.join("ravelin.toml") {
                let below = path.strip_prefix(root).unwrap().to_owned();
                files.push((below, fs::read(path).unwrap()));
            }
        }
    }
    let mut files = Vec::new();
    collect(folder, folder, &mut files);
    files.sort();
    files
}

/// The floor: the same bytes, written with a loop.
#[divan::bench(args = ["minimal", "storefront"], sample_count = 50, sample_size = 1)]
fn floor(bencher: Bencher<'_, '_>, name: &str) {
    let first = folder();
    fs::write(first.join("ravelin.toml"), blueprint(name).text).unwrap();
    assert!(program_in(&first, "generate").success());
    let files = written(&first);
    bencher.with_inputs(folder).bench_values(|out| {
        for (path, bytes) in &files {
            let path = out.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    });
}

/// A folder with a blueprint of so many services.
fn with_services(count: usize) -> PathBuf {
    let folder = folder();
    fs::write(folder.join("ravelin.toml"), services::services(count)).unwrap();
    folder
}

/// A folder in which a blueprint of so many services is generated: the same for every bench that only reads it.
fn generated(count: usize) -> PathBuf {
    static GENERATED: Mutex<BTreeMap<usize, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut generated = GENERATED.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let folder = with_services(count);
        assert!(program_in(&folder, "generate").success());
        folder
    };
    generated.entry(count).or_insert_with(make).clone()
}

fn program_in(folder: &Path, command: &str) -> std::process::ExitStatus {
    let mut program = Command::new(&*PROGRAM);
    program.arg(command).current_dir(folder);
    program.output().unwrap().status
}

/// A first run of the program.
#[divan::bench(args = [1_000], sample_count = 5, sample_size = 1)]
fn first_generate(bencher: Bencher<'_, '_>, count: usize) {
    bencher
        .with_inputs(|| with_services(count))
        .bench_values(|folder| assert!(program_in(&folder, "generate").success()));
}

/// Its floor: the same files, each written beside its place and renamed.
#[divan::bench(args = [1_000], sample_count = 5, sample_size = 1)]
fn first_generate_floor(bencher: Bencher<'_, '_>, count: usize) {
    let files = written(&generated(count));
    bencher.with_inputs(folder).bench_values(|out| {
        for (path, bytes) in &files {
            let path = out.join(path);
            let folder = path.parent().unwrap();
            fs::create_dir_all(folder).unwrap();
            let staged = folder.join(".staged");
            fs::write(&staged, bytes).unwrap();
            fs::rename(staged, path).unwrap();
        }
    });
}

const NO_CHANGE: [(&str, usize); 5] = [
    ("diff", 10),
    ("diff", 1_000),
    ("diff", 10_000),
    ("generate", 1_000),
    ("generate", 10_000),
];

/// A run that finds nothing to do.
#[divan::bench(args = NO_CHANGE, sample_count = 5, sample_size = 1)]
fn no_change(bencher: Bencher<'_, '_>, (command, count): (&str, usize)) {
    let folder = generated(count);
    bencher.bench(|| assert!(program_in(&folder, command).success()));
}

/// Its floor: the same files, read and compared by two threads.
#[divan::bench(args = [10, 1_000, 10_000], sample_count = 5, sample_size = 1)]
fn no_change_floor(bencher: Bencher<'_, '_>, count: usize) {
    let folder = generated(count);
    let tree = expand(&services(count), &|_| None).tree();
    let files: Vec<(PathBuf, &str)> = tree
        .iter()
        .map(|(path, file)| (folder.join(path.as_str()), file.text.as_str()))
        .collect();
    let same = |part: &[(PathBuf, &str)]| {
        for (path, text) in part {
            assert!(fs::read(path).unwrap() == text.as_bytes());
        }
    };
    let (one, other) = files.split_at(files.len() / 2);
    bencher.bench(|| {
        std::thread::scope(|scope| {
            scope.spawn(|| same(one));
            same(other);
        });
    });
}

/// The most memory that runs have at once, as GNU time tells it.
fn memory() {
    let most = |folder: &Path, command: &str| {
        let told = tempfile::NamedTempFile::new().unwrap();
        let mut time = Command::new("time");
        time.args(["-f", "%M", "-o"]).arg(told.path());
        time.arg(&*PROGRAM).arg(command);
        let done = time.current_dir(folder).output().ok()?;
        assert!(done.status.success());
        let kilobytes: u64 = fs::read_to_string(told).unwrap().trim().parse().ok()?;
        Some(format!("{} MB", kilobytes / 1_000))
    };
    println!("\nmost memory at once     first generate   no change: generate   diff");
    for count in [1_000, 3_000, 10_000] {
        let folder = with_services(count);
        let runs = ["generate", "generate", "diff"].map(|command| most(&folder, command));
        let [Some(first), Some(again), Some(diff)] = runs else {
            println!("not measured: it needs GNU time");
            return;
        };
        println!("{count:>6} services   {first:>19}   {again:>19}   {diff:>4}");
    }
}
