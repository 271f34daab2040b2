//! The disk. The only user of the file system: it reads what is there and does what was decided, and decides nothing.
//!
//! Beside the files, `.ravelin/` holds what is of use on this machine alone: the texts that were written last, so that an edit
//! can be merged with a new text. It is not committed.
//!
//! Paths below the folder come from a tree or a lock: they are relative and plain, and no link is followed on the way.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is the one place that touches the disk"
)]

mod fault;
mod git;
mod hold;
mod room;
mod texts;
mod write;

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::change::{Disk, LOCK, OnDisk};
use crate::parallel;
use crate::tree::{Tree, TreePath};
pub use git::Revision;
pub use hold::{Hold, Holder};
pub use write::{Writes, replace};

/// What could not be done.
#[derive(Debug)]
pub enum Error {
    /// A link stands where a file or folder is expected; it could lead anywhere.
    Link(PathBuf),
    /// A file stands where a folder is expected, or the other way round.
    Kind {
        /// The path.
        path: PathBuf,
        /// What is expected there: `file`, `folder`.
        expected: &'static str,
    },
    /// Another run is at work in a folder.
    Busy {
        /// The folder.
        folder: PathBuf,
        /// The run, where the system tells.
        holder: Option<Holder>,
    },
    /// A file is another than when it was decided what to do.
    Changed(PathBuf),
    /// It failed half-way, and these files could not be made what they were.
    Half {
        /// Why it failed.
        error: Box<Error>,
        /// The files that are new already.
        left: Vec<PathBuf>,
    },
    /// Git did not answer.
    Git {
        /// What it was asked for.
        what: String,
        /// What it said.
        said: String,
    },
    /// The system said no.
    Io {
        /// What was being done: `read`.
        what: &'static str,
        /// With which path.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Link(path) => write!(
                f,
                "`{}` is a link; ravelin neither reads nor writes through links",
                path.display()
            ),
            Self::Kind { path, expected } => {
                write!(
                    f,
                    "`{}` is in the way: a {expected} belongs there",
                    path.display()
                )
            }
            Self::Busy { folder, holder } => {
                let folder = folder.display();
                write!(f, "another run of ravelin is at work in `{folder}`")?;
                match holder {
                    Some(holder) => write!(f, ": {holder}"),
                    None => Ok(()),
                }
            }
            Self::Changed(path) => write!(
                f,
                "`{}` changed while ravelin was at work; nothing was written",
                path.display()
            ),
            Self::Half { error, left } => {
                let left: Vec<String> = left
                    .iter()
                    .map(|path| format!("`{}`", path.display()))
                    .collect();
                write!(
                    f,
                    "{error}; already written: {}; the next run goes on",
                    left.join(", ")
                )
            }
            Self::Git { what, said } => write!(f, "cannot {what}: {said}"),
            Self::Io { what, path, error } => {
                write!(f, "cannot {what} `{}`: {}", path.display(), plain(error))
            }
        }
    }
}

impl std::error::Error for Error {}

/// What the system said, in words without its number.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}

fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |error| Error::Io { what, path, error }
}

/// Reads any file, such as a blueprint.
///
/// # Errors
///
/// When the system cannot.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(failed("read", path))
}

/// Whether a file holds these bytes and nothing else. It goes through `room`, so that no more of it is held at once.
fn holds(path: &Path, bytes: &[u8], room: &mut [u8]) -> Result<bool, Error> {
    let mut holds = || -> io::Result<bool> {
        let mut file = File::open(path)?;
        let mut rest = bytes;
        loop {
            let read = match file.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            match rest.split_at_checked(read) {
                _ if read == 0 => return Ok(rest.is_empty()),
                Some((part, after)) if part == &room[..read] => rest = after,
                _ => return Ok(false),
            }
        }
    };
    holds().map_err(failed("read", path))
}

/// Room for a part of a file: most are shorter.
const ROOM: usize = 1 << 16;

/// Reads a text that stands in a folder or below it; `None` where there is none.
#[must_use]
pub fn read_beside(folder: &Path, path: &str) -> Option<String> {
    let path = TreePath::new(path)?;
    fs::read_to_string(folder.join(path.as_str())).ok()
}

/// Every file of this name in a folder and below it, in the order of the paths. Hidden folders, links and what git ignores
/// are left out.
///
/// # Errors
///
/// When a folder cannot be read.
pub fn find(folder: &Path, name: &str) -> Result<Vec<PathBuf>, Error> {
    let walk = ignore::WalkBuilder::new(folder)
        .require_git(false)
        .sort_by_file_path(Path::cmp)
        .build();
    let mut found = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|error| failed("read", folder)(io::Error::other(error)))?;
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if is_file && entry.file_name() == name {
            let path = entry.into_path();
            found.push(path.strip_prefix(".").map_or(path.clone(), Path::to_owned));
        }
    }
    Ok(found)
}

