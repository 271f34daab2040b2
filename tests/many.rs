//! Many blueprints below one folder.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

mod folder;

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use folder::{Folder, STOREFRONT, WEB};

/// Three blueprints, one of them ignored.
fn systems() -> Folder {
    let folder = Folder::with("");
    fs::remove_file(folder.path("ravelin.toml")).unwrap();
    folder.write("b/shop/ravelin.toml", STOREFRONT);
    folder.write("a/ravelin.toml", include_str!("../blueprints/minimal.toml"));
    folder.write("old/ravelin.toml", "not even TOML");
    folder.write(".gitignore", "old/\n");
    folder
}

#[test]
fn all_are_generated_and_compared() {
    let folder = systems();
    folder
        .run("generate --all")
        .ends_with(0)
        .prints("a/ravelin.toml:\n\n  created")
        .prints("2 blueprints: 2 changed, 0 unchanged\n");
    assert!(folder.has("a/ravelin.lock") && folder.has(&format!("b/shop/{WEB}")));
    let before = folder.files();
    let run = folder.run("generate --all").ends_with(0).says_nothing();
    assert_eq!(run.stdout.lines().count(), 3, "{}", run.stdout);
    assert_eq!(folder.files(), before);
    folder
        .run("diff --all --today 2026-11-01")
        .ends_with(0)
        .prints_nothing();
    folder.replace("b/shop/ravelin.toml", "max        = 20", "max        = 19");
    folder
        .run("diff --all --name-only")
        .ends_with(1)
        .prints(&format!("b/shop/{WEB}\n"));
    folder
        .run("diff --all a --today 2026-11-01")
        .ends_with(0)
        .prints_nothing();
    // One patch for all of them.
    let patch = folder.run("diff --all").ends_with(1).stdout;
    let mut child = Command::new("git")
        .args(["apply", "-"])
        .current_dir(folder.path(""))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(patch.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
    folder
        .run("diff --all --today 2026-11-01")
        .ends_with(0)
        .prints_nothing();
}

#[test]
fn all_of_them_or_none() {
    let folder = systems();
    folder.write(&format!("b/shop/{WEB}"), "theirs");
    let before = folder.files();
    folder
        .run("generate --all")
        .ends_with(2)
        .says("error: b/shop/ravelin.toml: 1 file is in the way")
        .says("1 of 2 blueprints failed; nothing was written")
        .prints_nothing();
    assert_eq!(folder.files(), before);
    folder.write("a/ravelin.toml", "nonsense");
    for command in ["generate --all", "diff --all"] {
        folder
            .run(command)
            .ends_with(2)
            .says("1 of 2 blueprints cannot be used")
            .prints_nothing();
    }
    folder.run("generate --all nowhere").ends_with(2);
    fs::create_dir(folder.path("empty")).unwrap();
    folder
        .run("generate --all empty")
        .ends_with(2)
        .says("there is no `ravelin.toml` in `empty`");
    // Into one folder they would claim each other's files.
    folder.run("generate --all --out made").ends_with(2);
}
