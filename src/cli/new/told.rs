//! What `new` says.

use std::fmt::Write as _;
use std::path::Path;

use super::{Place, Wanted, is_here};
use crate::change::Disk;
use crate::language::{BLUEPRINT_FILE, SCHEMA_FILE};
use crate::preset::{About, PRESETS, Values, own as own_lines};
use crate::render::quote::shell::Shell as _;
use crate::tree::TreePath;

/// The presets, a line each.
pub fn list() -> String {
    let width = PRESETS.iter().map(|preset| preset.name.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for preset in PRESETS {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{:<width$}   {}", preset.name, preset.about);
    }
    text
}

/// What became of the files.
pub fn files(wanted: &[Wanted], disk: &Disk<'_>, place: &Place) -> String {
    let width = wanted.iter().map(|one| place.display(&one.path).len());
    let width = width.max().unwrap_or_default();
    let mut text = String::new();
    for one in wanted {
        let new = &one.file.text;
        let (verb, note) = match disk.get(&one.path) {
            None => ("created", one.note.to_owned()),
            Some(there) if there.bytes == new.as_bytes() => ("unchanged", String::new()),
            Some(there) => {
                let there = String::from_utf8_lossy(&there.bytes);
                ("kept", kept(&one.path, &there, new, place))
            }
        };
        let line = format!("  {verb:<9} {:<width$}   {note}", place.display(&one.path));
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Why a file that was there may be in want of something.
fn kept(path: &TreePath, there: &str, new: &str, place: &Place) -> String {
    let mut note = "it was there already".to_owned();
    if *path == place.schema {
        // Writing to a `String` cannot fail.
        let _ = write!(note, "; `ravelin schema > {SCHEMA_FILE}` writes it anew");
    }
    if *path == place.git_ignore {
        let has = |line: &&str| there.lines().any(|there| there.trim() == *line);
        let lines = new.lines().filter(|line| !line.starts_with('#'));
        let lacks: Vec<&str> = lines.filter(|line| !has(line)).collect();
        if !lacks.is_empty() {
            // As above.
            let _ = write!(note, "; it lacks `{}`", lacks.join("`, `"));
        }
    }
    note
}

/// The lines that are still the example's.
pub fn own(blueprint: &str, values: &Values, defaults: &Values) -> String {
    let is_example = |about: &About| match about {
        About::ProjectId(environment) => {
            values.project_ids.get(environment) == defaults.project_ids.get(environment)
        }
        About::Domain => values.domain == defaults.domain,
        About::Other => true,
    };
    let lines: Vec<_> = own_lines(blueprint)
        .into_iter()
        .filter(|own| is_example(&own.about))
        .collect();
    let width = lines.iter().map(|own| own.key.len()).max();
    let width = width.unwrap_or_default();
    let mut text = format!(
        "\n`ravelin generate` works as it is. Before the first apply, these lines of {BLUEPRINT_FILE} want values of yours:\n\n"
    );
    for own in lines {
        // So much of a digest tells it from others.
        let value = match own.value.split_once("@sha256:") {
            Some((image, digest)) => {
                format!("{image}@sha256:{}…", digest.get(..4).unwrap_or_default())
            }
            None => own.value,
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{:>5}  {:<width$}   {value}", own.line, own.key);
    }
    text
}

/// What to do next. `in_the_way` are files that are there already and that `generate` would write.
pub fn next(folder: &Path, in_the_way: &[TreePath]) -> String {
    /// So many are told here; `generate` tells all.
    const TOLD: usize = 3;
    let go = if is_here(folder) {
        String::new()
    } else {
        format!("cd {} && ", folder.display().to_string().shell().0)
    };
    let mut keep = String::new();
    let mut why = "";
    if in_the_way.len() <= TOLD {
        for path in in_the_way {
            // Writing to a `String` cannot fail.
            let _ = write!(keep, " --keep {}", path.as_str().shell().0);
            why = "    (it was there already, and stays yours)";
        }
    }
    format!("\nnext: {go}ravelin generate{keep}{why}\n")
}