/// Whether something stands in a folder under this name.
#[must_use]
pub fn is_beside(folder: &Path, name: &str) -> bool {
    TreePath::new(name).is_some_and(|name| folder.join(name.as_str()).exists())
}

/// The folder that files are written to.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The store of a folder. The folder may be missing yet.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// The text of the lock; `None` where there is none.
    ///
    /// # Errors
    ///
    /// When there is something that cannot be read.
    pub fn lock(&self) -> Result<Option<String>, Error> {
        let Some(bytes) = self.bytes(LOCK)? else {
            return Ok(None);
        };
        let utf8 = |error: std::string::FromUtf8Error| {
            let error = io::Error::new(io::ErrorKind::InvalidData, error.utf8_error());
            failed("read", &self.folder.join(LOCK))(error)
        };
        String::from_utf8(bytes).map(Some).map_err(utf8)
    }

    /// What is on disk at these paths, which stand in their order; nothing where there is nothing. A file that is as it
    /// stands in the tree shares its text.
    ///
    /// # Errors
    ///
    /// When a path leads through a link, or is no file, or cannot be read.
    pub fn disk<'a>(
        &self,
        paths: impl IntoIterator<Item = &'a TreePath>,
        tree: &'a Tree,
    ) -> Result<Disk<'a>, Error> {
        let paths: Vec<&TreePath> = paths.into_iter().collect();
        let mut disk = Disk::new();
        for part in parallel::parts(&paths, 256, |part| self.part(part, tree)) {
            disk.append(&mut part?);
        }
        Ok(disk)
    }

    fn part<'a>(&self, paths: &[&TreePath], tree: &'a Tree) -> Result<Disk<'a>, Error> {
        let mut found = Disk::new();
        let (mut known, mut room) = (Known::default(), vec![0; ROOM]);
        for path in paths {
            let Some(about) = self.about(path.as_str(), &mut known)? else {
                continue;
            };
            let place = self.folder.join(path.as_str());
            let same = match tree.get(path.as_str()) {
                Some(file) if holds(&place, file.text.as_bytes(), &mut room)? => Some(file),
                _ => None,
            };
            let on_disk = OnDisk {
                bytes: match same {
                    Some(file) => Cow::Borrowed(file.text.as_bytes()),
                    None => Cow::Owned(read(&place)?),
                },
                executable: executable(&about),
            };
            found.insert((*path).clone(), on_disk);
        }
        Ok(found)
    }

    fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        self.bytes_in(path, &mut Known::default())
    }

    fn bytes_in(&self, path: &str, known: &mut Known) -> Result<Option<Vec<u8>>, Error> {
        if self.about(path, known)?.is_none() {
            return Ok(None);
        }
        read(&self.folder.join(path)).map(Some)
    }

    /// Whether there is a file, and only folders on the way to it.
    fn is_file(&self, path: &str) -> Result<bool, Error> {
        let about = self.about(path, &mut Known::default())?;
        Ok(about.is_some())
    }

    /// What the system says about a file; nothing where there is none. Only folders may stand on the way to it. `known` is
    /// the folder that was looked at last; it becomes the file's own.
    fn about(&self, path: &str, known: &mut Known) -> Result<Option<fs::Metadata>, Error> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if known.folder != folder {
            let mut here = self.folder.clone();
            known.missing = false;
            for part in folder.split('/').filter(|part| !part.is_empty()) {
                here.push(part);
                if self::about(&here, "folder")?.is_none() {
                    known.missing = true;
                    break;
                }
            }
            folder.clone_into(&mut known.folder);
        }
        if known.missing {
            return Ok(None);
        }
        self::about(&self.folder.join(folder).join(name), "file")
    }
}

/// The folder that was looked at last, the store's own at first. Files stand in the order of their paths, so that each
/// folder is looked at once.
#[derive(Default)]
struct Known {
    folder: String,
    missing: bool,
}

/// What the system says about a path, and that it is what is expected; nothing where there is nothing.
fn about(path: &Path, expected: &'static str) -> Result<Option<fs::Metadata>, Error> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", path)(error)),
    };
    let path = path.to_owned();
    if found.is_symlink() {
        return Err(Error::Link(path));
    }
    let fits = if expected == "file" {
        found.is_file()
    } else {
        found.is_dir()
    };
    if fits {
        Ok(Some(found))
    } else {
        Err(Error::Kind { path, expected })
    }
}

#[cfg(unix)]
fn executable(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    about.permissions().mode() & 0o100 != 0
}

/// Elsewhere no such right exists.
#[cfg(not(unix))]
fn executable(_about: &fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests;
