//! The workflow that builds and deploys images: who may start it, what it may do, and what its steps call, run with stand-ins for gcloud
//! and docker.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test may stop where it stands, use the disk and start programs"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use ravelin::expand;
use ravelin::source::Source;
use serde_norway::{Mapping, Value};
use tempfile::TempDir;

const APP: &str = "europe-west1-docker.pkg.dev/acme-rides-prod/rides/app";

/// Notes what it is called with. It fails at what stands in `refused`.
const STAND_IN: &str = r#"#!/usr/bin/env bash
cd "${0%/*}/.." || exit
echo "${0##*/} $*" >>calls
echo "$CLOUDSDK_CORE_PROJECT $CLOUDSDK_RUN_REGION $CLOUDSDK_CORE_DISABLE_PROMPTS" >>settings
if [[ -s refused && "$*" == *"$(<refused)"* ]]; then exit 1; fi
case "${0##*/} $*" in
  *create-cred-config*) echo secret >google.json ;;
  *print-access-token) echo token ;;
  'docker login'*) cat >given ;;
  'docker inspect'*) echo "${!#%:*}@sha256:new" ;;
  'gcloud run '*' describe '*) echo "was/$4@sha256:old" ;;
esac
"#;

/// The workflow of an example, and a folder in which its steps run.
struct Pipeline {
    workflow: Value,
    folder: TempDir,
}

