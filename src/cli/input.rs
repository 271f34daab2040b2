//! The blueprint and what stands beside it.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Failure;
use crate::language::BLUEPRINT_FILE as USUAL;
use crate::source::{MARK, Source};
use crate::store;

/// Which blueprint.
#[derive(Debug, Args)]
pub struct Blueprint {
    /// The blueprint
    #[arg(default_value = USUAL, value_name = "BLUEPRINT")]
    path: PathBuf,
}

/// A blueprint that was read.
pub struct Input {
    /// Its text.
    pub source: Source,
    /// Its folder.
    pub folder: PathBuf,
    path: PathBuf,
}

impl Blueprint {
    /// Every blueprint below the folder that is named in the place of one.
    pub fn below(&self) -> Result<Vec<Self>, Failure> {
        let folder = if self.path == Path::new(USUAL) {
            Path::new(".")
        } else {
            &self.path
        };
        let found = store::find(folder, USUAL)?;
        if found.is_empty() {
            return Err(Failure::new(format!(
                "there is no `{USUAL}` in `{}` or below it",
                folder.display()
            )));
        }
        Ok(found.into_iter().map(|path| Self { path }).collect())
    }

    /// Its path, as it is told.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Reads it.
    pub fn read(&self) -> Result<Input, Failure> {
        let bytes = store::read(&self.path).map_err(|error| {
            let failure = Failure::from(error);
            if self.path == Path::new(USUAL) {
                failure.help("name the blueprint, or go to its folder")
            } else {
                failure
            }
        })?;
        let source = Source::decode(self.path.display().to_string(), bytes)
            .map_err(|error| Failure::new(error.to_string()))?;
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        Ok(Input {
            source,
            folder,
            path: self.path.clone(),
        })
    }
}

impl Input {
    /// Writes the blueprint's text back to its file.
    pub fn rewrite(&self) -> Result<(), Failure> {
        let marked = store::read(&self.path)?.starts_with(MARK.as_bytes());
        let mark = if marked { MARK } else { "" };
        store::replace(&self.path, &format!("{mark}{}", self.source.text))?;
        Ok(())
    }

    /// The text of a file beside the blueprint.
    pub fn file(&self, path: &str) -> Option<String> {
        store::read_beside(&self.folder, path)
    }
}
