//! Where people work: shells, manual pages, hooks, workflows.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

mod folder;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use folder::Folder;
use serde_norway::Value;

fn own(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn shells_and_manual_pages() {
    let folder = Folder::with("");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        folder
            .run(&format!("completions {shell}"))
            .ends_with(0)
            .prints("generate")
            .prints("overwrite")
            .prints("preset")
            .says_nothing();
    }
    folder
        .run("man")
        .ends_with(0)
        .prints(".TH ravelin 1")
        .prints("generate");
    folder
        .run("man diff")
        .ends_with(0)
        .prints("against")
        .prints(".TH ravelin-diff 1");
    folder
        .run("man dif")
        .ends_with(2)
        .says("there is no command `dif`")
        .says("there is `diff`")
        .prints_nothing();
}

#[test]
fn hooks_run_what_there_is() {
    let hooks: Value = serde_norway::from_str(&own(".pre-commit-hooks.yaml")).unwrap();
    let folder = Folder::generated();
    let entries: Vec<String> = hooks
        .as_sequence()
        .unwrap()
        .iter()
        .map(|hook| hook["entry"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(entries.len(), 2);
    let run = |entry: &str| folder.run(entry.strip_prefix("ravelin ").unwrap()).status;
    for entry in &entries {
        assert_eq!(run(entry), 0, "{entry}");
    }
    folder.replace("ravelin.toml", "max        = 20", "max        = 19");
    assert_eq!(run(&entries[1]), 1);
    folder.replace("ravelin.toml", "max        = 19", "mxa        = 19");
    assert_eq!(run(&entries[0]), 1);
}

/// Runs the steps of the action as a runner does: each in bash, with its environment, until one fails.
fn action(folder: &Folder, inputs: &[(&str, &str)]) -> (i32, BTreeMap<String, String>) {
    let action: Value = serde_norway::from_str(&own("action.yml")).unwrap();
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    for (name, input) in action["inputs"].as_mapping().unwrap() {
        let default = input["default"].as_str().unwrap().to_owned();
        given.insert(name.as_str().unwrap().to_owned(), default);
    }
    given.extend(
        inputs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    let scratch = tempfile::tempdir().unwrap();
    let file = |name: &str| scratch.path().join(name);
    let program = Path::new(env!("CARGO_BIN_EXE_ravelin")).parent().unwrap();
    let path = std::env::join_paths(
        [program.to_owned()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let path = path.unwrap();
    let mut status = 0;
    for step in action["runs"]["steps"].as_sequence().unwrap() {
        if let Some(condition) = step.get("if") {
            assert_eq!(condition, "inputs.against != ''");
            if given["against"].is_empty() {
                continue;
            }
        }
        assert_eq!(step["shell"], "bash");
        let mut command = Command::new("bash");
        command
            .args([
                "--noprofile",
                "--norc",
                "-eo",
                "pipefail",
                "-c",
                step["run"].as_str().unwrap(),
            ])
            .current_dir(folder.path(""))
            .env("PATH", &path)
            .env("RUNNER_TEMP", scratch.path())
            .env("GITHUB_STEP_SUMMARY", file("summary"))
            .env("GITHUB_OUTPUT", file("output"));
        for (name, value) in step["env"].as_mapping().unwrap() {
            let value = value.as_str().unwrap();
            let input = value
                .strip_prefix("${{ inputs.")
                .and_then(|rest| rest.strip_suffix(" }}"));
            let value = input.map_or_else(|| "nowhere".to_owned(), |input| given[input].clone());
            command.env(name.as_str().unwrap(), value);
        }
        status = command.output().unwrap().status.code().unwrap();
        if status != 0 {
            break;
        }
    }
    let text = |name: &str| fs::read_to_string(file(name)).unwrap_or_default();
    let mut texts = BTreeMap::from([("summary".to_owned(), text("summary"))]);
    let output = text("output");
    if let Some(comment) = output.trim().strip_prefix("comment=") {
        texts.insert("comment".to_owned(), fs::read_to_string(comment).unwrap());
    }
    (status, texts)
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
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn the_action_does_what_it_says() {
    let folder = Folder::generated();
    git(&folder, &["init", "-q", "-b", "main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "generated"]);
    assert_eq!(action(&folder, &[]).0, 0);
    // A blueprint that was not generated.
    let group = "\"group:integrations@example.com\"";
    folder.replace(
        "ravelin.toml",
        group,
        &format!("{group}, \"group:more@example.com\""),
    );
    assert_eq!(action(&folder, &[]).0, 1);
    folder.run("generate").ends_with(0);
    let (status, texts) = action(&folder, &[("against", "main")]);
    assert_eq!(status, 0);
    assert!(texts["comment"].contains("**wider**"), "{texts:?}");
    assert_eq!(texts["comment"], texts["summary"]);
    let (status, texts) = action(&folder, &[("against", "main"), ("fail-on-wider", "true")]);
    assert_eq!(status, 1);
    assert!(texts["comment"].contains("**wider**"));
    assert_eq!(action(&folder, &[("against", "nowhere")]).0, 2);
}

/// The inputs that the workflow of a new project gives the action, with the branch that a pull request goes into.
fn workflow(text: &str, base: &str) -> Vec<(String, String)> {
    let workflow: Value = serde_norway::from_str(text).unwrap();
    assert_eq!(workflow["on"], "pull_request");
    assert_eq!(
        serde_norway::to_string(&workflow["permissions"]).unwrap(),
        "contents: read\n"
    );
    let steps = workflow["jobs"]["ravelin"]["steps"].as_sequence().unwrap();
    let [checkout, action] = steps.as_slice() else {
        panic!("{text}")
    };
    assert_eq!(checkout["with"]["fetch-depth"], 0);
    assert_eq!(checkout["with"]["persist-credentials"], false);
    assert_eq!(action["uses"], "acme/ravelin@v1");
    let known: Value = serde_norway::from_str(&own("action.yml")).unwrap();
    let inputs = action["with"].as_mapping().unwrap().iter();
    let inputs = inputs.map(|(name, value)| {
        let (name, value) = (name.as_str().unwrap(), value.as_str().unwrap());
        assert!(!known["inputs"][name].is_null(), "no input `{name}`");
        let value = value.replace("${{ github.base_ref }}", base);
        (name.to_owned(), value)
    });
    inputs.collect()
}

#[test]
fn the_workflow_of_a_new_project_runs_the_action() {
    let folder = folder::empty();
    git(&folder, &["init", "-q", "-b", "main"]);
    git(&folder, &["commit", "-q", "--allow-empty", "-m", "empty"]);
    git(&folder, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    folder
        .run("new shop --out systems/shop --ci acme/ravelin@v1")
        .ends_with(0)
        .prints("  created   systems/shop/ravelin.toml")
        .prints("  created   .github/workflows/ravelin-shop.yml")
        .prints("a tag or a branch can be moved to other code: name a commit\n");
    let text = folder.read(".github/workflows/ravelin-shop.yml");
    let inputs = workflow(&text, "main");
    let inputs: Vec<(&str, &str)> = inputs
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert!(inputs.contains(&("blueprint", "systems/shop/ravelin.toml")));
    // Before `generate` the files are not as the blueprint says.
    assert_eq!(action(&folder, &inputs).0, 1);
    folder
        .run("generate systems/shop/ravelin.toml")
        .ends_with(0);
    // The first pull request: the branch that it goes into has none of it yet.
    let (status, texts) = action(&folder, &inputs);
    assert_eq!(status, 0, "{texts:?}");
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "shop"]);
    git(&folder, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    let group = "\"group:partners@example.com\"";
    let more = format!("{group}, \"group:more@example.com\"");
    folder.replace("systems/shop/ravelin.toml", group, &more);
    folder
        .run("generate systems/shop/ravelin.toml")
        .ends_with(0);
    let (status, texts) = action(&folder, &inputs);
    assert_eq!(status, 0);
    assert!(texts["summary"].contains("**wider**"), "{texts:?}");
}

#[test]
fn without_a_repository_the_workflow_stands_beside_the_blueprint() {
    let folder = folder::empty();
    let pinned = "acme/ravelin@4f9c7a21d0e8b3655f1c2d7e90ab84c6d3f2e1b0";
    folder
        .run(&format!("new shop --ci {pinned}"))
        .ends_with(0)
        .prints("  created   shop/.github/workflows/ravelin.yml\n");
    let text = folder.read("shop/.github/workflows/ravelin.yml");
    assert!(
        text.contains(&format!("uses: {pinned}\n")) && text.ends_with('\n'),
        "{text}"
    );
    assert!(text.contains("blueprint: ravelin.toml\n"));
}
