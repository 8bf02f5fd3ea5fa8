//! EPL2 as a printer hears it: lines of commands, graphics in binary (GW), and the error report `^ee`.
//!
//! It prints GW only and complains about every other drawing command.

use drivers::bitmap::Bitmap;

use super::machine::{Condition, Heard, Interpreter, Question};

pub(super) struct Epl {
    line: Vec<u8>,
    graphic: Option<Graphic>,
    width: u32,
    height: u32,
    turned: bool,
    image: Vec<(i32, i32, Bitmap)>,
}

/// A GW whose bytes are on their way.
struct Graphic {
    x: i32,
    y: i32,
    stride: u32,
    rows: u32,
    data: Vec<u8>,
}

impl Default for Epl {
    fn default() -> Self {
        Self { line: Vec::new(), graphic: None, width: 832, height: 1218, turned: false, image: Vec::new() }
    }
}

impl Interpreter for Epl {
    fn feed(&mut self, byte: u8, heard: &mut Vec<Heard>) {
        if let Some(graphic) = &mut self.graphic {
            graphic.data.push(byte);
            if graphic.data.len() == (graphic.stride * graphic.rows) as usize
                && let Some(whole) = self.graphic.take()
            {
                self.draw(whole, heard);
            }
            return;
        }
        self.line.push(byte);
        // A comma or a line's end stands before the bytes.
        if matches!(byte, b',' | b'\n')
            && let Some(numbers) = self.line.strip_prefix(b"GW")
            && let Some(graphic) = graphic(numbers)
        {
            self.line.clear();
            heard.push(Heard::Command("GW".into()));
            self.graphic = Some(graphic);
        } else if byte == b'\n' {
            let line = std::mem::take(&mut self.line);
            self.run(String::from_utf8_lossy(&line).trim(), heard);
        }
    }
}

/// `x,y,width in bytes,rows,`.
fn graphic(numbers: &[u8]) -> Option<Graphic> {
    let text = std::str::from_utf8(numbers).ok()?.trim_end_matches(['\r', '\n', ',']);
    let numbers: Vec<u32> = text.split(',').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    let [x, y, stride, rows] = numbers[..] else { return None };
    (stride > 0 && rows > 0).then_some(Graphic { x: x as i32, y: y as i32, stride, rows, data: Vec::new() })
}

impl Epl {
    fn draw(&mut self, graphic: Graphic, heard: &mut Vec<Heard>) {
        // A 0 bit burns a dot.
        let bits = graphic.data.iter().map(|byte| !byte).collect();
        match Bitmap::from_bits(graphic.stride * 8, graphic.rows, bits) {
            Some(dots) => self.image.push((graphic.x, graphic.y, dots)),
            None => heard.push(Heard::Complaint("GW: the data isn't width times rows".into())),
        }
    }

    fn run(&mut self, line: &str, heard: &mut Vec<Heard>) {
        if line.is_empty() {
            return;
        }
        if line == "^ee" {
            heard.push(Heard::Question(Question { first: true, answer: errors }));
            return;
        }
        let (name, rest) = line.split_at(line.char_indices().nth(1).map_or(line.len(), |(at, _)| at));
        let number = || rest.split(',').next().and_then(|field| field.trim().parse::<u32>().ok());
        heard.push(Heard::Command(name.to_owned()));
        match (name, number()) {
            ("N", None) if rest.is_empty() => self.image.clear(),
            ("q", Some(dots)) => self.width = dots,
            ("Q", Some(dots)) => self.height = dots,
            ("Z", None) if matches!(rest, "T" | "B") => self.turned = rest == "B",
            ("P", Some(copies)) => heard.push(Heard::Label { dots: self.paper(), copies }),
            ("D" | "S", Some(_)) => {}
            _ => heard.push(Heard::Complaint(format!("{line:?} isn't known here"))),
        }
    }

    fn paper(&self) -> Bitmap {
        let mut dots = Bitmap::new(self.width, self.height);
        for (x, y, bitmap) in &self.image {
            dots.draw(bitmap, *x, *y);
        }
        if self.turned { dots.turned().turned() } else { dots }
    }
}

/// `^ee`: 00, or codes with commas between: 07 paper or ribbon, 11 head open, and one that stands for what has no known code.
fn errors(condition: &Condition) -> Vec<u8> {
    let codes =
        [(condition.cover_open, "11"), (condition.paper_out || condition.ribbon_out, "07"), (condition.jam, "99")];
    let shown: Vec<&str> = codes.iter().filter(|(shows, _)| *shows).map(|(_, code)| *code).collect();
    let line = if shown.is_empty() { "00".to_owned() } else { shown.join(",") };
    format!("{line}\r\n").into_bytes()
}
