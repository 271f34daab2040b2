//! A page of TOML in, hardened Google Cloud Run infrastructure out.

#![warn(clippy::disallowed_methods, clippy::disallowed_types)] // only `store` touches the disk

pub mod blueprint;
pub mod diag;
pub mod name;
pub mod plan;
pub mod render;
pub mod source;
pub mod tree;
