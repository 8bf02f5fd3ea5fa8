//! TSPL / TSPL2 (TSC, Gprinter 佳博, HPRT 汉印, Xprinter 芯烨 and kin). A label goes as `BITMAP` bands: there are printers
//! that print nothing at all when a job also holds a TEXT or BAR.

use super::dots_per_mm;
use super::language::{Language, Proof, Question, ReadReports};
use super::profile::{Compression, Profile};
use super::raster::{self, Band, Black, JobError};
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
        if profile.response.is_some() {
            tspl.extend_from_slice(b"SET RESPONSE ON\r\n");
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
        const {
            const PROOF: Proof = Proof::BusyThenIdle(Evidence::PrintedThenReady);
            &[
                Question { bytes: b"\x1b!?", read: status_byte, proof: PROOF },
                Question { bytes: b"\x1b!S", read: status_line, proof: PROOF },
            ]
        }
    }

    fn reports(&self, profile: &Profile) -> Option<ReadReports> {
        (profile.auto_return || profile.response.is_some()).then_some(reports as ReadReports)
    }
}

/// In TSPL a 0 bit is black, so every byte is turned over; that whitens the padding too.
fn bitmap(band: &Band<'_>, stride: u32, profile: &Profile) -> Vec<u8> {
    let black_is_zero = raster::burned(band.bits, Black::Zero, profile);
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
    let byte = Reading::only_byte(&unasked_for_taken_out(answer, profile)?)?;
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

/// `ESC !S`: what it does and three sets of bits, each a character from `@` on, between STX and ETX CR LF.
fn status_line(answer: &[u8], profile: &Profile) -> Option<Reading> {
    const STX: u8 = 2;
    const END: &[u8] = b"\x03\r\n";
    let answer = unasked_for_taken_out(answer, profile)?;
    let line = answer.windows(8).find(|line| line[0] == STX && line.ends_with(END))?;
    let [doing, supplies, errors, faults] = [line[1], line[2], line[3], line[4]];
    if ![doing, supplies, errors, faults].iter().all(|byte| (0x40..0x80).contains(byte)) {
        return None;
    }
    const FAULTS: &[(u8, Fault)] =
        &[(0x20, Fault::CoverOpen), (0x01, Fault::PaperOut), (0x0c, Fault::RibbonOut), (0x02, Fault::Jam)];
    const ERRORS: &[(u8, Fault)] = &[(0x03, Fault::Overheated), (0x08, Fault::Cutter), (0x14, Fault::Other)];
    let named = |bits: &[(u8, Fault)], byte: u8| bits.iter().find(|(bit, _)| byte & bit != 0).map(|(_, fault)| *fault);
    let by_itself = match doing {
        b'@' | b'B' | b'C' | b'F' | b'L' | b'P' | b'W' => None,
        b'`' => Some(Fault::Paused),
        _ => Some(Fault::Other),
    };
    let fault = named(FAULTS, faults).or(named(ERRORS, errors)).or(by_itself);
    Some(Reading { fault, busy: doing != b'@' })
}

/// HPRT's automatic return: this, the labels printed so far, a status byte and 00. A count of all ones is the end.
const FRAME: &[u8] = b"\xaa\xbb\xcc\xdd";
const FRAME_BYTES: usize = 10;
const END_OF_LABEL: [u8; 4] = [0xff; 4];

/// An answer without the reports that came between; `None` while one is half there.
fn unasked_for_taken_out(answer: &[u8], profile: &Profile) -> Option<Vec<u8>> {
    let mut rest = answer.to_vec();
    while let Some(at) = profile.auto_return.then(|| position(&rest, FRAME)).flatten() {
        if rest.len() < at + FRAME_BYTES {
            return None;
        }
        rest.drain(at..at + FRAME_BYTES);
    }
    if profile.auto_return && (1..FRAME.len()).any(|length| rest.ends_with(&FRAME[..length])) {
        return None;
    }
    if let Some(words) = profile.response.as_deref().map(str::as_bytes) {
        // What of them is still to come would stand before the next answer, where a line end is a status byte.
        let line_end: &[u8] = if words.ends_with(b"\n") { b"" } else { b"\r\n" };
        let whole = [words, line_end].concat();
        if (1..whole.len()).any(|length| rest.ends_with(&whole[..length])) {
            return None;
        }
        while let Some(at) = position(&rest, words) {
            let line_end = rest[at + words.len()..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            rest.drain(at..at + words.len() + line_end.min(2));
        }
    }
    Some(rest)
}

/// The ends of labels, in frames or in the words of the model.
fn reports(heard: &[u8], profile: &Profile) -> Vec<Result<Evidence, Fault>> {
    let plain = Profile { auto_return: false, response: None, ..profile.clone() };
    let frames = heard.windows(FRAME_BYTES).filter(|frame| profile.auto_return && frame.starts_with(FRAME));
    let told = frames.filter_map(|frame| {
        let at_end = frame[4..8] == END_OF_LABEL;
        match status_byte(&frame[8..9], &plain)?.fault {
            Some(fault) => Some(Err(fault)),
            None => at_end.then_some(Ok(Evidence::Reported)),
        }
    });
    let words = profile.response.as_deref().map(str::as_bytes).unwrap_or_default();
    let ends = heard.windows(words.len().max(1)).filter(|window| *window == words);
    told.chain(ends.map(|_| Ok(Evidence::Reported))).collect()
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
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

    #[test]
    fn reads_the_second_answer() {
        let plain = Profile::default();
        let read = |answer: &[u8]| status_line(answer, &plain);
        let told = |four: &str| read(format!("\x02{four}\x03\r\n").as_bytes()).unwrap();
        assert_eq!(told("@@@@"), Reading { fault: None, busy: false });
        assert_eq!(told("P@@@"), Reading { fault: None, busy: true });
        assert_eq!(told("@A@@").fault, None, "paper low still prints");
        let faults = ["E@@A", "E@@`", "E@@D", "E@@B", "E@A@", "`@@@", "E@@@"].map(|four| told(four).fault.unwrap());
        use Fault::*;
        assert_eq!(faults, [PaperOut, CoverOpen, RibbonOut, Jam, Overheated, Paused, Other]);
        assert_eq!(read(b"\x02@@@@\x03\r"), None);
        assert_eq!(read(b"\x02\x00@@@\x03\r\n"), None, "no characters");
    }

    #[test]
    fn a_line_end_is_a_reports_only_behind_its_words() {
        let gprinter = Profile { response: Some("OK".into()), ..Profile::default() };
        let ready = Some(Reading { fault: None, busy: false });
        for answer in [&b"OK\r\n\x02@@@@\x03\r\n"[..], b"\x02@@@@\x03\r\n", b"\x02@@@@\x03\r\nOK\r\n"] {
            assert_eq!(status_line(answer, &gprinter), ready, "{answer:?}");
        }
        // Ribbon and jam; ribbon, paper and head.
        let told = |answer: &[u8]| status_byte(answer, &gprinter).map(|reading| reading.fault.unwrap());
        assert_eq!(told(b"\x0a"), Some(Fault::RibbonOut));
        assert_eq!(told(b"OK\r\n\x0d"), Some(Fault::CoverOpen));
        for half in [&b"\x20O"[..], b"\x20OK", b"\x20OK\r"] {
            assert_eq!(status_byte(half, &gprinter), None, "the rest would stand before the next answer");
        }
        assert_eq!(status_byte(b"\x00OK\r\n", &gprinter), ready);
    }

    #[test]
    fn a_report_is_no_answer_and_an_answer_no_report() {
        let hprt = Profile { auto_return: true, ..Profile::default() };
        let printing = b"\xaa\xbb\xcc\xdd\x03\0\0\0\x20\0";
        let end = b"\xaa\xbb\xcc\xdd\xff\xff\xff\xff\0\0";
        let no_paper = b"\xaa\xbb\xcc\xdd\x03\0\0\0\x04\0";
        let off = b"\xaa\xbb\xcc\xdd\0\0\0\0\0\0";
        let report = |heard: &[u8], profile: &Profile| reports(heard, profile).first().copied();
        assert_eq!(report(printing, &hprt), None);
        assert_eq!(report(off, &hprt), None);
        assert_eq!(reports(&[&end[..], b"\x20", end, no_paper].concat(), &hprt).len(), 3);
        assert_eq!(report(&[&printing[..], b"\x20", end].concat(), &hprt), Some(Ok(Evidence::Reported)));
        assert_eq!(report(no_paper, &hprt), Some(Err(Fault::PaperOut)));
        assert_eq!(report(end, &Profile::default()), None);
        let read = |answer: &[u8]| status_byte(answer, &hprt);
        assert_eq!(read(end), None);
        assert_eq!(read(&end[..7]), None);
        assert_eq!(read(&end[..2]), None);
        assert_eq!(read(&[&end[..], b"\x20"].concat()), Some(Reading { fault: None, busy: true }));
        let gprinter = Profile { response: Some("OK".into()), ..Profile::default() };
        assert_eq!(report(b"\x20OK\r\n", &gprinter), Some(Ok(Evidence::Reported)));
        assert_eq!(status_byte(b"OK\r\n", &gprinter), None);
        assert_eq!(status_byte(b"OK\r\n\x20", &gprinter).unwrap().fault, None);
        assert_eq!(status_byte(b"ready", &Profile::default()), None, "words are no status byte");
    }
}
