//! The blueprint: the only reader of TOML.

mod de;
mod key;
mod node;
mod read;
pub mod schema;
pub mod units;

pub use key::{Key, Place, Segment};
pub use read::{Environment, Reading, read};
