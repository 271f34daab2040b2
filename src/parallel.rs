//! The same work on many things, on all processors.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

/// So many things are worth a thread: what is done with each takes some ten microseconds, and a thread some fifty.
const PART: usize = 32;

/// Does something with the parts of a list; what comes of them stands in their order. A short list is one part.
pub fn parts<'a, T: Sync, R: Send>(items: &'a [T], work: impl Fn(&'a [T]) -> R + Sync) -> Vec<R> {
    if items.len() <= PART {
        return vec![work(items)];
    }
    let part = items.len().div_ceil(processors()).max(PART);
    let parts: Vec<&'a [T]> = items.chunks(part).collect();
    each(&parts, |part| work(part))
}

/// Does something with each, on all processors; what comes of it stands in the order of the items.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    let take = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { break };
            let result = work(item);
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.push((at, result));
        }
    };
    thread::scope(|scope| {
        for _ in 1..processors().min(items.len()) {
            scope.spawn(take);
        }
        take();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// To ask the system takes as long as to write a file.
fn processors() -> usize {
    static PROCESSORS: LazyLock<usize> =
        LazyLock::new(|| thread::available_parallelism().map_or(1, NonZero::get));
    *PROCESSORS
}

#[cfg(test)]
mod tests {
    use super::{PART, parts};

    #[test]
    fn each_thing_is_in_one_part_and_in_its_place() {
        for length in [0, 1, PART, PART + 1, 10 * PART + 3] {
            let items: Vec<usize> = (0..length).collect();
            assert_eq!(parts(&items, <[usize]>::to_vec).concat(), items);
        }
    }
}
