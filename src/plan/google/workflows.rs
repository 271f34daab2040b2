//! Limits of Workflows (<https://cloud.google.com/workflows/quotas>,
//! <https://cloud.google.com/workflows/docs/use-environment-variables>).

/// The most bytes of a workflow's source.
pub const SOURCE_MAX: usize = 131_072;
/// The most variables that a workflow is given.
pub const ENV_MAX: usize = 20;
/// The most bytes of a variable, its name and the `=` between them included.
pub const ENV_BYTES_MAX: usize = 4_096;
/// How the names of variables begin that Google sets.
pub const RESERVED_ENV_PREFIXES: [&str; 2] = ["GOOGLE", "WORKFLOWS"];
