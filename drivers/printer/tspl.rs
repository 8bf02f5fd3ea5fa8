//! TSPL / TSPL2 (TSC, Gprinter 佳博, HPRT 汉印, Xprinter 芯烨 and kin). A label goes as `BITMAP` bands: there are printers
//! that print nothing at all when a job also holds a TEXT or BAR.

use super::dots_per_mm;
use super::language::{Language, Proof, Question};
use super::profile::{Compression, Profile};
use super::raster::{self, Band, JobError};
use super::status::{Evidence, Fault, Reading};
use crate::label::Label;

pub struct Tspl;

impl Language for Tspl {
    fn job(&self, label: &Label, profile: &Profile) -> Result<Vec<u8>, JobError> {
        let raster = raster::for_printer(label, profile)?;
        let mm = |dots: u32| f64::from(dots) / dots_per_mm(label.dpi);
        let mut tspl = format!(
            "SIZE {:.1} mm,{:.1} mm\r\nGAP {:.1} mm,0 mm\r\nDIRECTION {}\r\nREFERENCE 0,0\r\n",
            mm(raster.width()),
            mm(raster.height()),
            profile.gap_mm,
            profile.direction
        )
        .into_bytes();
        if let Some(darkness) = profile.darkness {
            tspl.extend_from_slice(format!("DENSITY {darkness}\r\n").as_bytes());
        }
        if let Some(speed) = profile.speed {
            tspl.extend_from_slice(format!("SPEED {speed}\r\n").as_bytes());
        }
        tspl.extend_from_slice(b"CLS\r\n");
        let stride = raster.stride() as u32;
        for band in raster::bands(&raster, profile.band_bytes / stride) {
            tspl.extend_from_slice(&bitmap(&band, stride, profile));
        }
        tspl.extend_from_slice(b"PRINT 1,1\r\n");
        Ok(tspl)
    }

    fn questions(&self) -> &'static [Question] {
        const { &[Question { bytes: b"\x1b!?", read: status_byte, proof: Proof::BusyThenIdle(Evidence::PrintedThenReady) }] }
    }
}

/// In TSPL a 0 bit is black, so every byte is turned over; that whitens the padding too.
fn bitmap(band: &Band<'_>, stride: u32, profile: &Profile) -> Vec<u8> {
    let black_is_zero: Vec<u8> = band.bits.iter().map(|byte| !byte).collect();
    let mut command = format!("BITMAP 0,{},{stride},{},", band.y, band.rows).into_bytes();
    let packed = profile.allows(Compression::Zlib).then(|| raster::zlib(&black_is_zero));
    match packed {
        Some(packed) if packed.len() < black_is_zero.len() => {
            command.extend_from_slice(format!("3,{},", packed.len()).as_bytes());
            command.extend_from_slice(&packed);
        }
        _ => {
            command.extend_from_slice(b"0,");
            command.extend_from_slice(&black_is_zero);
        }
    }
    command.extend_from_slice(b"\r\n");
    command
}

/// `ESC !?` answers one byte. A model's own table goes first, then the exact values, then single bits.
fn status_byte(answer: &[u8], profile: &Profile) -> Option<Reading> {
    let byte = *answer.last()?;
    if let Some(fault) = profile.fault_of(byte) {
        return Some(Reading { fault: Some(fault), busy: false });
    }
    const BITS: &[(u8, Fault)] = &[
        (0x41, Fault::CoverOpen),
        (0x04, Fault::PaperOut),
        (0x08, Fault::RibbonOut),
        (0x02, Fault::Jam),
        (0x10, Fault::Paused),
        (0x80, Fault::Other),
    ];
    let fault = match byte {
        0x00 | 0x20 => None,
        _ => Some(BITS.iter().find(|(bits, _)| byte & bits != 0).map_or(Fault::Other, |(_, fault)| *fault)),
    };
    Some(Reading { fault, busy: byte & 0x20 != 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Element;

    #[test]
    fn black_is_zero_and_the_padding_white() {
        let elements = vec![Element::Fill { x: 0, y: 1, width: 4, height: 1 }];
        let label = Label { width_dots: 12, height_dots: 3, dpi: 203, elements };
        let job = Tspl.job(&label, &Profile::default()).unwrap();
        let head = b"SIZE 1.5 mm,0.4 mm\r\nGAP 2.0 mm,0 mm\r\nDIRECTION 1\r\nREFERENCE 0,0\r\nCLS\r\n";
        assert_eq!(job, [&head[..], b"BITMAP 0,1,2,1,0,\x0f\xff\r\nPRINT 1,1\r\n"].concat());
    }

    #[test]
    fn a_models_own_table_goes_before_the_bits() {
        let plain = Profile::default();
        let read = |byte: u8, profile: &Profile| status_byte(&[byte], profile).unwrap();
        assert_eq!(read(0x00, &plain), Reading { fault: None, busy: false });
        assert_eq!(read(0x20, &plain), Reading { fault: None, busy: true });
        assert_eq!(read(0x04, &plain).fault, Some(Fault::PaperOut));
        // Bits would read cover, jam and paper into it; on this model only the lid is open.
        let own = Profile { faults: [("0x07".to_owned(), Fault::CoverOpen)].into(), ..Profile::default() };
        assert_eq!(read(0x07, &own).fault, Some(Fault::CoverOpen));
        assert_eq!(status_byte(&[], &plain), None);
    }
}
