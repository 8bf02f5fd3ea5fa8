//! ZPL II (Zebra and many others). A label goes as its raster in `^GF` fields, which every dialect prints alike.
//!
//! The raster is hex, run lengths (ACS) or zlib in base64 (Z64), whichever the profile allows and is smallest. Nothing of
//! a label's text is ever in the command stream.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::language::{Counter, Language, Proof, Question};
use super::profile::{Compression, Profile};
use super::raster::{self, Band, Black, JobError};
use super::status::{Evidence, Fault, Reading};
use crate::label::Label;

/// A `^GF` declares at most this many bytes (ZPL II Programming Guide, ^GF).
const MAX_FIELD_BYTES: u32 = 99_999;
const STX: u8 = 2;
const ETX: u8 = 3;

pub struct Zpl;

impl Language for Zpl {
    fn job(&self, label: &Label, profile: &Profile) -> Result<Vec<u8>, JobError> {
        let raster = raster::for_printer(label, profile)?;
        // ~JX drops a half-received format, so the rest of a broken job never mixes with this one.
        // Width and length always: they outlive a job, and the job before may have been another's.
        let mut zpl = format!("~JX^XA^PW{}^LL{}^LH0,0^LS0^PON", raster.width(), raster.height());
        if let Some(darkness) = profile.darkness {
            write!(zpl, "~SD{darkness:02}").expect("a String takes every write");
        }
        if let Some(speed) = profile.speed {
            write!(zpl, "^PR{speed}").expect("a String takes every write");
        }
        let stride = raster.stride() as u32;
        for band in raster::bands(&raster, profile.band_bytes.min(MAX_FIELD_BYTES) / stride) {
            let total = band.bits.len();
            let data = smallest(&band, stride as usize, profile);
            write!(zpl, "^FO0,{}^GFA,{total},{total},{stride},{data}^FS", band.y).expect("a String takes every write");
        }
        zpl.push_str("^PQ1^XZ\n");
        Ok(zpl.into_bytes())
    }

    fn questions(&self) -> &'static [Question] {
        // ~HS stays unanswered while media or ribbon is out or the head is open; ~HQES tells then.
        const {
            &[
                Question { bytes: b"~HS\n", read: host_status, proof: Proof::Idle(Evidence::QueueDrained) },
                Question { bytes: b"~HQES\n", read: error_status, proof: Proof::Nothing },
            ]
        }
    }

    fn counter(&self, profile: &Profile) -> Option<&'static Counter> {
        const ODOMETER: &Counter =
            &Counter { bytes: b"! U1 getvar \"odometer.total_label_count\"\r\n", read: odometer };
        profile.counts.then_some(ODOMETER)
    }
}

/// `"1234"`, the quotes included; `"?"` where it has no such count.
fn odometer(answer: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(answer).ok()?;
    let (_, from) = text.split_once('"')?;
    let (count, _) = from.split_once('"')?;
    count.trim().parse().ok()
}

/// Above this many bytes of Z64 run lengths were never shorter, so they aren't tried.
const ACS_COULD_WIN: usize = 1_024;

fn smallest(band: &Band<'_>, stride: usize, profile: &Profile) -> String {
    let bits = &raster::burned(band.bits, Black::One, profile)[..];
    let z64 = profile.allows(Compression::Z64).then(|| z64(bits));
    let is_settled = z64.as_ref().is_some_and(|packed| packed.len() > ACS_COULD_WIN);
    let acs = (profile.allows(Compression::Acs) && !is_settled).then(|| acs(bits, stride));
    z64.into_iter().chain(acs).min_by_key(String::len).unwrap_or_else(|| raster::hex(bits))
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// `:Z64:` base64 of a zlib stream, then the CRC of that text.
pub fn z64(bits: &[u8]) -> String {
    let text = STANDARD.encode(raster::zlib(bits));
    let crc = crc16(text.as_bytes());
    format!(":Z64:{text}:{crc:04X}")
}

/// CRC-16 with polynomial 0x1021 from 0, over the base64 text.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| (crc << 8) ^ CRC_OF_BYTE[usize::from((crc >> 8) as u8 ^ byte)])
}

const CRC_OF_BYTE: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

/// Run lengths over hex digits: `G`–`Y` are 1–19 and `g`–`z` 20–400 of the digit that follows; `,` and `!` fill the row
/// with 0 and F, `:` repeats the row before.
pub fn acs(bits: &[u8], stride: usize) -> String {
    let mut packed = String::new();
    let mut before: Option<&[u8]> = None;
    for row in bits.chunks(stride) {
        if before == Some(row) {
            packed.push(':');
        } else {
            acs_row(row, &mut packed);
        }
        before = Some(row);
    }
    packed
}

fn acs_row(row: &[u8], packed: &mut String) {
    let digit = |at: usize| if at.is_multiple_of(2) { row[at / 2] >> 4 } else { row[at / 2] & 15 };
    let digits = row.len() * 2;
    let mut at = 0;
    while at < digits {
        let value = digit(at);
        let run = (at..digits).take_while(|&next| digit(next) == value).count();
        if at + run == digits && matches!(value, 0 | 15) {
            packed.push(if value == 0 { ',' } else { '!' });
            return;
        }
        acs_run(run, packed);
        packed.push(char::from(HEX[usize::from(value)]));
        at += run;
    }
}

