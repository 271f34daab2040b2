//! The command line: arguments, streams, colour, exit status.

mod check;
mod completions;
mod diff;
mod explain;
mod generate;
mod input;
mod man;
mod many;
mod new;
mod pager;
mod schema;
mod settle;
mod show;
mod target;
mod terminal;
mod told;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::diag::similar;
use crate::proof;

/// What a run amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All is well.
    Fine,
    /// There is something to be seen to.
    Found,
}

/// Why something could not be done.
#[derive(Debug)]
struct Failure {
    /// A report that comes before it; may be empty.
    report: String,
    /// What is wrong: lowercase, without a full stop.
    message: String,
    /// Lines that stand below it.
    details: Vec<String>,
    /// What to do about it.
    helps: Vec<String>,
}

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Self {
            report: String::new(),
            message: message.into(),
            details: Vec::new(),
            helps: Vec::new(),
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }

    /// With the name that was probably meant, or, where none is similar, with where they all stand.
    fn near<'n>(self, name: &str, names: impl Iterator<Item = &'n str>, all: &str) -> Self {
        match similar(name, names) {
            Some(near) => self.help(format!("there is `{near}`")),
            None => self.help(all),
        }
    }
}

impl From<crate::store::Error> for Failure {
    fn from(error: crate::store::Error) -> Self {
        let failure = Self::new(error.to_string());
        match error {
            crate::store::Error::Busy { .. } => failure.help("wait until it has ended"),
            crate::store::Error::Changed(_) => failure.help("run it again"),
            _ => failure,
        }
    }
}

/// A page of TOML in, hardened Google Cloud Run infrastructure out: Terraform, gcloud scripts and IAM policies
#[derive(Debug, Parser)]
#[command(version, long_version = proof::versions(), after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

// What is said of each here is told by the help. Arguments are made of the one that is asked for, so that a start takes no
// longer than it must.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// Start a project: a blueprint, and what stands beside it
    ///
    /// A folder gets a blueprint from a preset, the schema for editors and a `.gitignore` for Terraform. `ravelin generate` works
    /// there as it is. On a terminal the projects, the region and the domain are asked for, as far as no option says them; elsewhere
    /// the defaults are taken. What is there already stays as it is.
    New(new::Arguments),
    /// Write Terraform, gcloud scripts and IAM policies
    ///
    /// Files that were edited by hand are kept. A file that ravelin did not write, or that was edited and has a new text too,
    /// stops the run before anything is written.
    Generate(generate::Arguments),
    /// Show what `generate` would do, write nothing
    ///
    /// The product is a patch that `git apply` takes, and that leads to exactly what
    /// `generate` writes. What a person edited, and what stands in the way, is shown indented and is no part of it. Then come
    /// the security facts that change, each tighter or wider.
    Diff(diff::Arguments),
    /// Look for mistakes, write nothing
    ///
    /// All mistakes are reported at once, each at its place. Exceptions past their last day are mistakes here; they never change
    /// what is generated.
    Check(check::Arguments),
    /// Tell what a finding means, why it matters and what to write instead
    ///
    /// A report names the code of each finding: `error[anonymous-access]`. Without a code all rules are listed, by topic.
    Explain(explain::Arguments),
    /// Show what a blueprint becomes on its way
    Show(show::Arguments),
    /// Print the JSON Schema of blueprints, for editors
    ///
    /// Editors that know TOML (VS Code with Even Better TOML, and whatever else uses taplo) complete keys, show what they mean and
    /// underline mistakes. A blueprint leads them to the schema by its first line, `#:schema ./ravelin.schema.json`. The path is
    /// relative to the blueprint, so it works without a network.
    Schema(schema::Arguments),
    /// Print the completions of a shell
    Completions(completions::Arguments),
    /// Print a manual page
    Man(man::Arguments),
}

const EXAMPLES: &str = "\
Examples:
  ravelin new shop                          a folder with a blueprint to start from
  ravelin check                             look for mistakes in ravelin.toml
  ravelin explain anonymous-access          what a finding means, and what to write instead
  ravelin generate                          write terraform/, gcloud/, iam/ and README.md beside it
  ravelin diff                              what `generate` would change, and which security facts
  ravelin generate shop.toml --out infra    the same for another blueprint and folder

Exit status: 0 fine, 1 the blueprint has mistakes or something differs, 2 it could not be done";

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::New(arguments) => new::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    };
    match outcome {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Err(failure) => {
            terminal::fail(&failure);
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_sound() {
        super::Arguments::command().debug_assert();
    }
}
