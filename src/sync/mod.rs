//! Station to hub: entries up in their order, documents down by cursor, questions at once. `plan` and `clock` are pure
//! and decide; `worker` reads the journal and speaks HTTP. The journal is the queue; a wake-up is only a hint.

pub mod plan;
pub mod clock;
pub mod link;
pub mod worker;

pub use link::{Link, LinkError};
