//! A page of TOML in, hardened Google Cloud Run infrastructure out.

pub mod blueprint;
pub mod diag;
pub mod plan;
pub mod render;
pub mod source;
pub mod tree;
