//! `secrets.sh`, run with a stand-in for gcloud: which values it makes, which it fetches, what it takes from people, what it tells, and
//! that a value stands in no argument and no output.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test may stop where it stands, use the disk and start programs"
)]

mod cloud;
mod passwords;
mod values;
