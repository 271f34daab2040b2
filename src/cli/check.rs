//! `ravelin check`.

use std::collections::BTreeSet;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use super::input::Blueprint;
use super::words::{count, count_or_no};
use super::{Failure, Outcome, terminal};
use crate::Expansion;
use crate::diag::report;
use crate::plan::Date;
use crate::source::Source;

/// Look for mistakes, write nothing
///
/// All mistakes are reported at once, each at its place. Exceptions past their last day are mistakes here; they never change
/// what is generated.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ravelin check
  ravelin check shop.toml --today 2027-01-01    which exceptions will have ended then?")]
pub struct Arguments {
    #[command(flatten)]
    blueprint: Blueprint,
    /// The day that exceptions are measured by [default: today in UTC]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let input = arguments.blueprint.read()?;
    let today = arguments.today.map_or_else(today, Ok)?;
    let expansion = crate::check(&input.source, &|path| input.file(path), today);
    let colour = terminal::colour(&io::stdout());
    terminal::print(&report(&expansion.diagnostics, &input.source, colour))?;
    if expansion.has_errors() {
        return Ok(Outcome::Found);
    }
    terminal::print(&summary(&expansion, &input.source))?;
    Ok(Outcome::Fine)
}

fn today() -> Result<Date, Failure> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    since
        .and_then(|since| Date::of_unix_time(since.as_secs()))
        .ok_or_else(|| {
            Failure::new("the clock of this machine is wrong").help("say the day: --today DATE")
        })
}

/// `ravelin.toml: 3 services, 1 database · no errors, 1 exception (next ends 2027-06-30)`.
fn summary(expansion: &Expansion, source: &Source) -> String {
    let plans = &expansion.plans;
    let services = plans
        .iter()
        .flat_map(|plan| &plan.services)
        .map(|one| &one.name);
    let jobs = plans
        .iter()
        .flat_map(|plan| &plan.jobs)
        .map(|one| &one.name);
    let databases = plans
        .iter()
        .flat_map(|plan| &plan.databases)
        .map(|one| &one.name);
    let secrets = plans
        .iter()
        .flat_map(|plan| &plan.secrets)
        .map(|one| &one.name);
    let kinds: [(&str, BTreeSet<&String>); 5] = [
        ("service", services.collect()),
        ("job", jobs.collect()),
        ("database", databases.collect()),
        ("secret", secrets.collect()),
        (
            "environment",
            plans.iter().map(|plan| &plan.environment).collect(),
        ),
    ];
    let kinds = kinds.iter().filter(|(_, names)| !names.is_empty());
    let kinds: Vec<String> = kinds
        .map(|(word, names)| count(names.len(), word))
        .collect();

    let mut state = vec!["no errors".to_owned()];
    state.push(count_or_no(expansion.diagnostics.len(), "warning"));
    let exceptions = plans.iter().flat_map(|plan| &plan.exceptions);
    let exceptions: BTreeSet<_> = exceptions
        .map(|exception| (&exception.expires, &exception.element, &exception.rule))
        .collect();
    if let Some((next, ..)) = exceptions.first() {
        let exceptions = count(exceptions.len(), "exception");
        state.push(format!("{exceptions} (next ends {next})"));
    }
    format!(
        "{}: {} · {}\n",
        source.path,
        kinds.join(", "),
        state.join(", ")
    )
}
