//! `ravelin new`, in real folders and at a real terminal: a start that works as it is, and nothing of anybody's lost.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

mod folder;

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use folder::{Folder, empty};
use ravelin::language::schema_text;
use ravelin::preset::PRESETS;

#[test]
fn each_preset_works_as_it_is() {
    for preset in PRESETS {
        let folder = empty();
        folder
            .run(&format!("new shop --preset {}", preset.name))
            .ends_with(0)
            .says_nothing()
            .prints("  created   shop/ravelin.toml\n")
            .prints("services.")
            .prints("\nnext: cd shop && ravelin generate\n");
        let blueprint = folder.read("shop/ravelin.toml");
        assert!(blueprint.starts_with("#:schema ./ravelin.schema.json\n# "));
        assert_eq!(folder.read("shop/ravelin.schema.json"), schema_text());
        folder
            .run("check shop/ravelin.toml --deny warnings")
            .ends_with(0);
        folder.run("generate shop/ravelin.toml").ends_with(0);
        folder
            .run("diff shop/ravelin.toml")
            .ends_with(0)
            .prints_nothing();
    }
}

#[test]
fn the_lines_that_want_values_are_where_it_says() {
    let folder = empty();
    let run = folder.run("new shop --preset microservices").ends_with(0);
    let blueprint = folder.read("shop/ravelin.toml");
    let lines: Vec<&str> = blueprint.lines().collect();
    let mut told = 0;
    for line in run.stdout.lines() {
        let mut words = line.split_whitespace();
        let Some(number) = words.next().and_then(|word| word.parse::<usize>().ok()) else {
            continue;
        };
        let key = words.next().unwrap().rsplit('.').next().unwrap().to_owned();
        let value = words.next().unwrap().split(['…', ',']).next().unwrap();
        assert!(lines[number - 1].contains(value), "{line}");
        assert!(lines[number - 1].contains(&key), "{line}");
        told += 1;
    }
    assert_eq!(told, 12, "{}", run.stdout);
    let run = folder
        .run("new a --preset microservices --domain a.test --project-id stg=acme-a-1 --project-id prod=acme-a-2")
        .ends_with(0);
    assert!(!run.stdout.contains("project_id") && !run.stdout.contains("domains"));
    assert!(run.stdout.contains("services.orders.image "));
}

