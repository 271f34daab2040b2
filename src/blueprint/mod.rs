//! The blueprint: the only reader of TOML.

mod check;
mod de;
mod fill;
mod json_schema;
mod key;
mod layer;
mod merge;
mod names;
mod node;
mod parse;
mod read;
mod repair;
mod rewrite;
pub mod schema;
mod shared;
#[cfg(test)]
mod tests;
pub mod units;

pub use fill::{Field, Scalar, fields, filled};
pub use json_schema::json_schema;
pub use key::{Key, Place, Segment};
pub use read::{Environment, Reading, read};
