//! One run at a time in a folder.

use std::fs::{self, File, TryLockError};

use super::{Error, Store, failed};

/// As long as it lives, no other run writes into the folder. The system ends it with the process, however that ends.
#[derive(Debug)]
pub struct Hold {
    _folder: File,
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
            Err(TryLockError::WouldBlock) => Err(Error::Busy(self.folder.clone())),
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
