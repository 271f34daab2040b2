//! `ravelin diff`.

mod human;
mod machine;
mod report;

use std::cell::LazyCell;
use std::io::{self, IsTerminal as _};

use clap::{Args, ValueEnum};

use super::target::{Target, Wanted};
use super::{Failure, Outcome, check, many, pager, terminal};
use crate::change::{Settlement, decide};
use crate::parallel;
use crate::plan::Date;
use crate::store::Revision;
use report::Report;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ravelin diff                                       is everything generated as the blueprint says?
  ravelin diff --stat                                how much differs
  ravelin diff --path terraform/prod/services        below one folder
  ravelin diff --all systems                         every ravelin.toml below a folder
  ravelin diff --against origin/main                 what a pull request changes, with its security facts
  ravelin diff --against origin/main --fail-on wider fail only when something opens

Exit status: 0 nothing differs, 1 something does (or gets wider), 2 it could not be told")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Compare with what is committed at a revision of git, not with what is on disk
    #[arg(long, value_name = "REV")]
    against: Option<String>,
    /// Show these files alone, or those below these folders
    #[arg(long = "path", value_name = "PATH", num_args = 1..)]
    paths: Vec<String>,
    /// How it is written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// How many lines differ in each file, instead of the lines
    #[arg(long, conflicts_with_all = ["format", "name_only"])]
    stat: bool,
    /// The names of the files that differ, and nothing else
    #[arg(long, conflicts_with = "format")]
    name_only: bool,
    /// What makes the exit status 1
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    fail_on: FailOn,
    /// The day that the end of exceptions is measured by [default: today in UTC]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

/// How a difference is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// a patch, and the facts below it
    #[default]
    Human,
    /// for programs
    Json,
    /// annotations of a GitHub workflow
    Github,
    /// a comment for a pull request
    Markdown,
}

/// What makes the exit status 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum FailOn {
    /// any difference
    #[default]
    Difference,
    /// a security fact that gets wider
    Wider,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let today = arguments.today.map_or_else(check::today, Ok)?;
    let mut report = if arguments.target.all {
        let targets = arguments.target.below()?;
        let wanted = many::expand(&targets)?;
        let compared = parallel::each(&wanted, |(_, wanted)| compare(arguments, wanted, today));
        let compared = many::settle(&wanted, compared, "nothing is shown")?;
        let folders = wanted.iter().map(|(_, wanted)| wanted.folder.as_path());
        Report::of_many(folders.zip(compared))
    } else {
        let Some(wanted) = arguments.target.expand()? else {
            return Err(Failure::new(
                "the blueprint has mistakes, so that nothing can be compared",
            ));
        };
        compare(arguments, &wanted, today)?
    };
    report.narrow(&arguments.paths)?;
    terminal::say(&report.found.text);
    show(arguments, &report)?;
    let found = match arguments.fail_on {
        FailOn::Difference => report.differs(),
        FailOn::Wider => report.wider() > 0,
    };
    Ok(if found { Outcome::Found } else { Outcome::Fine })
}

fn compare(arguments: &Arguments, wanted: &Wanted, today: Date) -> Result<Report, Failure> {
    let revision = arguments.against.as_deref();
    let revision = revision
        .map(|name| wanted.store.revision(name))
        .transpose()?;
    let text = match &revision {
        Some(revision) => revision.lock()?,
        None => wanted.store.lock()?,
    };
    let last = wanted.last(text)?;
    let rest = wanted.rest(&last);
    let found = match revision {
        // What was already agreed to is not refused again: it is the facts that show it.
        Some(_) => wanted.warnings(&last, &rest.facts),
        None => wanted.judge(&last, &rest.facts, &[])?,
    };
    let paths = wanted.paths(&last)?;
    let disk = match &revision {
        Some(revision) => Revision::disk(revision, paths)?,
        None => wanted.store.disk(paths, &wanted.tree)?,
    };
    let changes = wanted.changes(&disk, &last);
    let bases = super::settle::bases(&changes, wanted, &last, revision.is_some())?;
    let settlement = Settlement::default();
    let decision = decide(changes, &settlement, rest);
    // To ask git takes longer than to compare a small folder.
    let place = LazyCell::new(|| {
        let place = wanted.store.place_in_repository();
        match wanted.folder.to_str() {
            // Where there is no repository, a patch of many is applied where they are compared.
            Some(folder) if arguments.target.all && place.is_empty() && folder != "." => {
                format!("{folder}/")
            }
            _ => place,
        }
    });
    let mut report = Report::new(&decision, &last, &bases, &place);
    report.ending = wanted.ending(today);
    report.found = found;
    Ok(report)
}

fn show(arguments: &Arguments, report: &Report) -> Result<(), Failure> {
    let colour = terminal::colour(&io::stdout());
    let product = match arguments.format {
        Format::Human if arguments.name_only => human::names(report).into_bytes(),
        Format::Human if arguments.stat => human::stat(report, colour),
        Format::Human => {
            let seen = human::Seen {
                colour,
                terminal: io::stdout().is_terminal(),
            };
            human::patch(report, seen)
        }
        Format::Json => machine::json(report).into_bytes(),
        Format::Github => machine::github(report).into_bytes(),
        Format::Markdown => machine::markdown(report).into_bytes(),
    };
    if arguments.format == Format::Human && io::stdout().is_terminal() {
        pager::page(&product)
    } else {
        terminal::print_bytes(&product)
    }
}
