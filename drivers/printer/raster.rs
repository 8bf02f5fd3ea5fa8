//! A label's dots made ready for one printer: guarded against solid black and stretched to its feed.

use std::borrow::Cow;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::dots_per_mm;
use super::profile::Profile;
use crate::bitmap::Bitmap;
use crate::label::{Label, LabelError};

/// A waybill is 10–20 % black. More than this is a picture inverted by mistake, and heats a print head until it fails.
const MAX_BLACK_PERCENT: u64 = 60;

#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error(transparent)]
    Label(#[from] LabelError),
    #[error("{percent} % of it is black, more than {MAX_BLACK_PERCENT} % would overheat the print head")]
    TooBlack { percent: u64 },
    #[error("moved by {right} and {down} mm (adjust.offset_mm) a part of it is off the paper")]
    OffPaper { right: f64, down: f64 },
}

pub fn for_printer(label: &Label, profile: &Profile) -> Result<Bitmap, JobError> {
    let raster = label.raster()?;
    let dots = u64::from(raster.width()) * u64::from(raster.height());
    let percent = raster.black_dots() * 100 / dots;
    if percent > MAX_BLACK_PERCENT {
        return Err(JobError::TooBlack { percent });
    }
    Ok(stretched(moved(raster, label.dpi, profile.offset_mm)?, profile.feed_scale))
}

fn moved(raster: Bitmap, dpi: u32, [right, down]: [f64; 2]) -> Result<Bitmap, JobError> {
    let dots = |mm: f64| (mm * dots_per_mm(dpi)).round() as i32;
    let (x, y) = (dots(right), dots(down));
    if (x, y) == (0, 0) {
        return Ok(raster);
    }
    let mut paper = Bitmap::new(raster.width(), raster.height());
    paper.draw(&raster, x, y);
    // A barcode that lost its last bars would still look like one.
    if paper.black_dots() < raster.black_dots() {
        return Err(JobError::OffPaper { right, down });
    }
    Ok(paper)
}

/// Some printers feed short (98.1 mm for 100): they get proportionally more rows, by repeating the nearest.
fn stretched(raster: Bitmap, feed_scale: f64) -> Bitmap {
    let height = (f64::from(raster.height()) * feed_scale).round() as u32;
    if height == raster.height() {
        return raster;
    }
    let source = |y: u32| ((f64::from(y) + 0.5) / feed_scale) as u32;
    let rows: Vec<u8> =
        (0..height).flat_map(|y| raster.row(source(y).min(raster.height() - 1)).iter().copied()).collect();
    Bitmap::from_bits(raster.width(), height, rows).expect("whole rows of the same width")
}

/// The rows from the first to the last that has a black dot, cut into bands of at most `max_rows`.
pub fn bands(raster: &Bitmap, max_rows: u32) -> Vec<Band<'_>> {
    let black = |y: &u32| raster.row(*y).iter().any(|&byte| byte != 0);
    let Some(first) = (0..raster.height()).find(black) else { return Vec::new() };
    let last = (0..raster.height()).rfind(black).unwrap_or(first);
    let stride = raster.stride();
    (first..=last)
        .step_by(max_rows.max(1) as usize)
        .map(|y| {
            let rows = max_rows.max(1).min(last + 1 - y);
            Band { y, rows, bits: &raster.bits()[y as usize * stride..(y + rows) as usize * stride] }
        })
        .collect()
}

/// Which bit burns a dot; it differs per language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Black {
    One,
    Zero,
}

/// The bits as a printer takes them; the padding stays white.
pub fn burned<'a>(bits: &'a [u8], black: Black, profile: &Profile) -> Cow<'a, [u8]> {
    match (black == Black::Zero) != profile.inverted {
        true => bits.iter().map(|byte| !byte).collect(),
        false => Cow::Borrowed(bits),
    }
}

/// Two digits a byte.
pub fn hex(bits: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digits = |byte: &u8| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    bits.iter().flat_map(digits).map(char::from).collect()
}

/// Level 4: on a waybill a third of level 6's time for 4 % more bytes.
pub fn zlib(bits: &[u8]) -> Vec<u8> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::new(4));
    zlib.write_all(bits).and_then(|()| zlib.finish()).expect("a Vec takes every byte")
}

/// Some whole rows of a raster.
pub struct Band<'a> {
    pub y: u32,
    pub rows: u32,
    /// 1 = black.
    pub bits: &'a [u8],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Element;

    fn label(elements: Vec<Element>) -> Label {
        Label { width_dots: 100, height_dots: 100, dpi: 203, elements }
    }

    #[test]
    fn a_label_is_moved_whole_or_not_at_all() {
        let elements = vec![Element::Fill { x: 8, y: 8, width: 8, height: 8 }];
        let label = Label { width_dots: 80, height_dots: 80, dpi: 203, elements };
        let moved = |right, down| for_printer(&label, &Profile { offset_mm: [right, down], ..Profile::default() });
        let raster = moved(1.0, -0.5).unwrap();
        assert!(raster.get(16, 4) && raster.get(23, 11) && !raster.get(15, 4) && !raster.get(16, 12));
        assert!(matches!(moved(-2.0, 0.0), Err(JobError::OffPaper { .. })));
    }

    #[test]
    fn solid_black_never_reaches_a_head() {
        let black = label(vec![Element::Fill { x: 0, y: 0, width: 100, height: 61 }]);
        let error = for_printer(&black, &Profile::default()).unwrap_err();
        assert!(matches!(error, JobError::TooBlack { percent: 61 }), "{error}");
    }

    #[test]
    fn a_short_feed_gets_more_rows() {
        let line = label(vec![Element::Fill { x: 0, y: 50, width: 100, height: 1 }]);
        let profile = Profile { feed_scale: 1.02, ..Profile::default() };
        let raster = for_printer(&line, &profile).unwrap();
        assert_eq!(raster.height(), 102);
        assert!(raster.get(5, 51), "the line moved with the paper");
    }

    #[test]
    fn bands_cover_what_is_black_and_no_more() {
        let mut raster = Bitmap::new(16, 100);
        raster.fill(0, 10, 4, 30);
        let cut: Vec<(u32, u32)> = bands(&raster, 16).iter().map(|band| (band.y, band.rows)).collect();
        assert_eq!(cut, [(10, 16), (26, 14)]);
        assert!(bands(&Bitmap::new(16, 100), 16).is_empty());
    }
}
