//! Writing: first every new file is written whole beside its place, then all of them are put in place, then what is to be
//! no more is removed, and last comes the lock. A run that is cut short leaves whole files, and the next one goes on.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempPath};

use super::{Error, Store, failed};
use crate::change::LOCK;
use crate::tree::{File, TreePath};

/// What is to be done.
#[derive(Debug, Clone, Default)]
pub struct Writes<'a> {
    /// Files to write.
    pub write: Vec<(&'a TreePath, &'a File)>,
    /// Files to remove.
    pub remove: Vec<&'a TreePath>,
    /// The lock's new text; `None` where it stays.
    pub lock: Option<String>,
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
        let mut staged = Builder::new()
            .prefix(".ravelin-")
            .tempfile_in(folder.unwrap_or(Path::new(".")))?;
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
    /// When the system cannot, or a link stands in the way. As long as not all new files are written whole, nothing has
    /// changed.
    pub fn apply(&self, writes: &Writes<'_>) -> Result<(), Error> {
        let lock = writes.lock.as_ref().map(|text| File {
            text: text.clone(),
            executable: false,
        });
        let files = writes
            .write
            .iter()
            .map(|(path, file)| (path.as_str(), *file));
        let files = files.chain(lock.iter().map(|file| (LOCK, file)));
        let mut staged = Vec::new();
        // The paths are in order, so the files of a folder stand together: it is made once.
        let mut made = PathBuf::new();
        for (path, file) in files {
            staged.push((path, self.stage(path, file, &mut made)?));
        }
        let lock = lock.and_then(|_| staged.pop());
        for (path, file) in staged {
            self.settle(path, file)?;
        }
        for path in &writes.remove {
            self.remove(path.as_str())?;
        }
        lock.map_or(Ok(()), |(path, file)| self.settle(path, file))
    }

    /// Writes a new file beside its place, in a folder that is made unless it was `made` last.
    fn stage(&self, path: &str, file: &File, made: &mut PathBuf) -> Result<TempPath, Error> {
        self.is_file(path)?;
        let target = self.folder.join(path);
        let folder = target.parent().unwrap_or(&self.folder);
        if folder != made.as_path() {
            fs::create_dir_all(folder).map_err(failed("make the folder", folder))?;
            folder.clone_into(made);
        }
        let write = || -> io::Result<TempPath> {
            let mut builder = Builder::new();
            builder.prefix(".ravelin-");
            permissions(&mut builder, file.executable);
            let mut staged = builder.tempfile_in(folder)?;
            staged.write_all(file.text.as_bytes())?;
            Ok(staged.into_temp_path())
        };
        write().map_err(failed("write", &target))
    }

    fn settle(&self, path: &str, file: TempPath) -> Result<(), Error> {
        let target = self.folder.join(path);
        file.persist(&target)
            .map_err(|error| failed("write", &target)(error.error))
    }

    /// Removes a file, and the folders that it leaves empty.
    fn remove(&self, path: &str) -> Result<(), Error> {
        if !self.is_file(path)? {
            return Ok(());
        }
        let target = self.folder.join(path);
        fs::remove_file(&target).map_err(failed("remove", &target))?;
        let mut folder = Path::new(path).parent();
        while let Some(below) = folder.filter(|below| !below.as_os_str().is_empty()) {
            // It fails where something is left in it, and then so it stays.
            if fs::remove_dir(self.folder.join(below)).is_err() {
                break;
            }
            folder = below.parent();
        }
        Ok(())
    }
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
