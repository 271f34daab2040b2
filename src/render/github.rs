//! The workflow of GitHub by which the pipeline deploys, `github/<environment>/deploy.yml`.

use std::collections::BTreeSet;

use askama::Template;

use crate::plan::model::{Delivery, Deployed, DeployedKind, GitHub, Part, Plan, Text};
use crate::render::quote::shell::Shell as _;
use crate::render::quote::{Quoted, comment, yaml};
use crate::tree::Tree;

#[derive(Template)]
#[template(path = "github/deploy.yml.j2")]
struct Workflow {
    source: Quoted,
    environment: Quoted,
    repository: u64,
    branch: Quoted,
    branch_value: Quoted,
    name: Quoted,
    project: Quoted,
    region: Quoted,
    account: Quoted,
    provider: Quoted,
    images: Vec<Image>,
    /// The hosts of the repositories, each once.
    hosts: Vec<Quoted>,
    deploys: Vec<Step>,
}

struct Image {
    image: Quoted,
    /// Where its `Dockerfile` lies.
    folder: Quoted,
}

struct Step {
    kind: Quoted,
    name: Quoted,
    image: Quoted,
    sidecars: bool,
    share: Option<u32>,
    before: bool,
}

/// Writes the workflow, where a pipeline deploys.
///
/// # Panics
///
/// When the path is in the tree already: each environment is rendered once.
pub fn render(plan: &Plan, tree: &mut Tree) {
    let Some(delivery) = &plan.delivery else {
        return;
    };
    let path = format!("github/{}/deploy.yml", plan.environment);
    tree.add(&path, super::text(&view(plan, delivery)) + "\n");
}

fn view(plan: &Plan, delivery: &Delivery) -> Workflow {
    let Delivery {
        account,
        github,
        deploys,
        images,
        registries,
    } = delivery;
    let GitHub {
        pool: _,
        condition: _,
        repository_id,
        branch,
        principal: _,
        provider,
    } = github;
    let hosts: BTreeSet<String> = registries
        .iter()
        .map(|path| path.url().split('/').take(1).collect())
        .collect();
    let alone = images.len() == 1;
    Workflow {
        source: comment(&plan.source),
        environment: comment(&plan.environment),
        repository: *repository_id,
        branch: comment(branch),
        branch_value: yaml::scalar(branch),
        name: yaml::scalar(&format!("deploy {}", plan.environment)),
        project: yaml::scalar(&plan.project.id),
        region: yaml::scalar(&plan.project.region),
        account: yaml::scalar(&account.email),
        provider: yaml::scalar(&by_variable(plan, provider)),
        images: images
            .iter()
            .map(|image| Image {
                image: image.as_str().shell(),
                folder: match image.rsplit('/').next() {
                    Some(last) if !alone => last.shell(),
                    _ => ".".shell(),
                },
            })
            .collect(),
        hosts: hosts.iter().map(|host| host.as_str().shell()).collect(),
        deploys: deploys.iter().map(step).collect(),
    }
}

fn step(one: &Deployed) -> Step {
    let Deployed {
        kind,
        name,
        image,
        sidecars,
        share,
    } = one;
    Step {
        kind: match kind {
            DeployedKind::Before | DeployedKind::Job => "jobs",
            DeployedKind::Service => "services",
        }
        .shell(),
        name: name.as_str().shell(),
        image: image.as_str().shell(),
        sidecars: *sidecars,
        share: *share,
        before: *kind == DeployedKind::Before,
    }
}

/// The variable of the repository that holds the project's number, where the blueprint does not know it.
#[must_use]
pub fn number_variable(plan: &Plan) -> String {
    let environment = plan.environment.to_uppercase().replace('-', "_");
    format!("PROJECT_NUMBER_{environment}")
}

