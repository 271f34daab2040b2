//! What a blueprint means: one resolved plan for each environment.

mod date;
mod expired;
mod facts;
pub(crate) mod google;
mod life;
pub mod model;
mod pools;
mod reach;
mod resolve;
mod wider;

pub use date::Date;
pub use expired::expired;
pub(crate) use facts::{BY_NETWORK, dataset_rights};
pub use facts::{Direction, FactChange, Posture, apply_order, changed_facts, posture};
pub use life::{Step, steps};
pub use pools::{Pool, connections, pools};
pub use reach::{Stranger, strangers};
use resolve::is_production;
pub use resolve::{Resolution, resolve};
pub use wider::wider;
