//! What differs, before anybody says how it looks.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::Path;

use crate::change::{Action, Change, Decision, LOCK, State, Step};
use crate::cli::Failure;
use crate::cli::target::{Found, Last};
use crate::cli::told;
use crate::diff::{Counts, Line, LineKind, Side, hunks, patch};
use crate::plan::{Direction, FactChange, changed_facts};
use crate::tree::{File, TreePath};

/// What differs.
pub struct Report {
    /// Each file that is not as it should be, in the order of the paths; the lock comes last.
    pub files: Vec<Difference>,
    /// The facts that change.
    pub facts: Vec<FactChange>,
    /// Exceptions that end soon: environment, element, rule, owner, last day.
    pub ending: Vec<[String; 5]>,
    /// What is to be known about the change.
    pub found: Found,
    /// In which order what changed is applied.
    pub order: Vec<String>,
    /// Whether `generate` would refuse to write.
    pub refused: bool,
}

/// One file.
pub struct Difference {
    /// Its path.
    pub path: String,
    /// Its name in a patch: as seen from the root of the repository.
    pub name: String,
    /// What `generate` does about it, or why it does not.
    pub word: &'static str,
    /// The patch; empty where nothing is written.
    pub patch: Vec<Line>,
    /// What else there is to see: a heading and lines, no part of the patch.
    pub notes: Vec<(String, Vec<Line>)>,
    /// The lines that differ.
    pub counts: Counts,
}

impl Report {
    /// Compares. `bases` are the texts that edited files had before; `place` is asked for only where something differs.
    pub fn new(
        decision: &Decision<'_>,
        last: &Last,
        bases: &BTreeMap<TreePath, String>,
        place: &impl Deref<Target = String>,
    ) -> Self {
        let steps = decision.steps.iter();
        let mut files: Vec<Difference> = steps
            .filter_map(|step| difference(step, bases, place))
            .collect();
        let refused = decision.is_refused();
        if !refused {
            files.extend(lock(last.text.as_deref(), &decision.lock.text(), place));
        }
        Self {
            files,
            facts: changed_facts(&last.lock.facts, &decision.lock.facts),
            ending: Vec::new(),
            found: Found::default(),
            order: told::order(decision, &last.lock.facts),
            refused,
        }
    }