/// A text in which the project's number stands as a variable of the repository.
fn by_variable(plan: &Plan, text: &Text) -> String {
    let parts = text.parts().iter().map(|part| match part {
        Part::Literal(literal) => literal.clone(),
        Part::ProjectNumber => format!("${{{{ vars.{} }}}}", number_variable(plan)),
        Part::Value(value) => unreachable!("the name of a provider holds no value: {value}"),
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use serde_norway::Value;

    use crate::render::sample;
    use crate::tree::Tree;

    /// Runs each step as GitHub does, and the last one where one fails, with stand-ins for docker and gcloud that say what they
    /// are asked for. A command that holds `FAIL` fails.
    const DRIVER: &str = r#"
RUNNER_TEMP=$(mktemp -d)
trap 'rm -rf "$RUNNER_TEMP"' EXIT
export RUNNER_TEMP FAIL=$1 GITHUB_SHA=abc GITHUB_RUN_ATTEMPT=1 ACCOUNT=a PROVIDER=p
export ACTIONS_ID_TOKEN_REQUEST_URL='https://token?v=1' ACTIONS_ID_TOKEN_REQUEST_TOKEN=t
docker() {
  echo "docker $*" >&2
  case $1 in
    login) cat >/dev/null ;;
    inspect) ref=${*: -1} && echo "${ref%:*}@sha256:new" ;;
  esac
}
gcloud() {
  echo "gcloud $*" >&2
  if [[ $FAIL && "$*" == *"$FAIL"* && "$*" == *sha256:new* ]]; then return 1; fi
  if [[ $3 == describe ]]; then echo "was-$4"; fi
}
export -f docker gcloud
back=${*: -1}
for step in "${@:2:$#-2}"; do
  if ! bash --noprofile --norc -eo pipefail -c "$step"; then
    echo failed >&2
    bash --noprofile --norc -eo pipefail -c "$back"
    exit
  fi
done
"#;

    fn workflow() -> String {
        let mut tree = Tree::default();
        super::render(&sample::plan(), &mut tree);
        let (_, file) = tree.iter().next().expect("it is there");
        file.text.clone()
    }

    /// What the steps ask for, where a command that holds this fails.
    fn asked(fails: &str) -> Vec<String> {
        let workflow: Value = serde_norway::from_str(&workflow()).expect("it is YAML");
        let steps = workflow["jobs"]["deploy"]["steps"].as_sequence();
        let steps = steps.expect("there are steps").iter();
        let scripts = steps.filter_map(|step| step["run"].as_str());
        let output = Command::new("bash")
            .args(["-c", DRIVER, "steps", fails])
            .args(scripts)
            .output()
            .expect("bash runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        let lines = said.lines().map(str::to_owned);
        // A look-up; and the left side of a pipe, which may speak before the right one or after it.
        let passing = |line: &String| {
            [" describe ", " print-access-token"]
                .iter()
                .any(|word| line.contains(word))
        };
        lines.filter(|line| !passing(line)).collect()
    }

    const REGISTRY: &str = "europe-west1-docker.pkg.dev/acme-rich-prod/app";

    #[test]
    fn it_builds_pushes_migrates_and_deploys_by_digest() {
        let said = asked("");
        let wanted = [
            format!("docker build --pull --tag {REGISTRY}/app:abc-1 app"),
            format!("docker build --pull --tag {REGISTRY}/tools:abc-1 tools"),
        ];
        assert_eq!(said[..2], wanted);
        let at = said
            .iter()
            .position(|line| line.starts_with("docker login"));
        let at = at.expect("it signs in");
        assert!(
            said[2].contains("create-cred-config p --service-account=a"),
            "{said:?}"
        );
        assert!(said[2].contains("url=https://token?v=1&audience=https://iam.googleapis.com/p "));
        let pushed = ["app", "tools"].map(|name| {
            let image = format!("{REGISTRY}/{name}:abc-1");
            [
                format!("docker push {image}"),
                format!("docker inspect --format={{{{index .RepoDigests 0}}}} {image}"),
            ]
        });
        assert_eq!(said[at + 1..at + 5], pushed.concat());
        let wanted = [
            format!("gcloud run jobs update migrate --image={REGISTRY}/app@sha256:new"),
            "gcloud run jobs execute migrate --wait".to_owned(),
            format!("gcloud run jobs update sweep --image={REGISTRY}/tools@sha256:new"),
            format!(
                "gcloud run services update web --container=web --image={REGISTRY}/app@sha256:new"
            ),
        ];
        assert_eq!(said[at + 5..], wanted);
    }

    #[test]
    fn it_goes_back_where_something_fails() {
        let said = asked("services update web");
        let failed = said.iter().position(|line| line == "failed");
        let back = &said[failed.expect("it fails") + 1..];
        let wanted = [
            "gcloud run services update web --container=web --image=was-web",
            "gcloud run jobs update sweep --image=was-sweep",
            "gcloud run jobs update migrate --image=was-migrate",
        ];
        assert_eq!(back, wanted);
        // A migration that fails is the last thing that is asked for, and goes back to what it was.
        let said = asked("jobs update migrate");
        let wanted = [
            "failed",
            "gcloud run jobs update migrate --image=was-migrate",
        ];
        assert_eq!(said[said.len() - 2..], wanted);
    }

    #[test]
    fn the_number_that_is_not_known_is_a_variable_of_the_repository() {
        assert!(workflow().contains("projects/${{ vars.PROJECT_NUMBER_PROD }}/locations/global/"));
        let mut plan = sample::plan();
        plan.project.number = Some("123".to_owned());
        plan.delivery = None;
        let mut tree = Tree::default();
        super::render(&plan, &mut tree);
        assert_eq!(tree.iter().count(), 0);
    }
}
