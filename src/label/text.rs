//! Text set into a box: wrapped, shrunk until it fits, aligned, turned.

use std::sync::Arc;

use drivers::bitmap::Bitmap;

use super::fonts::{Fonts, GETA, Glyph};
use super::template::{Align, Valign};

/// Lines are this much of a character's height apart.
const LINE_PITCH: f64 = 1.16;
/// A Chinese character reaches so far above the baseline.
const ASCENT: f64 = 0.86;

/// Sizes are tried in steps of this part of them.
const FINEST: u32 = 64;

/// How a text is set; sizes in dots.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub size: u32,
    pub min_size: u32,
    pub bold: bool,
    pub align: Align,
    pub valign: Valign,
    pub wrap: bool,
    pub is_turned: bool,
    /// Nothing may be replaced or cut.
    pub strict: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("no font has the character {character:?}")]
    MissingGlyph { character: char },
    #[error("{text:?} doesn't fit")]
    TooLong { text: String },
}

/// Dots of exactly the box, and what can be read on them.
pub struct SetText {
    pub dots: Bitmap,
    pub says: String,
}

pub fn set(text: &str, width: u32, height: u32, style: Style, fonts: &Fonts) -> Result<SetText, TextError> {
    let (width, height) = if style.is_turned { (height, width) } else { (width, height) };
    let text = printable(text, style.strict, fonts)?;
    let (size, mut lines) = fitting(&text, width, height, style, fonts);
    let room = rows(height, size);
    if lines.len() > room || lines.iter().any(|line| line.width > width) {
        if style.strict {
            return Err(TextError::TooLong { text });
        }
        cut(&mut lines, room, width, size, style.bold, fonts);
    }
    let dots = draw(&lines, width, height, size, style);
    let says = lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    Ok(SetText { dots: if style.is_turned { dots.turned() } else { dots }, says })
}

/// What is seen of a text: no invisible characters, 〓 for what no font has.
fn printable(text: &str, strict: bool, fonts: &Fonts) -> Result<String, TextError> {
    let mut seen = String::with_capacity(text.len());
    for character in text.trim_end().chars() {
        match character {
            '\n' => seen.push('\n'),
            '\t' | '\u{a0}' | '\u{3000}' => seen.push(' '),
            _ if is_invisible(character) && !strict => {}
            _ if is_invisible(character) => return Err(TextError::MissingGlyph { character }),
            _ if fonts.has(character) => seen.push(character),
            _ if strict => return Err(TextError::MissingGlyph { character }),
            _ => seen.push(GETA),
        }
    }
    Ok(seen)
}

/// Joiners, marks of direction and variation selectors: part of an emoji or an accident of copying.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
            | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{ad}')
}

struct Line {
    text: String,
    glyphs: Vec<Arc<Glyph>>,
    width: u32,
}

impl Line {
    fn empty() -> Self {
        Self { text: String::new(), glyphs: Vec::new(), width: 0 }
    }

    fn push(&mut self, character: char, glyph: Arc<Glyph>) {
        self.text.push(character);
        self.width += glyph.advance;
        self.glyphs.push(glyph);
    }

    fn pop(&mut self) -> Option<(char, Arc<Glyph>)> {
        let glyph = self.glyphs.pop()?;
        self.width -= glyph.advance;
        Some((self.text.pop()?, glyph))
    }
}

/// The largest size from `size` to `min_size` that fits; the smallest when none does.
fn fitting(text: &str, width: u32, height: u32, style: Style, fonts: &Fonts) -> (u32, Vec<Line>) {
    let mut size = style.size.max(1);
    loop {
        let lines = lines(text, width, size, style, fonts);
        let fits = lines.len() <= rows(height, size) && lines.iter().all(|line| line.width <= width);
        if fits || size <= style.min_size.max(1) {
            return (size, lines);
        }
        // Each try draws every character: of large ones a step nobody sees is skipped.
        size = (size - (size / FINEST).max(1)).max(style.min_size.max(1));
    }
}

fn rows(height: u32, size: u32) -> usize {
    // The last line needs its characters' height only, not the space below.
    let spare = f64::from(height) - f64::from(size);
    if spare < 0.0 { 0 } else { 1 + (spare / (f64::from(size) * LINE_PITCH)) as usize }
}

fn lines(text: &str, width: u32, size: u32, style: Style, fonts: &Fonts) -> Vec<Line> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = Line::empty();
        for character in paragraph.chars() {
            let Some(glyph) = fonts.glyph(character, size, style.bold) else { continue };
            if style.wrap && line.width + glyph.advance > width && !line.text.is_empty() {
                if character == ' ' {
                    continue;
                }
                let next = wrapped(&mut line, character);
                while line.text.ends_with(' ') && line.pop().is_some() {}
                lines.push(std::mem::replace(&mut line, next));
            }
            if !(style.wrap && character == ' ' && line.text.is_empty()) {
                line.push(character, glyph);
            }
        }
        lines.push(line);
    }
    lines
}

