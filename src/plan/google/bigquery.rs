//! BigQuery (<https://cloud.google.com/bigquery/docs>).

/// Its API.
pub const API: &str = "bigquery.googleapis.com";
/// The multi-regions that hold data (<https://cloud.google.com/bigquery/docs/locations#multi-regions>).
pub const MULTI_REGIONS: [&str; 2] = ["eu", "us"];
/// The longest time in days after which something is deleted: a hundred years.
pub const EXPIRATION_MAX_DAYS: u32 = 36_500;
