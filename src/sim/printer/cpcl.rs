//! CPCL as a portable printer hears it: sessions of lines from `!` to `PRINT`, with dots in hexadecimal (EG) or in bytes (CG),
//! and questions between them. In a session `ESC` is no question; text outside of one would be printed as text.

use drivers::bitmap::Bitmap;

use super::machine::{Condition, Heard, Interpreter, Question};

const ESC: u8 = 0x1b;
/// What a session has that doesn't say PAGE-WIDTH.
const HEAD_DOTS: u32 = 832;

#[derive(Default)]
pub(super) struct Cpcl {
    line: Vec<u8>,
    session: Option<Session>,
    bytes: Option<Place>,
}

struct Session {
    width: u32,
    height: u32,
    copies: u32,
    image: Vec<(i32, i32, Bitmap)>,
}

/// A CG whose bytes are on their way.
struct Place {
    stride: u32,
    rows: u32,
    x: i32,
    y: i32,
    data: Vec<u8>,
}

impl Interpreter for Cpcl {
    fn feed(&mut self, byte: u8, heard: &mut Vec<Heard>) {
        if let Some(mut place) = self.bytes.take() {
            place.data.push(byte);
            match place.data.len() == (place.stride * place.rows) as usize {
                true => self.draw(place, heard),
                false => self.bytes = Some(place),
            }
            return;
        }
        self.line.push(byte);
        match (self.session.is_some(), self.line.as_slice()) {
            (false, [.., ESC, question @ (b'h' | b'i' | b'v')]) => {
                heard.push(answer_to(*question));
                self.line.truncate(self.line.len() - 2);
            }
            (true, [b'C', b'G', b' ', numbers @ .., b' ']) => {
                // One space stands before the bytes, and they may hold anything.
                if let Some(place) = place(numbers) {
                    self.line.clear();
                    heard.push(Heard::Command("CG".into()));
                    self.bytes = Some(place);
                }
            }
            (_, [.., b'\n']) => {
                let line = std::mem::take(&mut self.line);
                self.run(String::from_utf8_lossy(&line).trim(), heard);
            }
            _ => {}
        }
    }
}

/// `width in bytes, rows, x, y`.
fn place(numbers: &[u8]) -> Option<Place> {
    let text = std::str::from_utf8(numbers).ok()?;
    let numbers: Vec<u32> = text.split(' ').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    let [stride, rows, x, y] = numbers[..] else { return None };
    (stride > 0 && rows > 0).then_some(Place { stride, rows, x: x as i32, y: y as i32, data: Vec::new() })
}

impl Cpcl {
    fn draw(&mut self, place: Place, heard: &mut Vec<Heard>) {
        let Some(session) = &mut self.session else { return };
        // 1 is black.
        match Bitmap::from_bits(place.stride * 8, place.rows, place.data) {
            Some(dots) => session.image.push((place.x, place.y, dots)),
            None => heard.push(Heard::Complaint("graphics: the data isn't width times rows".into())),
        }
    }

    fn run(&mut self, line: &str, heard: &mut Vec<Heard>) {
        if line.is_empty() {
            return;
        }
        let words: Vec<&str> = line.split(' ').collect();
        heard.push(Heard::Command(words[0].to_owned()));
        let Some(session) = &mut self.session else {
            match session(&words) {
                Some(session) => self.session = Some(session),
                None => heard.push(Heard::Complaint(format!("{line:?} would be printed as text"))),
            }
            return;
        };
        match (words[0], words.len()) {
            ("PAGE-WIDTH", 2) => session.width = words[1].parse().unwrap_or(0),
            ("EG", 6) => match place(words[1..5].join(" ").as_bytes()).zip(bytes(words[5])) {
                Some((place, data)) => self.draw(Place { data, ..place }, heard),
                None => heard.push(Heard::Complaint("EG: not hexadecimal, or without its place".into())),
            },
            ("PRINT", 1) => {
                let mut dots = Bitmap::new(session.width, session.height);
                for (x, y, bitmap) in &session.image {
                    dots.draw(bitmap, *x, *y);
                }
                heard.push(Heard::Label { dots, copies: session.copies });
                self.session = None;
            }
            ("FORM", 1) | ("TONE" | "CONTRAST" | "SPEED", 2) => {}
            _ => heard.push(Heard::Complaint(format!("{} isn't known here", words[0]))),
        }
    }
}

/// `! offset 200 200 height copies`.
fn session(words: &[&str]) -> Option<Session> {
    let ["!", offset, "200", "200", height, copies] = words else { return None };
    let (_, height, copies) = (offset.parse::<u32>().ok()?, height.parse().ok()?, copies.parse().ok()?);
    Some(Session { width: HEAD_DOTS, height, copies, image: Vec::new() })
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        hexadecimal.chars().map(|digit| digit.to_digit(16).map(|value| value as u8)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

fn answer_to(question: u8) -> Heard {
    match question {
        b'h' => Heard::InLine(status),
        b'i' => Heard::Question(Question { first: false, answer: extended_status }),
        _ => Heard::Question(Question { first: false, answer: |_| b"CSIM-203 V1.0\r\n\0".to_vec() }),
    }
}

/// `ESC h`: bit 1 no paper, 2 latch open. It comes when the label before is done, or can't be for one of these; what else
/// holds a label up holds the answer up.
fn status(condition: &Condition) -> Option<Vec<u8>> {
    let byte = 2 * u8::from(condition.paper_out) + 4 * u8::from(condition.cover_open);
    (byte != 0 || condition.queued == 0).then(|| vec![byte])
}

/// `ESC i`, at once: bit 0 busy, 1 no paper, 2 latch open, 4 jam, 6 paper low, 7 no ribbon.
fn extended_status(condition: &Condition) -> Vec<u8> {
    let bits = [
        (condition.queued > 0, 0x01),
        (condition.paper_out, 0x02),
        (condition.cover_open, 0x04),
        (condition.jam, 0x10),
        (condition.near_end, 0x40),
        (condition.ribbon_out, 0x80),
    ];
    vec![bits.iter().filter(|(shows, _)| *shows).map(|(_, bit)| bit).sum()]
}
