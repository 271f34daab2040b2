//! What `generate` says.

use std::collections::{BTreeMap, BTreeSet};

use super::Failure;
use super::settle::Settled;
use super::words::count;
use crate::change::{Action, Change, Decision, State, Step};
use crate::diff;
use crate::plan::{Posture, apply_order};
use crate::tree::{File, TreePath};

/// What happened to a file, in the order in which it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verb {
    Updated,
    Created,
    Merged,
    Removed,
    Kept,
    Unchanged,
}

impl Verb {
    fn word(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Created => "created",
            Self::Merged => "merged",
            Self::Removed => "removed",
            Self::Kept => "kept",
            Self::Unchanged => "unchanged",
        }
    }
}

/// In which order what changed is applied: a line for each environment.
pub fn order(decision: &Decision<'_>, before: &Posture) -> Vec<String> {
    let mut changed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for step in &decision.steps {
        let path: Vec<&str> = step.change.path.as_str().split('/').collect();
        if let (Action::Write(_) | Action::Remove, ["terraform", environment, stage, ..]) =
            (step.action, path.as_slice())
        {
            changed.entry(environment).or_default().insert(stage);
        }
    }
    let after = &decision.lock.facts;
    let lines = changed.iter().filter_map(|(environment, stages)| {
        let order = apply_order(before, after, environment, stages);
        (!order.is_empty()).then(|| format!("to apply in {environment}: {}", order.join(", then ")))
    });
    lines.collect()
}

/// A line for each file that is not as it was, the order in which it is applied, and a last line that counts.
pub fn done(decision: &Decision<'_>, settled: &Settled, before: &Posture) -> String {
    let told: Vec<_> = decision
        .steps
        .iter()
        .map(|step| (step.change.path.as_str(), verb(step), note(step, settled)))
        .collect();
    let mut counts: BTreeMap<Verb, usize> = BTreeMap::new();
    for (_, verb, _) in &told {
        *counts.entry(*verb).or_default() += 1;
    }
    // A file that somebody took over long ago is counted and not told, unless there is news.
    let silent =
        |verb: Verb, note: &str| verb == Verb::Unchanged || (verb == Verb::Kept && note.is_empty());
    let told: Vec<_> = told
        .iter()
        .filter(|(_, verb, note)| !silent(*verb, note))
        .collect();
    let width = told.iter().map(|(path, ..)| path.len()).max();
    let width = width.unwrap_or_default();
    let mut lines: Vec<String> = told
        .iter()
        .map(|(path, verb, note)| format!("  {:<9} {path:<width$}   {note}", verb.word()))
        .map(|line| line.trim_end().to_owned())
        .collect();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    let order = order(decision, before);
    if !order.is_empty() {
        lines.extend(order);
        lines.push(String::new());
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(verb, count)| format!("{count} {}", verb.word()))
        .collect();
    let files = count(decision.steps.len(), "file");
    lines.push(format!("{files}: {}\n", counts.join(", ")));
    lines.join("\n")
}

fn verb(step: &Step<'_>) -> Verb {
    match (step.action, step.change.state) {
        (Action::Nothing | Action::Refuse, _) => Verb::Unchanged,
        (Action::Keep, _) => Verb::Kept,
        (Action::Remove, _) => Verb::Removed,
        (Action::Write(_), State::Missing) => Verb::Created,
        (Action::Write(file), _) if step.change.new != Some(file) => Verb::Merged,
        (Action::Write(_), _) => Verb::Updated,
    }
}

fn note(step: &Step<'_>, settled: &Settled) -> String {
    let change = &step.change;
    let news = change.last != change.new.map(File::hash);
    match (step.action, change.state) {
        (Action::Keep, _) if settled.settlement.keep.contains(change.path) => {
            "it is yours now, as you said".to_owned()
        }
        (Action::Keep, State::Edited) => format!("edited by hand, {}", by_hand(change)),
        (Action::Keep, State::Kept) if news => {
            "it is yours, and what would be generated has changed".to_owned()
        }
        (Action::Keep, State::EditedOrphan) => {
            "edited by hand; no longer generated, so it is yours now".to_owned()
        }
        (Action::Write(_), State::Conflict) => match settled.conflicts.get(change.path) {
            Some(places) => format!("{} to settle in the file", count(*places, "place")),
            None => String::new(),
        },
        _ => String::new(),
    }
}

