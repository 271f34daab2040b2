//! `ravelin check`.

use std::collections::BTreeSet;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};

use super::input::{Blueprint, Input};
use super::words::{self, count, count_or_no};
use super::{Failure, Outcome, terminal};
use crate::Expansion;
use crate::diag::{Diagnostic, fixed, github, json, report, sarif};
use crate::diff;
use crate::plan::Date;
use crate::rules;
use crate::source::Source;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ravelin check
  ravelin check --fix                           mend what can only have been meant in one way
  ravelin check --deny warnings --format github    in a workflow
  ravelin check shop.toml --today 2027-01-01    which exceptions will have ended then?")]
pub struct Arguments {
    #[command(flatten)]
    blueprint: Blueprint,
    /// The day that exceptions are measured by [default: today in UTC]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// How the findings are written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// What else counts as a mistake
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
    /// Apply the suggestions that can only have been meant so, and show what they change
    #[arg(long)]
    fix: bool,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// for people, with each place in the text
    #[default]
    Human,
    /// for programs, with every part of each finding
    Json,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
    /// annotations of a GitHub workflow
    Github,
}

/// What can be denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// findings that are no errors
    Warnings,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let mut input = arguments.blueprint.read()?;
    let today = arguments.today.map_or_else(today, Ok)?;
    let check = |input: &Input| crate::check(&input.source, &|path| input.file(path), today);
    let mut expansion = check(&input);
    if arguments.fix {
        expansion = fix(&mut input, expansion, &check)?;
    }
    let found = &expansion.diagnostics;
    terminal::print(&match arguments.format {
        Format::Human => {
            let colour = terminal::colour(&io::stdout());
            let mut text = report(found, &input.source, colour);
            if !expansion.has_errors() {
                text.push_str(&summary(&expansion, &input.source));
            }
            text
        }
        Format::Json => json(found, &input.source),
        Format::Sarif => sarif(found, &input.source),
        Format::Github => github(found, &input.source),
    })?;
    let denied = arguments.deny == Some(Deny::Warnings) && !expansion.diagnostics.is_empty();
    if expansion.has_errors() || denied {
        return Ok(Outcome::Found);
    }
    Ok(Outcome::Fine)
}

/// Applies the safe patches, and those that only show up after them; shows what they change. Gives what is found then.
fn fix(
    input: &mut Input,
    mut expansion: Expansion,
    check: &dyn Fn(&Input) -> Expansion,
) -> Result<Expansion, Failure> {
    let old = input.source.text.clone();
    let mut count = 0;
    // A patch can bring to light another, which had no place before; more rounds than this have no use.
    for _ in 0..8 {
        let Some((text, patches)) = fixed(&expansion.diagnostics, &input.source) else {
            break;
        };
        let before = std::mem::replace(&mut input.source.text, text);
        let next = check(input);
        let read = |found: &Diagnostic| [rules::SYNTAX, rules::DUPLICATE_KEY].contains(&found.rule);
        if next.diagnostics.iter().any(read) {
            input.source.text = before;
            break;
        }
        expansion = next;
        count += patches;
    }
    if count == 0 {
        return Ok(expansion);
    }
    terminal::say(&diff::unified(
        input.source.file_name(),
        &old,
        &input.source.text,
    ));
    terminal::say(&format!("{} applied\n", words::count(count, "suggestion")));
    input.rewrite()?;
    Ok(expansion)
}

/// The day that it is.
pub fn today() -> Result<Date, Failure> {
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
    // How many names of a table the environments have together.
    macro_rules! distinct {
        ($table:ident) => {{
            let all = plans.iter().flat_map(|plan| &plan.$table);
            all.map(|one| &one.name).collect::<BTreeSet<_>>().len()
        }};
    }
    let kinds = [
        ("service", distinct!(services)),
        ("job", distinct!(jobs)),
        ("worker", distinct!(workers)),
        ("workflow", distinct!(workflows)),
        ("database", distinct!(databases)),
        ("cache", distinct!(caches)),
        ("firestore", distinct!(firestores)),
        ("dataset", distinct!(datasets)),
        ("secret", distinct!(secrets)),
        ("topic", distinct!(topics)),
        ("subscription", distinct!(subscriptions)),
        ("queue", distinct!(queues)),
        ("schedule", distinct!(schedules)),
        ("channel", distinct!(channels)),
        ("event", distinct!(events)),
        ("log sink", distinct!(log_sinks)),
        ("bucket", distinct!(buckets)),
        ("key", distinct!(keys)),
        ("registry", distinct!(registries)),
        ("environment", plans.len()),
    ];
    let kinds = kinds.into_iter().filter(|(_, many)| *many > 0);
    let kinds: Vec<String> = kinds.map(|(word, many)| count(many, word)).collect();

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
