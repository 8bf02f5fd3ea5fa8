//! Barcodes set into their boxes: the widest module that fits with the quiet zone, never one a scanner can't read.

use drivers::barcode::{BarcodeError, code128, ean};
use drivers::bitmap::Bitmap;
use drivers::label::{LabelError, Symbology, qr_modules};
use drivers::printer::dots_per_mm;

/// The least module at any resolution: 2 dots at 203 dpi. Bench scanners read 0.25 mm from a hand's distance.
pub const LEAST_MODULE_MM: f64 = 0.25;
/// Above it a barcode only gets longer than a scanner's beam.
const WIDEST_MODULE_MM: f64 = 0.5;
/// Quiet zone of a QR code on each side, in modules (ISO/IEC 18004).
const QR_QUIET: u32 = 4;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    #[error(transparent)]
    Barcode(#[from] BarcodeError),
    #[error(transparent)]
    Qr(#[from] LabelError),
    #[error("{value:?} with its quiet zone needs {needed} dots and the box has {room}: make it wider")]
    TooWide { value: String, needed: u32, room: u32 },
}

/// A module's width in dots and where the first bar begins.
pub struct Fit {
    pub module: u32,
    pub offset: u32,
}

pub fn bars(symbology: Symbology, value: &str, room: u32, dpi: u32) -> Result<Fit, FitError> {
    let quiet = match symbology {
        Symbology::Code128 => code128::QUIET_MODULES,
        Symbology::Ean => ean::QUIET_MODULES,
    };
    let modules = symbology.bars(value)?.modules();
    fit(value, modules, quiet, room, WIDEST_MODULE_MM, dpi)
}

/// No cell is wider than `cell`, in mm.
pub fn qr(value: &str, room: u32, cell: Option<f64>, dpi: u32) -> Result<(Bitmap, Fit), FitError> {
    let modules = qr_modules(value)?;
    let fit = fit(value, modules.width(), QR_QUIET, room, cell.unwrap_or(WIDEST_MODULE_MM), dpi)?;
    Ok((modules, fit))
}

fn fit(value: &str, modules: u32, quiet: u32, room: u32, widest_mm: f64, dpi: u32) -> Result<Fit, FitError> {
    let dots = |mm: f64| (mm * dots_per_mm(dpi)).ceil() as u32;
    let with_quiet = modules + 2 * quiet;
    let module = (room / with_quiet).min(dots(widest_mm));
    if module < dots(LEAST_MODULE_MM) {
        let needed = with_quiet * dots(LEAST_MODULE_MM);
        return Err(FitError::TooWide { value: value.to_owned(), needed, room });
    }
    Ok(Fit { module, offset: (room - modules * module) / 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_widest_module_that_leaves_the_quiet_zone() {
        // SF1234567890123 is 145 modules and 165 with its quiet zones.
        let fit = |room| bars(Symbology::Code128, "SF1234567890123", room, 203).map(|fit| (fit.module, fit.offset));
        assert_eq!(fit(330), Ok((2, 20)));
        assert_eq!(fit(576), Ok((3, 70)));
        let error = fit(329).unwrap_err().to_string();
        assert_eq!(error, "\"SF1234567890123\" with its quiet zone needs 330 dots and the box has 329: make it wider");
    }

    #[test]
    fn a_qr_codes_cell_grows_with_its_box() {
        let (modules, fit) = qr("MMM={'k5':'SF1234567890123'}", 208, None, 203).unwrap();
        assert_eq!((modules.width(), fit.module), (29, 4));
        let afar = |cell| qr("MMM={'k5':'SF1234567890123'}", 370, cell, 203).unwrap().1.module;
        assert_eq!((afar(None), afar(Some(0.7)), afar(Some(5.0))), (4, 6, 10));
        assert!(qr(&"k".repeat(3000), 208, None, 203).is_err());
    }
}
