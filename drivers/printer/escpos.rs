//! ESC/POS (receipt printers, and label printers that speak nothing better). The commands are put together by the crate
//! `escpos`; what it would send goes into a buffer, for moving bytes is the transports' part.

use std::cell::RefCell;

use ::escpos::driver::Driver;
use ::escpos::errors::Result as Built;
use ::escpos::printer::Printer;
use ::escpos::utils::Protocol;

use super::language::{Language, Proof, Question, ReadReports};
use super::profile::Profile;
use super::raster::{self, Black, JobError};
use super::status::{Evidence, Fault, Reading};
use crate::bitmap::Bitmap;
use crate::label::Label;

/// Higher pictures overrun the memory of small printers.
const MAX_ROWS: u32 = 256;
/// `GS a 0`: no status but what is asked for, or it would stand between the answers.
const NOTHING_UNASKED: &[u8] = b"\x1da\x00";
/// `GS FF`: on to the next label.
const TO_NEXT_LABEL: &[u8] = b"\x1d\x0c";
/// On a roll: the last rows past the cutter.
const LINES_TO_CUTTER: u8 = 4;
/// `GS r 1`: the answer waits in line behind the label.
const MARK: &[u8] = b"\x1dr\x01";

pub struct EscPos;

impl Language for EscPos {
    fn job(&self, label: &Label, profile: &Profile) -> Result<Vec<u8>, JobError> {
        let raster = raster::for_printer(label, profile)?;
        Ok(commands(&raster, profile).expect("a buffer takes every byte"))
    }

    fn questions(&self) -> &'static [Question] {
        const {
            &[Question {
                bytes: b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04",
                read: status,
                proof: Proof::Nothing,
            }]
        }
    }

    fn reports(&self, _: &Profile) -> Option<ReadReports> {
        Some(|heard, _| vec![Ok(Evidence::Processed); marks(heard)])
    }
}

fn commands(raster: &Bitmap, profile: &Profile) -> Built<Vec<u8>> {
    let mut printer = Printer::new(Buffer::default(), Protocol::default(), None);
    printer.init()?.custom(NOTHING_UNASKED)?;
    let rows = MAX_ROWS.min(profile.band_bytes / raster.stride() as u32).max(1);
    let mut y = 0;
    for band in raster::bands(raster, rows) {
        blank_rows(&mut printer, band.y - y)?;
        let bits = raster::burned(band.bits, Black::One, profile);
        picture(&mut printer, raster.stride(), &without_commands(&bits))?;
        y = band.y + band.rows;
    }
    blank_rows(&mut printer, raster.height() - y)?;
    match profile.gap_mm > 0.0 {
        true => printer.custom(TO_NEXT_LABEL)?,
        false => printer.feeds(LINES_TO_CUTTER)?,
    };
    printer.custom(MARK)?.print()?;
    Ok(printer.driver().0.into_inner())
}

/// `GS v 0`: 1 is black; the printer stands below the picture afterwards.
fn picture(printer: &mut Printer<Buffer>, stride: usize, bits: &[u8]) -> Built<()> {
    let [x_low, x_high] = (stride as u16).to_le_bytes();
    let [y_low, y_high] = ((bits.len() / stride) as u16).to_le_bytes();
    let head = [0x1d, b'v', b'0', 0, x_low, x_high, y_low, y_high];
    printer.custom(&[&head, bits].concat())?;
    Ok(())
}

/// A byte a row: feeding by `ESC J` would count in units that differ per model.
fn blank_rows(printer: &mut Printer<Buffer>, rows: u32) -> Built<()> {
    let white = vec![0; rows as usize];
    white.chunks(MAX_ROWS as usize).try_for_each(|rows| picture(printer, 1, rows))
}

/// Printers on USB and serial lines obey real-time commands in the middle of a picture: `10 04` answers, `10 05` empties the
/// buffer, `10 14` opens a drawer. A 10 is a single dot between white ones, a stroke one dot wide; two dots wide it is none.
fn without_commands(bits: &[u8]) -> Vec<u8> {
    let mut safe = bits.to_vec();
    for at in 1..safe.len() {
        if safe[at - 1] == 0x10 && matches!(safe[at], 0x04 | 0x05 | 0x14) {
            safe[at - 1] = 0x18;
        }
    }
    safe
}

const ANSWER_BYTES: usize = 4;

/// Its fixed bits tell it from everything else.
fn is_status(byte: u8) -> bool {
    byte & 0x93 == 0x12
}

