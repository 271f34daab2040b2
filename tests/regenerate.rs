//! The files that a person edited, took over, merged: no line is lost, and a run applies whole or not at all.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

mod folder;

use std::fs;
use std::process::Command;

use folder::{Folder, WEB};

/// What a change of the blueprint changes in two files of `web`.
fn change(folder: &Folder) {
    folder.replace("ravelin.toml", "max        = 20", "max        = 19");
}

/// A line by hand at the top of a file.
fn edit(folder: &Folder, path: &str) {
    let text = folder.read(path);
    folder.write(path, format!("# mine\n{text}"));
}

/// An edit of the very line that [`change`] changes.
fn edit_the_same_line(folder: &Folder) {
    let text = folder.read(WEB);
    let line = text
        .lines()
        .find(|line| line.contains("max_instance_count"));
    let line = line.unwrap().to_owned();
    folder.replace(WEB, &line, &format!("{line} # mine"));
}

#[test]
fn a_conflict_is_settled_for_the_new_text() {
    let folder = Folder::generated();
    edit(&folder, WEB);
    change(&folder);
    let before = folder.files();
    folder
        .run("generate")
        .ends_with(2)
        .says("+1 −0 by hand, +1 −1 new")
        .says("ravelin generate --merge")
        .says(&format!("ravelin generate --overwrite {WEB}"))
        .says(&format!("ravelin generate --keep {WEB}"));
    assert_eq!(folder.files(), before);
    folder
        .run(&format!("generate --overwrite {WEB}"))
        .ends_with(0)
        .prints(&format!("  updated   {WEB}"));
    assert!(!folder.read(WEB).contains("# mine"));
    folder.run("generate").ends_with(0).prints(" unchanged");
}

#[test]
fn a_file_that_is_kept_stays_kept() {
    let folder = Folder::generated();
    edit(&folder, WEB);
    change(&folder);
    let mine = folder.read(WEB);
    folder
        .run(&format!("generate --keep {WEB}"))
        .ends_with(0)
        .prints("it is yours now, as you said");
    assert!(folder.read("ravelin.lock").contains("[kept]"));
    let run = folder.run("generate").ends_with(0).prints(" 1 kept");
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    // A new text is news and no conflict.
    folder.replace("ravelin.toml", "max        = 19", "max        = 18");
    folder
        .run("generate")
        .ends_with(0)
        .prints("it is yours, and what would be generated has changed");
    assert_eq!(folder.read(WEB), mine);
    // It is missed when it is gone.
    fs::remove_file(folder.path(WEB)).unwrap();
    folder
        .run("generate")
        .ends_with(0)
        .prints(&format!("  created   {WEB}"));
    assert!(!folder.read("ravelin.lock").contains("[kept]"));
}

#[test]
fn what_is_kept_can_be_given_back() {
    let folder = Folder::generated();
    let text = folder.read(WEB);
    edit(&folder, WEB);
    folder.run(&format!("generate --keep {WEB}")).ends_with(0);
    folder
        .run(&format!("generate --overwrite ./{WEB}"))
        .ends_with(0);
    assert_eq!(folder.read(WEB), text);
    assert!(!folder.read("ravelin.lock").contains("[kept]"));
}

#[test]
fn a_foreign_file_is_kept_or_overwritten_when_it_is_named() {
    for (settle, stays) in [("keep", true), ("overwrite", false)] {
        let folder = Folder::storefront();
        folder.write(WEB, "theirs");
        folder
            .run(&format!("generate --{settle} {WEB}"))
            .ends_with(0);
        assert_eq!(folder.read(WEB) == "theirs", stays);
        folder.run("generate").ends_with(0);
        assert_eq!(folder.read(WEB) == "theirs", stays);
    }
}

#[test]
fn a_merge_brings_both_edits_together() {
    let folder = Folder::generated();
    edit(&folder, WEB);
    change(&folder);
    folder
        .run("generate --merge")
        .ends_with(0)
        .prints(&format!("  merged    {WEB}"));
    let text = folder.read(WEB);
    assert!(
        text.starts_with("# mine\n") && text.contains("= 19"),
        "{text}"
    );
    // From now on it is an edited file whose text before the edit is the new one.
    folder
        .run("generate")
        .ends_with(0)
        .prints("edited by hand, +1 −0");
    folder.replace("ravelin.toml", "max        = 19", "max        = 18");
    folder.run("generate --merge").ends_with(0);
    let text = folder.read(WEB);
    assert!(
        text.starts_with("# mine\n") && text.contains("= 18"),
        "{text}"
    );
}

