//! A page of TOML in, hardened Google Cloud Run infrastructure out.

pub mod plan;
pub mod tree;
