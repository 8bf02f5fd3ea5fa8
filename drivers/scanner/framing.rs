//! Bytes from a scanner cut into reads. Pure: pieces of any size go in, whole reads and refusals come out, never a panic.
//!
//! A read ends with a suffix or, for scanners without one, with a pause. What can't be a read (noise, control characters,
//! text in no known encoding, endless data) is refused with a reason and a sample, and the next read is unharmed.

use encoding_rs::GB18030;
use serde::{Deserialize, Serialize};

use super::Settings;
use crate::scan::Symbology;

const STX: u8 = 0x02;
const EOT: char = '\u{4}';
const GS: char = '\u{1d}';
const RS: char = '\u{1e}';
/// Bytes of a refused read that are shown, in hex: enough to recognise a wrong baud rate or protocol.
const SAMPLE_BYTES: usize = 16;

/// A whole read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub data: String,
    pub symbology: Option<Symbology>,
}

/// Bytes that were no read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Garbage {
    pub reason: Reason,
    /// How many bytes were dropped.
    pub length: usize,
    /// The first of them in hex.
    pub sample: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    #[error("longer than the configured max_length")]
    TooLong,
    #[error("a control character in it: check the scanner's baud rate and protocol")]
    ControlCharacter,
    #[error("neither UTF-8 nor GB18030 text: check the scanner's baud rate and character set")]
    NotText,
    #[error("the configured prefix is missing")]
    PrefixMissing,
    #[error("no suffix came after it: check that the scanner sends one")]
    Incomplete,
    #[error("keys of it were lost because this machine was too slow: scan it again")]
    KeysLost,
    #[error("a key in it has no character on a US keyboard: set the scanner to the US layout, and GS to Ctrl+]")]
    UnknownKey,
    #[error("a part of it was lost on the way from the scanner: scan it again")]
    PartLost,
    #[error("a report of no known form: set `form` in the scanner's url, or use the scanner as USB-COM")]
    UnknownForm,
}

pub struct Framer {
    settings: Settings,
    buffer: Vec<u8>,
    /// Bytes of the read so far; above the buffer's length once the read is too long to keep.
    length: usize,
    /// Why the read so far can't be believed, whatever still comes of it.
    spoiled: Option<Reason>,
}

impl Framer {
    pub fn new(settings: Settings) -> Self {
        Self { settings, buffer: Vec::new(), length: 0, spoiled: None }
    }

    pub fn push(&mut self, bytes: &[u8]) -> Vec<Result<Frame, Garbage>> {
        let mut reads = Vec::new();
        for &byte in bytes {
            if self.settings.ends(byte) {
                reads.extend(self.take());
            } else {
                self.length += 1;
                if self.buffer.len() < self.settings.max_length {
                    self.buffer.push(byte);
                }
            }
        }
        reads
    }

    /// A read whose end the scanner's own protocol tells.
    pub fn whole(&self, bytes: &[u8], symbology: Option<Symbology>) -> Option<Result<Frame, Garbage>> {
        // Scanners may put the suffix of their keyboard mode at the end of it.
        let end = bytes.iter().rposition(|byte| !self.settings.ends(*byte)).map_or(0, |last| last + 1);
        let read = match end {
            0 => return None,
            _ if end > self.settings.max_length => Err(Reason::TooLong),
            _ => self.settings.read(&bytes[..end]),
        };
        read.map(|frame| frame.map(|frame| Frame { symbology: frame.symbology.or(symbology), ..frame }))
            .map_err(|reason| Garbage::of(reason, &bytes[..end]))
            .transpose()
    }

    /// A piece of the read under way is missing. What still comes up to its suffix or a pause belongs to it, and it is
    /// refused then.
    pub fn spoil(&mut self, reason: Reason) {
        self.spoiled.get_or_insert(reason);
    }

    /// Is part of a read waiting for more?
    pub fn is_waiting(&self) -> bool {
        self.length > 0 || self.spoiled.is_some()
    }

    /// Nothing came for as long as `Settings::pause` says: the read is over, or was never going to end.
    pub fn pause(&mut self) -> Option<Result<Frame, Garbage>> {
        if self.settings.idle_ms > 0 {
            return self.take();
        }
        self.is_waiting().then(|| {
            let garbage = self.garbage(self.spoiled.unwrap_or(Reason::Incomplete));
            self.clear();
            Err(garbage)
        })
    }

    fn take(&mut self) -> Option<Result<Frame, Garbage>> {
        if !self.is_waiting() {
            return None;
        }
        let read = match self.spoiled {
            Some(reason) => Err(reason),
            None if self.length > self.buffer.len() => Err(Reason::TooLong),
            None => self.settings.read(&self.buffer),
        };
        let read = read.map_err(|reason| self.garbage(reason)).transpose();
        self.clear();
        read
    }

