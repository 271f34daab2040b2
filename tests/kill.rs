//! Runs that are killed, and systems that fail: every file is the old one or the new one, whole, and the next run finishes.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

mod folder;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use folder::Folder;

/// Files by their paths in the folder.
type Files = BTreeMap<String, Vec<u8>>;

const OWN: [&str; 2] = [
    "terraform/prod/services/own.tf",
    "gcloud/prod/own/services/1.sh",
];

/// All files but those that belong to this machine alone, and, where wanted, those of a run that was cut short.
fn files(folder: &Folder, with_staged: bool) -> Files {
    let root = folder.path("");
    let files = folder.files().into_iter().map(|(path, bytes)| {
        let path = path.strip_prefix(&root).unwrap();
        (path.to_str().unwrap().to_owned(), bytes)
    });
    let staged = |path: &str| path.contains("/.ravelin-") || path.starts_with(".ravelin-");
    let own = |path: &str| path.starts_with(".ravelin/") || path == "ravelin.toml";
    files
        .filter(|(path, _)| !own(path) && (with_staged || !staged(path)))
        .collect()
}

/// Many services; the level of their logs changes a file of each, and the last one comes and goes.
fn blueprint(services: usize, level: &str, last: bool) -> String {
    let mut text = "schema = 1\n[project]\nname = \"many\"\nregion = \"europe-west1\"\n\
         [environments.prod]\nproject_id = \"acme-many-prod\"\n[state]\nbucket = \"acme-state\"\n[network]\nsubnet = \"10.8.0.0/16\"\n"
        .to_owned();
    for number in 0..services + usize::from(last) {
        write!(
            text,
            "[services.s{number}]\nmax = 1\ndeletion_protection = false\nenv = {{ LOG_LEVEL = \"{level}\" }}\n\
             image = \"europe-docker.pkg.dev/acme-many-prod/app/s@sha256:{number:064x}\"\n"
        )
        .unwrap();
    }
    text
}

/// One of two states, and all that is in it after a run that was not disturbed.
struct State {
    blueprint: String,
    files: Files,
}

fn states(services: usize) -> [State; 2] {
    [("info", false), ("debug", true)].map(|(level, last)| {
        let blueprint = blueprint(services, level, last);
        let folder = Folder::with(&blueprint);
        for own in OWN {
            folder.write(own, "mine\n");
        }
        folder.run("generate").ends_with(0);
        State {
            files: files(&folder, true),
            blueprint,
        }
    })
}

/// Every file is one of the two, whole.
#[track_caller]
fn each_is_old_or_new(found: &Files, old: &Files, new: &Files, when: &str) {
    for (path, bytes) in found {
        let whole = old.get(path) == Some(bytes) || new.get(path) == Some(bytes);
        assert!(whole, "{when}: {path}");
    }
    // What stands in both states is never missing.
    for path in old.keys().filter(|path| new.contains_key(*path)) {
        assert!(found.contains_key(path), "{when}: {path} is gone");
    }
}

fn generate(folder: &Folder) -> Child {
    Command::new(folder::program())
        .arg("generate")
        .current_dir(folder.path(""))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until the run begins to write; `false` when it ended before that was seen.
fn begins_to_write(folder: &Folder, child: &mut Child) -> bool {
    let first = folder.path("gcloud/prod");
    loop {
        let mut entries = fs::read_dir(&first).unwrap().flatten();
        if entries.any(|entry| entry.file_name().to_string_lossy().starts_with(".ravelin-")) {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_micros(20));
    }
}

/// Waits so long, or until the run has ended; whether it still runs.
fn still_runs_after(wait: Duration, child: &mut Child) -> bool {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        let left = wait.saturating_sub(start.elapsed());
        if left.is_zero() {
            return true;
        }
        // A thread that sleeps wakes late.
        if left > Duration::from_millis(2) {
            std::thread::sleep(Duration::from_millis(1));
        } else {
            std::hint::spin_loop();
        }
    }
    false
}

/// Kills so many runs while they write, from one state to the other and back; after each, every file is whole and the next
/// run finishes.
fn kill_at_random_moments(states: &[State; 2], kills: usize, seed: u32) {
    let folder = Folder::with(&states[1].blueprint);
    for own in OWN {
        folder.write(own, "mine\n");
    }
    folder.run("generate").ends_with(0);
    // How long the writing takes is measured once, and learned on the way, up and down, so that one run in ten ends before
    // it is killed: how fast the machine is changes while others work on it.
    folder.write("ravelin.toml", &states[0].blueprint);
    let mut child = generate(&folder);
    begins_to_write(&folder, &mut child);
    let start = Instant::now();
    assert!(child.wait().unwrap().success());
    let mut takes = start.elapsed();
    let (mut killed, mut half, mut random) = (0, 0, seed);
    for run in 0.. {
        if killed == kills {
            break;
        }
        assert!(run < 20 * kills, "{killed} of {run} runs could be killed");
        let (old, new) = (&states[run % 2], &states[(run + 1) % 2]);
        folder.write("ravelin.toml", &new.blueprint);
        // A generator of numbers that are random enough (xorshift).
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        let wait = takes * (random % 1_000) / 1_000;
        let mut child = generate(&folder);
        if begins_to_write(&folder, &mut child) {
            let factor = if still_runs_after(wait, &mut child) {
                1.01
            } else {
                0.9
            };
            takes = takes.mul_f64(factor).max(Duration::from_micros(200));
        }
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        let when = format!("run {run}, {wait:?} after it began to write");
        let found = files(&folder, false);
        if ended.code().is_some() {
            assert!(ended.success(), "{when}: {ended}");
            assert_eq!(found, new.files, "{when}: it ended before it was killed");
            continue;
        }
        killed += 1;
        each_is_old_or_new(&found, &old.files, &new.files, &when);
        half += usize::from(found != old.files && found != new.files);
        folder.run("generate").ends_with(0);
        let finished = files(&folder, true) == new.files;
        assert!(finished, "{when}: the next run does not finish");
    }
    println!("{killed} runs were killed, {half} of them with old and new files on disk");
    assert!(half > kills / 20, "{half} of {kills}: too few half-way");
}

