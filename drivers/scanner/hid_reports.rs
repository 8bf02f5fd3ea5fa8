//! Reports of HID point-of-sale scanners cut into reads. Pure: whole reports go in, reads come out.
//!
//! All makers use report 2 of 64 bytes and two layouts of it:
//!
//! | byte | `newland` | `aim`: Zebra, Honeywell, Datalogic |
//! |---|---|---|
//! | 0 | report number 2 | report number 2 |
//! | 1 | length of the data | length of the data |
//! | 2… | data, up to 56 | AIM identifier `]cm`, from byte 2 or 3 on, then data |
//! | 61 | | Honeywell's own code letter |
//! | 62 | Newland's code number or 0 | |
//! | 63 | bit 0: more follows | not 0: more follows |

use std::time::{Duration, Instant};

use super::Input;
use super::framing::Reason;
use crate::scan::Symbology;

const DATA_REPORT: u8 = 2;
const REPORT_BYTES: usize = 64;
const CONTINUED: usize = 63;
/// The first byte behind the data.
const NEWLAND_END: usize = 58;
const AIM_END: usize = 63;
/// A report comes every few milliseconds; the next piece of a code that is as late as this never comes.
const PIECE_PAUSE: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Newland,
    Aim,
}

/// The read that is coming in.
pub struct Reports {
    form: Form,
    data: Vec<u8>,
    symbology: Option<Symbology>,
    /// When the last piece of an unfinished read came.
    unfinished: Option<Instant>,
}

struct Piece<'a> {
    symbology: Option<Symbology>,
    data: &'a [u8],
    continued: bool,
}

impl Reports {
    pub fn new(form: Form) -> Self {
        Self { form, data: Vec::new(), symbology: None, unfinished: None }
    }

    pub fn push(&mut self, report: &[u8], now: Instant) -> Vec<Input> {
        // Others answer commands or tell of keys and batteries.
        if report.first() != Some(&DATA_REPORT) {
            return Vec::new();
        }
        let mut heard: Vec<Input> = self.tick(now).into_iter().collect();
        let piece = match self.form {
            Form::Newland => newland(report),
            Form::Aim => aim(report),
        };
        let Some(piece) = piece else {
            self.clear();
            heard.push(Input::Refused { reason: Reason::UnknownForm, data: report.to_vec() });
            return heard;
        };
        self.data.extend_from_slice(piece.data);
        self.symbology = self.symbology.or(piece.symbology);
        if piece.continued {
            self.unfinished = Some(now);
        } else {
            let symbology = self.symbology;
            heard.push(Input::Read { data: self.clear(), symbology });
        }
        heard
    }

    /// When `tick` has something to do.
    pub fn deadline(&self) -> Option<Instant> {
        self.unfinished.map(|at| at + PIECE_PAUSE)
    }

    /// Gives up a read whose next piece is too late, before another read is joined to it.
    pub fn tick(&mut self, now: Instant) -> Option<Input> {
        let late = self.deadline().is_some_and(|deadline| deadline <= now);
        late.then(|| Input::Refused { reason: Reason::PartLost, data: self.clear() })
    }

    fn clear(&mut self) -> Vec<u8> {
        (self.symbology, self.unfinished) = (None, None);
        std::mem::take(&mut self.data)
    }
}

fn newland(report: &[u8]) -> Option<Piece<'_>> {
    let report: &[u8; REPORT_BYTES] = report.try_into().ok()?;
    let end = 2 + usize::from(report[1]);
    let data = report[..NEWLAND_END].get(2..end)?;
    Some(Piece { symbology: None, data, continued: report[CONTINUED] & 1 != 0 })
}