#[test]
fn a_merge_that_is_not_settled_stops_every_run() {
    let folder = Folder::generated();
    edit_the_same_line(&folder);
    change(&folder);
    folder
        .run("generate --merge")
        .ends_with(2)
        .prints("1 place to settle in the file")
        .says("1 file is left to settle");
    let marked = folder.read(WEB);
    assert!(marked.contains("<<<<<<< by hand\n") && marked.contains(">>>>>>> generated\n"));
    assert!(marked.contains("# mine") && marked.contains("= 19"));
    for again in [
        "generate",
        "generate --merge",
        &format!("generate --keep {WEB}"),
    ] {
        folder.run(again).ends_with(2).says("not settled");
        assert_eq!(folder.read(WEB), marked);
    }
    let settled: String = marked
        .split_inclusive('\n')
        .filter(|line| {
            !line.starts_with("<<<<<<<")
                && !line.starts_with("=======")
                && !line.starts_with(">>>>>>>")
        })
        .collect();
    folder.write(WEB, &settled);
    folder.run("generate").ends_with(0).prints(" 1 kept");
    assert_eq!(folder.read(WEB), settled);
}

fn git(folder: &Folder, arguments: &[&str]) {
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
}

#[test]
fn a_merge_takes_the_old_text_from_git_where_it_was_generated_elsewhere() {
    let folder = Folder::generated();
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "generated"]);
    fs::remove_dir_all(folder.path(".ravelin")).unwrap();
    edit(&folder, WEB);
    change(&folder);
    folder.run("generate --merge").ends_with(0);
    let text = folder.read(WEB);
    assert!(
        text.starts_with("# mine\n") && text.contains("= 19"),
        "{text}"
    );
}

#[test]
fn a_merge_without_the_old_text_is_refused() {
    let folder = Folder::generated();
    fs::remove_dir_all(folder.path(".ravelin")).unwrap();
    edit(&folder, WEB);
    change(&folder);
    let before = folder.files();
    folder
        .run("generate --merge")
        .ends_with(2)
        .says("the text before the edit is not known");
    assert_eq!(folder.files(), before);
    // What was remembered and is damaged is worth nothing.
    folder.write(".ravelin/texts", "00 3\nabc\n\u{1}\u{2}");
    folder.run("generate --merge").ends_with(2);
}

#[test]
fn what_is_named_must_be_there() {
    let folder = Folder::generated();
    folder
        .run("generate --keep terraform/prod/services/service-wbe.tf")
        .ends_with(2)
        .says("is no generated file")
        .says(&format!("there is `{WEB}`"));
    folder
        .run(&format!("generate --keep {WEB} --overwrite {WEB}"))
        .ends_with(2)
        .says("cannot be overwritten and kept");
    fs::remove_file(folder.path(WEB)).unwrap();
    folder
        .run(&format!("generate --keep {WEB}"))
        .ends_with(2)
        .says("to keep");
}

#[test]
fn two_branches_that_generated_come_together() {
    let folder = Folder::generated();
    git(&folder, &["init", "-q", "-b", "main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "generated"]);
    git(&folder, &["checkout", "-qb", "other"]);
    change(&folder);
    folder.run("generate").ends_with(0);
    git(&folder, &["commit", "-qam", "max"]);
    git(&folder, &["checkout", "-q", "main"]);
    folder.replace(
        "ravelin.toml",
        "LOG_LEVEL = \"info\"",
        "LOG_LEVEL = \"warn\"",
    );
    folder.run("generate").ends_with(0);
    git(&folder, &["commit", "-qam", "log"]);
    let merged = Command::new("git")
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.com",
            "merge",
            "-q",
            "other",
        ])
        .current_dir(folder.path(""))
        .status()
        .unwrap();
    assert!(
        !merged.success(),
        "both changed the line of one file in the lock"
    );
    assert!(folder.read("ravelin.lock").contains("<<<<<<<"));
    folder.run("generate").ends_with(0);
    assert!(!folder.read("ravelin.lock").contains("<<<<<<<"));
    let text = folder.read(WEB);
    assert!(text.contains("= 19") && text.contains("\"warn\""), "{text}");
}

#[test]
fn a_file_on_which_two_branches_disagree_is_not_written_over() {
    let folder = Folder::generated();
    let marked = format!(
        "<<<<<<< HEAD\n# a\n=======\n# b\n>>>>>>> other\n{}",
        folder.read(WEB)
    );
    folder.write(WEB, &marked);
    folder.run("generate").ends_with(2).says("not settled");
    assert_eq!(folder.read(WEB), marked);
    folder
        .run(&format!("generate --overwrite {WEB}"))
        .ends_with(0);
}

#[cfg(unix)]
#[test]
fn another_run_is_told() {
    let folder = Folder::generated();
    let held = fs::File::open(folder.path("")).unwrap();
    held.lock().unwrap();
    folder
        .run("generate")
        .ends_with(2)
        .says("another run of ravelin is at work")
        .says("help: wait");
    drop(held);
    folder.run("generate").ends_with(0);
}