/// The same in two folders, since there are two processors nearly everywhere.
fn kill_side_by_side(states: &[State; 2], kills: usize) {
    std::thread::scope(|scope| {
        for seed in [0x2545_f491, 0x9e37_79b9] {
            scope.spawn(move || kill_at_random_moments(states, kills / 2, seed));
        }
    });
}

#[test]
fn killed_at_random_moments() {
    kill_side_by_side(&states(20), 200);
}

#[test]
#[ignore = "takes minutes, and `RAVELIN_PROGRAM`; `.ci/run --full` runs it"]
fn killed_at_random_moments_among_a_thousand_services() {
    let states = states(1_000);
    let rewritten = states[0].files.iter();
    let rewritten = rewritten.filter(|(path, bytes)| {
        let new = states[1].files.get(*path);
        new.is_some_and(|new| new != *bytes)
    });
    assert!(rewritten.count() > 1_000);
    kill_side_by_side(&states, 200);
}

/// What a run under strace came to: how it ended, and what strace wrote.
fn traced(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String) {
    let out = tempfile::NamedTempFile::new().unwrap();
    let done = Command::new("strace")
        .args(["-f", "-qq", "-o"])
        .arg(out.path())
        .args(arguments)
        .arg(env!("CARGO_BIN_EXE_ravelin"))
        .arg("generate")
        .current_dir(folder.path(""))
        .output()
        .unwrap_or_else(|error| panic!("this test needs strace: {error}"));
    (done.status.code(), fs::read_to_string(out.path()).unwrap())
}

/// How often each system call is made by a run.
fn calls(trace: &str) -> BTreeMap<String, usize> {
    let mut calls = BTreeMap::new();
    for line in trace.lines() {
        // `1234  openat(AT_FDCWD, …`
        let call = line
            .split_whitespace()
            .nth(1)
            .and_then(|call| call.split_once('('));
        if let Some((name, _)) = call
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        {
            *calls.entry(name.to_owned()).or_default() += 1;
        }
    }
    calls
}

/// The calls that touch files.
const TOUCHING: [&str; 13] = [
    "chmod",
    "fchmod",
    "flock",
    "ftruncate",
    "mkdir",
    "openat",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "unlink",
    "unlinkat",
    "write",
];

#[test]
#[ignore = "needs strace and minutes; `.ci/run` runs it"]
fn killed_and_failed_at_each_system_call() {
    let [old, new] = states(2);
    let folder = Folder::with(&old.blueprint);
    let reset = || {
        folder.write("ravelin.toml", &old.blueprint);
        folder.run("generate").ends_with(0);
        assert_eq!(files(&folder, true), old.files);
        folder.write("ravelin.toml", &new.blueprint);
    };
    for own in OWN {
        folder.write(own, "mine\n");
    }
    reset();
    let (status, trace) = traced(&folder, &[]);
    assert_eq!(status, Some(0), "{trace}");
    let calls = calls(&trace);
    let renames = calls.iter().filter(|(name, _)| name.starts_with("rename"));
    let renames: usize = renames.map(|(_, number)| number).sum();
    assert!(renames > 5, "{calls:?}");
    let (mut tried, mut refused) = (0, 0);
    for name in TOUCHING {
        for number in 1..=calls.get(name).copied().unwrap_or(0) {
            for fault in ["signal=KILL", "error=ENOSPC"] {
                reset();
                let inject = format!("inject={name}:{fault}:when={number}");
                let (status, trace) =
                    traced(&folder, &["-e", &format!("trace={name}"), "-e", &inject]);
                // strace counts the calls of each thread, so that two may fail: one of them perhaps when all is put back.
                let once = trace.matches("(INJECTED)").count() == 1;
                let found = files(&folder, false);
                each_is_old_or_new(&found, &old.files, &new.files, &inject);
                if fault != "signal=KILL" {
                    // It is done, or nothing is; it may also be done and not told.
                    assert!(
                        !once || found == old.files || found == new.files,
                        "{inject}: {status:?}\n{trace}"
                    );
                    assert!(status != Some(0) || found == new.files, "{inject}");
                    refused += usize::from(once && status == Some(2));
                }
                folder.run("generate").ends_with(0);
                assert_eq!(
                    files(&folder, true),
                    new.files,
                    "{inject}: the next run finishes"
                );
                tried += 1;
            }
        }
    }
    println!("{tried} faults, {refused} runs that ended with 2");
    assert!(refused > 20);
}
