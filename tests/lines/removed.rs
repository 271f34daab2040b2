//! Which line of which template is left out. This file is part of the copy that `tests/lines/run` builds, and of nothing else.
#![allow(missing_docs)]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// More than there are lines.
const LINES: usize = 1 << 14;

/// The line that is left out.
static REMOVED: AtomicUsize = AtomicUsize::new(usize::MAX);

static SHOWN: [AtomicBool; LINES] = [const { AtomicBool::new(false) }; LINES];

/// Whether a line is written; templates ask for each of theirs.
pub fn kept(line: usize) -> bool {
    SHOWN[line].store(true, Relaxed);
    REMOVED.load(Relaxed) != line
}

/// Leaves out another line.
pub fn remove(line: usize) {
    REMOVED.store(line, Relaxed);
}

/// Whether a template has come to this line.
pub fn shown(line: usize) -> bool {
    SHOWN[line].load(Relaxed)
}

/// As if no template had come to any line.
pub fn forget() {
    for line in &SHOWN {
        line.store(false, Relaxed);
    }
}
