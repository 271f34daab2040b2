//! Limits of Cloud Tasks (<https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues>,
//! <https://cloud.google.com/tasks/docs/quotas>).

/// The most tasks that a queue sends in a second.
pub const RATE_MAX: u32 = 500;
/// The most tasks of a queue that are worked on at a time.
pub const CONCURRENCY_MAX: u32 = 5_000;
/// Tasks that are worked on at a time, where a queue does not say it.
pub const CONCURRENCY_DEFAULT: u32 = 1_000;
/// The most seconds ahead to which a task can be put off: 30 days.
pub const AHEAD_MAX: u32 = 2_592_000;
/// Seconds that a task waits for an answer where it does not say it itself, and at the most
/// (<https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks#Task>).
pub const DEADLINE: (u32, u32) = (600, 1_800);
