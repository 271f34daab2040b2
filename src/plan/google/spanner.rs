//! Spanner (<https://cloud.google.com/spanner/docs>).

/// Its API.
pub const API: &str = "spanner.googleapis.com";
