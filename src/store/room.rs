//! Folders that are missing: each is filled under another name beside its place, and put there in one step.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::fault::step;
use super::write::{named, permissions};
use super::{Error, failed};

/// A folder that is not there yet. It is filled under another name.
pub(super) struct Fresh {
    /// Its place.
    pub place: PathBuf,
    folder: TempDir,
}

/// What is to be written to, and what this run has made.
#[derive(Default)]
pub(super) struct Room {
    /// The folders that are filled beside their places, in the order of their paths; none lies in another.
    pub fresh: Vec<Fresh>,
    /// The folders that were missing, those in fresh ones too, each before what lies in it.
    pub made: Vec<PathBuf>,
}

impl Room {
    /// Makes a folder and those above it where they are missing: the uppermost of those below the root beside its place.
    /// Gives whether the folder was there.
    pub fn make(&mut self, folder: &Path, root: &Path) -> Result<bool, Error> {
        let mut missing = Vec::new();
        let mut here = Some(folder);
        while let Some(one) =
            here.filter(|one| !one.as_os_str().is_empty() && !self.now(one).exists())
        {
            missing.push(one.to_owned());
            here = one.parent();
        }
        let was_there = missing.is_empty() && self.now(folder) == folder;
        for one in missing.into_iter().rev() {
            let now = self.now(&one);
            let in_place = now != one || root.starts_with(&one);
            let made = step().and_then(|()| {
                if in_place {
                    return fs::create_dir(now);
                }
                self.fresh.push(Fresh::new(&one)?);
                Ok(())
            });
            made.map_err(failed("make the folder", &one))?;
            self.made.push(one);
        }
        Ok(was_there)
    }

    /// Where a folder is for now.
    fn now(&self, folder: &Path) -> PathBuf {
        let mut fresh = self.fresh.iter().rev();
        let fresh = fresh.find_map(|fresh| fresh.within(folder));
        fresh.unwrap_or_else(|| folder.to_owned())
    }
}

impl Fresh {
    fn new(place: &Path) -> io::Result<Self> {
        let mut builder = named();
        permissions(&mut builder, true);
        let folder = builder.tempdir_in(place.parent().unwrap_or(place))?;
        Ok(Self {
            place: place.to_owned(),
            folder,
        })
    }

    /// Where a folder is for now that will be this one or lie in it.
    pub fn within(&self, folder: &Path) -> Option<PathBuf> {
        let inside = folder.strip_prefix(&self.place).ok()?;
        Some(self.folder.path().join(inside))
    }

    /// Puts it in its place. The system refuses where something is there by now, but for an empty folder.
    pub fn settle(self) -> Result<(), Error> {
        let Self { place, folder } = self;
        step()
            .and_then(|()| fs::rename(folder.path(), &place))
            .map_err(failed("write", &place))?;
        // It is there no more, under this name.
        let _ = folder.keep();
        Ok(())
    }
}
