//! The program as people run it, each test in a folder of its own.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test may stop where it stands, and use the disk"
)]

mod folder;

use std::fs;
use std::process::Command;

use folder::{Folder, STOREFRONT, WEB};

#[test]
fn a_check_that_passes() {
    let run = Folder::storefront()
        .run("check --today 2026-11-01")
        .ends_with(0)
        .says_nothing();
    assert_eq!(
        run.stdout,
        "ravelin.toml: 3 services, 1 database, 3 secrets, 2 environments · no errors, no warnings, 1 exception (next ends 2027-06-30)\n"
    );
}

#[test]
fn an_exception_that_has_ended_fails_a_check_and_changes_no_output() {
    let folder = Folder::storefront();
    folder.run("check --today 2027-06-30").ends_with(0);
    folder
        .run("check --today 2027-07-01")
        .ends_with(1)
        .prints("error[exception-expired]");
    folder.replace("ravelin.toml", "2027-06-30", "2020-06-30");
    folder
        .run("check")
        .ends_with(1)
        .prints("error[exception-expired]");
    folder.run("generate").ends_with(0);
}

#[test]
fn mistakes_are_reported_and_nothing_is_written() {
    let folder = Folder::storefront();
    folder.replace("ravelin.toml", "calls      =", "clals      =");
    let before = folder.files();
    folder
        .run("check")
        .ends_with(1)
        .prints("error[unknown-key]")
        .prints("1 error in ravelin.toml")
        .says_nothing();
    folder
        .run("generate")
        .ends_with(1)
        .says("error[unknown-key]")
        .prints_nothing();
    folder
        .run("show --stage tree")
        .ends_with(1)
        .says("error[unknown-key]")
        .prints_nothing();
    folder
        .run("show --stage blueprint")
        .ends_with(1)
        .says("error[unknown-key]")
        .prints_nothing();
    assert_eq!(folder.files(), before);
}

#[test]
fn a_second_run_changes_nothing() {
    let folder = Folder::generated();
    let before = folder.files();
    let stamp = fs::metadata(folder.path("ravelin.lock"))
        .unwrap()
        .modified()
        .unwrap();
    let run = folder.run("generate").ends_with(0).says_nothing();
    assert!(
        run.stdout.lines().count() == 1 && run.stdout.contains(" unchanged"),
        "{}",
        run.stdout
    );
    assert_eq!(folder.files(), before);
    // Not even rewritten with the same text.
    assert_eq!(
        fs::metadata(folder.path("ravelin.lock"))
            .unwrap()
            .modified()
            .unwrap(),
        stamp
    );
}

#[test]
fn a_change_is_told_by_file() {
    let folder = Folder::generated();
    folder.replace("ravelin.toml", "max        = 20", "max        = 19");
    folder
        .run("generate")
        .ends_with(0)
        .prints(&format!("  updated   {WEB}\n"))
        .prints(" unchanged\n");
    assert!(folder.read(WEB).contains("19"));
}

#[test]
fn an_edit_is_kept() {
    let folder = Folder::generated();
    folder.replace(WEB, "\n", "\n# mine\n");
    let edited = folder.read(WEB);
    folder
        .run("generate")
        .ends_with(0)
        .prints("  kept ")
        .prints("edited by hand, +1 −0")
        .prints(" 1 kept");
    assert_eq!(folder.read(WEB), edited);
    // Still known as edited, not adopted.
    folder.run("generate").ends_with(0).prints(" 1 kept");
}

#[test]
fn an_edit_with_a_new_text_stops_everything() {
    let folder = Folder::generated();
    folder.replace(WEB, "\n", "\n# mine\n");
    folder.replace("ravelin.toml", "max        = 20", "max        = 19");
    folder.replace(
        "ravelin.toml",
        "LOG_LEVEL = \"info\"",
        "LOG_LEVEL = \"debug\"",
    );
    let before = folder.files();
    folder
        .run("generate")
        .ends_with(2)
        .prints_nothing()
        .says("error: 1 file was edited by hand and has a new text too; nothing was written")
        .says(&format!("  {WEB}   +1 −0 by hand, +2 −2 new"))
        .says("service-web_override.tf");
    assert_eq!(folder.files(), before);
    fs::remove_file(folder.path(WEB)).unwrap();
    folder
        .run("generate")
        .ends_with(0)
        .prints("  created   terraform/prod/services/service-web.tf");
}

