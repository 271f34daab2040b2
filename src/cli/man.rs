//! `ravelin man`.

use clap::{Args, CommandFactory as _};
use clap_mangen::Man;

use super::{Failure, Outcome, terminal};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ravelin man > ~/.local/share/man/man1/ravelin.1
  ravelin man diff | man -l -                  read the page of a command")]
pub struct Arguments {
    /// The command whose page it is [default: the program's own]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let mut program = super::Arguments::command();
    program.build();
    let command = match &arguments.command {
        None => program,
        Some(name) => {
            let Some(command) = program.find_subcommand(name) else {
                return Err(unknown(name, &program));
            };
            command.clone()
        }
    };
    let mut man = Man::new(command);
    if let Some(name) = &arguments.command {
        // A page has the whole name, as `git-log` has.
        man = man.title(format!("ravelin-{name}"));
    }
    let mut page = Vec::new();
    // Writing to a vector cannot fail.
    let _ = man.render(&mut page);
    terminal::print_bytes(&page)?;
    Ok(Outcome::Fine)
}

fn unknown(name: &str, program: &clap::Command) -> Failure {
    let failure = Failure::new(format!("there is no command `{name}`"));
    let names = program.get_subcommands().map(clap::Command::get_name);
    failure.near(name, names, "`ravelin --help` lists them")
}
