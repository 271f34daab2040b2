//! `ravelin schema`.

use clap::Args;

use super::{Failure, Outcome, terminal};
use crate::language;

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
