//! What a blueprint means: one resolved plan for each environment.

pub mod model;