    fn garbage(&self, reason: Reason) -> Garbage {
        Garbage { length: self.length, ..Garbage::of(reason, &self.buffer) }
    }

    fn clear(&mut self) {
        self.buffer.clear();
        self.length = 0;
        self.spoiled = None;
    }
}

impl Garbage {
    pub fn of(reason: Reason, bytes: &[u8]) -> Self {
        let sample = bytes.iter().take(SAMPLE_BYTES).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>();
        Self { reason, length: bytes.len(), sample: sample.join(" ") }
    }
}

impl Settings {
    /// The read in a frame's bytes; `None` for one that holds nothing.
    fn read(&self, bytes: &[u8]) -> Result<Option<Frame>, Reason> {
        let bytes = bytes.strip_prefix(&[STX]).unwrap_or(bytes);
        let bytes = bytes.strip_prefix(self.prefix.as_bytes()).ok_or(Reason::PrefixMissing)?;
        let text = decode(bytes)?;
        let (symbology, data) = if self.aim_ids { split_aim(&text) } else { (None, text.as_str()) };
        if data.chars().any(|character| is_refused(character, symbology)) {
            return Err(Reason::ControlCharacter);
        }
        Ok((!data.is_empty()).then(|| Frame { data: data.to_owned(), symbology }))
    }
}

fn decode(bytes: &[u8]) -> Result<String, Reason> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    GB18030
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(|text| text.into_owned())
        .ok_or(Reason::NotText)
}

/// `]C1…` → (GS1-128, `…`). A read without identifier is taken as it is.
fn split_aim(text: &str) -> (Option<Symbology>, &str) {
    let mut characters = text.chars();
    match (characters.next(), characters.next(), characters.next()) {
        (Some(']'), Some(letter), Some(modifier))
            if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
        {
            (Some(Symbology::from_aim(letter, modifier)), characters.as_str())
        }
        _ => (None, text),
    }
}

/// GS, RS and EOT structure GS1 and ISO 15434 data; no code of a parcel needs any other control character.
fn is_refused(character: char, symbology: Option<Symbology>) -> bool {
    let structures = matches!(character, GS | RS | EOT) && symbology.is_none_or(Symbology::may_be_structured);
    (character.is_control() && !structures) || character == char::REPLACEMENT_CHARACTER
}

