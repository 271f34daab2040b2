//! `ravelin generate`.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use clap::Args;

use super::input::Blueprint;
use super::words::count;
use super::{Failure, Outcome, terminal};
use crate::change::{Change, LOCK, Lock, State, changes, paths};
use crate::diag::{report, similar};
use crate::diff;
use crate::plan::model::Plan;
use crate::store::{Store, Writes};
use crate::tree::{Tree, TreePath};
use crate::{Expansion, expand};

/// Write Terraform, gcloud scripts and IAM policies
///
/// Files that were edited by hand are kept. A file that ravelin did not write, or that was edited and has a new text too,
/// stops the run before anything is written.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ravelin generate                          from ravelin.toml, beside it
  ravelin generate shop.toml --out infra    from another blueprint, into another folder
  ravelin generate --only stg               the files of one environment; the others and README.md stay as they are")]
pub struct Arguments {
    #[command(flatten)]
    blueprint: Blueprint,
    /// The folder to write to [default: the blueprint's own]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The environment to write
    #[arg(long, value_name = "ENV")]
    only: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let input = arguments.blueprint.read()?;
    let expansion = expand(&input.source, &|path| input.file(path));
    let colour = terminal::colour(&io::stderr());
    terminal::say(&report(&expansion.diagnostics, &input.source, colour));
    if expansion.has_errors() {
        return Ok(Outcome::Found);
    }
    let scope = Scope::new(arguments.only.as_deref(), &expansion.plans)?;
    let store = Store::new(arguments.out.as_ref().unwrap_or(&input.folder));
    terminal::print(&generate(&expansion, &scope, &store)?)?;
    Ok(Outcome::Fine)
}

/// Which files are written.
struct Scope<'a> {
    only: Option<&'a str>,
}

impl<'a> Scope<'a> {
    fn new(only: Option<&'a str>, plans: &[Plan]) -> Result<Self, Failure> {
        let names = || plans.iter().map(|plan| plan.environment.as_str());
        match only {
            Some(name) if !names().any(|other| other == name) => {
                let failure = Failure::new(format!("there is no environment `{name}`"));
                let known: Vec<String> = names().map(|name| format!("`{name}`")).collect();
                Err(match similar(name, names()) {
                    Some(near) => failure.help(format!("there is `{near}`")),
                    None => failure.help(format!("there are {}", known.join(", "))),
                })
            }
            _ => Ok(Self { only }),
        }
    }

    /// Whether a file is of the environment: its second folder says so.
    fn has(&self, path: &TreePath) -> bool {
        self.only
            .is_none_or(|name| path.as_str().split('/').nth(1) == Some(name))
    }

    fn has_environment(&self, name: &str) -> bool {
        self.only.is_none_or(|only| only == name)
    }
}

/// Does it, and says what was done.
fn generate(expansion: &Expansion, scope: &Scope<'_>, store: &Store) -> Result<String, Failure> {
    let tree = expansion.tree().only(|path| scope.has(path));
    let old_text = store.lock()?;
    let old = match &old_text {
        None => Lock::default(),
        Some(text) => Lock::parse(text).map_err(|error| {
            Failure::new(format!("`{LOCK}` cannot be used: {error}"))
                .help("take it from the last commit; without it, files that differ count as not written by ravelin")
        })?,
    };
    let mut seen = old.clone();
    seen.files.retain(|path, _| scope.has(path));
    let disk = store.disk(paths(&tree, &seen))?;
    let changes = changes(&tree, &disk, &seen);
    if changes.iter().any(|change| change.state.is_in_the_way()) {
        return Err(in_the_way(&changes));
    }
    let lock = lock(old, &tree, &expansion.plans, scope).text();
    let mut writes = Writes {
        lock: (old_text.as_ref() != Some(&lock)).then_some(lock),
        ..Writes::default()
    };
    for change in &changes {
        match (change.state, change.new) {
            (State::Missing | State::Outdated, Some(file)) => {
                writes.write.push((change.path, file));
            }
            (State::Orphan, _) => writes.remove.push(change.path),
            _ => {}
        }
    }
    store.apply(&writes)?;
    Ok(told(&changes))
}

