//! Labels: a template filled for one piece becomes a drawing in dots. Pure but for reading fonts and template files.
//!
//! A label is right or there is none: a template whose barcode no scanner could read is refused when it is loaded, and
//! data that lacks what the carrier sorts by is refused when it is rendered.

pub mod data;
pub mod filling;
pub mod codes;
pub mod template;
pub mod templates;

pub mod render;

pub mod fonts;

pub mod ruler;
mod barcodes;
mod check;
mod text;
mod values;

pub use data::LabelData;
pub use filling::{Filling, Subject};
pub use fonts::Fonts;
pub use render::{RenderError, render};
pub use template::{Template, TemplateError};
pub use templates::Templates;

use drivers::printer::dots_per_mm;

/// Millimetres of a template as dots of a printer.
fn dots(mm: f64, dpi: u32) -> i32 {
    (mm * dots_per_mm(dpi)).round() as i32
}
