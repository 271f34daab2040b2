//! Three backends, one truth: what each leaves in the cloud is read back by a reader of its own, and is the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::too_many_lines,
    reason = "a test may stop where it stands, and use the disk"
)]

mod agreement;
mod cloud;
mod coverage;
mod declared;
mod examples;
#[path = "../generator/mod.rs"]
mod generator;
mod looks;
mod made;
mod mutations;
mod no_way_in;
mod order;
mod posture;
mod reach;
mod readers;
mod seen;