/// `DLE EOT 1` to `4`: a byte each.
fn status(answer: &[u8], _: &Profile) -> Option<Reading> {
    let told: Vec<u8> = answer.iter().copied().filter(|byte| is_status(*byte)).collect();
    let [state, why, error, paper] = *told.last_chunk::<ANSWER_BYTES>()?;
    let known: &[(bool, Fault)] = &[
        (why & 0x04 != 0, Fault::CoverOpen),
        (why & 0x20 != 0 || paper & 0x60 != 0, Fault::PaperOut),
        (error & 0x08 != 0, Fault::Cutter),
        (error & 0x40 != 0, Fault::Overheated),
        // Errors without a name, and offline without a reason.
        (error & 0x24 != 0 || why & 0x40 != 0 || state & 0x08 != 0, Fault::Other),
    ];
    let fault = known.iter().find(|(shows, _)| *shows).map(|(_, fault)| *fault);
    Some(Reading { fault, busy: false })
}

/// How many answers to `GS r 1` are in it: two bits for "near the end" and two for "at it", all others clear. Some printers send four bytes of
/// status by themselves, of which only the first can be told; the three behind it are no answer.
/// A dead serial line often reads as noughts, so only those count that an answer in good order follows.
fn marks(heard: &[u8]) -> usize {
    let answers = heard.iter().enumerate().rev().filter(|(_, byte)| is_status(**byte));
    let Some((last_answer, _)) = answers.take(ANSWER_BYTES).nth(ANSWER_BYTES - 1) else { return 0 };
    let mut bytes = heard[..last_answer].iter();
    let mut marks = 0;
    while let Some(byte) = bytes.next() {
        match byte {
            0x00 | 0x03 | 0x0c | 0x0f => marks += 1,
            by_itself if by_itself & 0x93 == 0x10 => drop(bytes.nth(2)),
            _ => {}
        }
    }
    marks
}

/// Where the crate writes to.
#[derive(Default)]
struct Buffer(RefCell<Vec<u8>>);

impl Driver for Buffer {
    fn name(&self) -> String {
        "buffer".into()
    }

    fn write(&self, data: &[u8]) -> Built<()> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _: &mut [u8]) -> Built<usize> {
        Ok(0)
    }

    fn flush(&self) -> Built<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Element;

    #[test]
    fn a_label_is_its_rows_from_edge_to_edge_and_the_mark_is_last() {
        let elements = vec![Element::Fill { x: 0, y: 1, width: 4, height: 1 }];
        let label = Label { width_dots: 12, height_dots: 4, dpi: 203, elements };
        let job = EscPos.job(&label, &Profile { gap_mm: 0.0, ..Profile::default() }).unwrap();
        let rows = [&b"\x1dv0\0\x01\0\x01\0\0"[..], b"\x1dv0\0\x02\0\x01\0\xf0\0", b"\x1dv0\0\x01\0\x02\0\0\0"];
        assert_eq!(job, [&b"\x1b@\x1da\0"[..], &rows.concat(), b"\x1bd\x04\x1dr\x01"].concat());
        let labels = EscPos.job(&label, &Profile::default()).unwrap();
        assert!(labels.ends_with(b"\x1d\x0c\x1dr\x01"));
    }

    #[test]
    fn no_picture_holds_a_command() {
        assert_eq!(without_commands(b"\x10\x04\x10\x10\x14\x05"), b"\x18\x04\x10\x18\x14\x05");
    }

    #[test]
    fn reads_four_bytes_whatever_stands_between() {
        let read = |answer: &[u8]| status(answer, &Profile::default());
        assert_eq!(read(b"\x12\x12\x12"), None);
        let ready = Some(Reading { fault: None, busy: false });
        assert_eq!(read(b"\x12\x12\x12\x12"), ready);
        assert_eq!(read(b"\x12\x00\x12\x14\0\0\x0f\x12\x1e"), ready, "near the end, a mark and an ASB between");
        let faults = [b"\x1a\x32\x12\x7e", b"\x1a\x16\x12\x12", b"\x1a\x52\x1a\x12", b"\x1a\x12\x12\x12"];
        let told = faults.map(|answer| read(answer).unwrap().fault.unwrap());
        assert_eq!(told, [Fault::PaperOut, Fault::CoverOpen, Fault::Cutter, Fault::Other]);
        assert_eq!(read(b"ready, thank you"), None);
    }

    #[test]
    fn a_mark_counts_once_an_answer_follows() {
        assert_eq!([&b"\0\0\0"[..], b"\x12\x12\x12\x12\0", b"\0\x12\x12\x12"].map(marks), [0; 3]);
        assert_eq!(marks(b"\0\x12\x12\x12\x12\0\0\0"), 1);
    }

    #[test]
    fn the_mark_is_one_answer_among_others() {
        let marks = |heard: &[u8]| marks(&[heard, b"\x12\x12\x12\x12"].concat());
        assert_eq!([&b"\x12\x12\0\x12\x12"[..], b"\x0f", b"\x10\0\0\0\0"].map(marks), [1; 3]);
        assert_eq!([&b"\x12\x12\x12\x12"[..], b"\x14\0\0\x0f\x12", b"OK"].map(marks), [0; 3]);
        assert_eq!(marks(b"\0\x12\x12\x12\x12\0"), 2);
    }
}
