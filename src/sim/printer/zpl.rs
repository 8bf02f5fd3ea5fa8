//! ZPL II as a printer hears it (Zebra's ZPL II Programming Guide): formats with graphics, and the host questions.
//!
//! It prints graphic fields only and complains about every other drawing command, so nothing that should have been dots
//! goes unnoticed. A wrong CRC or a field above 99 999 bytes isn't printed.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use drivers::bitmap::Bitmap;
use flate2::read::ZlibDecoder;

use super::machine::{Condition, Heard, Interpreter, Question};

/// ^GF, parameter b: "1 to 99999".
const MAX_GRAPHIC_BYTES: usize = 99_999;
const IDENTITY: &[u8] = b"\x02ZSIM-203dpi,V1.0,8,8176KB\x03\r\n";
/// ^PW and ^LL outlive a format; this is what the printer starts with.
const FACTORY_SIZE: (u32, u32) = (832, 1218);

pub(super) struct Zpl {
    command: Vec<u8>,
    /// What is no command: SGD ("Set-Get-Do") is lines of text between formats.
    line: Vec<u8>,
    in_format: bool,
    width: u32,
    height: u32,
    origin: (i32, i32),
    copies: u32,
    graphics: Vec<(i32, i32, Bitmap)>,
}

impl Default for Zpl {
    fn default() -> Self {
        Self {
            command: Vec::new(),
            line: Vec::new(),
            in_format: false,
            width: FACTORY_SIZE.0,
            height: FACTORY_SIZE.1,
            origin: (0, 0),
            copies: 1,
            graphics: Vec::new(),
        }
    }
}

impl Interpreter for Zpl {
    fn feed(&mut self, byte: u8, heard: &mut Vec<Heard>) {
        let ends_before = matches!(byte, b'^' | b'~');
        let ends_with = byte == b'\n' && self.command.first() == Some(&b'~');
        if ends_before || ends_with {
            let command = std::mem::take(&mut self.command);
            self.run(&command, heard);
        }
        if ends_with {
            return;
        }
        if self.command.is_empty() && !ends_before {
            self.listen_for_sgd(byte, heard);
            return;
        }
        self.command.push(byte);
        // These take no parameters and act at once, without waiting for what comes after them.
        if matches!(self.command.as_slice(), b"^XA" | b"^XZ" | b"^FS" | b"~HS" | b"~HI" | b"~HQES" | b"~JX" | b"~JA") {
            let command = std::mem::take(&mut self.command);
            self.run(&command, heard);
        }
    }
}

impl Zpl {
    fn run(&mut self, command: &[u8], heard: &mut Vec<Heard>) {
        let Some(name) = command.get(..3) else {
            if !command.is_empty() {
                heard.push(Heard::Complaint(format!("broken command {:?}", String::from_utf8_lossy(command))));
            }
            return;
        };
        let text = String::from_utf8_lossy(&command[3..]).into_owned();
        let number = |index: usize| text.split(',').nth(index).and_then(|field| field.trim().parse::<i32>().ok());
        heard.push(Heard::Command(String::from_utf8_lossy(name).into_owned()));
        match name {
            b"~HS" => heard.push(Heard::Question(Question { first: true, answer: host_status })),
            b"~HI" => heard.push(Heard::Question(Question { first: false, answer: |_| IDENTITY.to_vec() })),
            b"~HQ" if text.starts_with("ES") => heard.push(Heard::Question(Question { first: false, answer: errors })),
            b"~JX" => self.forget_format(),
            b"~JA" => {
                self.forget_format();
                heard.push(Heard::CancelAll);
            }
            b"^XA" => self.in_format = true,
            _ if !self.in_format => heard.push(Heard::Complaint(format!("{} outside a format", name_of(name)))),
            b"^PW" => self.width = number(0).unwrap_or(0).max(0) as u32,
            b"^LL" => self.height = number(0).unwrap_or(0).max(0) as u32,
            b"^FO" => self.origin = (number(0).unwrap_or(0), number(1).unwrap_or(0)),
            b"^PQ" => self.copies = number(0).unwrap_or(1).max(0) as u32,
            b"^GF" => match graphic(&text) {
                Ok(bitmap) => self.graphics.push((self.origin.0, self.origin.1, bitmap)),
                Err(why) => heard.push(Heard::Complaint(why)),
            },
            b"^XZ" => {
                let mut dots = Bitmap::new(self.width, self.height);
                for (x, y, bitmap) in &self.graphics {
                    dots.draw(bitmap, *x, *y);
                }
                heard.push(Heard::Label { dots, copies: self.copies });
                self.forget_format();
            }
            b"^FS" | b"^LH" | b"^LS" | b"^PO" | b"^PR" | b"^MN" | b"^MT" | b"^MM" | b"~SD" => {}
            _ => heard.push(Heard::Complaint(format!("{} isn't known here", name_of(name)))),
        }
    }

    fn listen_for_sgd(&mut self, byte: u8, heard: &mut Vec<Heard>) {
        if byte != b'\n' {
            self.line.push(byte);
            return;
        }
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        match line.trim().strip_prefix("! U1 getvar ") {
            Some("\"odometer.total_label_count\"") => {
                heard.push(Heard::Count(|count| format!("\"{count}\"").into_bytes()));
            }
            Some(_) => heard.push(Heard::Question(Question { first: false, answer: |_| b"\"?\"".to_vec() })),
            None if line.trim().is_empty() => {}
            None => heard.push(Heard::Complaint(format!("{:?} is no command", line.trim()))),
        }
    }

