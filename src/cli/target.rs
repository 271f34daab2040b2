//! What `generate` and `diff` have in common: a blueprint, a folder, and what stands between them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use clap::Args;

use super::input::Blueprint;
use super::{Failure, terminal};
use crate::change::{Change, Disk, LOCK, Lock, changes, clash, paths};
use crate::diag::{Diagnostic, Severity, report};
use crate::plan::model::{Exception, Plan};
use crate::plan::{Date, Posture, posture, steps};
use crate::source::Source;
use crate::store::{Store, is_beside};
use crate::tree::{Tree, TreePath};
use crate::{changed, expand};

/// Which blueprint, and where to.
#[derive(Debug, Args)]
pub struct Target {
    #[command(flatten)]
    blueprint: Blueprint,
    /// The folder of the generated files [default: the blueprint's own]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// One environment alone
    #[arg(long, value_name = "ENV")]
    only: Option<String>,
    /// Every `ravelin.toml` below a folder, which is named in the place of the blueprint; what git ignores is left out
    #[arg(long, conflicts_with_all = ["out", "only"])]
    pub all: bool,
}

/// What is to be written, and where.
pub struct Wanted {
    /// The files.
    pub tree: Tree,
    /// The folder.
    pub store: Store,
    /// The folder's path.
    pub folder: PathBuf,
    source: Source,
    blueprint_folder: PathBuf,
    // Of the plans no more than this: a plan takes as much memory as its files.
    facts: Posture,
    exceptions: Vec<(String, Exception)>,
    only: Option<String>,
}

/// What was written last.
pub struct Last {
    /// The text of the lock.
    pub text: Option<String>,
    /// What it says.
    pub lock: Lock,
    /// The files in it that this run looks at.
    pub seen: Lock,
}

/// What is to be known about a change.
#[derive(Default)]
pub struct Found {
    /// The report for people.
    pub text: String,
    /// The code and the message of each finding.
    pub lines: Vec<(&'static str, String)>,
}

fn is_warning(finding: &Diagnostic) -> bool {
    finding.rule.severity == Severity::Warning
}

impl Target {
    /// The targets that are meant by `--all`.
    pub fn below(&self) -> Result<Vec<Self>, Failure> {
        let blueprints = self.blueprint.below()?.into_iter();
        let targets = blueprints.map(|blueprint| Self {
            blueprint,
            out: None,
            only: None,
            all: false,
        });
        Ok(targets.collect())
    }

    /// The blueprint, as it is told.
    pub fn name(&self) -> String {
        self.blueprint.name()
    }

    /// Expands the blueprint, and tells what is found; nothing where it has mistakes.
    pub fn expand(&self) -> Result<Option<Wanted>, Failure> {
        let (found, wanted) = self.expand_and_report()?;
        terminal::say(&found);
        Ok(wanted)
    }

    /// Expands the blueprint; gives the report of what is found, and nothing else where it has mistakes.
    pub fn expand_and_report(&self) -> Result<(String, Option<Wanted>), Failure> {
        let input = self.blueprint.read()?;
        let expansion = expand(&input.source, &|path| input.file(path));
        let colour = terminal::colour(&io::stderr());
        let found = report(&expansion.diagnostics, &input.source, colour);
        if expansion.has_errors() {
            return Ok((found, None));
        }
        if let Some(only) = &self.only {
            exists(only, &expansion.plans)?;
        }
        let folder = self.out.clone().unwrap_or_else(|| input.folder.clone());
        let mut wanted = Wanted {
            tree: expansion.tree(),
            store: Store::new(&folder),
            folder,
            source: input.source,
            blueprint_folder: input.folder,
            facts: posture(&expansion.plans),
            exceptions: exceptions(expansion.plans),
            only: self.only.clone(),
        };
        wanted.tree = std::mem::take(&mut wanted.tree).only(|path| wanted.has(path));
        Ok((found, Some(wanted)))
    }
}

/// The exceptions with their environments.
fn exceptions(plans: Vec<Plan>) -> Vec<(String, Exception)> {
    let of = |plan: Plan| {
        let exceptions = plan.exceptions.into_iter();
        exceptions.map(move |one| (plan.environment.clone(), one))
    };
    plans.into_iter().flat_map(of).collect()
}

/// Whether there is such an environment.
fn exists(only: &str, plans: &[Plan]) -> Result<(), Failure> {
    let names = || plans.iter().map(|plan| plan.environment.as_str());
    if names().any(|name| name == only) {
        return Ok(());
    }
    let failure = Failure::new(format!("there is no environment `{only}`"));
    let known: Vec<String> = names().map(|name| format!("`{name}`")).collect();
    let all = format!("there are {}", known.join(", "));
    Err(failure.near(only, names(), &all))
}

impl Wanted {
    /// Whether a file is of the environment: its second folder says so.
    fn has(&self, path: &TreePath) -> bool {
        let second = || path.as_str().split('/').nth(1);
        self.only
            .as_deref()
            .is_none_or(|name| second() == Some(name))
    }