    /// What differs in many folders: paths and environments are told with their folders.
    pub fn of_many<'a>(reports: impl Iterator<Item = (&'a Path, Self)>) -> Self {
        let mut all = Self {
            files: Vec::new(),
            facts: Vec::new(),
            ending: Vec::new(),
            found: Found::default(),
            order: Vec::new(),
            refused: false,
        };
        for (folder, mut report) in reports {
            if folder != Path::new(".") {
                let below = |name: &mut String| *name = folder.join(&*name).display().to_string();
                report
                    .files
                    .iter_mut()
                    .for_each(|file| below(&mut file.path));
                let environments = report.facts.iter_mut().map(|fact| &mut fact.environment);
                environments.for_each(below);
                report
                    .ending
                    .iter_mut()
                    .for_each(|ending| below(&mut ending[0]));
            }
            all.files.append(&mut report.files);
            all.facts.append(&mut report.facts);
            all.ending.append(&mut report.ending);
            all.found.text.push_str(&report.found.text);
            all.found.lines.append(&mut report.found.lines);
            let name = folder.display();
            let order = report
                .order
                .into_iter()
                .map(|line| format!("{name}: {line}"));
            all.order.extend(order);
            all.refused |= report.refused;
        }
        all
    }

    /// Whether anything differs.
    pub fn differs(&self) -> bool {
        !self.files.is_empty()
    }

    /// How many facts get wider.
    pub fn wider(&self) -> usize {
        let wider = |fact: &&FactChange| fact.direction == Direction::Wider;
        self.facts.iter().filter(wider).count()
    }

    /// The facts to show: those that are new or gone with their element and neither open nor close anything are left out.
    pub fn told_facts(&self) -> impl Iterator<Item = &FactChange> {
        self.facts.iter().filter(|fact| {
            let both = fact.before.is_some() && fact.after.is_some();
            both || fact.direction != Direction::Neither
        })
    }

    /// Leaves only what lies at or below these paths; the facts stay whole.
    pub fn narrow(&mut self, paths: &[String]) -> Result<(), Failure> {
        if paths.is_empty() {
            return Ok(());
        }
        let plain = |path: &String| {
            path.trim_start_matches("./")
                .trim_end_matches('/')
                .to_owned()
        };
        let paths: Vec<String> = paths.iter().map(plain).collect();
        if let Some(climbing) = paths.iter().find(|path| TreePath::new(path).is_none()) {
            return Err(Failure::new(format!(
                "`{climbing}` is no path in the folder of the generated files"
            )));
        }
        // Of a part there is no order.
        self.order.clear();
        self.files.retain(|file| {
            let below = |path: &String| {
                let rest = file.path.strip_prefix(path.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            paths.iter().any(below)
        });
        Ok(())
    }
}

fn difference(
    step: &Step<'_>,
    bases: &BTreeMap<TreePath, String>,
    place: &impl Deref<Target = String>,
) -> Option<Difference> {
    let change = &step.change;
    let path = change.path.as_str();
    let named = || format!("{}{path}", **place);
    let disk = change.disk.map(|disk| Side {
        bytes: &disk.bytes,
        executable: disk.executable,
    });
    let new =
        |file: &'_ File| -> (Vec<u8>, bool) { (file.text.clone().into_bytes(), file.executable) };
    let (word, lines, notes) = match (step.action, change.state) {
        (Action::Nothing, _) | (Action::Keep, State::Kept) => return None,
        (Action::Write(file), state) => {
            let (bytes, executable) = new(file);
            let side = Side {
                bytes: &bytes,
                executable,
            };
            let word = if state == State::Missing {
                "created"
            } else {
                "updated"
            };
            (word, patch(&named(), disk, Some(side)), Vec::new())
        }
        (Action::Remove, _) => ("removed", patch(&named(), disk, None), Vec::new()),
        (Action::Keep, State::EditedOrphan) => {
            let said =
                "edited by hand and no longer generated; `generate` keeps it, and it is yours then";
            ("kept", Vec::new(), vec![(said.to_owned(), Vec::new())])
        }
        (Action::Keep, _) => {
            let said = format!(
                "edited by hand, and `generate` keeps it{}",
                ends_note(change)
            );
            ("kept", Vec::new(), vec![(said, by_hand(change))])
        }
        (Action::Refuse, state) => {
            let (word, notes) = in_the_way(change, state, bases.get(change.path));
            (word, Vec::new(), notes)
        }
    };
    let shown = if lines.is_empty() {
        notes.iter().flat_map(|(_, lines)| lines).collect()
    } else {
        lines.iter().collect::<Vec<_>>()
    };
    Some(Difference {
        path: path.to_owned(),
        name: named(),
        word,
        counts: counted(&shown),
        patch: lines,
        notes,
    })
}

fn in_the_way(
    change: &Change<'_>,
    state: State,
    base: Option<&String>,
) -> (&'static str, Vec<(String, Vec<Line>)>) {
    let disk = change.disk.map_or(&[][..], |disk| &disk.bytes);
    let new = change.new.map_or(&[][..], |file| file.text.as_bytes());
    match (state, base) {
        (State::Conflict, Some(base)) => {
            let base = base.as_bytes();
            let notes = vec![
                (
                    "edited by hand".to_owned() + ends_note(change),
                    hunks(base, disk),
                ),
                ("and has a new text too".to_owned(), hunks(base, new)),
            ];
            ("conflict", notes)
        }
        (State::Unsettled, _) => {
            let said = "holds the marks of a merge that is not settled";
            ("unsettled", vec![(said.to_owned(), Vec::new())])
        }
        (State::Foreign, _) => {
            let said = "not written by ravelin, against what would be generated";
            ("foreign", vec![(said.to_owned(), hunks(new, disk))])
        }
        _ => {
            let said = "edited by hand and has a new text too; against the new text";
            (
                "conflict",
                vec![(said.to_owned() + ends_note(change), hunks(new, disk))],
            )
        }
    }
}

/// What a person did to a file whose text would stay.
fn by_hand(change: &Change<'_>) -> Vec<Line> {
    match (change.new, change.disk) {
        (Some(new), Some(disk)) => hunks(new.text.as_bytes(), &disk.bytes),
        _ => Vec::new(),
    }
}

/// Lines that look alike and differ in their ends are told in words.
fn ends_note(change: &Change<'_>) -> &'static str {
    let (Some(new), Some(disk)) = (change.new, change.disk) else {
        return "";
    };
    let without = |bytes: &[u8]| -> Vec<u8> {
        bytes
            .iter()
            .copied()
            .filter(|byte| *byte != b'\r')
            .collect()
    };
    if without(new.text.as_bytes()) == without(&disk.bytes) {
        "; only the ends of its lines differ (CRLF and LF)"
    } else {
        ""
    }
}

fn lock(old: Option<&str>, new: &str, place: &impl Deref<Target = String>) -> Option<Difference> {
    fn side(text: &str) -> Side<'_> {
        Side {
            bytes: text.as_bytes(),
            executable: false,
        }
    }
    if old == Some(new) {
        return None;
    }
    let name = format!("{}{LOCK}", **place);
    let patch = patch(&name, old.map(side), Some(side(new)));
    Some(Difference {
        path: LOCK.to_owned(),
        name,
        word: if old.is_some() { "updated" } else { "created" },
        counts: counted(&patch.iter().collect::<Vec<_>>()),
        patch,
        notes: Vec::new(),
    })
}

fn counted(lines: &[&Line]) -> Counts {
    let of = |kind: LineKind| lines.iter().filter(|line| line.kind == kind).count();
    Counts {
        added: of(LineKind::Added),
        removed: of(LineKind::Removed),
    }
}
