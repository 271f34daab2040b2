//! Disks that do not take what is written: read-only, full, or with permission for somebody else. Nothing is lost, nothing is
//! half done, and it is said what the system said.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

mod folder;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use folder::{Folder, WEB};

const RAVELIN: &str = env!("CARGO_BIN_EXE_ravelin");

/// A folder in whose `before` the storefront is generated and its blueprint changed since, and whose `after` has it as it
/// is to be.
fn before_and_after() -> Folder {
    let folder = Folder::with("");
    for place in ["before", "after"] {
        folder.write(&format!("{place}/ravelin.toml"), folder::STOREFRONT);
        run(&folder, place, "generate", 0);
        let blueprint = format!("{place}/ravelin.toml");
        folder.replace(&blueprint, "max        = 20", "max        = 19");
    }
    run(&folder, "after", "generate", 0);
    folder
}

/// Runs the program in a folder below.
#[track_caller]
fn run(folder: &Folder, place: &str, arguments: &str, status: i32) -> String {
    let mut program = Command::new(RAVELIN);
    program.args(arguments.split_whitespace());
    let done = program.current_dir(folder.path(place)).output().unwrap();
    assert_eq!(done.status.code(), Some(status), "{done:?}");
    String::from_utf8(done.stdout).unwrap()
}

/// Runs a script that may mount file systems, of which nobody else sees anything and which end with it.
#[track_caller]
fn with_mounts(folder: &Folder, script: &str) -> String {
    let head = "set -eu; mkdir -p disk\n\
                fresh() { mount -t tmpfs -o size=64m,mode=755 none disk; cp -a \"$1/.\" disk; }\n";
    let done = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c"])
        .arg(format!("{head}{script}"))
        .env("RAVELIN", RAVELIN)
        .current_dir(folder.path(""))
        .output()
        .unwrap_or_else(|error| panic!("this test needs `unshare`: {error}"));
    let said = String::from_utf8_lossy(&done.stderr);
    let told = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{told}\n{said}");
    told
}

/// The files below a folder, by their paths in it, but for those that belong to this machine alone.
fn files(folder: &Folder, place: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let root = folder.path(place);
    let files = folder.files().into_iter().filter_map(|(path, bytes)| {
        let path = path.strip_prefix(&root).ok()?;
        (!path.starts_with(".ravelin")).then(|| (path.to_owned(), bytes))
    });
    files.collect()
}

#[test]
#[ignore = "needs Linux's namespaces (`unshare`); `.ci/run` runs it"]
fn a_read_only_disk_is_compared_and_not_written() {
    const DIFF: &str = "diff --today 2026-11-01";
    let folder = before_and_after();
    let patch = run(&folder, "before", DIFF, 1);
    let script = format!(
        "try() {{ name=$1; shift; status=0; (cd disk; \"$RAVELIN\" \"$@\") >$name.out 2>$name.err || status=$?; echo $name $status; }}\n\
         fresh after; mount -o remount,ro disk\n\
         try same-diff {DIFF}; try same-generate generate\n\
         umount disk; fresh before; mount -o remount,ro disk\n\
         try diff {DIFF}; try generate generate\n\
         cp -a disk left\n"
    );
    let told = with_mounts(&folder, &script);
    assert_eq!(
        told,
        "same-diff 0\nsame-generate 0\ndiff 1\ngenerate 2\n",
        "{}",
        folder.read("generate.err")
    );
    assert_eq!(folder.read("same-diff.err"), "");
    assert_eq!(folder.read("diff.out"), patch);
    assert_eq!(folder.read("diff.err"), "");
    let said = folder.read("generate.err");
    assert!(said.contains("the file system is read-only"), "{said}");
    assert_eq!(files(&folder, "left"), files(&folder, "before"));
}

