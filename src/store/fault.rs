//! Where the disk can fail. Tests make it fail at each step in turn; elsewhere a step is nothing.

#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "it fails in tests")]
pub(super) fn step() -> std::io::Result<()> {
    Ok(())
}

/// The disk of this thread, to be given to another one.
#[cfg(not(test))]
pub(super) struct Here;

#[cfg(not(test))]
pub(super) fn here() -> Here {
    Here
}

/// Works with the disk of another thread.
#[cfg(not(test))]
pub(super) fn within<R>(_: &Here, work: impl FnOnce() -> R) -> R {
    work()
}

#[cfg(test)]
pub(super) use tests::{here, step, within};

#[cfg(test)]
pub(super) mod tests {
    //! A disk that fails when it is told to.

    use std::cell::RefCell;
    use std::io;
    use std::mem;
    use std::sync::{Arc, Mutex, PoisonError};

    /// How a disk fails.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub enum Fault {
        /// Never.
        #[default]
        Never,
        /// Once, after so many steps.
        Once(usize),
        /// At every step, after so many.
        From(usize),
    }

    /// The disk of a test: how it fails, and the steps so far.
    pub type Disk = Arc<Mutex<(Fault, usize)>>;

    thread_local! {
        static DISK: RefCell<Disk> = RefCell::default();
    }

    /// The disk of this thread, to be given to another one.
    pub fn here() -> Disk {
        DISK.with_borrow(Clone::clone)
    }

    /// Works with the disk of another thread.
    pub fn within<R>(disk: &Disk, work: impl FnOnce() -> R) -> R {
        let own = DISK.replace(disk.clone());
        let done = work();
        DISK.set(own);
        done
    }

    /// Lets the disk of this thread fail from now on; gives how many steps there were since the last time.
    pub fn set(fault: Fault) -> usize {
        let disk = here();
        let mut disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, steps) = mem::replace(&mut *disk, (fault, 0));
        steps
    }

    /// Each change of the disk begins with it.
    pub fn step() -> io::Result<()> {
        let disk = here();
        let mut disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
        let (fault, steps) = &mut *disk;
        let now = *steps;
        *steps += 1;
        let fails = match *fault {
            Fault::Never => false,
            Fault::Once(at) => now == at,
            Fault::From(at) => now >= at,
        };
        if fails {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    }
}
