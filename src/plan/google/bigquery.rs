//! BigQuery (<https://cloud.google.com/bigquery/docs>).

/// Its API.
pub const API: &str = "bigquery.googleapis.com";
