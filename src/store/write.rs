//! Writing: first every new file is written whole beside its place, then all of them are put in place, then what is to be
//! no more is removed, and last comes the lock. A run that is cut short leaves whole files, and the next one goes on; one
//! that fails puts back what it had changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempPath};

use super::fault::step;
use super::{Error, Known, Store, failed, read_into};
use crate::change::{Disk, LOCK, OnDisk};
use crate::tree::{File, TreePath};

/// Around the random part of the name of a file that is not in its place yet.
const STAGED: (&str, &str) = (".ravelin-", ".tmp");

/// What is to be done.
#[derive(Debug, Clone)]
pub struct Writes<'a> {
    /// What was on disk when this was decided.
    pub disk: &'a Disk<'a>,
    /// Files to write.
    pub write: Vec<(&'a TreePath, &'a File)>,
    /// Files to remove; of one that is gone already, the folders that it left empty.
    pub remove: Vec<&'a TreePath>,
    /// The lock's text when this was decided; `None` where there was none.
    pub old_lock: Option<&'a str>,
    /// The lock's new text; `None` where it stays.
    pub lock: Option<String>,
    /// Texts to remember by their hashes, for merges to come.
    pub texts: BTreeMap<&'a str, &'a str>,
}

/// A file that is written and not in its place yet.
struct Staged<'a> {
    path: &'a str,
    file: TempPath,
}

impl<'a> Writes<'a> {
    /// Nothing to do yet.
    #[must_use]
    pub fn new(disk: &'a Disk<'a>, old_lock: Option<&'a str>) -> Self {
        Self {
            disk,
            write: Vec::new(),
            remove: Vec::new(),
            old_lock,
            lock: None,
            texts: BTreeMap::new(),
        }
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.write.is_empty() && self.remove.is_empty() && self.lock.is_none()
    }

    fn before(&self, path: &str) -> Option<&'a OnDisk<'a>> {
        self.disk.get(path)
    }
}