impl Pipeline {
    fn of_the_rides() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints");
        let text = fs::read_to_string(folder.join("mobile-api.toml")).unwrap();
        let beside = |file: &str| fs::read_to_string(folder.join(file)).ok();
        let expansion = expand(&Source::new("mobile-api.toml", text), &beside);
        let tree = expansion.tree();
        let workflow = &tree.get("github/prod/deploy.yml").unwrap().text;
        let pipeline = Self {
            workflow: serde_norway::from_str(workflow).unwrap(),
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(pipeline.path("bin")).unwrap();
        for name in ["bin/gcloud", "bin/docker"] {
            fs::write(pipeline.path(name), STAND_IN).unwrap();
            let executable = fs::Permissions::from_mode(0o755);
            fs::set_permissions(pipeline.path(name), executable).unwrap();
        }
        pipeline
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn job(&self) -> &Value {
        &self.workflow["jobs"]["deploy"]
    }

    /// The steps that call something, by their names, in their order.
    fn steps(&self) -> Vec<(&str, &Value)> {
        let steps = self.job()["steps"].as_sequence().unwrap().iter();
        steps
            .filter_map(|step| Some((step.get("name")?.as_str()?, step)))
            .collect()
    }

    /// Runs a step as GitHub does; gives what it called, and whether it went well.
    fn runs(&self, name: &str) -> (Vec<String>, bool) {
        let steps = self.steps();
        let (_, step) = steps.iter().find(|(one, _)| *one == name).unwrap();
        let shell = &self.workflow["defaults"]["run"]["shell"];
        assert_eq!(shell, "bash", "another one goes on after a failure");
        let script = self.path("step.sh");
        fs::write(&script, step["run"].as_str().unwrap()).unwrap();
        let (folder, path) = (self.folder.path(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(script)
            .env("PATH", format!("{}:{path}", folder.join("bin").display()))
            .env("RUNNER_TEMP", folder)
            .env("GITHUB_SHA", "5ha")
            .env("GITHUB_RUN_ATTEMPT", "1")
            .env(
                "ACTIONS_ID_TOKEN_REQUEST_URL",
                "https://github.test/token?api=2",
            )
            .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "asks");
        for variables in [&self.job()["env"], &step["env"]] {
            for (name, value) in variables.as_mapping().unwrap_or(&Mapping::new()) {
                command.env(name.as_str().unwrap(), value.as_str().unwrap());
            }
        }
        let output = command.output().unwrap();
        let (done, said) = (
            output.status.success(),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(!said.contains("No such file"), "{name}: {said}");
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        fs::write(self.path("calls"), "").unwrap();
        (calls.lines().map(str::to_owned).collect(), done)
    }

    /// Runs the steps before the deploy.
    fn pushed() -> Self {
        let pipeline = Self::of_the_rides();
        for name in ["build", "sign in", "push"] {
            assert!(pipeline.runs(name).1, "{name}");
        }
        pipeline
    }
}

/// What updates something to the new image.
fn update(what: &str, image: &str) -> String {
    let (kind, name) = what.split_once(' ').unwrap();
    let container = if name == "api" {
        " --container=api"
    } else {
        ""
    };
    format!("gcloud run {kind} update {name}{container} --image={image}")
}

/// What reads which image something has.
fn describe(what: &str) -> String {
    let (kind, name) = what.split_once(' ').unwrap();
    let place = match kind {
        "jobs" => "spec.template.spec.template.spec.containers[0].image",
        _ => "spec.template.spec.containers[0].image",
    };
    format!("gcloud run {kind} describe {name} --format=value({place})")
}

#[test]
fn it_starts_on_its_branch_and_may_no_more_than_it_needs() {
    let pipeline = Pipeline::of_the_rides();
    let yaml = |text: &str| -> Value { serde_norway::from_str(text).unwrap() };
    let workflow = &pipeline.workflow;
    assert_eq!(
        workflow["on"],
        yaml("{ push: { branches: [release] }, workflow_dispatch: }")
    );
    assert_eq!(workflow["permissions"], yaml("{}"));
    let may = yaml("{ contents: read, id-token: write }");
    assert_eq!(pipeline.job()["permissions"], may);
    // One run after the other, and none is cut short.
    assert_eq!(workflow["concurrency"]["group"], workflow["name"]);
    assert_eq!(workflow["name"], "deploy prod");
    assert_eq!(workflow["concurrency"]["cancel-in-progress"], false);
    assert_eq!(pipeline.job()["timeout-minutes"], 60);
    let first = &pipeline.job()["steps"][0];
    assert_eq!(first["with"], yaml("persist-credentials: false"));
    let action = first["uses"].as_str().unwrap().split_once('@').unwrap();
    assert_eq!((action.0, action.1.len()), ("actions/checkout", 40));
    let names: Vec<&str> = pipeline.steps().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["build", "sign in", "push", "deploy", "roll back"]);
    let when = pipeline
        .steps()
        .into_iter()
        .filter_map(|(name, step)| Some((name, step.get("if")?)));
    let when: Vec<_> = when.collect();
    assert_eq!(
        when,
        [("roll back", &Value::from("failure() || cancelled()"))]
    );
}

#[test]
fn it_signs_in_without_a_key_after_what_is_built() {
    let pipeline = Pipeline::of_the_rides();
    let build = format!("docker build --pull --tag {APP}:5ha-1 .");
    assert_eq!(pipeline.runs("build"), (vec![build], true));
    let folder = pipeline.folder.path().display().to_string();
    let provider = "projects/${{ vars.PROJECT_NUMBER_PROD }}/locations/global/workloadIdentityPools/github-rides/providers/github";
    let asks = [
        format!("gcloud iam workload-identity-pools create-cred-config {provider}"),
        "--service-account=deploy-rides@acme-rides-prod.iam.gserviceaccount.com".to_owned(),
        format!(
            "--credential-source-url=https://github.test/token?api=2&audience=https://iam.googleapis.com/{provider}"
        ),
        "--credential-source-headers=Authorization=Bearer asks --credential-source-type=json"
            .to_owned(),
        format!("--credential-source-field-name=value --output-file={folder}/google.json"),
    ];
    let (calls, done) = pipeline.runs("sign in");
    assert!(done);
    assert_eq!(
        calls[..2],
        [
            asks.join(" "),
            format!("gcloud auth login --cred-file={folder}/google.json")
        ]
    );
    // Of a pipe, either may come first.
    let mut rest = calls[2..].to_vec();
    rest.sort();
    let host = "europe-west1-docker.pkg.dev";
    assert_eq!(
        rest,
        [
            format!("docker login --username=oauth2accesstoken --password-stdin {host}"),
            "gcloud auth print-access-token".to_owned()
        ]
    );
    assert_eq!(
        fs::read_to_string(pipeline.path("given")).unwrap(),
        "token\n"
    );
    let mode = fs::metadata(pipeline.path("google.json"))
        .unwrap()
        .permissions();
    assert_eq!(mode.mode() & 0o777, 0o600, "others read the credentials");
    let settings = fs::read_to_string(pipeline.path("settings")).unwrap();
    assert!(
        settings
            .lines()
            .all(|line| line == "acme-rides-prod europe-west1 1"),
        "{settings}"
    );
    // A login that is refused ends the job.
    fs::write(pipeline.path("refused"), "print-access-token").unwrap();
    assert!(!pipeline.runs("sign in").1);
}

#[test]
fn what_is_pushed_is_deployed_by_its_digest() {
    let pipeline = Pipeline::of_the_rides();
    let calls = [
        format!("docker push {APP}:5ha-1"),
        format!("docker inspect --format={{{{index .RepoDigests 0}}}} {APP}:5ha-1"),
    ];
    assert_eq!(pipeline.runs("push"), (calls.to_vec(), true));
    let new = format!("{APP}@sha256:new");
    let mut expected = Vec::new();
    for what in [
        "jobs migrate",
        "services api",
        "services billing",
        "services live",
    ] {
        expected.extend([describe(what), update(what, &new)]);
        if what == "jobs migrate" {
            // It has to succeed before a service follows.
            expected.push("gcloud run jobs execute migrate --wait".to_owned());
        }
    }
    assert_eq!(pipeline.runs("deploy"), (expected, true));
}

#[test]
fn what_was_deployed_before_a_failure_goes_back() {
    let pipeline = Pipeline::pushed();
    assert_eq!(pipeline.runs("roll back"), (Vec::new(), true));

    fs::write(pipeline.path("refused"), "update billing").unwrap();
    let (calls, done) = pipeline.runs("deploy");
    assert!(
        !done && !calls.iter().any(|call| call.contains("live")),
        "{calls:?}"
    );
    let back = ["services billing", "services api", "jobs migrate"].map(|what| {
        let (_, name) = what.split_once(' ').unwrap();
        update(what, &format!("was/{name}@sha256:old"))
    });
    // What cannot go back holds up nothing else, and is told.
    assert_eq!(pipeline.runs("roll back"), (back.to_vec(), false));
    fs::write(pipeline.path("refused"), "").unwrap();
    assert_eq!(pipeline.runs("roll back"), (back.to_vec(), true));

    let pipeline = Pipeline::pushed();
    fs::write(pipeline.path("refused"), "execute migrate").unwrap();
    let (calls, done) = pipeline.runs("deploy");
    assert!(
        !done && !calls.iter().any(|call| call.contains("services")),
        "{calls:?}"
    );
}
