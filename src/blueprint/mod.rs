//! The blueprint: the only reader of TOML.

mod key;
pub mod schema;
pub mod units;

pub use key::{Key, Place, Segment};