#[test]
fn a_foreign_file_stops_everything() {
    let folder = Folder::storefront();
    folder.write(WEB, "theirs");
    let before = folder.files();
    folder
        .run("generate")
        .ends_with(2)
        .says("error: 1 file is in the way that ravelin did not write; nothing was written")
        .says("--out DIR");
    assert_eq!(folder.files(), before);
}

#[test]
fn a_file_that_is_as_it_should_be_is_adopted() {
    let folder = Folder::generated();
    let lock = folder.read("ravelin.lock");
    fs::remove_file(folder.path("ravelin.lock")).unwrap();
    folder.run("generate").ends_with(0).prints(" unchanged");
    assert_eq!(folder.read("ravelin.lock"), lock);
}

#[test]
fn orphans_go_and_edited_ones_stay() {
    let folder = Folder::generated();
    folder.write("terraform/stg/services/own.tf", "# mine\n");
    folder.replace("iam/stg/ACCESS.md", "\n", "\nmine\n");
    let blueprint = STOREFRONT
        .split("\n[environments.stg.")
        .next()
        .unwrap()
        .replacen(
            "[environments.stg]\nproject_id = \"acme-storefront-stg\"\n",
            "",
            1,
        );
    folder.write("ravelin.toml", &blueprint);
    folder
        .run("generate")
        .ends_with(0)
        .prints("  removed   terraform/stg/services/service-web.tf")
        .prints("no longer generated, so it is yours now");
    assert!(
        !folder.has("terraform/stg/foundation"),
        "an emptied folder goes"
    );
    assert!(folder.has("terraform/stg/services/own.tf"));
    assert!(folder.has("iam/stg/ACCESS.md"));
    let lock = folder.read("ravelin.lock");
    for left in ["/stg/", "facts.stg"] {
        assert!(!lock.contains(left), "{lock}");
    }
    // The edited orphan is nobody's business any more.
    folder.run("generate").ends_with(0).prints(" unchanged");
    assert!(folder.has("iam/stg/ACCESS.md"));
}

#[test]
fn one_environment_leaves_the_others_as_they_are() {
    let folder = Folder::generated();
    let text = folder.read("ravelin.toml").replace("\"info\"", "\"debug\"");
    folder.write("ravelin.toml", text);
    let (prod, readme) = (folder.read(WEB), folder.read("README.md"));
    folder
        .run("generate --only stg")
        .ends_with(0)
        .prints("terraform/stg/services/service-web.tf");
    assert_eq!(folder.read(WEB), prod);
    assert_eq!(folder.read("README.md"), readme);
    // The lock still knows the files of the other one: they are written now, and nothing is in the way.
    folder
        .run("generate")
        .ends_with(0)
        .prints(&format!("  updated   {WEB}"));
    folder
        .run("generate --only stgg")
        .ends_with(2)
        .says("error: there is no environment `stgg`")
        .says("help: there is `stg`");
}

#[test]
fn another_blueprint_and_another_folder() {
    let folder = Folder::storefront();
    folder.write("shop/shop.toml", STOREFRONT);
    folder.run("generate shop/shop.toml").ends_with(0);
    assert!(folder.has("shop/ravelin.lock") && folder.has(&format!("shop/{WEB}")));
    folder
        .run("generate shop/shop.toml --out made/here")
        .ends_with(0);
    assert!(folder.has("made/here/ravelin.lock"));
    assert!(!folder.has("ravelin.lock"));
    let text = fs::read(folder.path("shop/README.md")).unwrap();
    assert_eq!(text, fs::read(folder.path("made/here/README.md")).unwrap());
}

#[cfg(unix)]
#[test]
fn scripts_can_be_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::generated();
    let mode = |path: &str| {
        fs::metadata(folder.path(path))
            .unwrap()
            .permissions()
            .mode()
            & 0o111
    };
    let script = "iam/prod/elsewhere/acme-images.sh";
    assert_ne!(mode(script), 0);
    assert_eq!(mode(WEB), 0);
    fs::set_permissions(folder.path(script), fs::Permissions::from_mode(0o644)).unwrap();
    folder
        .run("generate")
        .ends_with(0)
        .prints(&format!("  updated   {script}"));
    assert_ne!(mode(script), 0);
}