fn acs_run(mut run: usize, packed: &mut String) {
    if run == 1 {
        return;
    }
    while run >= 400 {
        packed.push('z');
        run -= 400;
    }
    if run >= 20 {
        packed.push(char::from(b'g' + (run / 20 - 1) as u8));
    }
    if !run.is_multiple_of(20) {
        packed.push(char::from(b'G' + (run % 20 - 1) as u8));
    }
}

/// `~HS`: three lines, each between STX and ETX (ZPL II Programming Guide, ~HS).
fn host_status(answer: &[u8], _: &Profile) -> Option<Reading> {
    let lines: Vec<Vec<u32>> = answer
        .split(|&byte| byte == STX)
        .skip(1)
        .filter_map(|line| line.split(|&byte| byte == ETX).next().filter(|text| text.len() < line.len()))
        .map(|line| line.split(|&byte| byte == b',').map(number).collect())
        .collect();
    let [first, second, _] = lines.get(..3)? else { return None };
    let told = |line: &[u32], field: usize| line.get(field).copied().unwrap_or(0);
    let fault = if told(second, 2) == 1 {
        Some(Fault::CoverOpen)
    } else if told(first, 1) == 1 {
        Some(Fault::PaperOut)
    } else if told(second, 3) == 1 {
        Some(Fault::RibbonOut)
    } else if told(first, 11) == 1 {
        Some(Fault::Overheated)
    } else if told(first, 2) == 1 {
        Some(Fault::Paused)
    } else {
        None
    };
    Some(Reading { fault, busy: told(first, 4) > 0 || told(second, 8) > 0 })
}

fn number(text: &[u8]) -> u32 {
    std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// `~HQES`: `ERRORS: 1 00000000 00000005` – a flag and two hexadecimal groups, the second with the usual faults.
fn error_status(answer: &[u8], _: &Profile) -> Option<Reading> {
    let text = String::from_utf8_lossy(answer);
    let (_, errors) = text.split_once("ERRORS:")?;
    // The line is whole once it ends; the WARNINGS line may still be on its way.
    let (line, _) = errors.split_once(['\r', '\n', '\u{3}'])?;
    let mut words = line.split_whitespace();
    let flag = words.next()?;
    let low = words.nth(1).and_then(|word| u32::from_str_radix(word, 16).ok()).unwrap_or(0);
    const FAULTS: &[(u32, Fault)] = &[
        (0x4, Fault::CoverOpen),
        (0x1, Fault::PaperOut),
        (0x2, Fault::RibbonOut),
        (0x30, Fault::Overheated),
        (0xf000, Fault::Jam),
        (0x8, Fault::Cutter),
    ];
    let named = FAULTS.iter().find(|(bits, _)| low & bits != 0).map(|(_, fault)| *fault);
    let fault = if flag == "0" { None } else { Some(named.unwrap_or(Fault::Other)) };
    Some(Reading { fault, busy: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hs(paper_out: u8, queued: u32, head_open: u8, left: u32) -> Vec<u8> {
        format!(
            "\x02030,{paper_out},0,1199,{queued:03},0,0,0,000,0,0,0\x03\r\n\
             \x02000,0,{head_open},0,0,2,4,0,{left:08},1,000\x03\r\n\x021234,0\x03\r\n"
        )
        .into_bytes()
    }

    #[test]
    fn crc_has_the_known_check_value() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
    }

    #[test]
    fn runs_are_counted_in_twenties() {
        assert_eq!(acs(&[0xff, 0xf0, 0x12, 0x22], 4), "IF01I2");
        assert_eq!(acs(&[0; 6], 3), ",:");
        let mut row = vec![0x11; 230];
        row.push(0x20);
        assert_eq!(acs(&row, 231), "zi12,");
    }

    #[test]
    fn reads_a_host_status_once_it_is_whole() {
        let profile = Profile::default();
        let read = |answer: &[u8]| host_status(answer, &profile);
        let whole = hs(0, 0, 0, 0);
        assert_eq!(read(&whole), Some(Reading { fault: None, busy: false }));
        assert_eq!(read(&whole[..whole.len() - 4]), None);
        assert_eq!(read(&hs(1, 0, 0, 0)).unwrap().fault, Some(Fault::PaperOut));
        assert_eq!(read(&hs(1, 0, 1, 0)).unwrap().fault, Some(Fault::CoverOpen));
        assert!(read(&hs(0, 1, 0, 0)).unwrap().busy && read(&hs(0, 0, 0, 3)).unwrap().busy);
    }

    #[test]
    fn reads_a_count_once_it_is_whole() {
        let told = [r#""1234""#, r#""12"#, r#""?""#, "?", "\u{3}\r\n\"7\"\r\n"].map(|text| odometer(text.as_bytes()));
        assert_eq!(told, [Some(1234), None, None, None, Some(7)]);
    }

    #[test]
    fn reads_error_flags() {
        let read = |text: &str| error_status(text.as_bytes(), &Profile::default());
        assert_eq!(read("\x02\r\n  PRINTER STATUS\r\n   ERRORS:         1 00000000 0000"), None);
        let told = "  ERRORS:         1 00000000 00000005\r\n";
        assert_eq!(read(told).unwrap().fault, Some(Fault::CoverOpen));
        assert_eq!(read("ERRORS: 0 00000000 00000000\r\n").unwrap().fault, None);
        assert_eq!(read("ERRORS: 1 00000000 00800000\r\n").unwrap().fault, Some(Fault::Other));
    }
}
