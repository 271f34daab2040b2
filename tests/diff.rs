//! `ravelin diff` on real folders and real git repositories.
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

fn change(folder: &Folder) {
    folder.replace("ravelin.toml", "max        = 20", "max        = 19");
}

/// Opens a door: `partner-api` may be called by one group more.
fn open(folder: &Folder) {
    folder.replace(
        "ravelin.toml",
        "\"group:integrations@example.com\"",
        "\"group:integrations@example.com\", \"group:more@example.com\"",
    );
}

fn git(folder: &Folder, arguments: &[&str]) -> String {
    let done = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
        .args(arguments)
        .current_dir(folder.path(""))
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).unwrap()
}

fn apply(folder: &Folder, patch: &str) {
    let mut child = Command::new("git")
        .args(["apply", "--whitespace=nowarn", "-"])
        .current_dir(folder.path(""))
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(patch.as_bytes())
        .unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(
        done.status.success(),
        "{}\n{patch}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// All files with contents and the right to run, without what belongs to the machine.
fn files(folder: &Folder) -> Vec<(String, bool, Vec<u8>)> {
    let root = folder.path("");
    let own = |path: &str| path.starts_with(".ravelin/") || path.starts_with(".git/");
    let files = folder.files().into_iter().map(|(path, bytes)| {
        let name = path
            .strip_prefix(&root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        (name, runs(&path), bytes)
    });
    files.filter(|(name, ..)| !own(name)).collect()
}

#[cfg(unix)]
fn runs(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn runs(_: &std::path::Path) -> bool {
    false
}

/// A copy of a folder.
fn copy(folder: &Folder) -> Folder {
    let copy = Folder::with("");
    let from = folder.path("").join(".");
    let done = Command::new("cp")
        .arg("-a")
        .arg(from)
        .arg(copy.path(""))
        .status()
        .unwrap();
    assert!(done.success());
    copy
}

/// What `git apply` makes of the patch is what `generate` writes.
#[track_caller]
fn leads_to_what_generate_writes(folder: &Folder) {
    let generated = copy(folder);
    generated.run("generate").ends_with(0);
    let before = folder.files();
    let run = folder.run("diff").ends_with(1);
    assert_eq!(folder.files(), before, "diff writes nothing");
    apply(folder, &run.stdout);
    assert_eq!(files(folder), files(&generated));
}

#[test]
fn nothing_differs_after_generate() {
    let folder = Folder::generated();
    for flags in ["", "--stat", "--name-only", "--format github"] {
        folder
            .run(&format!("diff {flags} --today 2026-11-01"))
            .ends_with(0)
            .prints_nothing()
            .says_nothing();
    }
    folder
        .run("diff --format json")
        .ends_with(0)
        .prints("\"differs\": false");
    folder
        .run("diff --format markdown")
        .ends_with(0)
        .prints("as the blueprint says");
}

#[test]
fn a_first_patch_makes_everything() {
    leads_to_what_generate_writes(&Folder::storefront());
}

#[test]
fn a_patch_leads_to_what_generate_writes() {
    let folder = Folder::generated();
    change(&folder);
    leads_to_what_generate_writes(&folder);

    // A file that is gone, a script that cannot be run, one that was adopted, a last line without an end.
    let folder = Folder::generated();
    fs::remove_file(folder.path("README.md")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let script = folder.path("gcloud/prod/verify.sh");
        fs::set_permissions(script, fs::Permissions::from_mode(0o644)).unwrap();
        let plain = folder.path("iam/prod/ACCESS.md");
        fs::set_permissions(plain, fs::Permissions::from_mode(0o755)).unwrap();
    }
    change(&folder);
    leads_to_what_generate_writes(&folder);

    // An environment that goes, with an edited orphan, an edited file and a file of one's own.
    let folder = Folder::generated();
    folder.write("terraform/stg/services/own.tf", "# mine");
    folder.replace("iam/stg/ACCESS.md", "\n", "\nmine\n");
    folder.replace(
        "iam/prod/services/web.yaml",
        "\n",
        "\n# mine\n@@ -1 +1 @@\n--- a/x\n+++ b/x\n",
    );
    let one = STOREFRONT.split("\n[environments.stg.").next().unwrap();
    let one = one.replacen(
        "[environments.stg]\nproject_id = \"acme-storefront-stg\"\n",
        "",
        1,
    );
    folder.write("ravelin.toml", one);
    leads_to_what_generate_writes(&folder);
}

#[test]
fn a_patch_applies_anywhere_in_a_repository() {
    for out in ["made", "made/hère \"q\" b", "."] {
        let folder = Folder::storefront();
        git(&folder, &["init", "-q"]);
        let run = |command: &str| {
            let done = Command::new(env!("CARGO_BIN_EXE_ravelin"))
                .args([command, "--out", out])
                .current_dir(folder.path(""))
                .output()
                .unwrap();
            (done.status.code(), String::from_utf8(done.stdout).unwrap())
        };
        // Also into a folder that is not there yet.
        apply(&folder, &run("diff").1);
        assert_eq!(run("diff").0, Some(0), "{out}");
        change(&folder);
        apply(&folder, &run("diff").1);
        assert_eq!(run("diff").0, Some(0), "{out}");
        assert_eq!(run("generate").0, Some(0), "{out}");
    }
}

#[test]
fn edits_are_shown_and_are_no_part_of_the_patch() {
    let folder = Folder::generated();
    folder.replace(WEB, "\n", "\n# mine\n");
    let run = folder
        .run("diff")
        .ends_with(1)
        .prints(&format!("{WEB} edited by hand, and `generate` keeps it"))
        .prints("\n  +# mine\n")
        .prints("1 file differs");
    assert!(!run.stdout.contains("diff --git"), "{}", run.stdout);
    // Line ends look alike.
    let text = folder
        .read(WEB)
        .replace("# mine\n", "")
        .replace('\n', "\r\n");
    folder.write(WEB, text);
    folder.run("diff").ends_with(1).prints("CRLF");
    // A file that a person took over is settled.
    folder.run(&format!("generate --keep {WEB}")).ends_with(0);
    folder
        .run("diff --today 2026-11-01")
        .ends_with(0)
        .prints_nothing();
}

#[test]
fn a_conflict_shows_both_sides() {
    let folder = Folder::generated();
    folder.replace(WEB, "\n", "\n# mine\n");
    change(&folder);
    let before = folder.files();
    folder
        .run("diff")
        .ends_with(1)
        .prints(&format!("{WEB} edited by hand"))
        .prints("\n  +# mine\n")
        .prints(&format!("{WEB} and has a new text too"))
        .prints("would write nothing");
    folder
        .run("diff --format json")
        .ends_with(1)
        .prints("\"refused\": true");
    assert_eq!(folder.files(), before);
}

#[test]
fn foreign_files_and_failures() {
    let folder = Folder::storefront();
    folder.write(WEB, "theirs\n");
    folder
        .run("diff")
        .ends_with(1)
        .prints(&format!("{WEB} not written by ravelin"));
    // A failure comes before a difference.
    folder.write("ravelin.lock", "nonsense");
    folder.run("diff").ends_with(2).prints_nothing();
    folder.replace("ravelin.toml", "calls      =", "clals      =");
    folder
        .run("diff")
        .ends_with(2)
        .says("error[unknown-key]")
        .says("nothing can be compared")
        .prints_nothing();
}

#[test]
fn one_folder_alone() {
    let folder = Folder::generated();
    change(&folder);
    let run = folder
        .run("diff --name-only --path terraform/prod")
        .ends_with(1);
    assert_eq!(run.stdout, format!("{WEB}\n"));
    folder
        .run("diff --path terraform/pro")
        .ends_with(0)
        .prints_nothing();
    folder
        .run("diff --path ../x")
        .ends_with(2)
        .says("is no path");
}

#[test]
fn summaries() {
    let folder = Folder::generated();
    change(&folder);
    let names = folder.run("diff --name-only").ends_with(1).stdout;
    assert!(
        names.lines().any(|line| line == WEB) && names.ends_with("ravelin.lock\n"),
        "{names}"
    );
    let stat = folder.run("diff --stat").ends_with(1).stdout;
    assert_eq!(
        stat.lines().filter(|line| line.contains(" | ")).count(),
        names.lines().count()
    );
    assert!(
        stat.contains(" | updated ") && stat.contains("files differ\n"),
        "{stat}"
    );
}

#[test]
fn a_door_that_opens_is_told() {
    let folder = Folder::generated();
    open(&folder);
    folder
        .run("diff")
        .ends_with(1)
        .prints("security facts that change\n")
        .prints("services.partner-api  callers")
        .prints("WIDER")
        .prints("facts get wider");
    folder.run("diff --fail-on wider").ends_with(1);
    folder
        .run("diff --format github")
        .ends_with(1)
        .prints("::warning title=a security fact gets wider::prod: services.partner-api callers");
    folder
        .run("diff --format markdown")
        .ends_with(1)
        .prints("⚠️ **wider**")
        .prints("```diff\ndiff --git");
    let json = folder.run("diff --format json").ends_with(1).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let fact = json["facts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|fact| fact["fact"] == "callers")
        .unwrap();
    assert_eq!(fact["direction"], "wider");
    assert_eq!(fact["element"], "services.partner-api");
    assert!(
        fact["after"]
            .as_str()
            .unwrap()
            .contains("group:more@example.com")
    );
    // What closes it again, and what opens nothing, does not fail.
    folder.run("generate").ends_with(0);
    folder.write("ravelin.toml", STOREFRONT);
    change(&folder);
    folder
        .run("diff --fail-on wider")
        .ends_with(0)
        .prints("tighter");
}

#[test]
fn exceptions_stand_out() {
    let folder = Folder::with(&STOREFRONT.replace("2027-06-30", "2026-12-01"));
    folder.run("generate").ends_with(0);
    folder
        .run("diff --today 2026-10-01")
        .ends_with(0)
        .prints_nothing();
    folder
        .run("diff --today 2026-11-10")
        .ends_with(0)
        .prints("exceptions that end within 30 days")
        .prints("anonymous-access on services.web, owner shop-team, ends 2026-12-01");
    folder.replace("ravelin.toml", "2026-12-01", "2027-06-30");
    folder
        .run("diff --today 2026-10-01")
        .ends_with(1)
        .prints("exception anonymous-access");
    // A new one is named as such.
    let lock = folder.read("ravelin.lock");
    let without: String = lock
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("\"exceptions."))
        .collect();
    folder.write("ravelin.lock", without);
    folder.run("diff").ends_with(1).prints("NEW EXCEPTION");
}

#[test]
fn against_a_revision() {
    let folder = Folder::generated();
    git(&folder, &["init", "-q", "-b", "main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "generated"]);
    open(&folder);
    folder.run("generate").ends_with(0);
    folder.run("diff --today 2026-11-01").ends_with(0);
    let patch = folder
        .run("diff --against main")
        .ends_with(1)
        .prints("services.partner-api  callers")
        .stdout;
    folder
        .run("diff --against main --fail-on wider")
        .ends_with(1);
    // The patch leads from what is committed to what is generated, and no file was touched to tell.
    assert!(git(&folder, &["stash", "list"]).is_empty());
    let generated = files(&folder);
    let blueprint = folder.read("ravelin.toml");
    git(&folder, &["checkout", "-q", "."]);
    apply(&folder, &patch);
    folder.write("ravelin.toml", blueprint);
    assert_eq!(files(&folder), generated);
    folder
        .run("diff --against nowhere")
        .ends_with(2)
        .says("cannot read the revision `nowhere`");
    folder
        .run("diff --against=--output=x")
        .ends_with(2)
        .prints_nothing();
    assert!(!folder.has("x"));
    Folder::generated()
        .run("diff --against main")
        .ends_with(2)
        .says("not a git repository");
}

#[test]
fn a_revision_without_anything_generated() {
    let folder = Folder::storefront();
    git(&folder, &["init", "-q", "-b", "main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "blueprint"]);
    folder.run("generate").ends_with(0);
    let run = folder.run("diff --against main --stat").ends_with(1);
    assert!(
        run.stdout.contains("ravelin.lock") && !run.stdout.contains("updated"),
        "{}",
        run.stdout
    );
}

#[cfg(unix)]
#[test]
fn nothing_is_written_where_nothing_can_be() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let folder = Folder::generated();
    change(&folder);
    let times = |folder: &Folder| -> Vec<(i64, i64)> {
        let stat = |path: &std::path::Path| {
            let found = fs::metadata(path).unwrap();
            (found.mtime(), found.mtime_nsec())
        };
        let mut times: Vec<_> = folder.files().iter().map(|(path, _)| stat(path)).collect();
        times.push(stat(&folder.path("")));
        times.push(stat(&folder.path("terraform/prod/services")));
        times
    };
    let before = times(&folder);
    fs::set_permissions(folder.path(""), fs::Permissions::from_mode(0o555)).unwrap();
    folder.run("diff").ends_with(1);
    fs::set_permissions(folder.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(times(&folder), before);
}

#[cfg(unix)]
#[test]
fn a_diff_needs_no_turn() {
    let folder = Folder::generated();
    let held = fs::File::open(folder.path("")).unwrap();
    held.lock().unwrap();
    folder.run("diff --today 2026-11-01").ends_with(0);
}