impl Symbology {
    fn may_be_structured(self) -> bool {
        self.is_gs1() || matches!(self, Symbology::Qr | Symbology::DataMatrix | Symbology::Pdf417 | Symbology::Aztec)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framer() -> Framer {
        Framer::new(Settings { aim_ids: true, ..Settings::default() })
    }

    fn data(reads: Vec<Result<Frame, Garbage>>) -> Vec<Result<String, Reason>> {
        reads.into_iter().map(|read| read.map(|frame| frame.data).map_err(|garbage| garbage.reason)).collect()
    }

    #[test]
    fn any_suffix_ends_a_read_and_two_make_no_empty_one() {
        let reads = framer().push(b"SF1234567890123\r\n6901234567892\t\x02ZT1\x03");
        assert_eq!(data(reads), [Ok("SF1234567890123".into()), Ok("6901234567892".into()), Ok("ZT1".into())]);
    }

    #[test]
    fn the_aim_identifier_becomes_the_symbology() {
        let read = framer().push("]C10109501101020917\u{1d}10AB\r".as_bytes()).remove(0).unwrap();
        assert_eq!(read.symbology, Some(Symbology::Gs1Code128));
        assert_eq!(read.data, "0109501101020917\u{1d}10AB");
        assert_eq!(framer().push(b"]C0\r"), [], "an identifier alone is no read");
        let plain = framer().push(b"]-x\r").remove(0).unwrap();
        assert_eq!((plain.symbology, plain.data.as_str()), (None, "]-x"));
    }

    #[test]
    fn garbage_is_named_and_the_next_read_unharmed() {
        let mut framer = framer();
        let mut reads = framer.push(b"]C0SF\x00123\rA1\r]C0A\x1dB\r\xff\xfe\xfd\rB2\r");
        let shown = reads[0].clone().unwrap_err();
        assert_eq!((shown.length, shown.sample.as_str()), (9, "5d 43 30 53 46 00 31 32 33"));
        assert_eq!(
            data(std::mem::take(&mut reads)),
            [
                Err(Reason::ControlCharacter),
                Ok("A1".into()),
                Err(Reason::ControlCharacter),
                Err(Reason::NotText),
                Ok("B2".into())
            ]
        );
    }

    #[test]
    fn text_may_be_gb18030() {
        let (bytes, _, _) = GB18030.encode("批次:龘2026");
        let mut framer = framer();
        assert_eq!(framer.push(&bytes), []);
        assert_eq!(data(framer.push(b"\r")), [Ok("批次:龘2026".into())]);
    }

    #[test]
    fn endless_data_is_dropped_up_to_its_suffix() {
        let mut framer = Framer::new(Settings { max_length: 8, ..Settings::default() });
        for _ in 0..10_000 {
            assert_eq!(framer.push(b"999"), []);
        }
        let reads = framer.push(b"\r12345678\r");
        assert_eq!(reads[0].as_ref().unwrap_err().length, 30_000);
        assert_eq!(data(reads), [Err(Reason::TooLong), Ok("12345678".into())]);
    }

    #[test]
    fn a_pause_ends_a_read_only_where_there_is_no_suffix() {
        let mut with_suffix = framer();
        with_suffix.push(b"SF12");
        assert_eq!(data(with_suffix.pause().into_iter().collect()), [Err(Reason::Incomplete)]);
        assert_eq!(data(with_suffix.push(b"A1\r")), [Ok("A1".into())]);
        let mut without = Framer::new(Settings { suffix: vec![], idle_ms: 50, ..Settings::default() });
        assert_eq!(without.push(b"SF12\t"), []);
        assert_eq!(
            without.pause(),
            Some(Err(Garbage { reason: Reason::ControlCharacter, length: 5, sample: "53 46 31 32 09".into() }))
        );
        without.push(b"SF12");
        assert_eq!(data(without.pause().into_iter().collect()), [Ok("SF12".into())]);
        assert_eq!(without.pause(), None);
    }

    #[test]
    fn a_spoiled_read_is_refused_up_to_its_end_and_the_next_one_is_unharmed() {
        let mut framer = framer();
        framer.push(b"SF12");
        framer.spoil(Reason::KeysLost);
        assert_eq!(data(framer.push(b"7890\rA1\r")), [Err(Reason::KeysLost), Ok("A1".into())]);
        framer.spoil(Reason::PartLost);
        framer.spoil(Reason::UnknownKey);
        assert!(framer.is_waiting(), "also when nothing of it arrived, the packer hears of it");
        assert_eq!(data(framer.pause().into_iter().collect()), [Err(Reason::PartLost)]);
        assert_eq!(data(framer.push(b"A1\r")), [Ok("A1".into())]);
    }

    #[test]
    fn a_read_with_an_end_of_its_own_may_hold_what_ends_others() {
        let framer = framer();
        let whole = framer.whole(b"]Q1batch 7\r", Some(Symbology::Other)).unwrap().unwrap();
        assert_eq!((whole.data.as_str(), whole.symbology), ("batch 7", Some(Symbology::Qr)));
        let named = framer.whole(b"6901234567892", Some(Symbology::Ean13)).unwrap().unwrap();
        assert_eq!(named.symbology, Some(Symbology::Ean13));
        assert_eq!(framer.whole(b"\r\n", None), None, "nothing but a suffix is no read");
        let refused = framer.whole(b"two\nlines", None).unwrap().unwrap_err();
        assert_eq!(refused.reason, Reason::ControlCharacter, "no code of a site has lines");
        let long = Framer::new(Settings { max_length: 8, ..Settings::default() });
        assert_eq!(long.whole(b"123456789", None).unwrap().unwrap_err().reason, Reason::TooLong);
        assert!(long.whole(b"12345678\r", None).unwrap().is_ok());
    }

    #[test]
    fn a_configured_prefix_is_demanded_and_removed() {
        let mut framer = Framer::new(Settings { prefix: "~".into(), ..Settings::default() });
        assert_eq!(data(framer.push(b"~A1\rB2\r")), [Ok("A1".into()), Err(Reason::PrefixMissing)]);
    }

    proptest! {
        #[test]
        fn never_panics_and_never_depends_on_how_the_bytes_arrive(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            cuts in proptest::collection::vec(1usize..40, 1..50),
            aim_ids: bool,
        ) {
            let settings = Settings { aim_ids, max_length: 64, ..Settings::default() };
            let whole = Framer::new(settings.clone()).push(&bytes);
            let (mut pieces, mut left, mut framer) = (Vec::new(), &bytes[..], Framer::new(settings));
            for cut in cuts.into_iter().cycle() {
                if left.is_empty() { break; }
                let (piece, rest) = left.split_at(cut.min(left.len()));
                pieces.extend(framer.push(piece));
                left = rest;
            }
            prop_assert_eq!(&whole, &pieces);
            for frame in whole.into_iter().flatten() {
                prop_assert!(!frame.data.is_empty());
                prop_assert!(frame.data.chars().all(|c| !c.is_control() || matches!(c, GS | RS | EOT)));
            }
        }

        #[test]
        fn every_printable_read_arrives(text in "[ -~一-龥]{1,60}") {
            let mut framer = Framer::new(Settings::default());
            prop_assert_eq!(data(framer.push(format!("{text}\r").as_bytes())), [Ok(text)]);
        }
    }
}
