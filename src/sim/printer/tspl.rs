//! TSPL / TSPL2 as a printer hears it: lines of commands, bitmaps in binary, and the immediate question `ESC !?`.
//!
//! It prints BITMAP only and complains about every other drawing command. DIRECTION 0 comes out upside down against 1.

use std::io::Read as _;

use drivers::bitmap::Bitmap;
use flate2::read::ZlibDecoder;

use super::machine::{Condition, Heard, Interpreter, Question};

const ESC: u8 = 0x1b;

pub(super) struct Tspl {
    dots_per_mm: u32,
    line: Vec<u8>,
    bitmap: Option<Receiving>,
    width: u32,
    height: u32,
    turned: bool,
    image: Vec<(i32, i32, Bitmap)>,
}

/// A BITMAP whose binary data is on its way.
struct Receiving {
    x: i32,
    y: i32,
    stride: u32,
    rows: u32,
    compressed: bool,
    needed: usize,
    data: Vec<u8>,
}

impl Tspl {
    pub fn new(dots_per_mm: u32) -> Self {
        Self { dots_per_mm, line: Vec::new(), bitmap: None, width: 0, height: 0, turned: false, image: Vec::new() }
    }
}

impl Interpreter for Tspl {
    fn feed(&mut self, byte: u8, heard: &mut Vec<Heard>) {
        if let Some(receiving) = &mut self.bitmap {
            receiving.data.push(byte);
            if receiving.data.len() == receiving.needed
                && let Some(whole) = self.bitmap.take()
            {
                self.receive(whole, heard);
            }
            return;
        }
        self.line.push(byte);
        if self.line.ends_with(&[ESC, b'!', b'?']) {
            self.line.truncate(self.line.len() - 3);
            heard.push(Heard::Question(Question { first: true, answer: |condition| vec![status_byte(condition)] }));
        } else if self.line.ends_with(&[ESC, b'!', b'S']) {
            self.line.truncate(self.line.len() - 3);
            heard.push(Heard::Question(Question { first: false, answer: status_line }));
        } else if self.line.ends_with(b"~!T") {
            self.line.truncate(self.line.len() - 3);
            heard.push(Heard::Question(Question { first: false, answer: |_| b"TSIM-203\r\n".to_vec() }));
        } else if byte == b'\n' {
            let line = std::mem::take(&mut self.line);
            self.run(String::from_utf8_lossy(&line).trim(), heard);
        } else if byte == b',' && self.line.starts_with(b"BITMAP ") {
            self.begin_bitmap(heard);
        }
    }
}

impl Tspl {
    /// `BITMAP x,y,width in bytes,rows,mode,` – in mode 3 the data's length comes first.
    fn begin_bitmap(&mut self, heard: &mut Vec<Heard>) {
        let text = String::from_utf8_lossy(&self.line["BITMAP ".len()..]).into_owned();
        let numbers: Option<Vec<i64>> =
            text.trim_end_matches(',').split(',').map(|field| field.trim().parse().ok()).collect();
        let Some(numbers) = numbers else {
            self.line.clear();
            heard.push(Heard::Complaint(format!("BITMAP {text}")));
            return;
        };
        let (compressed, needed) = match numbers[..] {
            [_, _, stride, rows, 0] => (false, stride * rows),
            [_, _, _, _, 3, length] => (true, length),
            [_, _, _, _, mode] if mode != 3 => {
                self.line.clear();
                heard.push(Heard::Complaint(format!("BITMAP mode {mode} isn't known here")));
                return;
            }
            _ => return,
        };
        self.line.clear();
        heard.push(Heard::Command("BITMAP".into()));
        let small = |number: i64| u32::try_from(number).unwrap_or(0);
        self.bitmap = Some(Receiving {
            x: numbers[0] as i32,
            y: numbers[1] as i32,
            stride: small(numbers[2]),
            rows: small(numbers[3]),
            compressed,
            needed: usize::try_from(needed).unwrap_or(0).max(1),
            data: Vec::new(),
        });
    }

