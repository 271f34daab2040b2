//! `ravelin new`.

mod ask;
mod told;
mod values;

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use clap::Args;

use super::check::today;
use super::{Failure, Outcome, terminal};
use crate::expand;
use crate::language::{BLUEPRINT_FILE, SCHEMA_FILE, schema_text};
use crate::plan::Date;
use crate::preset::{PRESETS, Preset};
use crate::render::start;
use crate::source::Source;
use crate::store::{Store, Writes};
use crate::tree::{File, Tree, TreePath};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ravelin new shop                                        into the folder shop, from the preset `minimal`
  ravelin new --list                                      the presets
  ravelin new shop --preset web-database --project-id stg=acme-shop-stg --project-id prod=acme-shop-prod
  ravelin new shop --out . --region europe-west3          into this folder, which may hold files
  ravelin new shop --ci acme/ravelin@4f9c7a21d0e8b3655f1c2d7e90ab84c6d3f2e1b0    and a workflow for pull requests")]
pub struct Arguments {
    /// The project's name, the prefix of shared names
    #[arg(value_name = "NAME", required_unless_present = "list")]
    name: Option<String>,
    /// What to start from
    #[arg(long, value_name = "PRESET", default_value = PRESETS[0].name)]
    preset: String,
    /// List the presets
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    said: values::Said,
    /// The folder to write to [default: NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write a GitHub workflow too, which runs the action at this address in pull requests
    #[arg(long, value_name = "OWNER/REPO@COMMIT", value_parser = values::action)]
    ci: Option<String>,
    /// Take the defaults, ask nothing
    #[arg(long, short)]
    yes: bool,
    /// The day from which exceptions last [default: today in UTC]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

/// A file to write, unless it is there.
struct Wanted {
    path: TreePath,
    file: File,
    /// What is to be said about it.
    note: &'static str,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let Some(name) = arguments.name.as_ref().filter(|_| !arguments.list) else {
        terminal::print(&told::list())?;
        return Ok(Outcome::Fine);
    };
    let preset = find(&arguments.preset)?;
    let today = arguments.today.map_or_else(today, Ok)?;
    let mut values = preset.defaults(name, today);
    values::judge_name(preset, &values)?;
    arguments.said.put(preset, &mut values)?;

    let place = Place::of(arguments, name)?;
    let nothing = Tree::default();
    let disk = place.store.disk(place.paths(), &nothing)?;
    let is_there = disk.contains_key(&place.blueprint);
    if !is_there && !arguments.yes && terminal::can_ask() {
        ask::ask(preset, &arguments.said, &mut values)?;
    }
    let blueprint = preset.blueprint(&values);
    let wanted = place.files(&blueprint, arguments.ci.as_deref());
    let store = Store::new(&place.folder);
    let _hold = store.hold()?;
    let mut writes = Writes::new(&disk, None);
    let missing = wanted.iter().filter(|one| !disk.contains_key(&one.path));
    writes.write = missing.map(|one| (&one.path, &one.file)).collect();
    place.store.apply(&writes)?;

    let mut told = told::files(&wanted, &disk, &place);
    let mut in_the_way = Vec::new();
    if !is_there {
        told += &told::own(&blueprint, &values, &preset.defaults(name, today));
        in_the_way = foreign(&store, blueprint);
    }
    terminal::print(&(told + &told::next(&place.folder, &in_the_way)))?;
    Ok(Outcome::Fine)
}

/// The files that are there already and that `generate` would write.
fn foreign(store: &Store, blueprint: String) -> Vec<TreePath> {
    let tree = expand(&Source::new(BLUEPRINT_FILE, blueprint), &|_| None).tree();
    // What cannot be read is for `generate` to tell.
    let disk = store.disk(tree.iter().map(|(path, _)| path), &tree);
    disk.unwrap_or_default().into_keys().collect()
}

fn find(name: &str) -> Result<&'static Preset, Failure> {
    Preset::find(name).ok_or_else(|| {
        let failure = Failure::new(format!("there is no preset `{}`", name.escape_debug()));
        let names = PRESETS.iter().map(|preset| preset.name);
        failure.near(name, names, "`ravelin new --list` lists them")
    })
}

/// Where the files go.
struct Place {
    /// The folder of the blueprint.
    folder: PathBuf,
    /// That folder, or the root of its repository where a workflow stands there.
    store: Store,
    /// The store's path.
    root: PathBuf,
    blueprint: TreePath,
    schema: TreePath,
    git_ignore: TreePath,
    workflow: Option<TreePath>,
}

impl Place {
    fn of(arguments: &Arguments, name: &str) -> Result<Self, Failure> {
        let folder = arguments.out.clone();
        let folder = folder.unwrap_or_else(|| PathBuf::from(name));
        let (root, prefix) = arguments
            .ci
            .as_ref()
            .and_then(|_| Store::new(&folder).repository())
            .unwrap_or_else(|| (folder.clone(), String::new()));
        // In a repository of several projects each has a workflow of its own.
        let workflow = if prefix.is_empty() {
            "ravelin".to_owned()
        } else {
            format!("ravelin-{name}")
        };
        let workflow = format!(".github/workflows/{workflow}.yml");
        let path = |path: &str| {
            TreePath::new(path).ok_or_else(|| {
                let path = path.escape_debug();
                Failure::new(format!("`{path}` cannot be the path of a file"))
            })
        };
        let in_folder = |name: &str| path(&format!("{prefix}{name}"));
        Ok(Self {
            store: Store::new(&root),
            blueprint: in_folder(BLUEPRINT_FILE)?,
            schema: in_folder(SCHEMA_FILE)?,
            git_ignore: in_folder(".gitignore")?,
            workflow: arguments.ci.as_ref().map(|_| path(&workflow)).transpose()?,
            folder,
            root,
        })
    }

    fn paths(&self) -> BTreeSet<&TreePath> {
        let files = [&self.blueprint, &self.schema, &self.git_ignore];
        files.into_iter().chain(&self.workflow).collect()
    }

    fn files(&self, blueprint: &str, action: Option<&str>) -> Vec<Wanted> {
        let wanted = |path: &TreePath, text: String| Wanted {
            path: path.clone(),
            file: File::new(text, false),
            note: "",
        };
        let mut files = vec![
            wanted(&self.blueprint, blueprint.to_owned()),
            wanted(&self.schema, schema_text()),
            wanted(&self.git_ignore, start::git_ignore()),
        ];
        if let (Some(path), Some(action)) = (&self.workflow, action) {
            let text = start::workflow(action, self.blueprint.as_str());
            let mut workflow = wanted(path, text);
            if !values::is_pinned(action) {
                workflow.note = "a tag or a branch can be moved to other code: name a commit";
            }
            files.push(workflow);
        }
        files
    }

    /// A path as seen from here.
    fn display(&self, path: &TreePath) -> String {
        let path = self.root.join(path.as_str());
        path.strip_prefix(".")
            .unwrap_or(&path)
            .display()
            .to_string()
    }
}

/// Whether a folder is the one that the program was started in.
fn is_here(folder: &Path) -> bool {
    folder.components().all(|part| part == Component::CurDir)
}
