//! Writing: first every new file is written whole beside its place, then all of them are put in place, then what is to be
//! no more is removed, and last comes the lock. A folder that is not there yet is filled beside its place, and put there in
//! one step. A run that is cut short leaves whole files, and the next one goes on; one that fails puts back what it had
//! changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::iter;
use std::mem;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempPath};

use super::fault::{here, step, within};
use super::room::{Fresh, Room};
use super::{Error, Known, ROOM, Store, failed, holds};
use crate::change::{Disk, LOCK, OnDisk};
use crate::parallel;
use crate::tree::{File, TreePath};

/// Around the random part of the name of a file or folder that is not in its place yet.
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

/// So many files of a folder are at most one part of the work that is shared by all processors. Of another folder's files
/// none is in it: two who make files in one folder wait for each other.
const CHUNK: usize = 32;

/// A part of what is written before anything is put in its place.
enum Part<'a> {
    /// The texts to remember.
    Texts,
    /// Files, each beside its place.
    Files(&'a [(&'a TreePath, &'a File)]),
}

/// A file that is written and not in its place yet.
pub(super) struct Staged<'a> {
    pub path: &'a str,
    pub file: TempPath,
}

/// Everything that is to be put in its place, in this order.
struct Ready<'a> {
    /// The texts to remember, in one file; none where there are none.
    texts: Vec<Staged<'a>>,
    fresh: Vec<Fresh>,
    files: Vec<Vec<Staged<'a>>>,
    lock: Option<Staged<'a>>,
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
        let mut room = Room::default();
        let done = self.make_room(writes, &mut room).and_then(|()| {
            let ready = self.prepare(writes, mem::take(&mut room.fresh))?;
            self.is_as_it_was(writes, &room.made)?;
            self.settle_all(writes, ready)
        });
        if done.is_err() {
            // What is in them was never put in its place.
            room.fresh.clear();
            for folder in room.made.iter().rev() {
                // It fails where something is left in it, and then so it stays.
                let _ = fs::remove_dir(folder);
            }
        }
        done
    }

    /// Writes every new file beside its place, and tries whether the old ones could be removed.
    fn prepare<'a>(&self, writes: &'a Writes<'_>, fresh: Vec<Fresh>) -> Result<Ready<'a>, Error> {
        let folders =
            (writes.write).chunk_by(|(one, _), (other, _)| one.folder() == other.folder());
        let files = folders
            .flat_map(|files| files.chunks(CHUNK))
            .map(Part::Files);
        let parts: Vec<Part<'a>> = iter::once(Part::Texts).chain(files).collect();
        let disk = here();
        let staged = parallel::each(&parts, |part| {
            within(&disk, || match part {
                Part::Texts => Ok(self.stage_texts(&writes.texts)?.into_iter().collect()),
                Part::Files(files) => self.stage_each(files, &fresh),
            })
        });
        let mut staged = staged.into_iter();
        let texts = staged.next().transpose()?.unwrap_or_default();
        let files: Vec<Vec<Staged<'a>>> = staged.collect::<Result<_, _>>()?;
        let lock = match &writes.lock {
            Some(text) => Some(self.stage(LOCK, text, false)?),
            None => None,
        };
        Ok(Ready {
            texts,
            fresh,
            files: few_together(files),
            lock,
        })
    }

    /// Makes the folders, and looks whether each file could be written or removed.
    fn make_room(&self, writes: &Writes<'_>, room: &mut Room) -> Result<(), Error> {
        let mut ready = BTreeSet::new();
        let mut ready_for = |folder: &Path, room: &mut Room| -> Result<(), Error> {
            if !ready.contains(folder) {
                ready.insert(folder.to_owned());
                if room.make(folder, &self.folder)? {
                    clean(folder)?;
                }
            }
            Ok(())
        };
        // What is in it is put in its place one by one: the lock comes last.
        ready_for(&self.folder, room)?;
        let mut known = Known::default();
        for (path, _) in &writes.write {
            let folder = self.folder_of(path.as_str());
            // Nothing stands in the way where nothing was a moment ago.
            if room.made.last().is_none_or(|last| *last != folder) {
                self.about(path.as_str(), &mut known)?;
                ready_for(&folder, room)?;
            }
        }
        for path in &writes.remove {
            // A folder that takes a new file lets an old one go.
            if self.is_file(path.as_str())? {
                let folder = self.folder_of(path.as_str());
                ready_for(&folder, room)?;
                temporary(&folder, false)
                    .map_err(failed("remove", &self.folder.join(path.as_str())))?;
            }
        }
        if writes.lock.is_some() {
            self.is_file(LOCK)?;
        }
        Ok(())
    }

    /// The folder of a file.
    fn folder_of(&self, path: &str) -> PathBuf {
        match path.rsplit_once('/') {
            Some((folder, _)) => self.folder.join(folder),
            None => self.folder.clone(),
        }
    }

    /// Whether no file has changed since this was decided. In the folders that were just made nobody has had the time.
    fn is_as_it_was(&self, writes: &Writes<'_>, made: &[PathBuf]) -> Result<(), Error> {
        let made: BTreeSet<&Path> = made.iter().map(PathBuf::as_path).collect();
        let written = writes.write.iter().map(|(path, _)| path);
        let (mut known, mut room) = (Known::default(), vec![0; ROOM]);
        for path in written.chain(&writes.remove) {
            let target = self.folder.join(path.as_str());
            if target.parent().is_some_and(|folder| made.contains(folder)) {
                continue;
            }
            let found = self.about(path.as_str(), &mut known)?;
            let before = writes.disk.get(*path);
            let as_before = match before.filter(|_| found.is_some()) {
                Some(before) => holds(&target, &before.bytes, &mut room)?,
                None => before.is_none() && found.is_none(),
            };
            if !as_before {
                return Err(Error::Changed(target));
            }
        }
        if writes.lock.is_some() && self.lock()?.as_deref() != writes.old_lock {
            return Err(Error::Changed(self.folder.join(LOCK)));
        }
        Ok(())
    }

    /// Puts everything in its place, or back.
    fn settle_all(&self, writes: &Writes<'_>, ready: Ready<'_>) -> Result<(), Error> {
        let Ready {
            texts,
            fresh,
            files,
            lock,
        } = ready;
        // Old texts stay among them, so that it does no harm when nothing else comes of the run.
        for staged in texts {
            self.settle(staged)?;
        }
        let mut done = Vec::with_capacity(writes.write.len() + writes.remove.len());
        let work = || -> Result<(), Error> {
            let inside = |place: &Path| -> Vec<&str> {
                let place = place.strip_prefix(&self.folder).unwrap_or(place);
                let paths = writes.write.iter().map(|(path, _)| path.as_str());
                paths
                    .filter(|path| Path::new(path).starts_with(place))
                    .collect()
            };
            for fresh in fresh {
                let paths = inside(&fresh.place);
                fresh.settle()?;
                done.extend(paths);
            }
            let disk = here();
            let settled = parallel::each(files, |files| within(&disk, || self.settle_each(files)));
            let mut whole = Ok(());
            for (paths, settled) in settled {
                done.extend(paths);
                whole = whole.and(settled);
            }
            whole?;
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

    /// Writes files of one folder. Those of a fresh one are in their places in it, and go with it.
    fn stage_each<'a>(
        &self,
        files: &[(&'a TreePath, &'a File)],
        fresh: &[Fresh],
    ) -> Result<Vec<Staged<'a>>, Error> {
        let folder = files
            .first()
            .map(|(path, _)| self.folder.join(path.folder()));
        let fresh = folder.and_then(|folder| fresh.iter().find_map(|fresh| fresh.within(&folder)));
        let Some(folder) = fresh else {
            let stage = |(path, file): &(&'a TreePath, &File)| {
                self.stage(path.as_str(), &file.text, file.executable)
            };
            return files.iter().map(stage).collect();
        };
        for (path, file) in files {
            write_new(&folder.join(path.name()), file)
                .map_err(failed("write", &self.folder.join(path.as_str())))?;
        }
        Ok(Vec::new())
    }

    fn stage<'a>(&self, path: &'a str, text: &str, executable: bool) -> Result<Staged<'a>, Error> {
        let write = || -> io::Result<TempPath> {
            let mut staged = temporary(&self.folder_of(path), executable)?;
            step()?;
            staged.write_all(text.as_bytes())?;
            Ok(staged.into_temp_path())
        };
        let file = write().map_err(failed("write", &self.folder.join(path)))?;
        Ok(Staged { path, file })
    }

    /// The paths that are in their places, and what came of it.
    fn settle_each<'a>(&self, files: Vec<Staged<'a>>) -> (Vec<&'a str>, Result<(), Error>) {
        let mut done = Vec::with_capacity(files.len());
        for staged in files {
            let path = staged.path;
            if let Err(error) = self.settle(staged) {
                return (done, Err(error));
            }
            done.push(path);
        }
        (done, Ok(()))
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
        let folder = self.folder_of(path);
        fs::create_dir_all(&folder)?;
        let mut staged = temporary(&folder, before.executable)?;
        step()?;
        staged.write_all(&before.bytes)?;
        step()?;
        staged.persist(target)?;
        Ok(())
    }
}

