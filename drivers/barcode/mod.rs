//! Barcodes as bars: text in, widths of bars and spaces out. Own encoders, judged by zxing-cpp in the tests.

pub mod code128;
pub mod ean;

use crate::bitmap::Bitmap;

/// Widths in modules, a bar first, then a space, in turn; ends with a bar. Quiet zones are not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars(pub Vec<u8>);

impl Bars {
    pub fn modules(&self) -> u32 {
        self.0.iter().map(|&width| u32::from(width)).sum()
    }

    /// Left to right, or top to bottom when turned.
    pub fn draw(&self, paper: &mut Bitmap, x: i32, y: i32, module: u32, height: u32, turned: bool) {
        let mut along = 0;
        for (index, &width) in self.0.iter().enumerate() {
            let dots = u32::from(width) * module;
            match (index % 2, turned) {
                (0, false) => paper.fill(x + along, y, dots, height),
                (0, true) => paper.fill(x, y + along, height, dots),
                _ => {}
            }
            along += dots as i32;
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BarcodeError {
    #[error("a barcode of nothing: the value is empty")]
    Empty,
    #[error("{character:?} can't stand in {symbology}")]
    Character { symbology: &'static str, character: char },
    #[error("EAN needs 8, 12 or 13 digits, not {0}")]
    Length(usize),
    #[error("the check digit of {digits} should be {expected}")]
    CheckDigit { digits: String, expected: char },
}