    fn forget_format(&mut self) {
        self.in_format = false;
        self.origin = (0, 0);
        self.copies = 1;
        self.graphics.clear();
    }
}

fn name_of(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// `A,b,c,d,data`: b and c count bytes, d is a row's bytes.
fn graphic(text: &str) -> Result<Bitmap, String> {
    let mut fields = text.splitn(5, ',');
    let mut next = || fields.next().ok_or("^GF lacks a parameter");
    if next()? != "A" {
        return Err("^GF: only form A is read here".into());
    }
    let mut number = || next()?.parse::<usize>().map_err(|_| "^GF: a count isn't a number");
    let (total, fields_count, stride) = (number()?, number()?, number()?);
    let data = next()?;
    if total > MAX_GRAPHIC_BYTES || fields_count > MAX_GRAPHIC_BYTES {
        return Err(format!("^GF of {total} bytes; at most {MAX_GRAPHIC_BYTES} are taken"));
    }
    if stride == 0 || total == 0 || total % stride != 0 {
        return Err(format!("^GF: {total} bytes don't make rows of {stride}"));
    }
    let bytes = if data.starts_with(':') { encoded(data)? } else { hexadecimal(data, stride, total)? };
    if bytes.len() != total {
        return Err(format!("^GF: {} bytes came of the {total} declared", bytes.len()));
    }
    Bitmap::from_bits(stride as u32 * 8, (total / stride) as u32, bytes).ok_or_else(|| "^GF: uneven rows".into())
}

/// `:Z64:base64:crc` or `:B64:base64:crc`.
fn encoded(data: &str) -> Result<Vec<u8>, String> {
    let parts: Vec<&str> = data.trim_end().split(':').collect();
    let ["", form, text, crc] = parts[..] else { return Err("^GF: an encoded field has four parts".into()) };
    let told = u32::from_str_radix(crc, 16).map_err(|_| "^GF: the CRC isn't hexadecimal")?;
    let mut computed: u32 = 0;
    for bit in text.bytes().flat_map(|byte| (0..8).rev().map(move |bit| u32::from(byte >> bit & 1))) {
        let carry = computed >> 15 & 1;
        computed = (computed << 1) & 0xffff;
        if carry != bit {
            computed ^= 0x1021;
        }
    }
    if told != computed {
        return Err(format!("^GF: the CRC is {computed:04X}, not {crc}"));
    }
    let bytes = STANDARD.decode(text).map_err(|_| "^GF: not base64")?;
    match form {
        "B64" => Ok(bytes),
        "Z64" => {
            let mut inflated = Vec::new();
            let limit = MAX_GRAPHIC_BYTES as u64 + 1;
            ZlibDecoder::new(&bytes[..]).take(limit).read_to_end(&mut inflated).map_err(|_| "^GF: not zlib")?;
            Ok(inflated)
        }
        other => Err(format!("^GF: unknown form {other}")),
    }
}

/// Hexadecimal with repeat counts (`G`–`Y` 1–19, `g`–`z` 20–400), `,` and `!` to the row's end, `:` the row again.
fn hexadecimal(data: &str, stride: usize, total: usize) -> Result<Vec<u8>, String> {
    let mut nibbles: Vec<u8> = Vec::with_capacity(total * 2);
    let row = stride * 2;
    let mut repeat = 0;
    for character in data.chars() {
        let times = if repeat == 0 { 1 } else { repeat };
        let to_row_end = row - nibbles.len() % row;
        match character {
            '\r' | '\n' => continue,
            'G'..='Y' => {
                repeat += character as usize - 'F' as usize;
                continue;
            }
            'g'..='z' => {
                repeat += (character as usize - 'f' as usize) * 20;
                continue;
            }
            ',' => nibbles.extend(std::iter::repeat_n(0, to_row_end)),
            '!' => nibbles.extend(std::iter::repeat_n(15, to_row_end)),
            ':' => {
                let from = nibbles.len().checked_sub(row).ok_or("^GF: the first row can't repeat one")?;
                nibbles.extend_from_within(from..);
            }
            digit => {
                let value = digit.to_digit(16).ok_or_else(|| format!("^GF: {digit:?} isn't hexadecimal"))?;
                nibbles.extend(std::iter::repeat_n(value as u8, times));
            }
        }
        repeat = 0;
        if nibbles.len() > total * 2 {
            return Err("^GF: more data than declared".into());
        }
    }
    Ok(nibbles.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect())
}

/// `~HS` isn't answered with the head open, media or ribbon out or paper stuck.
fn host_status(condition: &Condition) -> Vec<u8> {
    if condition.stands() {
        return Vec::new();
    }
    let (height, queued) = (condition.height_dots, condition.queued);
    format!(
        "\x02030,0,0,{height:04},{queued:03},0,0,0,000,0,0,0\x03\r\n\
         \x02000,0,0,0,0,2,4,0,{queued:08},1,000\x03\r\n\x021234,0\x03\r\n"
    )
    .into_bytes()
}

/// `~HQES`: 1 is media out, 2 ribbon out, 4 head open, 1000 a jam in the retract.
fn errors(condition: &Condition) -> Vec<u8> {
    let bits = u32::from(condition.paper_out)
        + 2 * u32::from(condition.ribbon_out)
        + 4 * u32::from(condition.cover_open)
        + 0x1000 * u32::from(condition.jam);
    let flag = u32::from(bits != 0);
    format!(
        "\x02\r\n  PRINTER STATUS\r\n   ERRORS:         {flag} 00000000 {bits:08X}\r\n   \
         WARNINGS:       0 00000000 00000000\r\n\x03\r\n"
    )
    .into_bytes()
}