/// How a file on disk differs from what is to be written.
fn by_hand(change: &Change<'_>) -> String {
    let new = change.new.map_or("", |file| file.text.as_str());
    diff::counts(new, &on_disk(change)).to_string()
}

fn on_disk(change: &Change<'_>) -> String {
    let disk = change.disk.map(|disk| String::from_utf8_lossy(&disk.bytes));
    disk.unwrap_or_default().into_owned()
}

/// That merges are left to the person.
pub fn conflicts(settled: &Settled) -> Failure {
    let files = count(settled.conflicts.len(), "file");
    let is = if settled.conflicts.len() == 1 {
        "is"
    } else {
        "are"
    };
    let mut failure = Failure::new(format!(
        "{files} {is} left to settle: edit and new text touch the same lines"
    ));
    failure.details = settled.conflicts.keys().map(ToString::to_string).collect();
    failure.help("choose between the sides, remove the marks `<<<<<<<`, `=======`, `>>>>>>>`, and run `ravelin generate`")
}

/// Why nothing was written. `bases` are the texts that the edited files had before.
pub fn refused(
    decision: &Decision<'_>,
    bases: &BTreeMap<TreePath, String>,
    settled: &Settled,
) -> Failure {
    let refused = || {
        decision
            .steps
            .iter()
            .filter(|step| step.action == Action::Refuse)
    };
    let of = |state: State| refused().filter(move |step| step.change.state == state);
    let mut causes = Vec::new();
    for (state, one, many) in [
        (
            State::Foreign,
            "is in the way that ravelin did not write",
            "are in the way that ravelin did not write",
        ),
        (
            State::Conflict,
            "was edited by hand and has a new text too",
            "were edited by hand and have a new text too",
        ),
        (
            State::Unsettled,
            "holds a merge that is not settled",
            "hold merges that are not settled",
        ),
    ] {
        let number = of(state).count();
        if number > 0 {
            let what = if number == 1 { one } else { many };
            causes.push(format!("{} {what}", count(number, "file")));
        }
    }
    let mut failure = Failure::new(format!("{}; nothing was written", causes.join(", and ")));
    let width = refused().map(|step| step.change.path.as_str().len()).max();
    let width = width.unwrap_or_default();
    failure.details = refused()
        .map(|step| {
            let change = &step.change;
            let note = match change.state {
                State::Conflict => match bases.get(change.path) {
                    Some(base) => {
                        let new = change.new.map_or("", |file| file.text.as_str());
                        let by_hand = diff::counts(base, &on_disk(change));
                        format!("{by_hand} by hand, {} new", diff::counts(base, new))
                    }
                    None => format!("edited by hand, {} against the new text", by_hand(change)),
                },
                State::Unsettled => "the marks between the sides stand there".to_owned(),
                _ => "not written by ravelin".to_owned(),
            };
            let without = settled.without_base.contains(change.path);
            let without = if without {
                "; cannot be merged: the text before the edit is not known"
            } else {
                ""
            };
            format!("{:<width$}   {note}{without}", change.path.as_str())
        })
        .collect();
    let Some(first) = refused().next() else {
        return failure;
    };
    let (first, state) = (first.change.path, first.change.state);
    if of(State::Unsettled).next().is_some() {
        failure = failure
            .help("choose between the sides and remove the marks `<<<<<<<`, `=======`, `>>>>>>>`");
    }
    failure = failure.help(format!("see both       ravelin diff --path {first}"));
    if of(State::Conflict).any(|step| !settled.without_base.contains(step.change.path)) {
        failure = failure.help("merge them     ravelin generate --merge");
    }
    failure = failure.help(format!(
        "take the new   ravelin generate --overwrite {first}"
    ));
    if state != State::Unsettled {
        failure = failure.help(format!("keep yours     ravelin generate --keep {first}"));
    }
    if of(State::Foreign).next().is_some() {
        failure = failure.help("or write to another folder: --out DIR");
    }
    if let Some(stem) =
        of(State::Conflict).find_map(|step| step.change.path.as_str().strip_suffix(".tf"))
    {
        failure = failure.help(format!(
            "or move the edit to an override file, which is never touched: {stem}_override.tf"
        ));
    }
    failure
}
