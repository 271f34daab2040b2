//! What a blueprint means: one resolved plan for each environment.

mod facts;
mod google;
pub mod model;
mod resolve;

pub use resolve::{Resolution, resolve};
