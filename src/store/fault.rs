//! Where the disk can fail. Tests make it fail at each step in turn; elsewhere a step is nothing.

#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "it fails in tests")]
pub(super) fn step() -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(super) use tests::step;

#[cfg(test)]
pub(super) mod tests {
    //! A disk that fails when it is told to.

    use std::cell::Cell;
    use std::io;

    /// How a disk fails.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Fault {
        /// Never.
        Never,
        /// Once, after so many steps.
        Once(usize),
        /// At every step, after so many.
        From(usize),
    }

    thread_local! {
        static FAULT: Cell<Fault> = const { Cell::new(Fault::Never) };
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    /// Lets the disk of this thread fail from now on; gives how many steps there were since the last time.
    pub fn set(fault: Fault) -> usize {
        FAULT.set(fault);
        STEPS.replace(0)
    }

    /// Each change of the disk begins with it.
    pub fn step() -> io::Result<()> {
        let now = STEPS.get();
        STEPS.set(now + 1);
        let fails = match FAULT.get() {
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
