//! Two runs in one folder: the second says who is at work there, and never who was.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

mod folder;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use folder::{Folder, WEB};

/// A run that is at work until it is stopped: it asks git for the text before an edit, and this git does not answer.
fn at_work(folder: &Folder) -> Child {
    folder.replace("ravelin.toml", "max        = 20", "max        = 19");
    folder.write(WEB, "# mine\n");
    fs::remove_dir_all(folder.path(".ravelin")).unwrap();
    let asked = folder.path("bin/asked");
    let git = format!(
        "#!/bin/sh\necho > '{}'\nexec sleep 60 <&- >&- 2>&-\n",
        asked.display()
    );
    folder.write("bin/git", git);
    fs::set_permissions(folder.path("bin/git"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!(
        "{}:{}",
        folder.path("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let child = Command::new(env!("CARGO_BIN_EXE_ravelin"))
        .args(["generate", "--merge"])
        .current_dir(folder.path(""))
        .env("PATH", path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let since = Instant::now();
    // The shell makes the file before it writes the line.
    while !fs::read(&asked).is_ok_and(|said| !said.is_empty()) {
        assert!(
            since.elapsed() < Duration::from_secs(30),
            "git is not asked"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[test]
fn the_second_of_two_runs_says_who_is_at_work() {
    let folder = Folder::generated();
    let mut first = at_work(&folder);
    let before = folder.files();
    folder
        .run("generate")
        .ends_with(2)
        .prints_nothing()
        .says(&format!(
            "error: another run of ravelin is at work in `.`: process {}, `ravelin generate --merge`\n\nhelp: wait until it has ended\n",
            first.id()
        ));
    assert_eq!(folder.files(), before);
    first.kill().unwrap();
    first.wait().unwrap();
    // It is gone, and so is what was said of it.
    folder
        .run(&format!("generate --overwrite {WEB}"))
        .ends_with(0)
        .says_nothing();
}
