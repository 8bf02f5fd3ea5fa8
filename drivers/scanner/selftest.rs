//! A sheet of codes that shows how a scanner is set up, and what a read of each of them says of its settings. Pure.
//!
//! Every code begins with four digits that tell which one it was meant to be, since all else may have changed on its way.

use std::fmt::Write as _;

use super::framing::Reason;
use crate::barcode::{BarcodeError, code128};
use crate::label::{LabelError, qr_modules};

/// One code of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestCode {
    pub title: &'static str,
    text: &'static str,
    drawn_as: DrawnAs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DrawnAs {
    Code128,
    Qr,
}

/// In the order in which they are scanned: each asks for more than the one before.
pub const CODES: &[TestCode] = &[
    TestCode { title: "Letters of both cases", text: "9001aBcDeFyZ", drawn_as: DrawnAs::Code128 },
    TestCode {
        title: "Every printable character",
        text: "9002 !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~.",
        drawn_as: DrawnAs::Qr,
    },
    TestCode { title: "Group separators", text: "900310AB\u{1d}21XY\u{1d}30", drawn_as: DrawnAs::Qr },
    TestCode {
        title: "A long code",
        text: "9004-0010020030040050060070080090100110120130140150160170180190200210220230240250260270280290300310320330\
               34035036037038039040041042043044045046047048049050051052053054055056057058059060061062063064065066067068\
               06907007107207307407507607707807908008108208308408508608708808909009109209309409509609709809910010110210\
               3-end",
        drawn_as: DrawnAs::Qr,
    },
];

const GS: char = '\u{1d}';

/// What a read says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Good,
    /// What the scanner does and how to end it.
    Wrong {
        what: String,
        cure: String,
    },
    /// No code of the sheet.
    Stranger,
}

/// Which code a read was meant to be, and what became of it.
pub fn judge(read: &str) -> (Option<&'static TestCode>, Verdict) {
    // Something may have come before the digits.
    let meant = CODES.iter().find(|code| read.contains(&code.text[..4]));
    let Some(code) = meant else { return (None, Verdict::Stranger) };
    (Some(code), code.judge(read))
}

/// What bytes that were no read say of the settings.
pub fn judge_refused(reason: Reason) -> Verdict {
    match reason {
        Reason::Incomplete => wrong(
            "sends nothing after a code",
            "set its suffix to CR (Enter), or use the profile `no-suffix`, for a keyboard `keyboard-no-suffix`",
        ),
        Reason::UnknownKey => wrong(
            "types a key that has no character on a US keyboard",
            "set it to the US keyboard layout, and to send GS (FNC1) as Ctrl+]",
        ),
        Reason::PrefixMissing => {
            wrong("doesn't send the configured prefix", "set `prefix = \"\"`, or set the prefix up")
        }
        Reason::TooLong => {
            wrong("sends more than max_length, or no suffix", "set its suffix to CR, or raise max_length")
        }
        Reason::ControlCharacter => wrong(
            "sends control characters",
            "compare its baud rate with the url's; switch off control-character and packet protocols",
        ),
        Reason::NotText => {
            wrong("sends no text", "compare its baud rate with the url's; set it to UTF-8 or no conversion")
        }
        Reason::KeysLost | Reason::PartLost => wrong(
            "lost a part of the code on the way",
            "scan it again; if that repeats, try another USB port without a hub",
        ),
        Reason::UnknownForm => {
            wrong("sends reports of another form", "add form=newland or form=aim to its url, or set it to USB-COM")
        }
    }
}

fn wrong(what: &str, cure: &str) -> Verdict {
    Verdict::Wrong { what: what.to_owned(), cure: cure.to_owned() }
}