#[cfg(unix)]
#[test]
fn no_link_is_followed() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    for link in ["terraform", "iam/prod", WEB, "ravelin.lock"] {
        let folder = Folder::storefront();
        let path = folder.path(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(outside.path(), &path).unwrap();
        let before = folder.files();
        folder.run("generate").ends_with(2).says("is a link");
        assert_eq!(folder.files(), before, "{link}");
    }
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn a_hostile_or_damaged_lock_is_refused() {
    let folder = Folder::generated();
    let lock = folder.read("ravelin.lock");
    let named =
        |path: &str| lock.replacen("[files]\n", &format!("[files]\n\"{path}\" = \"0\"\n"), 1);
    for (text, said) in [
        (named("../outside"), "never writes"),
        (named("/etc/passwd"), "never writes"),
        (named("ravelin.toml"), "never writes"),
        (
            lock.replacen("schema = 1", "schema = 2", 1),
            "a later version of ravelin",
        ),
        (
            lock.replacen("[files]", "<<<<<<< HEAD", 1),
            "`ravelin.lock` cannot be used: it holds a merge that is not settled, and one side is damaged: line ",
        ),
    ] {
        folder.write("ravelin.lock", text);
        folder
            .run("generate")
            .ends_with(2)
            .says(said)
            .prints_nothing();
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = Folder::storefront();
    folder
        .run("check nowhere.toml")
        .ends_with(2)
        .says("error: cannot read `nowhere.toml`: it does not exist");
    folder
        .run("check .")
        .ends_with(2)
        .says("error: cannot read `.`: it is a folder");
    folder.write("bad.toml", b"schema = 1\nname = \"\xff\"\n");
    folder
        .run("check bad.toml")
        .ends_with(2)
        .says("`bad.toml` is not UTF-8: line 2");
    fs::remove_file(folder.path("ravelin.toml")).unwrap();
    folder
        .run("generate")
        .ends_with(2)
        .says("help: name the blueprint");
    folder.run("frobnicate").ends_with(2);
    folder
        .run("check --today yesterday")
        .ends_with(2)
        .says("expected a day such as 2027-06-30");
}

#[test]
fn each_stage_is_shown() {
    let folder = Folder::storefront();
    let shown = folder
        .run("show --stage blueprint")
        .ends_with(0)
        .says_nothing();
    let prod = shown.stdout.split("# environment stg").next().unwrap();
    assert!(
        prod.starts_with("# environment prod\n") && prod.contains("version = 2"),
        "{prod}"
    );
    folder
        .run("show --stage plan")
        .ends_with(0)
        .prints("environment: \"prod\"");
    let shown = folder.run("show --stage tree").ends_with(0);
    folder.run("generate").ends_with(0);
    for path in shown.stdout.lines() {
        assert!(folder.has(path), "{path}");
    }
    assert!(shown.stdout.contains(WEB));
}

#[cfg(target_os = "linux")]
#[test]
fn a_product_that_cannot_be_written_is_a_failure() {
    let folder = Folder::storefront();
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_ravelin"))
        .args(["show", "--stage", "tree"])
        .current_dir(folder.path(""))
        .stdout(full)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn fix_mends_what_can_only_have_been_meant_so() {
    let folder = Folder::with(
        "# kept\r\n[project]   # kept\r\nname = 'shop' # kept\r\nregon = \"europe-west1\"\r\n\r\n[environments.prod]\r\nproject_id = \"shop-prod\"\r\n\r\n[state]\r\nbucket = \"shop-state\"\r\n\r\n[services.web]\r\nimage = \"europe-docker.pkg.dev/p/app/web@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263\"\r\nmax = \"5\"\r\ninvokers = [\"group:staff@example.com\"]\r\nexposure = \"internl\"\r\n",
    );
    folder
        .run("check --fix")
        .ends_with(1)
        .prints("unknown-value")
        .says("-regon");
    assert_eq!(
        folder
            .read("ravelin.toml")
            .lines()
            .take(5)
            .collect::<Vec<_>>(),
        [
            "schema = 1",
            "# kept",
            "[project]   # kept",
            "name = 'shop' # kept",
            "region = \"europe-west1\""
        ]
    );
    assert!(folder.read("ravelin.toml").contains("\r\nmax = 5\r\n"));
    assert!(folder.read("ravelin.toml").starts_with("schema = 1\r\n"));
    // A choice is left to the reader.
    assert!(folder.read("ravelin.toml").contains("\"internl\""));
    let before = folder.files();
    folder.run("check --fix").ends_with(1);
    assert_eq!(folder.files(), before);
}

#[test]
fn fix_makes_nothing_worse() {
    let folder = Folder::with(&STOREFRONT.replacen("max ", "mx = 3\nmax ", 1));
    let before = folder.files();
    folder.run("check --fix").ends_with(1).prints("unknown-key");
    assert_eq!(folder.files(), before);
}

#[test]
fn warnings_can_be_denied() {
    let folder = Folder::with(
        &STOREFRONT
            .replacen("bucket ", "#bucket ", 1)
            .replacen("[state]", "#[state]", 1),
    );
    folder
        .run("check")
        .ends_with(0)
        .prints("warning[state-is-local]");
    folder
        .run("check --deny warnings")
        .ends_with(1)
        .prints("warning[state-is-local]");
}

#[test]
fn findings_for_programs() {
    let folder = Folder::with(&STOREFRONT.replacen("exposure ", "exposur ", 1));
    folder
        .run("check --format github")
        .ends_with(1)
        .prints("::error file=ravelin.toml,line=");
    folder
        .run("check --format json")
        .ends_with(1)
        .prints("\"code\": \"unknown-key\"");
    folder
        .run("check --format sarif")
        .ends_with(1)
        .prints("\"ruleId\": \"unknown-key\"");
    let fine = Folder::storefront();
    fine.run("check --format json")
        .ends_with(0)
        .prints("\"errors\": 0");
    fine.run("check --format sarif")
        .ends_with(0)
        .prints("\"results\": []");
    assert_eq!(fine.run("check --format github").ends_with(0).stdout, "");
}

#[test]
fn a_rule_is_explained() {
    let folder = Folder::storefront();
    folder
        .run("explain anonymous-access")
        .ends_with(0)
        .prints("error[anonymous-access]: a service lets in everybody who reaches it")
        .prints("\nwrong:\n\n    [services.web]\n    exposure = \"public\"\n    auth     = \"anonymous\"\n")
        .prints("\nright:\n\n    [services.web]\n")
        .prints("\nwaiver: an exception can waive it; then a service asks nobody who they are\n")
        .prints("\nsource: https://cloud.google.com/run/")
        .says_nothing();
    folder
        .run("explain secret-not-pinned")
        .ends_with(0)
        .prints("\nwaiver: cannot be waived\n");
}

#[test]
fn all_rules_are_listed() {
    let folder = Folder::storefront();
    let run = folder.run("explain").ends_with(0).says_nothing();
    for rule in ravelin::rules::ALL {
        let line = run.stdout.lines().find(|line| {
            let mut words = line.split_whitespace();
            words.next() == Some(rule.code) && words.next() == Some(rule.severity.word())
        });
        assert!(
            line.is_some_and(|line| line.contains(rule.explained().what)),
            "{}",
            rule.code
        );
    }
}

#[test]
fn a_code_that_no_rule_has_is_a_failure() {
    let folder = Folder::storefront();
    folder
        .run("explain anonymus-access")
        .ends_with(2)
        .prints_nothing()
        .says("error: there is no rule `anonymus-access`")
        .says("help: there is `anonymous-access`");
    folder
        .run("explain what")
        .ends_with(2)
        .says("help: `ravelin explain` alone lists all");
}

#[test]
fn a_report_names_the_first_of_the_worst() {
    let folder = Folder::with(STOREFRONT);
    folder.replace("ravelin.toml", "max        = 20", "maxx       = 20");
    folder
        .run("check")
        .ends_with(1)
        .prints("1 error in ravelin.toml · `ravelin explain unknown-key` says more\n");
}
