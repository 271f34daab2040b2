//! `ravelin generate`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use clap::Args;

use super::settle::{Settle, bases};
use super::target::{Found, Last, Target, Wanted};
use super::words::count;
use super::{Failure, Outcome, many, terminal, told};
use crate::change::{Action, Change, decide};
use crate::parallel;
use crate::store::Writes;
use crate::tree::File;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ravelin generate                          from ravelin.toml, beside it
  ravelin generate shop.toml --out infra    from another blueprint, into another folder
  ravelin generate --only stg               the files of one environment; the others and README.md stay as they are
  ravelin generate --all systems            every ravelin.toml below a folder; all of them, or none
  ravelin generate --merge                  edits by hand and new texts come together")]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    settle: Settle,
    /// An element of which the cloud has nothing, so that it may leave or become another one in one step; `project`: nothing
    /// was applied yet
    #[arg(long, value_name = "ELEMENT", conflicts_with = "all")]
    gone: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    if arguments.target.all {
        return all(arguments);
    }
    let Some(wanted) = arguments.target.expand()? else {
        return Ok(Outcome::Found);
    };
    let done = generate(arguments, &wanted, true)?;
    terminal::say(&done.found.text);
    terminal::print(&done.told)?;
    done.conflicts.map_or(Ok(Outcome::Fine), Err)
}

/// Every blueprint below a folder: nothing is written before all of them can be.
fn all(arguments: &Arguments) -> Result<Outcome, Failure> {
    let targets = arguments.target.below()?;
    let wanted = many::expand(&targets)?;
    let checks = parallel::each(&wanted, |(_, wanted)| generate(arguments, wanted, false));
    many::settle(&wanted, checks, "nothing was written")?;
    let done = parallel::each(&wanted, |(_, wanted)| generate(arguments, wanted, true));
    let done = many::settle(&wanted, done, "the others are done")?;
    let found = done.iter().map(|done| done.found.text.as_str());
    terminal::say(&found.collect::<String>());
    let mut text = String::new();
    for ((name, _), done) in wanted.iter().zip(&done) {
        let gap = if done.changed { "\n\n" } else { " " };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{name}:{gap}{}", done.told.trim_end_matches('\n'));
        text.push_str(if done.changed { "\n" } else { "" });
    }
    let changed = done.iter().filter(|done| done.changed).count();
    let unchanged = done.len() - changed;
    let blueprints = count(done.len(), "blueprint");
    let _ = writeln!(
        text,
        "{blueprints}: {changed} changed, {unchanged} unchanged"
    );
    terminal::print(&text)?;
    let conflicts = done
        .into_iter()
        .map(|done| done.conflicts.map_or(Ok(()), Err));
    many::settle(&wanted, conflicts.collect(), "the others are done")?;
    Ok(Outcome::Fine)
}

/// What a run did.
struct Done {
    /// What is to be known about the change.
    found: Found,
    told: String,
    changed: bool,
    /// That merges are left to the person.
    conflicts: Option<Failure>,
}

/// Generates, or only looks whether it could.
fn generate(arguments: &Arguments, wanted: &Wanted, write: bool) -> Result<Done, Failure> {
    let _hold = wanted.store.hold()?;
    let last = wanted.last(wanted.store.lock()?)?;
    let rest = wanted.rest(&last);
    let found = wanted.judge(&last, &rest.facts, &arguments.gone)?;
    let disk = wanted.store.disk(wanted.paths(&last)?, &wanted.tree)?;
    let changes = wanted.changes(&disk, &last);
    let settled = arguments.settle.settle(&changes, wanted, &last)?;
    let bases = bases(&changes, wanted, &last, false)?;
    let decision = decide(changes, &settled.settlement, rest);
    if decision.is_refused() {
        return Err(told::refused(&decision, &bases, &settled));
    }
    let lock = decision.lock.text();
    let mut writes = Writes::new(&disk, last.text.as_deref());
    writes.lock = (last.text.as_ref() != Some(&lock)).then_some(lock);
    for step in &decision.steps {
        match step.action {
            Action::Write(file) => writes.write.push((step.change.path, file)),
            Action::Remove => writes.remove.push(step.change.path),
            Action::Nothing | Action::Keep | Action::Refuse => {}
        }
    }
    // A run that was cut short may have removed a file and left its folder, which is empty now.
    let gone = last.seen.files.keys();
    let gone = gone.filter(|path| wanted.tree.get(path.as_str()).is_none());
    writes
        .remove
        .extend(gone.filter(|path| !disk.contains_key(*path)));
    let anything = !writes.is_empty();
    if write && anything {
        let changes = || decision.steps.iter().map(|step| &step.change);
        let old = old_texts(changes(), wanted, &last)?;
        let old = old.iter();
        let old = old.map(|(hash, text)| (hash.as_str(), text.as_str()));
        let mut writes = writes;
        let new = changes().filter_map(|change| change.new);
        let new = new.map(|file| (file.hash(), file.text.as_str()));
        writes.texts = old.chain(new).collect();
        wanted.store.apply(&writes)?;
    }
    let conflicts = !settled.conflicts.is_empty();
    Ok(Done {
        found,
        told: told::done(&decision, &settled, &last.lock.facts),
        changed: anything,
        conflicts: conflicts.then(|| told::conflicts(&settled)),
    })
}

/// The texts that were written last and are not written now. They stay at hand until the next run: this one may be cut
/// short, and the lock is written last.
fn old_texts<'a>(
    changes: impl Iterator<Item = &'a Change<'a>>,
    wanted: &Wanted,
    last: &Last,
) -> Result<BTreeMap<String, String>, Failure> {
    let new: BTreeSet<&str> = changes
        .filter_map(|change| change.new.map(File::hash))
        .collect();
    let lock = &last.lock;
    let old = lock
        .files
        .values()
        .chain(lock.kept.values())
        .chain(lock.other.values());
    let old = old.map(String::as_str).filter(|hash| !new.contains(hash));
    Ok(wanted.store.texts(&old.collect())?)
}
