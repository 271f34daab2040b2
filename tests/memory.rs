//! How much memory a run takes: the expansion, the files on disk and the lock of a large system at once.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

mod folder;
#[path = "folder/services.rs"]
mod services;

use std::process::Command;

use folder::Folder;

/// The most kilobytes that a run has at once, as GNU time tells it.
fn most(folder: &Folder, command: &str, status: i32) -> u64 {
    let told = folder.path("most");
    let mut time = Command::new("time");
    time.args(["--quiet", "-f", "%M", "-o"]).arg(&told);
    time.arg(folder::program()).arg(command);
    let done = time.current_dir(folder.path("")).output();
    let done = done.unwrap_or_else(|error| panic!("this test needs GNU time: {error}"));
    assert_eq!(done.status.code(), Some(status), "{done:?}");
    folder.read("most").trim().parse().unwrap()
}

#[test]
#[ignore = "needs GNU time, and `RAVELIN_PROGRAM` to be quick; `.ci/run --full` runs it"]
fn six_thousand_files_take_less_than_135_megabytes() {
    let folder = Folder::with(&services::services(3_000));
    let first = most(&folder, "generate", 0);
    let unchanged = [most(&folder, "generate", 0), most(&folder, "diff", 0)];
    let files = folder.files().len();
    assert!(files > 6_000, "{files}");
    println!("{files} files: {first} KB to generate, {unchanged:?} KB with no change");
    assert!(first < 135_000, "{first}");
    assert!(
        unchanged.iter().all(|most| *most < 135_000),
        "{unchanged:?}"
    );
}