impl TestCode {
    /// What the scanner should send.
    pub fn text(&self) -> &'static str {
        self.text
    }

    fn judge(&self, read: &str) -> Verdict {
        let meant = self.text;
        if read == meant {
            return Verdict::Good;
        }
        if read == swapped(meant) {
            return wrong(
                "sends Caps inverted",
                "switch Caps Lock off on the scanner (Caps Lock override), or add caps=inverted to its url",
            );
        }
        if read == meant.to_lowercase() || read == meant.to_uppercase() {
            return wrong("changes the case of letters", "switch its case conversion off");
        }
        if let Some((before, after)) = read.split_once(meant) {
            return around(before, after);
        }
        if meant.contains(GS) {
            return separators(meant, read);
        }
        if let Some((from, to)) = exchanged(meant, read) {
            let what = format!("sends {to:?} in place of {from:?}");
            return wrong(&what, "set it to the US keyboard layout; then scan this code again");
        }
        if meant.starts_with(read) {
            let what = format!("stops after {} of {} characters", read.chars().count(), meant.chars().count());
            return wrong(&what, "raise its longest code, and set its delay between keys to 0");
        }
        if is_part(read, meant) {
            let lost = meant.chars().count() - read.chars().count();
            let what = format!("loses {lost} characters on the way");
            return wrong(&what, "plug it into another USB port without a hub, or set it to USB-COM");
        }
        let what = format!("sends {read:?} in place of {meant:?}");
        wrong(&what, "set it to its factory defaults and scan the maker's code for this kind of connection")
    }
}

/// The whole code came, with something around it.
fn around(before: &str, after: &str) -> Verdict {
    let mut sent = before.chars();
    let is_aim = (sent.next(), before.chars().count(), after) == (Some(']'), 3, "");
    if is_aim {
        return wrong("sends AIM identifiers, which is good", "set aim_ids = true for it");
    }
    let what = match (before, after) {
        (before, "") => format!("sends {before:?} before the code"),
        ("", after) => format!("sends {after:?} behind the code"),
        (before, after) => format!("sends {before:?} before the code and {after:?} behind it"),
    };
    wrong(&what, "remove its prefix and suffix but for CR, or set `prefix` for it")
}

/// What came where the separators should be.
fn separators(meant: &str, read: &str) -> Verdict {
    let fields: Vec<&str> = meant.split(GS).collect();
    let mut rest = read;
    let mut between = Vec::new();
    for field in &fields {
        let Some((before, after)) = rest.split_once(field) else {
            return wrong("changes the fields between group separators", "set it to the US keyboard layout");
        };
        between.push(before);
        rest = after;
    }
    let cure = "set it to send GS (FNC1) as 0x1D; as a keyboard as Ctrl+] or Alt+029";
    match between[1..].first() {
        Some(&"") => wrong("leaves group separators out, so that fields can't be told apart", cure),
        Some(other) => wrong(&format!("sends {other:?} in place of a group separator"), cure),
        None => wrong("changes group separators", cure),
    }
}

fn swapped(text: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}

/// The first character that is always another one, in a read that is as long as it should be.
fn exchanged(meant: &str, read: &str) -> Option<(char, char)> {
    let as_long = meant.chars().count() == read.chars().count();
    as_long.then(|| meant.chars().zip(read.chars()).find(|(from, to)| from != to)).flatten()
}

/// Whether `read` is `meant` with characters left out.
fn is_part(read: &str, meant: &str) -> bool {
    let mut meant = meant.chars();
    read.chars().all(|c| meant.any(|of| of == c))
}

