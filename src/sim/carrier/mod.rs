//! Carriers over real HTTP: they check signatures, keep a book of what they accepted, and fail in the ways carriers and
//! networks fail.

mod fault;
pub mod jd;
pub mod sf;
pub(super) mod wire;
pub mod zto;

pub use fault::Fault;
pub use wire::Request;