    fn receive(&mut self, whole: Receiving, heard: &mut Vec<Heard>) {
        let mut bits = whole.data;
        if whole.compressed {
            let packed = std::mem::take(&mut bits);
            let expected = u64::from(whole.stride) * u64::from(whole.rows);
            if ZlibDecoder::new(&packed[..]).take(expected + 1).read_to_end(&mut bits).is_err() {
                heard.push(Heard::Complaint("BITMAP mode 3: not zlib".into()));
                return;
            }
        }
        // A 0 bit burns a dot.
        bits.iter_mut().for_each(|byte| *byte = !*byte);
        match Bitmap::from_bits(whole.stride * 8, whole.rows, bits) {
            Some(bitmap) => self.image.push((whole.x, whole.y, bitmap)),
            None => heard.push(Heard::Complaint("BITMAP: the data isn't width times rows".into())),
        }
    }

    fn run(&mut self, line: &str, heard: &mut Vec<Heard>) {
        if line.is_empty() {
            return;
        }
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        heard.push(Heard::Command(name.to_owned()));
        match name {
            "SIZE" => {
                let (width, height) = rest.split_once(',').unwrap_or((rest, ""));
                self.width = self.dots(width).unwrap_or(0);
                self.height = self.dots(height).unwrap_or(0);
            }
            "DIRECTION" => self.turned = rest.starts_with('0'),
            "SET" if rest == "RESPONSE ON" => heard.push(Heard::ReportLabels),
            "CLS" => self.image.clear(),
            "PRINT" => {
                let counts: Vec<u32> = rest.split(',').map(|count| count.trim().parse().unwrap_or(1)).collect();
                heard.push(Heard::Label { dots: self.paper(), copies: counts.iter().product() });
            }
            "GAP" | "BLINE" | "REFERENCE" | "OFFSET" | "DENSITY" | "SPEED" => {}
            _ => heard.push(Heard::Complaint(format!("{name} isn't known here"))),
        }
    }

    /// `76 mm`, `3 ` (inch) or `600 dot`.
    fn dots(&self, side: &str) -> Option<u32> {
        let side = side.trim();
        let number = |text: &str| text.trim().parse::<f64>().ok();
        let dots = match (side.strip_suffix("mm"), side.strip_suffix("dot")) {
            (Some(mm), _) => number(mm)? * f64::from(self.dots_per_mm),
            (_, Some(dots)) => number(dots)?,
            _ => number(side)? * 25.4 * f64::from(self.dots_per_mm),
        };
        Some(dots.round() as u32)
    }

    fn paper(&self) -> Bitmap {
        let mut dots = Bitmap::new(self.width, self.height);
        for (x, y, bitmap) in &self.image {
            dots.draw(bitmap, *x, *y);
        }
        if self.turned { dots.turned().turned() } else { dots }
    }
}

/// `ESC !?`: 00 ready, 01 head open, 02 jam, 04 no paper, 08 no ribbon, 20 printing.
fn status_byte(condition: &Condition) -> u8 {
    let bits = [
        (condition.cover_open, 0x01),
        (condition.jam, 0x02),
        (condition.paper_out, 0x04),
        (condition.ribbon_out, 0x08),
    ];
    let fault = bits.iter().filter(|(shows, _)| *shows).map(|(_, bit)| bit).sum();
    if fault == 0 && condition.queued > 0 { 0x20 } else { fault }
}

/// `ESC !S`: eight bytes. What it does (`@` nothing, `P` printing, `E` error), then sets of bits upon `@`: 1 paper low; no
/// error; 1 no paper, 2 jam, 4 no ribbon, 20 head open.
fn status_line(condition: &Condition) -> Vec<u8> {
    let doing = match condition {
        _ if condition.stands() => b'E',
        Condition { queued: 1.., .. } => b'P',
        _ => b'@',
    };
    let faults = b'@'
        + u8::from(condition.paper_out)
        + 2 * u8::from(condition.jam)
        + 4 * u8::from(condition.ribbon_out)
        + 0x20 * u8::from(condition.cover_open);
    vec![2, doing, b'@' + u8::from(condition.near_end), b'@', faults, 3, b'\r', b'\n']
}

/// HPRT's automatic return: the count with "printing", then its end.
pub(super) fn auto_return(count: u32) -> Vec<u8> {
    let frame = |count: u32, status: u8| [&[0xaa, 0xbb, 0xcc, 0xdd][..], &count.to_le_bytes(), &[status, 0]].concat();
    [frame(count, 0x20), frame(u32::MAX, 0)].concat()
}

/// What `SET RESPONSE ON` is answered with at a label's end; real models differ, so these words are made up.
pub(super) const RESPONSE: &[u8] = b"PRINTED\r\n";