/// Gives a file that is there a new text, in one step: whoever reads it meanwhile reads the old or the new one. What the
/// file may be asked for stays.
///
/// # Errors
///
/// When it is a link or no file, or the system cannot.
pub fn replace(path: &Path, text: &str) -> Result<(), Error> {
    let found = fs::symlink_metadata(path).map_err(failed("read", path))?;
    if found.is_symlink() {
        return Err(Error::Link(path.to_owned()));
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let write = || -> io::Result<()> {
        let mut staged = temporary(folder.unwrap_or(Path::new(".")), false)?;
        staged.write_all(text.as_bytes())?;
        fs::set_permissions(staged.path(), found.permissions())?;
        staged.persist(path)?;
        Ok(())
    };
    write().map_err(failed("write", path))
}

impl Store {
    /// Does it.
    ///
    /// # Errors
    ///
    /// When the system cannot, a link stands in the way, or a file is another than when this was decided. Then everything
    /// is as it was, as far as the system lets it.
    pub fn apply(&self, writes: &Writes<'_>) -> Result<(), Error> {
        if writes.is_empty() {
            return Ok(());
        }
        let mut made = Vec::new();
        let done = self.prepare(writes, &mut made).and_then(|(files, lock)| {
            self.is_as_it_was(writes)?;
            self.remember(&writes.texts)?;
            self.settle_all(writes, files, lock)
        });
        if done.is_err() {
            for folder in made.iter().rev() {
                // It fails where something is left in it, and then so it stays.
                let _ = fs::remove_dir(folder);
            }
        }
        done
    }

    /// Writes every new file beside its place, and tries whether the old ones could be removed.
    fn prepare<'a>(
        &self,
        writes: &'a Writes<'_>,
        made: &mut Vec<PathBuf>,
    ) -> Result<(Vec<Staged<'a>>, Option<Staged<'a>>), Error> {
        let mut ready = BTreeSet::new();
        let mut folder_for = |path: &str| -> Result<PathBuf, Error> {
            let target = self.folder.join(path);
            let folder = target.parent().unwrap_or(&self.folder).to_owned();
            if ready.insert(folder.clone()) {
                make(&folder, made)?;
                // A new folder has nothing in it.
                if made.last() != Some(&folder) {
                    clean(&folder)?;
                }
            }
            Ok(folder)
        };
        let mut files = Vec::with_capacity(writes.write.len());
        let mut known = Known::default();
        for (path, file) in &writes.write {
            let path = path.as_str();
            self.about(path, &mut known)?;
            let file = self.stage(path, file, &folder_for(path)?)?;
            files.push(Staged { path, file });
        }
        for path in &writes.remove {
            // A folder that takes a new file lets an old one go.
            if self.is_file(path.as_str())? {
                let folder = folder_for(path.as_str())?;
                temporary(&folder, false)
                    .map_err(failed("remove", &self.folder.join(path.as_str())))?;
            }
        }
        let Some(text) = &writes.lock else {
            return Ok((files, None));
        };
        self.is_file(LOCK)?;
        let text = text.clone();
        let executable = false;
        let file = self.stage(LOCK, &File { text, executable }, &folder_for(LOCK)?)?;
        Ok((files, Some(Staged { path: LOCK, file })))
    }

    /// Whether no file has changed since this was decided.
    fn is_as_it_was(&self, writes: &Writes<'_>) -> Result<(), Error> {
        let written = writes.write.iter().map(|(path, _)| path);
        let (mut known, mut bytes) = (Known::default(), Vec::new());
        for path in written.chain(&writes.remove) {
            let found = self.about(path.as_str(), &mut known)?;
            if found.is_some() {
                read_into(&self.folder.join(path.as_str()), &mut bytes)?;
            }
            let found = found.map(|_| bytes.as_slice());
            if found != writes.disk.get(*path).map(|before| &*before.bytes) {
                return Err(Error::Changed(self.folder.join(path.as_str())));
            }
        }
        if writes.lock.is_some() && self.lock()?.as_deref() != writes.old_lock {
            return Err(Error::Changed(self.folder.join(LOCK)));
        }
        Ok(())
    }

    /// Puts everything in its place, or back.
    fn settle_all(
        &self,
        writes: &Writes<'_>,
        files: Vec<Staged<'_>>,
        lock: Option<Staged<'_>>,
    ) -> Result<(), Error> {
        let mut done = Vec::with_capacity(files.len());
        let work = || -> Result<(), Error> {
            for staged in files {
                let path = staged.path;
                self.settle(staged)?;
                done.push(path);
            }
            for path in &writes.remove {
                if self.remove(path.as_str())? {
                    done.push(path.as_str());
                }
            }
            self.remove_emptied(&writes.remove);
            lock.map_or(Ok(()), |lock| self.settle(lock))
        };
        let Err(error) = work() else { return Ok(()) };
        let left: Vec<PathBuf> = done
            .into_iter()
            .filter(|path| self.put_back(path, writes.before(path)).is_err())
            .map(|path| self.folder.join(path))
            .collect();
        if left.is_empty() {
            return Err(error);
        }
        let error = Box::new(error);
        Err(Error::Half { error, left })
    }

    fn stage(&self, path: &str, file: &File, folder: &Path) -> Result<TempPath, Error> {
        let write = || -> io::Result<TempPath> {
            let mut staged = temporary(folder, file.executable)?;
            step()?;
            staged.write_all(file.text.as_bytes())?;
            Ok(staged.into_temp_path())
        };
        write().map_err(failed("write", &self.folder.join(path)))
    }

    fn settle(&self, staged: Staged<'_>) -> Result<(), Error> {
        let target = self.folder.join(staged.path);
        step().map_err(failed("write", &target))?;
        staged
            .file
            .persist(&target)
            .map_err(|error| failed("write", &target)(error.error))
    }

    /// Whether there was something to remove.
    fn remove(&self, path: &str) -> Result<bool, Error> {
        if !self.is_file(path)? {
            return Ok(false);
        }
        let target = self.folder.join(path);
        step()
            .and_then(|()| fs::remove_file(&target))
            .map_err(failed("remove", &target))?;
        Ok(true)
    }

    /// Removes the folders that removed files leave empty.
    fn remove_emptied(&self, removed: &[&TreePath]) {
        for path in removed {
            let mut folder = Path::new(path.as_str()).parent();
            while let Some(below) = folder.filter(|below| !below.as_os_str().is_empty()) {
                // It fails where something is left in it, and then so it stays.
                if fs::remove_dir(self.folder.join(below)).is_err() {
                    break;
                }
                folder = below.parent();
            }
        }
    }

    /// Makes a file what it was.
    fn put_back(&self, path: &str, before: Option<&OnDisk<'_>>) -> io::Result<()> {
        let target = self.folder.join(path);
        let Some(before) = before else {
            return step().and_then(|()| fs::remove_file(target));
        };
        let folder = target.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let mut staged = temporary(folder, before.executable)?;
        step()?;
        staged.write_all(&before.bytes)?;
        step()?;
        staged.persist(target)?;
        Ok(())
    }
}

/// Makes a folder and those above it, and notes which were missing.
fn make(folder: &Path, made: &mut Vec<PathBuf>) -> Result<(), Error> {
    let mut missing = Vec::new();
    let mut here = Some(folder);
    while let Some(one) = here.filter(|one| !one.as_os_str().is_empty() && !one.exists()) {
        missing.push(one.to_owned());
        here = one.parent();
    }
    for one in missing.into_iter().rev() {
        step()
            .and_then(|()| fs::create_dir(&one))
            .map_err(failed("make the folder", &one))?;
        made.push(one);
    }
    Ok(())
}

/// Removes what a run that was cut short left beside the files: only what has a name as such files have.
pub(super) fn clean(folder: &Path) -> Result<(), Error> {
    let left = || -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let middle = name
                .to_str()
                .and_then(|name| name.strip_prefix(STAGED.0))
                .and_then(|name| name.strip_suffix(STAGED.1));
            let ours = middle.is_some_and(|middle| {
                middle.len() == 6 && middle.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
            if ours && entry.file_type()?.is_file() {
                step()?;
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    };
    left().map_err(failed("read", folder))
}

/// A new file in a folder, which goes when it is put nowhere.
pub(super) fn temporary(folder: &Path, executable: bool) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(STAGED.0).suffix(STAGED.1).rand_bytes(6);
    permissions(&mut builder, executable);
    step()?;
    builder.tempfile_in(folder)
}

/// What a new file may be asked for; the system takes away what the user's mask says.
#[cfg(unix)]
fn permissions(builder: &mut Builder<'_, '_>, executable: bool) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if executable { 0o777 } else { 0o666 };
    builder.permissions(fs::Permissions::from_mode(mode));
}

#[cfg(not(unix))]
fn permissions(_builder: &mut Builder<'_, '_>, _executable: bool) {}
