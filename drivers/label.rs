//! The drawing a printer prints, in dots: a list of elements and the raster they make.
//!
//! Text arrives as dots, because fonts are not a printer's business and text as dots can never become a command.

use std::sync::Arc;

use crate::barcode::{BarcodeError, code128, ean};
use crate::bitmap::Bitmap;

/// Larger than any desktop label printer's paper (8 inch at 600 dpi, 2 m), and small enough to hold in memory.
pub const MAX_DOTS: u32 = 48_000;

/// One label at its printer's resolution.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub width_dots: u32,
    pub height_dots: u32,
    pub dpi: u32,
    pub elements: Vec<Element>,
}

/// What stands on a label; `x`, `y` is the top left corner, in dots.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// Dots as they are: text, mostly. `says` is what a reader would read, for previews and snapshots.
    Picture { x: i32, y: i32, dots: Arc<Bitmap>, says: String },
    /// A black rectangle.
    Fill { x: i32, y: i32, width: u32, height: u32 },
    /// Swaps black and white of what was drawn before it.
    Invert { x: i32, y: i32, width: u32, height: u32 },
    /// `height` is the bars' length; `turned` ones run from top to bottom.
    Bars { x: i32, y: i32, module: u32, height: u32, turned: bool, symbology: Symbology, data: String },
    /// `modules` has one dot for a module; each is drawn as `cell` × `cell` dots. Its quiet zone is not part of it.
    Qr { x: i32, y: i32, cell: u32, modules: Arc<Bitmap>, data: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbology {
    Code128,
    Ean,
}

impl Symbology {
    pub fn bars(self, data: &str) -> Result<crate::barcode::Bars, BarcodeError> {
        match self {
            Symbology::Code128 => code128::bars(data),
            Symbology::Ean => ean::bars(data),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    #[error("a label of {width_dots} × {height_dots} dots can't be printed: each side needs 1 to {MAX_DOTS}")]
    Size { width_dots: u32, height_dots: u32 },
    #[error("barcode of {data:?}")]
    Barcode { data: String, source: BarcodeError },
    #[error("a QR code can't hold {length} bytes")]
    TooLong { length: usize },
}

impl Element {
    /// Error correction is the middle level (15 %), as on carriers' labels.
    pub fn qr(x: i32, y: i32, cell: u32, data: &str) -> Result<Element, LabelError> {
        Ok(Element::Qr { x, y, cell, modules: Arc::new(qr_modules(data)?), data: data.to_owned() })
    }
}

/// The modules of a QR code without its quiet zone, one dot each.
pub fn qr_modules(data: &str) -> Result<Bitmap, LabelError> {
    let code = qrcodegen::QrCode::encode_text(data, qrcodegen::QrCodeEcc::Medium)
        .map_err(|_| LabelError::TooLong { length: data.len() })?;
    let mut modules = Bitmap::new(code.size() as u32, code.size() as u32);
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                modules.set(x as u32, y as u32);
            }
        }
    }
    Ok(modules)
}

impl Label {
    pub fn raster(&self) -> Result<Bitmap, LabelError> {
        let (width_dots, height_dots) = (self.width_dots, self.height_dots);
        if !(1..=MAX_DOTS).contains(&width_dots) || !(1..=MAX_DOTS).contains(&height_dots) {
            return Err(LabelError::Size { width_dots, height_dots });
        }
        let mut paper = Bitmap::new(width_dots, height_dots);
        for element in &self.elements {
            element.draw(&mut paper)?;
        }
        Ok(paper)
    }
}

impl Element {
    fn draw(&self, paper: &mut Bitmap) -> Result<(), LabelError> {
        match self {
            Element::Picture { x, y, dots, .. } => paper.draw(dots, *x, *y),
            Element::Fill { x, y, width, height } => paper.fill(*x, *y, *width, *height),
            Element::Invert { x, y, width, height } => paper.invert(*x, *y, *width, *height),
            Element::Bars { x, y, module, height, turned, symbology, data } => symbology
                .bars(data)
                .map_err(|source| LabelError::Barcode { data: data.clone(), source })?
                .draw(paper, *x, *y, *module, *height, *turned),
            Element::Qr { x, y, cell, modules, .. } => paper.draw(&modules.enlarged(*cell), *x, *y),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_its_elements_in_order() {
        let mut stamp = Bitmap::new(2, 2);
        stamp.fill(0, 0, 2, 2);
        let label = Label {
            width_dots: 400,
            height_dots: 300,
            dpi: 203,
            elements: vec![
                Element::Picture { x: 0, y: 0, dots: Arc::new(stamp), says: "■".into() },
                Element::Invert { x: 0, y: 0, width: 1, height: 2 },
                Element::Bars {
                    x: 20,
                    y: 10,
                    module: 2,
                    height: 50,
                    turned: false,
                    symbology: Symbology::Code128,
                    data: "A1".into(),
                },
                Element::qr(10, 100, 3, "hello").unwrap(),
            ],
        };
        let raster = label.raster().unwrap();
        assert_eq!((raster.get(0, 0), raster.get(1, 0)), (false, true));
        // Start B begins with a bar of two modules; a QR code with a finder pattern.
        assert!(raster.get(20, 10) && raster.get(23, 59) && !raster.get(24, 10));
        assert!(raster.get(10, 100) && raster.get(10 + 20, 100) && !raster.get(10 + 21, 100));
    }

    #[test]
    fn refuses_what_no_printer_has() {
        let label = Label { width_dots: 0, height_dots: 10, dpi: 203, elements: vec![] };
        assert!(matches!(label.raster(), Err(LabelError::Size { .. })));
        assert!(matches!(Element::qr(0, 0, 2, &"x".repeat(5000)), Err(LabelError::TooLong { length: 5000 })));
    }
}
