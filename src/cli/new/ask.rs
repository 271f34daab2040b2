//! The questions on a terminal.

use dialoguer::theme::SimpleTheme;
use dialoguer::{Completion, Input};

use super::values::{Said, problems};
use crate::cli::{Failure, terminal};
use crate::plan::google::run::REGIONS;
use crate::preset::{Preset, Values};

/// Where an answer goes.
type Put<'a> = &'a dyn Fn(&mut Values, String);

/// Asks what no option says. An answer that the language does not take is asked for again.
pub fn ask(preset: &Preset, said: &Said, values: &mut Values) -> Result<(), Failure> {
    let environments = preset.environments();
    let open = environments
        .iter()
        .filter(|environment| !said.has_project_id(environment));
    let open: Vec<&String> = open.collect();
    let domain = said.domain.is_none() && preset.has_domain();
    if open.is_empty() && said.region.is_some() && !domain {
        return Ok(());
    }
    terminal::say("Enter takes what stands in brackets.\n");
    let mut before: Option<&String> = None;
    for environment in open {
        let mut default = values.project_ids[environment].clone();
        // Most people name their projects alike.
        let alike = before.and_then(|before| {
            let head = values.project_ids[before].strip_suffix(before.as_str())?;
            Some(format!("{head}{environment}"))
        });
        default = alike.unwrap_or(default);
        let what = format!("Google Cloud project of `{environment}`");
        let put = |values: &mut Values, id| {
            values.project_ids.insert(environment.clone(), id);
        };
        question(&what, default, &put, preset, values)?;
        before = Some(environment);
    }
    if said.region.is_none() {
        let put = |values: &mut Values, region| values.region = region;
        question("region", values.region.clone(), &put, preset, values)?;
    }
    if domain {
        let put = |values: &mut Values, domain| values.domain = domain;
        question("domain", values.domain.clone(), &put, preset, values)?;
    }
    Ok(())
}

fn question(
    what: &str,
    default: String,
    put: Put<'_>,
    preset: &Preset,
    values: &mut Values,
) -> Result<(), Failure> {
    let with = |answer: &str| {
        let mut values = values.clone();
        put(&mut values, answer.trim().to_owned());
        values
    };
    let judge = |answer: &String| match problems(preset, &with(answer)).first() {
        None => Ok(()),
        Some(problem) => {
            let help = problem.help.as_ref().map(|help| format!("; {help}"));
            Err(format!("{}{}", problem.said, help.unwrap_or_default()))
        }
    };
    let regions = Regions;
    let mut input = Input::<String>::with_theme(&SimpleTheme)
        .with_prompt(what)
        .default(default)
        .validate_with(judge);
    if what == "region" {
        input = input.completion_with(&regions);
    }
    let answer = input.interact_text();
    let answer = answer.map_err(|dialoguer::Error::IO(error)| {
        Failure::new(format!(
            "cannot ask for the {what}: {error}; nothing was written"
        ))
        .help("`--yes` takes the defaults")
    })?;
    *values = with(&answer);
    Ok(())
}

/// Completes the names of regions, as far as there is one way.
struct Regions;

impl Completion for Regions {
    fn get(&self, input: &str) -> Option<String> {
        let mut fitting = REGIONS.iter().filter(|region| region.starts_with(input));
        let first = *fitting.next()?;
        let common = fitting.fold(first.len(), |common, region| {
            let same = first.bytes().zip(region.bytes());
            let same = same.take_while(|(one, other)| one == other).count();
            common.min(same)
        });
        Some(first[..common].to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_completed_as_far_as_there_is_one_way() {
        let complete = |input: &str| Regions.get(input);
        assert_eq!(complete("us-c").as_deref(), Some("us-central1"));
        assert_eq!(complete("europe-w").as_deref(), Some("europe-west"));
        assert_eq!(complete("moon"), None);
    }
}
