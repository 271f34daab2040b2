//! The values of a new project: what the options say, and whether the language takes it.

use clap::Args;

use crate::check;
use crate::cli::Failure;
use crate::cli::words::count;
use crate::diag::{Diagnostic, Severity};
use crate::language::BLUEPRINT_FILE;
use crate::preset::{Preset, REGION, Values};
use crate::source::Source;

/// What the options say.
#[derive(Debug, Args)]
pub struct Said {
    /// The Google Cloud project; with several environments one for each, ENV=ID [default: NAME-ENV]
    #[arg(long, value_name = "[ENV=]ID")]
    project_id: Vec<String>,
    // The region of everything that is regional.
    #[arg(long, value_name = "REGION", help = format!("The region of everything that is regional [default: {REGION}]"))]
    pub region: Option<String>,
    /// The public domain [default: NAME.example.com]
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Option<String>,
}

impl Said {
    /// Whether the id of an environment's project is said.
    pub fn has_project_id(&self, environment: &str) -> bool {
        let environment = |said: &String| match said.split_once('=') {
            Some((name, _)) => name == environment,
            None => true,
        };
        self.project_id.iter().any(environment)
    }

    /// Puts them in, and tells which of them the language does not take.
    pub fn put(&self, preset: &Preset, values: &mut Values) -> Result<(), Failure> {
        let environments = preset.environments();
        for said in &self.project_id {
            let (environment, id) = match (said.split_once('='), environments.as_slice()) {
                (Some((environment, id)), _) => (environment, id),
                (None, [one]) => (one.as_str(), said.as_str()),
                (None, _) => return Err(which(said, preset, &environments)),
            };
            let Some(place) = values.project_ids.get_mut(environment) else {
                let environment = environment.escape_debug().to_string();
                let failure = Failure::new(format!(
                    "the preset `{}` has no environment `{environment}`",
                    preset.name
                ));
                let known = format!("it has {}", quoted(&environments));
                let names = environments.iter().map(String::as_str);
                return Err(failure.near(&environment, names, &known));
            };
            id.clone_into(place);
        }
        if let Some(region) = &self.region {
            values.region.clone_from(region);
        }
        if let Some(domain) = &self.domain {
            if !preset.has_domain() {
                return Err(Failure::new(format!(
                    "the preset `{}` has no domain: nothing in it is public",
                    preset.name
                ))
                .help(
                    "leave `--domain` out, or take another preset: `ravelin new --list` lists them",
                ));
            }
            values.domain.clone_from(domain);
        }
        judge(preset, values)
    }
}

/// That an id may be of several environments.
fn which(id: &str, preset: &Preset, environments: &[String]) -> Failure {
    let options = environments.iter();
    let options: Vec<String> = options
        .map(|environment| format!("--project-id {environment}={id}"))
        .collect();
    let id = id.escape_debug();
    Failure::new(format!(
        "`{id}` is the project of which environment? the preset `{}` has {}",
        preset.name,
        quoted(environments)
    ))
    .help(format!("say it: {}", options.join(" or ")))
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(" and ")
}

/// Refuses a name that the language does not take, with its own words.
pub fn judge_name(preset: &Preset, values: &Values) -> Result<(), Failure> {
    // The others only follow from it.
    refuse(problems(preset, values).into_iter().take(1).collect())
}

/// Refuses values that the language does not take, with its own words.
fn judge(preset: &Preset, values: &Values) -> Result<(), Failure> {
    refuse(problems(preset, values))
}

fn refuse(problems: Vec<Problem>) -> Result<(), Failure> {
    let (said, helps): (Vec<_>, Vec<_>) = problems
        .into_iter()
        .map(|problem| (problem.said, problem.help))
        .unzip();
    let mut failure = match said.as_slice() {
        [] => return Ok(()),
        [one] => Failure::new(one),
        many => {
            let values = count(many.len(), "value");
            Failure::new(format!("{values} cannot be used; nothing was written"))
        }
    };
    if said.len() > 1 {
        failure.details = said;
    }
    failure.helps = helps.into_iter().flatten().collect();
    Err(failure)
}

/// What the language says against values.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, and what would be right.
    pub said: String,
    /// What was probably meant.
    pub help: Option<String>,
}

/// What the language says against a preset with these values.
pub fn problems(preset: &Preset, values: &Values) -> Vec<Problem> {
    let source = Source::new(BLUEPRINT_FILE, preset.blueprint(values));
    let found = check(&source, &|_| None, values.today).diagnostics;
    let errors = found
        .iter()
        .filter(|finding| finding.rule.severity == Severity::Error);
    let mut problems: Vec<Problem> = Vec::new();
    for problem in errors.map(problem) {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    problems
}

fn problem(finding: &Diagnostic) -> Problem {
    let label = finding.labels.first().map(|label| label.text.as_str());
    let said = match label.filter(|label| !label.is_empty()) {
        Some(label) => format!("{}: {label}", finding.message),
        None => finding.message.clone(),
    };
    let help = finding
        .help
        .as_ref()
        .map(|help| match help.edits.as_slice() {
            [(_, text)] => format!("{}: {text}", help.message),
            _ => help.message.clone(),
        });
    Problem { said, help }
}

/// The address of an action: `OWNER/REPO@REVISION`, perhaps with a folder in it.
pub fn action(text: &str) -> Result<String, String> {
    let plain = |text: &str| {
        let of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        let part = |part: &str| !part.is_empty() && part.bytes().all(of_name);
        text.split('/').all(part)
    };
    let fits = text.split_once('@').is_some_and(|(repository, revision)| {
        plain(repository) && repository.contains('/') && plain(revision)
    });
    if fits {
        Ok(text.to_owned())
    } else {
        Err("expected the address of this project's action, OWNER/REPO@COMMIT".to_owned())
    }
}

/// Whether an action stays what it is: a tag or a branch can be moved to other code.
pub fn is_pinned(action: &str) -> bool {
    let revision = action.rsplit('@').next().unwrap_or_default();
    revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}
