//! `ravelin show`.

use std::fmt::Write as _;
use std::io;

use clap::{Args, ValueEnum};

use super::input::{Blueprint, Input};
use super::{Failure, Outcome, terminal};
use crate::blueprint::read;
use crate::diag::{report, settle};
use crate::{Expansion, expand};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ravelin show --stage blueprint    each environment with defaults, groups and its own changes merged, as TOML
  ravelin show --stage plan         what was resolved, for reading, not for programs
  ravelin show --stage tree         the paths that `generate` writes")]
pub struct Arguments {
    #[command(flatten)]
    blueprint: Blueprint,
    /// What to show
    #[arg(long, value_enum)]
    stage: Stage,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Stage {
    /// The merged blueprint of each environment
    Blueprint,
    /// The plan of each environment
    Plan,
    /// The paths of all files
    Tree,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let input = arguments.blueprint.read()?;
    if let Stage::Blueprint = arguments.stage {
        return blueprint(&input);
    }
    let expansion = expand(&input.source, &|path| input.file(path));
    let colour = terminal::colour(&io::stderr());
    terminal::say(&report(&expansion.diagnostics, &input.source, colour));
    if expansion.has_errors() {
        return Ok(Outcome::Found);
    }
    terminal::print(&match arguments.stage {
        Stage::Tree => paths(&expansion),
        Stage::Plan | Stage::Blueprint => plans(&expansion),
    })?;
    Ok(Outcome::Fine)
}

fn blueprint(input: &Input) -> Result<Outcome, Failure> {
    let reading = read(&input.source);
    let names: Vec<&str> = reading
        .environments
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let diagnostics = settle(reading.diagnostics, &names);
    let colour = terminal::colour(&io::stderr());
    terminal::say(&report(&diagnostics, &input.source, colour));
    if !diagnostics.is_empty() {
        return Ok(Outcome::Found);
    }
    let mut text = String::new();
    for (index, environment) in reading.environments.iter().enumerate() {
        let separator = if index == 0 { "" } else { "\n" };
        // Writing to a `String` cannot fail.
        let _ = write!(
            text,
            "{separator}# environment {}\n{}",
            environment.name,
            environment.to_toml()
        );
    }
    terminal::print(&text)?;
    Ok(Outcome::Fine)
}

fn plans(expansion: &Expansion) -> String {
    let mut text = String::new();
    for plan in &expansion.plans {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{plan:#?}");
    }
    text
}

fn paths(expansion: &Expansion) -> String {
    let mut text = String::new();
    for (path, _) in expansion.tree().iter() {
        // As above.
        let _ = writeln!(text, "{path}");
    }
    text
}