fn aim(report: &[u8]) -> Option<Piece<'_>> {
    let report: &[u8; REPORT_BYTES] = report.try_into().ok()?;
    let bracket = [2, 3].into_iter().find(|at| report[*at] == b']')?;
    let [letter, modifier] = [report[bracket + 1], report[bracket + 2]];
    if !letter.is_ascii_alphabetic() || !modifier.is_ascii_alphanumeric() {
        return None;
    }
    let start = bracket + 3;
    let data = report[..AIM_END].get(start..start + usize::from(report[1]))?;
    let symbology = Some(Symbology::from_aim(letter.into(), modifier.into()));
    Some(Piece { symbology, data, continued: report[CONTINUED] != 0 })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A scanner's report, from the makers' descriptions.
    fn report(head: &[u8], data: &[u8], last: u8) -> Vec<u8> {
        let mut report = vec![0x02, data.len() as u8];
        report.extend_from_slice(head);
        report.extend_from_slice(data);
        report.resize(63, 0);
        report.push(last);
        report
    }

    fn pushed(form: Form, reports: &[Vec<u8>]) -> Vec<Input> {
        let (mut reads, now) = (Reports::new(form), Instant::now());
        reports.iter().flat_map(|report| reads.push(report, now)).collect()
    }

    fn read(data: &[u8], symbology: Option<Symbology>) -> Input {
        Input::Read { data: data.to_vec(), symbology }
    }

    #[test]
    fn newland_sends_data_alone() {
        let mut named = report(b"", b"6901234567892", 0);
        named[62] = 11;
        assert_eq!(pushed(Form::Newland, &[named]), [read(b"6901234567892", None)]);
        // The identifier, where it is switched on, is part of the data; the settings say whether it is.
        assert_eq!(pushed(Form::Newland, &[report(b"", b"]C0A1", 0)]), [read(b"]C0A1", None)]);
    }

    #[test]
    fn others_send_the_aim_identifier_at_either_place() {
        let code128 = Some(Symbology::Code128);
        assert_eq!(pushed(Form::Aim, &[report(b"]C0", b"SF1\r", 0)]), [read(b"SF1\r", code128)]);
        assert_eq!(pushed(Form::Aim, &[report(b"\0]C0", b"SF1", 0)]), [read(b"SF1", code128)]);
        let mut honeywell = report(b"]E0", b"6901234567892", 0);
        honeywell[61] = b'd';
        assert_eq!(pushed(Form::Aim, &[honeywell]), [read(b"6901234567892", Some(Symbology::Ean13))]);
        // As a Honeywell sends them: 56 bytes of data and its code letter behind them.
        let voyager = report(b"]X0", &[b'v'; 56], 1);
        let end = report(b"]X0", b"end", 0);
        let text = [&[b'v'; 56][..], b"end"].concat();
        assert_eq!(pushed(Form::Aim, &[voyager, end]), [read(&text, Some(Symbology::Other))]);
    }

    #[test]
    fn a_bracket_in_the_data_is_no_identifier() {
        let piece = report(b"]Q1", b"]C0x", 0);
        assert_eq!(pushed(Form::Aim, &[piece]), [read(b"]C0x", Some(Symbology::Qr))]);
    }

    #[test]
    fn what_is_of_no_known_form_is_refused() {
        let too_long = |form| pushed(form, &[[vec![2, 57], vec![b'x'; 62]].concat()]);
        for wrong in [too_long(Form::Newland), too_long(Form::Aim), pushed(Form::Aim, &[report(b"", b"SF1", 0)])] {
            assert!(matches!(wrong[..], [Input::Refused { reason: Reason::UnknownForm, .. }]), "{wrong:?}");
        }
        assert!(matches!(pushed(Form::Newland, &[vec![2, 3, b'a']])[..], [Input::Refused { .. }]), "a short report");
        assert_eq!(pushed(Form::Aim, &[vec![4; 64], vec![]]), [], "other reports are not for us");
    }

    #[test]
    fn a_piece_that_never_comes_spoils_its_own_read_alone() {
        let (mut reads, start) = (Reports::new(Form::Newland), Instant::now());
        assert_eq!(reads.push(&report(b"", b"SF12", 1), start), []);
        assert_eq!(reads.tick(start), None);
        let later = start + PIECE_PAUSE;
        let lost = Input::Refused { reason: Reason::PartLost, data: b"SF12".to_vec() };
        assert_eq!(reads.push(&report(b"", b"A1", 0), later), [lost, read(b"A1", None)]);
        assert_eq!(reads.deadline(), None);
    }

    /// What a scanner of either form does with a code.
    fn sent(form: Form, head: &[u8], data: &[u8]) -> Vec<Vec<u8>> {
        let pieces: Vec<&[u8]> = data.chunks(56).collect();
        let last = pieces.len() - 1;
        let head = if form == Form::Newland { b"" } else { head };
        pieces.iter().enumerate().map(|(at, piece)| report(head, piece, u8::from(at < last))).collect()
    }

    proptest! {
        #[test]
        fn any_data_comes_back(data in proptest::collection::vec(any::<u8>(), 1..400), shifted: bool) {
            prop_assert_eq!(pushed(Form::Newland, &sent(Form::Newland, b"", &data)), [read(&data, None)]);
            let head: &[u8] = if shifted { b"\0]d2" } else { b"]d2" };
            let symbology = Some(Symbology::Gs1DataMatrix);
            prop_assert_eq!(pushed(Form::Aim, &sent(Form::Aim, head, &data)), [read(&data, symbology)]);
        }

        #[test]
        fn no_report_makes_it_panic(reports in proptest::collection::vec(
            proptest::collection::vec(prop_oneof![Just(2u8), Just(b']'), any::<u8>()], 0..70), 0..20,
        )) {
            pushed(Form::Newland, &reports);
            pushed(Form::Aim, &reports);
        }
    }
}
