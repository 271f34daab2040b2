//! Memorystore (<https://cloud.google.com/memorystore/docs/valkey>).

/// Versions of Valkey (<https://cloud.google.com/memorystore/docs/valkey/supported-versions>).
pub const VALKEY: [(&str, &str); 3] = [
    ("7.2", "VALKEY_7_2"),
    ("8.0", "VALKEY_8_0"),
    ("9.0", "VALKEY_9_0"),
];
/// The port at which Valkey answers, with TLS too (<https://cloud.google.com/memorystore/docs/valkey/networking>).
pub const VALKEY_PORT: u16 = 6379;
/// The class of services that a network's policy lets put their addresses into it.
pub const SERVICE_CLASS: &str = "gcp-memorystore";
/// Addresses that one cache takes from the subnetwork: of the primary, and of the readers.
pub const ADDRESSES: u64 = 2;
