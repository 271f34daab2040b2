//! Many blueprints at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::target::{Target, Wanted};
use super::words::count;
use super::{Failure, terminal};

/// Does something with each, on all processors; what comes of it stands in the order of the items.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads.min(items.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    let result = work(item);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

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