    /// Reads a lock.
    pub fn last(&self, text: Option<String>) -> Result<Last, Failure> {
        let lock = match &text {
            None => Lock::default(),
            Some(text) => Lock::parse(text).map_err(|error| {
                Failure::new(format!("`{LOCK}` cannot be used: {error}"))
                    .help("take it from the last commit; without it, files that differ count as not written by ravelin")
            })?,
        };
        self.is_of_this_blueprint(&lock)?;
        let seen = Lock {
            files: part(&lock.files, |path| self.has(path)),
            kept: part(&lock.kept, |path| self.has(path)),
            other: lock.other.clone(),
            ..Lock::default()
        };
        Ok(Last { text, lock, seen })
    }

    /// One folder is of one blueprint: all that another generated there would be orphans. A blueprint that is gone was
    /// renamed.
    fn is_of_this_blueprint(&self, lock: &Lock) -> Result<(), Failure> {
        let other = &lock.blueprint;
        let there = || is_beside(&self.blueprint_folder, other);
        let own = self.source.file_name();
        if other.is_empty() || other == own || !there() {
            return Ok(());
        }
        Err(Failure::new(format!(
            "`{}` was generated from `{other}`, not from `{own}`; nothing was written",
            self.folder.display(),
        ))
        .help("write to another folder: --out DIR"))
    }

    /// Judges what changes for what lives already on the way to the facts in `after`. Gives what is to be known about it;
    /// fails where it must not be so. Of the elements in `gone` the cloud has nothing.
    pub fn judge(&self, last: &Last, after: &Posture, gone: &[String]) -> Result<Found, Failure> {
        let found = changed(&self.source, &last.lock.facts, after, gone);
        if found.iter().all(is_warning) {
            return Ok(self.found(&found));
        }
        let steps = steps(&last.lock.facts, after, gone);
        let elements: BTreeSet<&str> = (steps.iter())
            .filter(|step| step.stops())
            .map(|step| step.element.as_str())
            .collect();
        let elements = elements.into_iter();
        let elements = elements.fold(String::new(), |all, one| {
            format!("{all} --gone {}", one.escape_debug())
        });
        let mut failure =
            Failure::new("this change cannot be applied to what lives; nothing was written").help(
                format!("where the cloud has nothing of it: ravelin generate{elements}"),
            );
        failure.report = self.found(&found).text;
        Err(failure)
    }

    /// What is to be known about the change for what lives already, but for what must not be so.
    pub fn warnings(&self, last: &Last, after: &Posture) -> Found {
        let mut found = changed(&self.source, &last.lock.facts, after, &[]);
        found.retain(is_warning);
        self.found(&found)
    }

    fn found(&self, found: &[Diagnostic]) -> Found {
        let line = |one: &Diagnostic| (one.rule.code, one.message.clone());
        Found {
            text: report(found, &self.source, terminal::colour(&io::stderr())),
            lines: found.iter().map(line).collect(),
        }
    }

    /// The paths to look at.
    pub fn paths<'a>(&'a self, last: &'a Last) -> Result<BTreeSet<&'a TreePath>, Failure> {
        let paths = paths(&self.tree, &last.seen);
        match clash(paths.iter().copied()) {
            None => Ok(paths),
            Some((one, other)) => Err(Failure::new(format!(
                "`{one}` and `{other}` are one file where capital and small letters are the same; nothing was written"
            ))
            .help("choose names that differ by more than that; where one is no longer generated, remove it first")),
        }
    }

    /// How each path stands.
    pub fn changes<'a>(&'a self, disk: &'a Disk<'a>, last: &'a Last) -> Vec<Change<'a>> {
        changes(&self.tree, disk, &last.seen)
    }

    /// The exceptions that have ended or end within 30 days: environment, element, rule, owner, last day.
    pub fn ending(&self, today: Date) -> Vec<[String; 5]> {
        let soon = today.later(30).to_string();
        let all = self.exceptions.iter().map(|(name, one)| (name, one));
        let all = all.filter(|(name, _)| self.has_environment(name));
        let ending = all.filter(|(_, one)| one.expires <= soon);
        let told = ending.map(|(environment, one)| {
            [
                environment,
                &one.element,
                &one.rule,
                &one.owner,
                &one.expires,
            ]
            .map(Clone::clone)
        });
        told.collect()
    }

    fn has_environment(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == name)
    }

    /// The lock as far as this run does not touch its files, with the facts as they are to be.
    pub fn rest(&self, last: &Last) -> Lock {
        Lock {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            blueprint: self.source.file_name().to_owned(),
            files: part(&last.lock.files, |path| !self.has(path)),
            kept: part(&last.lock.kept, |path| !self.has(path)),
            other: BTreeMap::new(),
            facts: self.facts(last),
        }
    }

    /// The facts as they are to be.
    fn facts(&self, last: &Last) -> Posture {
        let mut facts = part(&last.lock.facts, |name: &String| {
            !self.has_environment(name)
        });
        facts.extend(part(&self.facts, |name: &String| {
            self.has_environment(name)
        }));
        facts
    }
}

/// The entries whose keys are wanted.
fn part<K: Ord + Clone, V: Clone>(
    all: &BTreeMap<K, V>,
    wanted: impl Fn(&K) -> bool,
) -> BTreeMap<K, V> {
    let wanted = all.iter().filter(|(key, _)| wanted(key));
    wanted
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
