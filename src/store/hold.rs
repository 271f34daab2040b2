//! One run at a time in a folder.

use std::fs::{self, File, TryLockError};

use super::{Error, Store, failed};

/// As long as it lives, no other run writes into the folder. The system ends it with the process, however that ends.
#[derive(Debug)]
pub struct Hold {
    _folder: File,
}

/// The run that is at work in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its process.
    pub process: u32,
    /// Its command: `ravelin generate`. Empty where the system does not tell.
    pub command: String,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "process {}", self.process)?;
        if self.command.is_empty() {
            return Ok(());
        }
        write!(f, ", `{}`", self.command)
    }
}

impl Store {
    /// Keeps other runs out. Makes the folder where it is missing.
    ///
    /// # Errors
    ///
    /// When another run is at work there, or the folder cannot be made or opened.
    pub fn hold(&self) -> Result<Hold, Error> {
        fs::create_dir_all(&self.folder).map_err(failed("make the folder", &self.folder))?;
        let folder = self.handle()?;
        match folder.try_lock() {
            Err(TryLockError::WouldBlock) => Err(Error::Busy {
                folder: self.folder.clone(),
                holder: holder(&folder),
            }),
            // Some file systems of the network know no locks; there it is as if nobody else were there.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Hold { _folder: folder }),
        }
    }

    /// The folder itself, so that nothing has to be written into it.
    #[cfg(unix)]
    fn handle(&self) -> Result<File, Error> {
        File::open(&self.folder).map_err(failed("open", &self.folder))
    }

    /// Where a folder cannot be opened, a file in it.
    #[cfg(not(unix))]
    fn handle(&self) -> Result<File, Error> {
        let own = self.own_folder()?;
        let path = own.join("run");
        File::create(&path).map_err(failed("write", &path))
    }
}

/// Who holds a file. The system is asked, and no note is read that a run left somewhere: what it says is true now.
///
/// `/proc/locks` names the process of each lock and the number of the file
/// (<https://man7.org/linux/man-pages/man5/proc_locks.5.html>). That number may belong to several file systems, so the process
/// must have this very file open.
#[cfg(target_os = "linux")]
fn holder(file: &File) -> Option<Holder> {
    use std::os::linux::fs::MetadataExt as _;
    let about = file.metadata().ok()?;
    let locks = fs::read_to_string("/proc/locks").ok()?;
    // `1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF`
    let processes = locks.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, "WRITE", process, inode, ..] = words.as_slice() else {
            return None;
        };
        let inode = inode.rsplit(':').next()?.parse::<u64>().ok()?;
        let process = process.parse::<u32>().ok()?;
        (inode == about.st_ino()).then_some(process)
    });
    let has_it_open = |process: &u32| {
        let open = fs::read_dir(format!("/proc/{process}/fd"));
        let open = open.into_iter().flatten().flatten();
        let mut open = open.filter_map(|entry| fs::metadata(entry.path()).ok());
        open.any(|open| open.st_dev() == about.st_dev() && open.st_ino() == about.st_ino())
    };
    let process = processes.into_iter().find(has_it_open)?;
    Some(Holder {
        process,
        command: command(process),
    })
}

/// Elsewhere the system does not tell.
#[cfg(not(target_os = "linux"))]
fn holder(_file: &File) -> Option<Holder> {
    None
}

/// The command of a process, the program by its name alone.
#[cfg(target_os = "linux")]
fn command(process: u32) -> String {
    let words = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    let words = String::from_utf8_lossy(&words);
    let mut words = words.trim_end_matches('\0').split('\0');
    let program = words.next().unwrap_or_default();
    let program = program.rsplit('/').next().unwrap_or_default();
    let words: Vec<&str> = std::iter::once(program).chain(words).collect();
    // A control character in an argument is not sent to a terminal.
    words.join(" ").escape_debug().to_string()
}
