//! `ravelin completions`.

use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use super::{Failure, Outcome, terminal};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ravelin completions bash > ~/.local/share/bash-completion/completions/ravelin
  ravelin completions zsh > ~/.zfunc/_ravelin
  ravelin completions fish > ~/.config/fish/completions/ravelin.fish")]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    let mut command = super::Arguments::command();
    generate(arguments.shell, &mut command, "ravelin", &mut script);
    terminal::print_bytes(&script)?;
    Ok(Outcome::Fine)
}