/// The lock after this run: files and facts that are not of this run stay as they are.
fn lock(old: Lock, tree: &Tree, plans: &[Plan], scope: &Scope<'_>) -> Lock {
    let mut lock = old;
    env!("CARGO_PKG_VERSION").clone_into(&mut lock.version);
    lock.files.retain(|path, _| !scope.has(path));
    lock.record(tree);
    lock.facts.retain(|name, _| !scope.has_environment(name));
    for plan in plans
        .iter()
        .filter(|plan| scope.has_environment(&plan.environment))
    {
        let facts = plan
            .facts
            .iter()
            .map(|fact| (fact.key(), fact.value.clone()));
        lock.facts.insert(plan.environment.clone(), facts.collect());
    }
    lock
}

/// A line for each file that is not as it was, and a last line that counts.
fn told(changes: &[Change<'_>]) -> String {
    let mut lines = Vec::new();
    let mut counts: BTreeMap<Verb, usize> = BTreeMap::new();
    let width = changes.iter().map(|change| change.path.as_str().len());
    let width = width.max().unwrap_or_default();
    for change in changes {
        let (verb, note) = match change.state {
            State::Missing => (Verb::Created, String::new()),
            State::Outdated => (Verb::Updated, String::new()),
            State::Orphan => (Verb::Removed, String::new()),
            State::Edited => (Verb::Kept, format!("edited by hand, {}", by_hand(change))),
            State::EditedOrphan => (
                Verb::Kept,
                "edited by hand; no longer generated, so it is yours now".to_owned(),
            ),
            State::Same | State::Conflict | State::Foreign => (Verb::Unchanged, String::new()),
        };
        *counts.entry(verb).or_default() += 1;
        if verb != Verb::Unchanged {
            let line = format!(
                "  {:<9} {:<width$}   {note}",
                verb.word(),
                change.path.as_str()
            );
            lines.push(line.trim_end().to_owned());
        }
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(verb, count)| format!("{count} {}", verb.word()))
        .collect();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    let files = count(changes.len(), "file");
    lines.push(format!("{files}: {}\n", counts.join(", ")));
    lines.join("\n")
}

/// What happened to a file, in the order in which it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verb {
    Updated,
    Created,
    Removed,
    Kept,
    Unchanged,
}

impl Verb {
    fn word(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Created => "created",
            Self::Removed => "removed",
            Self::Kept => "kept",
            Self::Unchanged => "unchanged",
        }
    }
}

/// How a file on disk differs from what is to be written.
fn by_hand(change: &Change<'_>) -> String {
    let new = change.new.map_or("", |file| file.text.as_str());
    let disk = change.disk.map(|disk| String::from_utf8_lossy(&disk.bytes));
    diff::counts(new, &disk.unwrap_or_default()).to_string()
}

/// Why nothing was written.
fn in_the_way(changes: &[Change<'_>]) -> Failure {
    let of = |state: State| changes.iter().filter(move |change| change.state == state);
    let foreign = of(State::Foreign).count();
    let conflicts = of(State::Conflict).count();
    let was = |count: usize| if count == 1 { "was" } else { "were" };
    let has = |count: usize| if count == 1 { "has" } else { "have" };
    let mut causes = Vec::new();
    if foreign > 0 {
        let is = if foreign == 1 { "is" } else { "are" };
        let files = count(foreign, "file");
        causes.push(format!(
            "{files} {is} in the way that ravelin did not write"
        ));
    }
    if conflicts > 0 {
        let files = count(conflicts, "file");
        let (was, has) = (was(conflicts), has(conflicts));
        causes.push(format!(
            "{files} {was} edited by hand and {has} a new text too"
        ));
    }
    let mut failure = Failure::new(format!("{}; nothing was written", causes.join(", and ")));
    let stuck = || changes.iter().filter(|change| change.state.is_in_the_way());
    let width = stuck().map(|change| change.path.as_str().len());
    let width = width.max().unwrap_or_default();
    failure.details = stuck()
        .map(|change| {
            let note = match change.state {
                State::Conflict => {
                    format!("edited by hand, {} against the new text", by_hand(change))
                }
                _ => "not written by ravelin".to_owned(),
            };
            format!("{:<width$}   {note}", change.path.as_str())
        })
        .collect();
    if foreign > 0 {
        failure = failure.help("move your own file away, or write to another folder: --out DIR");
    }
    if let Some(first) = of(State::Conflict).next() {
        failure =
            failure.help("to take the new text, move the edited file away and run this again");
        if let Some(stem) = first.path.as_str().strip_suffix(".tf") {
            failure = failure.help(format!(
                "an edit in an override file is never touched: {stem}_override.tf"
            ));
        }
    }
    failure
}