#[test]
fn what_this_machine_remembers_is_not_committed() {
    let folder = Folder::generated();
    git(&folder, &["init", "-q"]);
    let status = Command::new("git")
        .args(["status", "--porcelain", "-uall"])
        .current_dir(folder.path(""))
        .output()
        .unwrap();
    let status = String::from_utf8(status.stdout).unwrap();
    assert!(
        status.contains("ravelin.lock") && !status.contains(".ravelin/"),
        "{status}"
    );
}

/// The storefront without its partner API, whatever that leaves behind.
fn without_partner_api(folder: &Folder) {
    let text = folder.read("ravelin.toml");
    let start = text.find("[services.partner-api]").unwrap();
    let end = start + text[start..].find("\n[").unwrap();
    let mut text = text[..start].to_owned() + &text[end..];
    for environment in ["prod", "stg"] {
        let table = format!("[environments.{environment}.services.partner-api");
        while let Some(start) = text.find(&table) {
            let end = text[start..]
                .find("\n[")
                .map_or(text.len(), |end| start + end + 1);
            text.replace_range(start..end, "");
        }
    }
    folder.write("ravelin.toml", text);
}

#[test]
fn an_element_leaves_in_two_steps() {
    let folder = Folder::generated();
    let whole = folder.read("ravelin.toml");
    without_partner_api(&folder);
    folder.run("check --today 2026-11-01").ends_with(0);
    let before = folder.files();
    for command in ["generate", "diff"] {
        folder
            .run(command)
            .ends_with(2)
            .says("error[removed-without-retiring]: `services.partner-api` left the blueprint")
            .says("put `[services.partner-api]` back with `retire = true`")
            .says("ravelin generate --gone services.partner-api\n")
            .prints_nothing();
    }
    assert_eq!(folder.files(), before);
    // Retired first.
    folder.write("ravelin.toml", &whole);
    folder.replace(
        "ravelin.toml",
        "[services.partner-api]\n",
        "[services.partner-api]\nretire = true\n",
    );
    folder.run("generate").ends_with(0);
    folder.write("ravelin.toml", &whole);
    without_partner_api(&folder);
    folder
        .run("generate")
        .ends_with(0)
        .prints("  removed   iam/prod/services/partner-api.yaml")
        .prints("\nto apply in prod: services, then foundation\n");
    // Or never applied.
    let folder = Folder::generated();
    without_partner_api(&folder);
    folder
        .run("generate --gone services.partner-api")
        .ends_with(0);
    folder.run("generate").ends_with(0);
}

#[test]
fn one_folder_is_of_one_blueprint() {
    let folder = Folder::generated();
    let text = folder.read("ravelin.toml");
    folder.write("other.toml", &text);
    let before = folder.files();
    for command in ["generate", "diff"] {
        folder
            .run(&format!("{command} other.toml"))
            .ends_with(2)
            .says("was generated from `ravelin.toml`, not from `other.toml`")
            .says("--out DIR");
    }
    assert_eq!(folder.files(), before);
    folder.run("generate other.toml --out other").ends_with(0);
    // A blueprint that was renamed goes on.
    fs::remove_file(folder.path("ravelin.toml")).unwrap();
    folder.run("generate other.toml").ends_with(0);
    assert!(
        folder
            .read("ravelin.lock")
            .contains("blueprint = \"other.toml\"")
    );
}

/// File systems that normalise Unicode take `é` for `e` with an accent behind it. Names are ASCII, so no path has either.
#[test]
fn names_that_normalise_to_one_are_refused() {
    for name in ["caf\u{e9}", "cafe\u{301}"] {
        for (key, written) in [
            ("[services.web]", format!("[services.\"{name}\"]")),
            ("[environments.stg]", format!("[environments.\"{name}\"]")),
        ] {
            let folder = Folder::storefront();
            folder.replace("ravelin.toml", key, &written);
            let said = folder.run("generate").ends_with(1);
            said.says(&format!("error[invalid-name]: `{name}`"));
            assert!(!folder.has("terraform") && !folder.has("ravelin.lock"));
        }
    }
}

#[test]
fn a_path_that_differs_in_capital_letters_alone_is_refused() {
    let folder = Folder::generated();
    // As if an earlier version had named it so.
    let other = WEB.replace("service-web", "Service-web");
    let line = format!("\"{WEB}\" = ");
    folder.replace(
        "ravelin.lock",
        &line,
        &format!("\"{other}\" = \"0\"\n{line}"),
    );
    change(&folder);
    let before = folder.files();
    for command in ["generate", "diff"] {
        folder
            .run(command)
            .ends_with(2)
            .says("are one file where capital and small letters are the same");
    }
    assert_eq!(folder.files(), before);
}
