//! Virtual devices that speak real bytes: for the demo and for anybody's tests. They are written from the makers' manuals
//! and never call the code they test.

pub mod carrier;
pub mod component;
pub mod printer;
pub mod qimen;
pub mod scale;