/// Generates on disks that have ever more room, until it is enough. `limit` is the option of the mount, and the column of
/// `df` that says what is used of it.
#[track_caller]
fn until_there_is_room(folder: &Folder, before: &str, step: u32, limit: (&str, &str)) {
    let (option, column) = limit;
    let unit = if option == "size" { "k" } else { "" };
    let script = format!(
        "free=0; status=2\n\
         while [ $status != 0 ]; do\n\
         fresh {before}\n\
         used=$(df -k --output={column} disk | tail -n 1)\n\
         mount -o remount,{option}=$((used + free)){unit} disk\n\
         status=0; (cd disk; \"$RAVELIN\" generate) >out 2>err || status=$?\n\
         if [ $status = 0 ]; then want=after; else want={before}; grep -q 'the disk is full' err; fi\n\
         diff -r -x .ravelin $want disk || {{ echo \"$free free: ended with $status\"; cat err; exit 1; }}\n\
         mount -o remount,size=64m,nr_inodes=100000 disk\n\
         (cd disk; \"$RAVELIN\" generate >../out)\n\
         diff -r -x .ravelin after disk\n\
         umount disk\n\
         echo $status; free=$((free + {step}))\n\
         done\n"
    );
    let told = with_mounts(folder, &script);
    let refused = told.lines().filter(|line| *line == "2").count();
    assert!(refused > 10, "{told}");
    assert!(told.ends_with("\n0\n"), "{told}");
}

#[test]
#[ignore = "needs Linux's namespaces (`unshare`); `.ci/run` runs it"]
fn a_full_disk_keeps_what_it_had() {
    let folder = before_and_after();
    let blueprint = folder.read("after/ravelin.toml");
    folder.write("first/ravelin.toml", blueprint);
    // Pages have four kilobytes.
    until_there_is_room(&folder, "first", 40, ("size", "used"));
    until_there_is_room(&folder, "before", 8, ("size", "used"));
    until_there_is_room(&folder, "first", 4, ("nr_inodes", "iused"));
}

/// The program without the rights of a superuser, whoever runs the test.
fn without_rights(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String) {
    const DROP: &str = "if [ \"$(id -u)\" = 0 ]; then exec setpriv --bounding-set=-all --inh-caps=-all \"$@\"; else exec \"$@\"; fi";
    let done = Command::new("sh")
        .args(["-c", DROP, "sh", RAVELIN])
        .args(arguments)
        .current_dir(folder.path(""))
        .output()
        .unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    (done.status.code(), said)
}

#[test]
#[ignore = "needs `setpriv` where the superuser runs it; `.ci/run` runs it"]
fn what_is_not_permitted_is_told_and_nothing_is_lost() {
    let folder = Folder::generated();
    for (turn, (path, mode, reads)) in [
        ("terraform/prod/services", 0o555, true),
        ("terraform/prod/services", 0o000, false),
        (WEB, 0o000, false),
        ("ravelin.lock", 0o000, false),
        ("ravelin.toml", 0o000, false),
        (".ravelin", 0o555, true),
        ("", 0o555, true),
        ("", 0o000, false),
    ]
    .into_iter()
    .enumerate()
    {
        let max = |turn: usize| format!("max        = {}", 20 - turn);
        folder.replace("ravelin.toml", &max(turn), &max(turn + 1));
        let before = folder.files();
        let place = folder.path(path);
        let old = fs::metadata(&place).unwrap().permissions();
        fs::set_permissions(&place, fs::Permissions::from_mode(mode)).unwrap();
        let generate = without_rights(&folder, &["generate"]);
        let diff = without_rights(&folder, &["diff"]);
        fs::set_permissions(&place, old).unwrap();
        let when = format!("`{path}` {mode:o}");
        assert_eq!(generate.0, Some(2), "{when}: {}", generate.1);
        assert!(
            generate.1.contains("permission denied"),
            "{when}: {}",
            generate.1
        );
        assert_eq!(
            diff.0,
            Some(if reads { 1 } else { 2 }),
            "{when}: {}",
            diff.1
        );
        assert_eq!(folder.files(), before, "{when}");
        folder.run("generate").ends_with(0);
    }
    let (status, said) = without_rights(&folder, &["generate"]);
    assert_eq!(status, Some(0), "where all is permitted: {said}");
}
