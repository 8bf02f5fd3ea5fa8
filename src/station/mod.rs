//! The daemon on a bench's machine. `heart` is plain data and decides; `daemon` turns the world into events and the
//! heart's actions into the world, after the journal holds the facts behind them.

pub mod daemon;
pub mod event;
pub mod heart;
pub mod news;
pub mod load;
mod memo;
pub mod marks;
mod rows;
pub mod documents;
pub mod config;
pub mod issuing;
pub mod tokens;
mod carriers;
mod outages;
mod refill;
mod label_data;
pub mod pools;
pub mod outlet;
pub mod printing;
pub mod relabel;
pub mod sounds;
pub mod speaker;
pub mod screen;
pub mod api;
pub mod pages;
pub mod paired;
pub mod serve;
pub mod certificate;
pub mod tls;
mod visitor;
pub mod pairing;
mod photos;
mod sending;
pub mod replay;
