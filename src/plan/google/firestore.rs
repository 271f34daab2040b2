//! Firestore (<https://cloud.google.com/firestore/docs>).

/// Its API.
pub const API: &str = "firestore.googleapis.com";
/// The domain of the agent by which it encrypts (<https://cloud.google.com/firestore/docs/use-cmek#create-service-agent>).
pub const AGENT: &str = "gcp-sa-firestore";
/// The service by which its audit logs are configured, whichever API the code speaks
/// (<https://cloud.google.com/firestore/docs/audit-logging>).
pub const AUDITED_AS: &str = "datastore.googleapis.com";
/// The locations that are several regions, each with that of Cloud KMS whose keys encrypt what lies there
/// (<https://cloud.google.com/firestore/docs/locations#location-mr>, <https://cloud.google.com/firestore/docs/use-cmek#create-key>).
/// Of `nam7` nothing is said, so its keys are looked for under the same name.
pub const MULTI_REGIONS: [(&str, &str); 3] = [("eur3", "europe"), ("nam5", "us"), ("nam7", "nam7")];
/// Regions of Cloud Run in which there is no Firestore (<https://cloud.google.com/firestore/docs/locations#location-r>).
pub const NOT_IN: [&str; 1] = ["asia-southeast3"];
/// Composite indexes of a database at the most, where the project pays (<https://cloud.google.com/firestore/quotas#indexes>).
pub const INDEXES_MAX: usize = 1_000;
/// Fields of a composite index at the most (<https://cloud.google.com/firestore/quotas#indexes>).
pub const INDEX_FIELDS_MAX: usize = 100;
