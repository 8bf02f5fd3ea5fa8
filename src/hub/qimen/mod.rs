//! Qimen's WMS interface: an ERP's orders, items, cancellations and returns in, and what becomes of its orders told back. The way
//! there is Qimen's (developer.alibaba.com/docs/doc.htm, article 118404): method, customer, time and signature in the address, XML
//! in the body, an answer with a flag. Messages are at least once and in order for an order; none waits for another's order.

mod backs;
mod book;
pub(super) mod calls;
mod config;
pub mod door;
mod lack;
mod message;
mod queue;
mod sign;
mod teller;

pub(super) use config::Partner;
pub use config::{CustomerConfig, QimenConfig};
pub(super) use teller::Teller;
