//! The same work on many things, on all processors.

/// So many things are worth a thread: what is done with each takes some microseconds, and a thread as much as some of them.
const PART: usize = 256;

/// Does something with the parts of a list; what comes of them stands in their order. A short list is one part.
pub fn parts<'a, T: Sync, R: Send>(items: &'a [T], work: impl Fn(&'a [T]) -> R + Sync) -> Vec<R> {
    if items.len() <= PART {
        return vec![work(items)];
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = items.len().div_ceil(threads).max(PART);
    std::thread::scope(|scope| {
        let threads = items.chunks(part).map(|part| scope.spawn(|| work(part)));
        let threads: Vec<_> = threads.collect();
        let joined = threads.into_iter().map(|thread| match thread.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect()
    })
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