/// Few files are put in their places together: to start a thread takes longer.
fn few_together(files: Vec<Vec<Staged<'_>>>) -> Vec<Vec<Staged<'_>>> {
    if files.iter().map(Vec::len).sum::<usize>() > CHUNK {
        return files;
    }
    vec![files.into_iter().flatten().collect()]
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
            if !ours {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_file() {
                step()?;
                fs::remove_file(entry.path())?;
            } else if kind.is_dir() {
                step()?;
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    };
    left().map_err(failed("read", folder))
}

/// A new file in a fresh folder.
fn write_new(path: &Path, file: &File) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(mode(file.executable));
    }
    step()?;
    let mut new = options.open(path)?;
    step()?;
    new.write_all(file.text.as_bytes())
}

/// What makes a file or folder that is not in its place yet.
pub(super) fn named<'a>() -> Builder<'a, 'a> {
    let mut builder = Builder::new();
    builder.prefix(STAGED.0).suffix(STAGED.1).rand_bytes(6);
    builder
}

/// A new file in a folder, which goes when it is put nowhere.
pub(super) fn temporary(folder: &Path, executable: bool) -> io::Result<NamedTempFile> {
    let mut builder = named();
    permissions(&mut builder, executable);
    step()?;
    builder.tempfile_in(folder)
}

/// What a new file may be asked for; the system takes away what the user's mask says.
#[cfg(unix)]
pub(super) fn permissions(builder: &mut Builder<'_, '_>, executable: bool) {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(fs::Permissions::from_mode(mode(executable)));
}

#[cfg(unix)]
fn mode(executable: bool) -> u32 {
    if executable { 0o777 } else { 0o666 }
}

#[cfg(not(unix))]
pub(super) fn permissions(_builder: &mut Builder<'_, '_>, _executable: bool) {}
