//! Device drivers: scanners, label printers, platforms' print components, scales. They know nothing of orders.
//!
//! A driver is a file and a line: a new kind of scanner, scale, printer language or transport is one file and one entry in the
//! `KINDS` table of its module.

pub mod barcode;
pub mod bitmap;
pub mod component;
pub mod label;
pub mod printer;
pub mod scale;
pub mod scan;
pub mod scanner;
pub mod seen;
pub mod transport;
pub mod url;
