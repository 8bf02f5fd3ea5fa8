//! EPL2 (Zebra's and Eltron's old desktop printers). Only for printers that know no ZPL: it can tell faults and never that a
//! label came out.

use super::dots_per_mm;
use super::language::{Language, Proof, Question};
use super::profile::Profile;
use super::raster::{self, Black, JobError};
use super::status::{Fault, Reading};
use crate::label::Label;

pub struct Epl;

impl Language for Epl {
    fn job(&self, label: &Label, profile: &Profile) -> Result<Vec<u8>, JobError> {
        let raster = raster::for_printer(label, profile)?;
        let gap = (profile.gap_mm * dots_per_mm(label.dpi)).round();
        let edge = if profile.direction == 0 { 'B' } else { 'T' };
        // The first line's end ends whatever a broken job left behind; N clears the image.
        let head = format!("\r\nN\r\nq{}\r\nQ{},{gap}\r\nZ{edge}\r\n", raster.width(), raster.height());
        let mut epl = head.into_bytes();
        if let Some(darkness) = profile.darkness {
            epl.extend_from_slice(format!("D{darkness}\r\n").as_bytes());
        }
        if let Some(speed) = profile.speed {
            epl.extend_from_slice(format!("S{speed}\r\n").as_bytes());
        }
        let stride = raster.stride() as u32;
        for band in raster::bands(&raster, profile.band_bytes / stride) {
            epl.extend_from_slice(format!("GW0,{},{stride},{},", band.y, band.rows).as_bytes());
            // A 0 bit is black (EPL2 Programming Manual, GW).
            epl.extend_from_slice(&raster::burned(band.bits, Black::Zero, profile));
            epl.extend_from_slice(b"\r\n");
        }
        epl.extend_from_slice(b"P1\r\n");
        Ok(epl)
    }

    fn questions(&self) -> &'static [Question] {
        const { &[Question { bytes: b"^ee\r\n", read: errors, proof: Proof::Nothing }] }
    }
}

/// `^ee`: two digits a code, commas between them, a line's end. 00 is no error.
fn errors(answer: &[u8], _: &Profile) -> Option<Reading> {
    let text = std::str::from_utf8(answer).ok()?;
    let line = text.trim_start().lines().next().filter(|_| text.trim_start().contains('\n'))?;
    let codes: Vec<&str> = line.trim().split(',').collect();
    if !codes.iter().all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let fault = |code: &&str| match *code {
        "00" => None,
        "11" => Some(Fault::CoverOpen),
        "07" => Some(Fault::PaperOut),
        _ => Some(Fault::Other),
    };
    Some(Reading { fault: codes.iter().find_map(fault), busy: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Element;

    #[test]
    fn black_is_zero_and_the_padding_white() {
        let elements = vec![Element::Fill { x: 0, y: 1, width: 4, height: 1 }];
        let label = Label { width_dots: 12, height_dots: 3, dpi: 203, elements };
        let job = Epl.job(&label, &Profile::default()).unwrap();
        assert_eq!(job, b"\r\nN\r\nq12\r\nQ3,16\r\nZT\r\nGW0,1,2,1,\x0f\xff\r\nP1\r\n");
    }

    #[test]
    fn reads_codes_and_nothing_else() {
        let told = |answer: &str| errors(answer.as_bytes(), &Profile::default());
        assert_eq!(told("00"), None, "its line may go on");
        assert_eq!(told("00\r\n"), Some(Reading { fault: None, busy: false }));
        assert_eq!(told("11,07\r\n").unwrap().fault, Some(Fault::CoverOpen));
        assert_eq!(told("42\r\n").unwrap().fault, Some(Fault::Other));
        assert_eq!(told("ready\r\n"), None);
    }
}
