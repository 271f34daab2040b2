//! What a blueprint means: one resolved plan for each environment.

mod date;
mod expired;
mod facts;
pub(crate) mod google;
pub mod model;
mod pools;
mod reach;
mod resolve;

pub use date::Date;
pub use expired::expired;
pub use facts::{Direction, FactChange, Posture, changed_facts};
pub use pools::{Pool, connections, pools};
pub use reach::{Stranger, strangers};
pub use resolve::{Resolution, resolve};