/// Why the sheet can't be drawn.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    #[error(transparent)]
    Bars(#[from] BarcodeError),
    #[error(transparent)]
    Qr(#[from] LabelError),
}

/// A page for a browser, to be printed or shown on a screen.
pub fn sheet() -> Result<String, SheetError> {
    let mut page = String::from(
        "<!doctype html><meta charset=\"utf-8\"><title>Scanner self-test</title>\n\
         <style>body{font:16px sans-serif;margin:40px}section{margin:0 0 56px;page-break-inside:avoid}\
         svg{display:block;margin:16px;background:#fff}</style>\n\
         <h1>Scanner self-test</h1><p>Scan the codes in this order, each once.</p>\n",
    );
    for (at, code) in CODES.iter().enumerate() {
        let _ = writeln!(page, "<section><h2>{}. {}</h2>{}</section>", at + 1, code.title, code.svg()?);
    }
    Ok(page)
}

impl TestCode {
    /// A module is two pixels, half a millimetre on paper: on a screen, bars of broken pixels can't be read. The quiet zone is
    /// part of the picture.
    fn svg(&self) -> Result<String, SheetError> {
        let mut cells = String::new();
        let (width, height) = match self.drawn_as {
            DrawnAs::Code128 => {
                let bars = code128::bars(self.text)?;
                let mut x = 10;
                for (index, &width) in bars.0.iter().enumerate() {
                    if index % 2 == 0 {
                        let _ = write!(cells, "M{x} 4h{width}v36h-{width}z");
                    }
                    x += u32::from(width);
                }
                (x + 10, 44)
            }
            DrawnAs::Qr => {
                let modules = qr_modules(self.text)?;
                for y in 0..modules.height() {
                    for x in (0..modules.width()).filter(|x| modules.get(*x, y)) {
                        let _ = write!(cells, "M{} {}h1v1h-1z", x + 4, y + 4);
                    }
                }
                (modules.width() + 8, modules.height() + 8)
            }
        };
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\" \
             shape-rendering=\"crispEdges\"><path d=\"{cells}\"/></svg>",
            2 * width,
            2 * height
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(read: &str) -> String {
        match judge(read).1 {
            Verdict::Good => "good".into(),
            Verdict::Stranger => "stranger".into(),
            Verdict::Wrong { what, cure } => format!("{what}: {cure}"),
        }
    }

    #[test]
    fn codes_read_as_they_are_are_good() {
        for code in CODES {
            assert_eq!(judge(code.text()), (Some(code), Verdict::Good));
        }
        assert!((' '..='~').all(|c| CODES[1].text().contains(c)), "every printable character is on the sheet");
        assert!(CODES[3].text().len() > 300, "longer than a packet or a report of any scanner");
        assert_eq!(judge("6901234567892"), (None, Verdict::Stranger));
    }

    #[test]
    fn what_a_scanner_does_wrong_is_named_with_its_cure() {
        let [case, all, gs, long] = [0, 1, 2, 3].map(|at| CODES[at].text());
        for (read, says) in [
            ("9001AbCdEfYz".to_owned(), "sends Caps inverted: switch Caps Lock off on the scanner"),
            (swapped(all), "sends Caps inverted"),
            (case.to_uppercase(), "changes the case of letters"),
            (format!("]Q1{all}"), "set aim_ids = true"),
            (format!("{case}X"), "sends \"X\" behind the code"),
            (format!("~{case}"), "sends \"~\" before the code"),
            (gs.replace(GS, ""), "leaves group separators out"),
            (gs.replace(GS, "F8"), "sends \"F8\" in place of a group separator"),
            (case.replace('y', "z").replace('Z', "Y"), "sends 'z' in place of 'y': set it to the US keyboard layout"),
            (long[..128].to_owned(), "stops after 128 of "),
            (long.replace("050051", "0551"), "loses 2 characters on the way"),
            ("9001#####".to_owned(), "factory defaults"),
        ] {
            assert!(said(&read).contains(says), "{read}: {}", said(&read));
        }
    }

    #[test]
    fn every_refusal_has_a_cure() {
        for reason in [
            Reason::TooLong,
            Reason::ControlCharacter,
            Reason::NotText,
            Reason::PrefixMissing,
            Reason::Incomplete,
            Reason::KeysLost,
            Reason::UnknownKey,
            Reason::PartLost,
            Reason::UnknownForm,
        ] {
            let Verdict::Wrong { cure, .. } = judge_refused(reason) else { panic!("{reason:?}") };
            assert!(cure.len() > 10);
        }
    }

    #[test]
    fn the_sheet_shows_every_code_with_room_around_it() {
        let page = sheet().unwrap();
        assert_eq!(page.matches("<svg").count(), CODES.len());
        for code in CODES {
            assert!(page.contains(code.title));
            // Nothing is drawn in the quiet zone: four modules around a QR code, ten beside bars.
            let least = if code.drawn_as == DrawnAs::Qr { 4 } else { 10 };
            let svg = code.svg().unwrap();
            let starts = svg.split("M").skip(1).map(|cell| cell.split(' ').next().unwrap().parse::<u32>().unwrap());
            assert_eq!(starts.min(), Some(least), "{}", code.title);
        }
    }
}
