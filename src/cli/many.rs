//! Many blueprints at once.

use super::target::{Target, Wanted};
use super::words::count;
use super::{Failure, terminal};
use crate::parallel::each;

/// Expands each, and tells what is found; an error where one has mistakes or cannot be read.
pub fn expand(targets: &[Target]) -> Result<Vec<(String, Wanted)>, Failure> {
    let expanded = each(targets, Target::expand_and_report);
    let mut wanted = Vec::with_capacity(targets.len());
    let mut failed = 0;
    for (target, expanded) in targets.iter().zip(expanded) {
        match expanded {
            Ok((found, expanded)) => {
                terminal::say(&found);
                match expanded {
                    Some(expanded) => wanted.push((target.name(), expanded)),
                    None => failed += 1,
                }
            }
            Err(failure) => {
                terminal::fail(&failure);
                failed += 1;
            }
        }
    }
    if failed == 0 {
        return Ok(wanted);
    }
    let blueprints = count(targets.len(), "blueprint");
    Err(Failure::new(format!(
        "{failed} of {blueprints} cannot be used; nothing was written"
    )))
}

/// Takes what came of each, or tells every failure with its blueprint.
pub fn settle<R>(
    wanted: &[(String, Wanted)],
    results: Vec<Result<R, Failure>>,
    others: &str,
) -> Result<Vec<R>, Failure> {
    let mut fine = Vec::with_capacity(results.len());
    let mut failed = 0;
    for ((name, _), result) in wanted.iter().zip(results) {
        match result {
            Ok(one) => fine.push(one),
            Err(mut failure) => {
                failure.message = format!("{name}: {}", failure.message);
                terminal::fail(&failure);
                failed += 1;
            }
        }
    }
    if failed == 0 {
        return Ok(fine);
    }
    let blueprints = count(wanted.len(), "blueprint");
    Err(Failure::new(format!(
        "{failed} of {blueprints} failed; {others}"
    )))
}