/// Takes back from a full line what must not be parted from the character to come.
fn wrapped(full: &mut Line, coming: char) -> Line {
    let is_word = |character: char| character.is_ascii_alphanumeric();
    let mut taken = Vec::new();
    if is_word(coming) {
        let word = full.text.chars().rev().take_while(|character| is_word(*character)).count();
        // A word as long as the line is broken where the line ends.
        if word < full.text.chars().count() {
            taken.extend((0..word).filter_map(|_| full.pop()));
        }
    } else if "，。、；：！？）】》”’%)]}.,;:!?".contains(coming) && full.glyphs.len() > 1 {
        taken.extend(full.pop());
    }
    // An opening bracket goes with what it opens.
    while full.glyphs.len() > 1 && full.text.ends_with(['(', '（', '[', '【', '《', '“', '‘']) {
        taken.extend(full.pop());
    }
    let mut next = Line::empty();
    for (character, glyph) in taken.into_iter().rev() {
        next.push(character, glyph);
    }
    next
}

/// Keeps what fits and ends it with an ellipsis.
fn cut(lines: &mut Vec<Line>, room: usize, width: u32, size: u32, bold: bool, fonts: &Fonts) {
    let dropped = lines.len() > room.max(1);
    lines.truncate(room.max(1));
    let last = lines.len() - 1;
    for (index, line) in lines.iter_mut().enumerate() {
        if line.width <= width && !(dropped && index == last) {
            continue;
        }
        let Some(ellipsis) = fonts.glyph('…', size, bold) else { continue };
        while line.width + ellipsis.advance > width && line.pop().is_some() {}
        line.push('…', ellipsis);
    }
}

fn draw(lines: &[Line], width: u32, height: u32, size: u32, style: Style) -> Bitmap {
    let mut dots = Bitmap::new(width, height);
    let pitch = f64::from(size) * LINE_PITCH;
    let used = f64::from(size) + pitch * (lines.len() - 1) as f64;
    let spare = (f64::from(height) - used).max(0.0);
    let top = match style.valign {
        Valign::Top => 0.0,
        Valign::Middle => spare / 2.0,
        Valign::Bottom => spare,
    };
    for (index, line) in lines.iter().enumerate() {
        let baseline = (top + pitch * index as f64 + f64::from(size) * ASCENT).round() as i32;
        let spare = width as i32 - line.width as i32;
        let mut pen = match style.align {
            Align::Left => 0,
            Align::Center => spare / 2,
            Align::Right => spare,
        };
        for glyph in &line.glyphs {
            dots.draw(&glyph.dots, pen + glyph.left, baseline + glyph.top);
            pen += glyph.advance as i32;
        }
    }
    dots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style() -> Style {
        Style {
            size: 32,
            min_size: 32,
            bold: false,
            align: Align::Left,
            valign: Valign::Top,
            wrap: true,
            is_turned: false,
            strict: false,
        }
    }

    /// The built-in font: 16 dots for a Chinese character at size 16 to 31, 32 at 32.
    fn says(text: &str, width: u32, height: u32, style: Style) -> Result<String, TextError> {
        set(text, width, height, style, &Fonts::load::<&str>(&[])).map(|set| set.says)
    }

    #[test]
    fn chinese_breaks_anywhere_and_words_do_not() {
        assert_eq!(says("顺丰速运", 64, 200, style()).unwrap(), "顺丰\n速运");
        assert_eq!(says("顺丰，速运", 64, 200, style()).unwrap(), "顺\n丰，\n速运");
        assert_eq!(says("顺丰速（赠）", 128, 200, style()).unwrap(), "顺丰速\n（赠）");
        assert_eq!(says("ab cdef", 64, 200, style()).unwrap(), "ab\ncdef");
        assert_eq!(says("abcdefgh", 64, 200, style()).unwrap(), "abcd\nefgh");
    }

    #[test]
    fn shrinks_before_it_cuts_and_cuts_before_it_overflows() {
        let shrinking = Style { min_size: 16, wrap: false, ..style() };
        assert_eq!(says("顺丰速运", 64, 32, shrinking).unwrap(), "顺丰速运");
        assert_eq!(says("顺丰速运冷链", 64, 32, shrinking).unwrap(), "顺丰速…");
        assert_eq!(says("顺丰速运", 64, 32, style()).unwrap(), "顺…");
        let strict = Style { strict: true, ..shrinking };
        assert_eq!(says("顺丰速运冷链", 64, 32, strict), Err(TextError::TooLong { text: "顺丰速运冷链".into() }));
    }

    #[test]
    fn a_missing_glyph_is_a_geta_or_an_error() {
        assert_eq!(says("𠮷野家\u{200b}😀", 400, 32, style()).unwrap(), "〓野家〓");
        let strict = Style { strict: true, ..style() };
        assert_eq!(says("SF😀", 400, 32, strict), Err(TextError::MissingGlyph { character: '😀' }));
    }

    #[test]
    fn turned_text_fills_a_turned_box() {
        let turned = set("顺丰", 40, 100, Style { is_turned: true, ..style() }, &Fonts::load::<&str>(&[])).unwrap();
        assert_eq!((turned.dots.width(), turned.dots.height()), (40, 100));
        assert_eq!(turned.says, "顺丰");
    }
}
