//! `ravelin schema`.

use clap::Args;

use super::{Failure, Outcome, terminal};
use crate::language;

/// Print the JSON Schema of blueprints, for editors
///
/// Editors that know TOML (VS Code with Even Better TOML, and whatever else uses taplo) complete keys, show what they mean and
/// underline mistakes. A blueprint leads them to the schema by its first line, `#:schema ./ravelin.schema.json`. The path is
/// relative to the blueprint, so it works without a network.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  ravelin schema > ravelin.schema.json    beside the blueprint; after an update, write it anew"
)]
pub struct Arguments {}

pub fn run(Arguments {}: &Arguments) -> Result<Outcome, Failure> {
    terminal::print(&language::schema_text())?;
    Ok(Outcome::Fine)
}
