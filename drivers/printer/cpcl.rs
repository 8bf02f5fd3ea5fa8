//! CPCL (Zebra's mobile printers, HPRT 汉印 and other portable ones). A label is one session from `!` to `PRINT`; its dots go as
//! `EG` in hexadecimal or as `CG` in bytes.

use std::fmt::Write as _;

use super::language::{Language, Proof, Question};
use super::profile::{Graphics, Profile};
use super::raster::{self, Black, JobError};
use super::status::{Evidence, Fault, Reading};
use crate::label::Label;

pub struct Cpcl;

impl Language for Cpcl {
    fn job(&self, label: &Label, profile: &Profile) -> Result<Vec<u8>, JobError> {
        let raster = raster::for_printer(label, profile)?;
        // The first line's end ends what a search of the network left in its line: glued to that, `!` would be text.
        // "200 200" names the units and not the head: every position stays in its dots.
        let mut head = format!("\r\n! 0 200 200 {} 1\r\nPAGE-WIDTH {}\r\n", raster.height(), raster.width());
        if let Some(darkness) = profile.darkness {
            write!(head, "TONE {darkness}\r\n").expect("a String takes every write");
        }
        if let Some(speed) = profile.speed {
            write!(head, "SPEED {speed}\r\n").expect("a String takes every write");
        }
        let mut cpcl = head.into_bytes();
        let stride = raster.stride() as u32;
        for band in raster::bands(&raster, profile.band_bytes / stride) {
            let bits = raster::burned(band.bits, Black::One, profile);
            let place = format!("{stride} {} 0 {} ", band.rows, band.y);
            match profile.graphics {
                Graphics::Hex => {
                    cpcl.extend_from_slice(format!("EG {place}{}\r\n", raster::hex(&bits)).as_bytes());
                }
                Graphics::Binary => {
                    cpcl.extend_from_slice(format!("CG {place}").as_bytes());
                    cpcl.extend_from_slice(&bits);
                    cpcl.extend_from_slice(b"\r\n");
                }
            }
        }
        // FORM feeds to the next gap; on continuous paper there is none.
        cpcl.extend_from_slice(if profile.gap_mm > 0.0 { b"FORM\r\nPRINT\r\n" } else { b"PRINT\r\n" });
        Ok(cpcl)
    }

    /// Never asked inside a session, where `ESC` would be the label's (CPCL Programming Manual, "Status/Control").
    fn questions(&self) -> &'static [Question] {
        const {
            &[
                Question { bytes: b"\x1bh", read: status, proof: Proof::HeldThenIdle(Evidence::Processed) },
                Question { bytes: b"\x1bi", read: extended_status, proof: Proof::Nothing },
            ]
        }
    }
}

/// `ESC h`: bit 0 busy, 1 no paper, 2 latch open, 3 battery low, 4 reset since it was switched on. A low battery still
/// prints. Bit 6 is low paper in `ESC i`'s answer, which may come late in place of this one; no others are known.
fn status(answer: &[u8], profile: &Profile) -> Option<Reading> {
    read(answer, profile, 0x5f, &[(0x04, Fault::CoverOpen), (0x02, Fault::PaperOut)])
}

/// `ESC i`: the same four bits, and 4 jam, 5 peeler, 6 paper low, 7 no ribbon. Low paper still prints.
fn extended_status(answer: &[u8], profile: &Profile) -> Option<Reading> {
    let bits = [(0x04, Fault::CoverOpen), (0x02, Fault::PaperOut), (0x80, Fault::RibbonOut), (0x10, Fault::Jam)];
    read(answer, profile, 0xdf, &bits)
}

fn read(answer: &[u8], profile: &Profile, known: u8, bits: &[(u8, Fault)]) -> Option<Reading> {
    let byte = Reading::only_byte(answer)?;
    let by_bits = bits.iter().find(|(bit, _)| byte & bit != 0).map(|(_, fault)| *fault);
    let unknown = (byte & !known != 0).then_some(Fault::Other);
    Some(Reading { fault: profile.fault_of(byte).or(unknown).or(by_bits), busy: byte & 0x01 != 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Element;

    fn job(graphics: Graphics, gap_mm: f64) -> Vec<u8> {
        let elements = vec![Element::Fill { x: 0, y: 1, width: 4, height: 1 }];
        let label = Label { width_dots: 12, height_dots: 3, dpi: 203, elements };
        Cpcl.job(&label, &Profile { graphics, gap_mm, ..Profile::default() }).unwrap()
    }

    #[test]
    fn a_label_is_one_session() {
        let hex = b"\r\n! 0 200 200 3 1\r\nPAGE-WIDTH 12\r\nEG 2 1 0 1 F000\r\nFORM\r\nPRINT\r\n";
        assert_eq!(job(Graphics::Hex, 2.0), hex);
        let binary = b"\r\n! 0 200 200 3 1\r\nPAGE-WIDTH 12\r\nCG 2 1 0 1 \xf0\x00\r\nPRINT\r\n";
        assert_eq!(job(Graphics::Binary, 0.0), binary);
    }

    #[test]
    fn reads_one_byte_and_believes_no_unknown_bit() {
        let plain = Profile::default();
        let told = |byte: u8| status(&[byte], &plain).unwrap();
        assert_eq!(told(0x00), Reading { fault: None, busy: false });
        assert_eq!(told(0x01), Reading { fault: None, busy: true });
        assert_eq!(told(0x18), Reading { fault: None, busy: false }, "battery low, and reset once");
        assert_eq!([told(0x02).fault, told(0x06).fault], [Some(Fault::PaperOut), Some(Fault::CoverOpen)]);
        assert_eq!(told(0x40).fault, None, "low paper, of the other answer");
        assert_eq!([0x20, 0x80].map(|byte| told(byte).fault), [Some(Fault::Other); 2]);
        assert_eq!(status(b"", &plain), None);
        assert_eq!(status(b"HM-A300", &plain), None);
        let extended = |byte: u8| extended_status(&[byte], &plain).unwrap().fault;
        assert_eq!([0x10, 0x80, 0x40].map(extended), [Some(Fault::Jam), Some(Fault::RibbonOut), None]);
        assert_eq!(extended(0x20), Some(Fault::Other));
    }
}
