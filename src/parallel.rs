//! The same work on many things, on all processors.

use std::num::NonZero;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

/// Does something with parts of a list of so many items; what comes of them stands in their order. A part is worth a thread
/// when it takes longer than to start one, some fifty microseconds.
pub fn parts<'a, T: Sync, R: Send>(
    items: &'a [T],
    part: usize,
    work: impl Fn(&'a [T]) -> R + Sync,
) -> Vec<R> {
    each(items.chunks(part), work)
}

/// Does something with each, on all processors; what comes of it stands in the order of the items.
pub fn each<T, R: Send>(
    items: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator + Send>,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let items = items.into_iter();
    let count = items.len();
    let next = Mutex::new(items.enumerate());
    let done = Mutex::new(Vec::with_capacity(count));
    let take = || {
        loop {
            let item = next.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((at, item)) = item else { break };
            let result = work(item);
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.push((at, result));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads(count) {
            scope.spawn(take);
        }
        take();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// How many threads so many items are worth. A few take less time than to ask how many processors there are.
fn threads(items: usize) -> usize {
    const FEW: usize = 16;
    static PROCESSORS: LazyLock<usize> =
        LazyLock::new(|| thread::available_parallelism().map_or(1, NonZero::get));
    if items <= FEW {
        return items.min(2);
    }
    items.min(*PROCESSORS)
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn each_thing_is_in_one_part_and_in_its_place() {
        for length in [0, 1, 16, 17, 1_003] {
            let items: Vec<usize> = (0..length).collect();
            assert_eq!(parts(&items, 3, <[usize]>::to_vec).concat(), items);
        }
    }
}