#[test]
fn options_say_what_is_there() {
    let folder = empty();
    folder
        .run("new shop --preset web-database --project-id stg=acme-shop-stg --project-id prod=acme-shop-prod --region us-east1 --domain shop.test --out . --today 2030-01-01")
        .ends_with(0)
        .prints("  created   ravelin.toml\n")
        .prints("\nnext: ravelin generate\n");
    let text = folder.read("ravelin.toml");
    for line in [
        "name   = \"shop\" # the prefix",
        "region = \"us-east1\"\n",
        "labels = { owner = \"shop-team\" }\n",
        "project_id = \"acme-shop-stg\"\n",
        "project_id = \"acme-shop-prod\"\n",
        "bucket = \"terraform-state-acme-shop-${environment}\"\n",
        "app = \"us-east1-docker.pkg.dev/acme-shop-prod/shop/app@sha256:",
        "domains  = [\"shop.test\"]\n",
        "domains = [\"stg.shop.test\"]\n",
        "expires = 2030-06-30\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[test]
fn what_is_there_stays() {
    let folder = empty();
    folder.write(".gitignore", "/target\n.terraform/\n");
    folder.write("ravelin.toml", "mine = true\n");
    folder.write("main.rs", "fn main() {}\n");
    folder
        .run("new shop --out .")
        .ends_with(0)
        .prints("  kept      ravelin.toml          it was there already\n")
        .prints("  created   ravelin.schema.json\n")
        .prints("it was there already; it lacks `*.tfstate`, `*.tfstate.*`, `*.tfplan`, `crash.log`, `crash.*.log`\n");
    assert_eq!(folder.read("ravelin.toml"), "mine = true\n");
    assert_eq!(folder.read(".gitignore"), "/target\n.terraform/\n");
    assert_eq!(folder.read("main.rs"), "fn main() {}\n");
    assert_eq!(folder.files().len(), 4);
}

#[test]
fn a_readme_that_is_there_stays_yours() {
    let folder = empty();
    folder.write("README.md", "mine\n");
    let run = folder.run("new shop --out .").ends_with(0);
    let (_, next) = run.stdout.split_once("\nnext: ravelin ").unwrap();
    let next = next.split("    (").next().unwrap();
    assert_eq!(next, "generate --keep README.md");
    folder.run(next).ends_with(0);
    assert_eq!(folder.read("README.md"), "mine\n");
    folder.run("diff").ends_with(0).prints_nothing();
}

#[test]
fn a_second_run_changes_nothing() {
    let folder = empty();
    let run = "new shop --preset web-database --today 2030-01-01";
    folder.run(run).ends_with(0);
    let before = folder.files();
    folder
        .run(run)
        .ends_with(0)
        .prints("  unchanged shop/ravelin.toml\n");
    assert_eq!(folder.files(), before);
    folder
        .run("new shop --region us-east1")
        .ends_with(0)
        .prints("  kept      shop/ravelin.toml          it was there already\n");
    assert_eq!(folder.files(), before);
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_written() {
    let folder = empty();
    for (arguments, said) in [
        (
            "new Shop",
            "error: `Shop` cannot be a project's name: takes at most 30 lower-case letters, digits and single hyphens",
        ),
        ("new Shop", "help: for instance `shop`\n"),
        ("new ../shop", "error: `../shop` cannot be a project's name"),
        ("new shop --preset minmal", "help: there is `minimal`\n"),
        (
            "new shop --preset lambda",
            "help: `ravelin new --list` lists them\n",
        ),
        (
            "new shop --region europe-wst1",
            "help: a similar name exists: europe-west1\n",
        ),
        (
            "new shop --region europe-wst1 --domain https://shop.test --project-id x",
            "error: 3 values cannot be used; nothing was written\n",
        ),
        (
            "new shop --preset web-database --project-id acme-shop",
            "help: say it: --project-id stg=acme-shop or --project-id prod=acme-shop\n",
        ),
        (
            "new shop --project-id prd=acme-shop",
            "error: the preset `minimal` has no environment `prd`\n\nhelp: there is `prod`\n",
        ),
        (
            "new shop --preset internal-api --domain shop.test",
            "has no domain: nothing in it is public",
        ),
        ("new shop --ci ravelin", "OWNER/REPO@COMMIT"),
        ("new", "<NAME>"),
    ] {
        folder
            .run(arguments)
            .ends_with(2)
            .says(said)
            .prints_nothing();
        assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 0);
    }
}

#[cfg(unix)]
#[test]
fn no_link_is_followed() {
    use std::os::unix::fs::symlink;
    for link in [".gitignore", "ravelin.toml", ".github"] {
        let (folder, outside) = (empty(), empty());
        symlink(outside.path(""), folder.path(link)).unwrap();
        folder
            .run("new shop --out . --ci acme/ravelin@v1")
            .ends_with(2)
            .says("is a link")
            .prints_nothing();
        assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 1, "{link}");
        assert_eq!(fs::read_dir(outside.path("")).unwrap().count(), 0);
    }
}

#[test]
fn presets_are_listed() {
    let run = empty().run("new --list").ends_with(0).says_nothing();
    assert_eq!(run.stdout.lines().count(), PRESETS.len());
    for (line, preset) in run.stdout.lines().zip(PRESETS) {
        assert!(line.starts_with(preset.name) && line.ends_with(preset.about));
    }
}

#[test]
fn nobody_is_asked_without_a_terminal() {
    let folder = empty();
    // A pipe to which nobody writes: whoever asks waits for ever.
    let mut run = Command::new(env!("CARGO_BIN_EXE_ravelin"))
        .args(["new", "shop"])
        .current_dir(folder.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let since = Instant::now();
    while run.try_wait().unwrap().is_none() {
        if since.elapsed() > Duration::from_secs(30) {
            run.kill().unwrap();
            panic!("it waits for an answer");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let done = run.wait_with_output().unwrap();
    assert!(done.status.success());
    assert_eq!(String::from_utf8(done.stderr).unwrap(), "");
    assert!(folder.has("shop/ravelin.toml"));
}

/// A person at a terminal.
#[cfg(unix)]
mod terminal {
    use std::io::{Read as _, Write as _};
    use std::process::Child;
    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, channel};

    use pty_process::blocking::{Command, Pty, open};

    use super::*;

    struct Person {
        pty: Arc<Pty>,
        shown: Receiver<Vec<u8>>,
        child: Child,
        /// What was shown and not looked at yet.
        unread: String,
    }

    impl Person {
        fn runs(folder: &Folder, arguments: &str) -> Self {
            let (pty, pts) = open().unwrap();
            pty.resize(pty_process::Size::new(24, 200)).unwrap();
            let child = Command::new(env!("CARGO_BIN_EXE_ravelin"))
                .args(arguments.split_whitespace())
                .current_dir(folder.path(""))
                .env("TERM", "xterm")
                .env("NO_COLOR", "1")
                .spawn(pts)
                .unwrap();
            let pty = Arc::new(pty);
            let (screen, shown) = channel();
            let source = Arc::clone(&pty);
            std::thread::spawn(move || {
                let mut bytes = [0; 4096];
                // It ends with an error when the program does.
                while let Ok(length) = (&*source).read(&mut bytes) {
                    if length == 0 || screen.send(bytes[..length].to_vec()).is_err() {
                        break;
                    }
                }
            });
            let unread = String::new();
            Self {
                pty,
                shown,
                child,
                unread,
            }
        }

        /// Reads until a text has been shown.
        #[track_caller]
        fn sees(&mut self, text: &str) {
            loop {
                if let Some(at) = self.unread.find(text) {
                    self.unread.drain(..at + text.len());
                    return;
                }
                match self.shown.recv_timeout(Duration::from_secs(30)) {
                    Ok(bytes) => self.unread += &String::from_utf8_lossy(&bytes),
                    Err(error) => panic!("`{text}` is not shown, {error}:\n{}", self.unread),
                }
            }
        }

        fn types(&mut self, keys: &str) {
            (&*self.pty).write_all(keys.as_bytes()).unwrap();
        }

        /// How the program ended, and what it showed to the end. One that waits for an answer is stopped.
        fn status(mut self) -> (Option<i32>, String) {
            let until = Instant::now() + Duration::from_secs(30);
            let mut status = self.child.try_wait().unwrap();
            while status.is_none() && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(10));
                status = self.child.try_wait().unwrap();
            }
            if status.is_none() {
                self.child.kill().unwrap();
                self.child.wait().unwrap();
            }
            while let Ok(bytes) = self.shown.recv_timeout(Duration::from_secs(1)) {
                self.unread += &String::from_utf8_lossy(&bytes);
            }
            (status.and_then(|status| status.code()), self.unread)
        }
    }

    #[test]
    fn answers_are_judged_at_once() {
        let folder = empty();
        let mut person = Person::runs(&folder, "new shop --preset web-database");
        person.sees("Google Cloud project of `stg` [shop-stg]: ");
        person.types("Acme\r");
        person.sees("`Acme` cannot be a project's id (environment `stg`): takes 6 to 30");
        person.sees("Google Cloud project of `stg` [shop-stg]: ");
        person.types("acme-shop-stg\r");
        // Named alike.
        person.sees("Google Cloud project of `prod` [acme-shop-prod]: ");
        person.types("\r");
        person.sees("region [europe-west1]: ");
        person.types("us-est1\r");
        person.sees("`us-est1` does not exist: no region of Cloud Run has this name; a similar name exists: us-east1");
        person.sees("region [europe-west1]: ");
        person.types("us-c\t\r");
        person.sees("domain [shop.example.com]: ");
        person.types(" shop.test\r");
        person.sees("  created   shop/ravelin.toml");
        person.sees("next: cd shop && ravelin generate");
        assert_eq!(person.status().0, Some(0));
        let text = folder.read("shop/ravelin.toml");
        for line in [
            "region = \"us-central1\"\n",
            "project_id = \"acme-shop-stg\"\n",
            "project_id = \"acme-shop-prod\"\n",
            "domains  = [\"shop.test\"]\n",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        folder.run("generate shop/ravelin.toml").ends_with(0);
    }

    #[test]
    fn only_what_is_open_is_asked() {
        let folder = empty();
        let mut person = Person::runs(&folder, "new shop --region us-east1 --domain shop.test");
        person.sees("Google Cloud project of `prod` [shop-prod]: ");
        person.types("\r");
        person.sees("next: cd shop && ravelin generate");
        assert_eq!(person.status().0, Some(0));

        for arguments in [
            "new all --project-id acme-all --region us-east1 --domain all.test",
            "new none --preset internal-api --yes",
            // The blueprint is there: no answer would be of use.
            "new shop",
        ] {
            let (status, shown) = Person::runs(&folder, arguments).status();
            assert_eq!(status, Some(0), "{shown}");
            assert!(
                !shown.contains("]: ") && shown.contains("next: "),
                "{shown}"
            );
        }
    }

    #[test]
    fn whoever_leaves_finds_nothing_written() {
        let folder = empty();
        let mut person = Person::runs(&folder, "new shop");
        person.sees("Google Cloud project of `prod` [shop-prod]: ");
        person.types("acme-shop\r");
        person.sees("region [europe-west1]: ");
        person.types("\u{3}");
        assert_ne!(person.status().0, Some(0));
        assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 0);
    }
}
