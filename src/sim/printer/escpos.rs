//! ESC/POS as a receipt printer hears it: pictures one below the other (`GS v 0`) until a feed ends the receipt, status in real
//! time (`DLE EOT`) and in line (`GS r`).
//!
//! Like real ones it obeys real-time commands wherever their bytes stand, also in the middle of a picture.

use drivers::bitmap::Bitmap;

use super::machine::{Condition, Heard, Interpreter, Question};

const DLE: u8 = 0x10;
const ESC: u8 = 0x1b;
const GS: u8 = 0x1d;

#[derive(Default)]
pub(super) struct EscPos {
    /// The last three bytes, whatever they were part of.
    last: [u8; 3],
    command: Vec<u8>,
    pictures: Vec<Bitmap>,
}

impl Interpreter for EscPos {
    fn feed(&mut self, byte: u8, heard: &mut Vec<Heard>) {
        self.last = [self.last[1], self.last[2], byte];
        self.obey_at_once(heard);
        self.command.push(byte);
        match self.command.as_slice() {
            [ESC, b'@'] => self.pictures.clear(),
            [ESC, b'd', _] | [GS, 0x0c] => self.end_receipt(heard),
            [GS, b'a', _] => {}
            [GS, b'r', b'1' | 1] => heard.push(Heard::InLine(paper_in_line)),
            [GS, b'v', b'0', mode, x_low, x_high, y_low, y_high, bits @ ..] => {
                let stride = u16::from_le_bytes([*x_low, *x_high]);
                let rows = u16::from_le_bytes([*y_low, *y_high]);
                if bits.len() < usize::from(stride) * usize::from(rows) {
                    return;
                }
                match Bitmap::from_bits(u32::from(stride) * 8, u32::from(rows), bits.to_vec()) {
                    Some(dots) if *mode == 0 => self.pictures.push(dots),
                    _ => heard.push(Heard::Complaint(format!("GS v 0: mode {mode} isn't read here"))),
                }
            }
            // Too short to say.
            [ESC | GS | DLE] | [ESC, b'd'] | [GS, b'a' | b'r'] | [DLE, 4 | 5 | 0x14] => return,
            [GS, b'v'] | [GS, b'v', b'0', ..] => return,
            // Obeyed already.
            [DLE, 4, 1..=4] => {}
            unknown => heard.push(Heard::Complaint(format!("{unknown:02x?} isn't known here"))),
        }
        let command = std::mem::take(&mut self.command);
        heard.push(Heard::Command(name_of(&command)));
    }
}

fn name_of(command: &[u8]) -> String {
    match command {
        [ESC, name, ..] => format!("ESC {}", char::from(*name)),
        [GS, 0x0c, ..] => "GS FF".into(),
        [GS, b'v', ..] => "GS v 0".into(),
        [GS, name, ..] => format!("GS {}", char::from(*name)),
        [DLE, ..] => "DLE".into(),
        other => format!("{other:02x?}"),
    }
}

impl EscPos {
    fn obey_at_once(&mut self, heard: &mut Vec<Heard>) {
        let answer: fn(&Condition) -> Vec<u8> = match self.last {
            [DLE, 4, 1] => state,
            [DLE, 4, 2] => offline_cause,
            [DLE, 4, 3] => error_cause,
            [DLE, 4, 4] => paper,
            [DLE, 5, 2] => {
                self.pictures.clear();
                heard.push(Heard::CancelAll);
                heard.push(Heard::Complaint("DLE ENQ 2: the buffer was emptied".into()));
                return;
            }
            [DLE, 0x14, 1 | 2 | 8] => {
                heard.push(Heard::Complaint("DLE DC4: the drawer was opened, or the printer switched off".into()));
                return;
            }
            _ => return,
        };
        heard.push(Heard::Question(Question { first: true, answer }));
    }

    fn end_receipt(&mut self, heard: &mut Vec<Heard>) {
        let pictures = std::mem::take(&mut self.pictures);
        let width = pictures.iter().map(Bitmap::width).max().unwrap_or(0);
        let mut dots = Bitmap::new(width, pictures.iter().map(Bitmap::height).sum());
        let mut y = 0;
        for picture in &pictures {
            dots.draw(picture, 0, y);
            y += picture.height() as i32;
        }
        if width > 0 {
            heard.push(Heard::Label { dots, copies: 1 });
        }
    }
}

/// What every answer to `DLE EOT` has: bits 1 and 4.
const FIXED: u8 = 0x12;

fn state(condition: &Condition) -> Vec<u8> {
    vec![FIXED + 0x08 * u8::from(condition.stands())]
}

fn offline_cause(condition: &Condition) -> Vec<u8> {
    let Condition { cover_open, paper_out, jam, .. } = condition;
    vec![FIXED + 0x04 * u8::from(*cover_open) + 0x20 * u8::from(*paper_out) + 0x40 * u8::from(*jam)]
}

/// A jam is an error somebody can recover from.
fn error_cause(condition: &Condition) -> Vec<u8> {
    vec![FIXED + 0x04 * u8::from(condition.jam)]
}

fn paper(condition: &Condition) -> Vec<u8> {
    let near_end = condition.near_end || condition.paper_out;
    vec![FIXED + 0x0c * u8::from(near_end) + 0x60 * u8::from(condition.paper_out)]
}

/// `GS r 1` waits behind what came before and isn't answered offline. Bits 0 and 1: near the end.
fn paper_in_line(condition: &Condition) -> Option<Vec<u8>> {
    (condition.queued == 0 && !condition.stands()).then(|| vec![0x03 * u8::from(condition.near_end)])
}
