//! A test label: rulers along two edges, a frame at a known distance from the paper's edges, thin lines and a barcode. What
//! is measured on it tells how far this printer is off.

use std::sync::Arc;

use drivers::label::{Element, Label, Symbology};
use drivers::printer::dots_per_mm;

use super::Fonts;
use super::template::{Align, Valign};
use super::text::{self, Style};

/// From each edge of the paper to the frame.
pub const FRAME_MM: f64 = 3.0;
/// From the frame to the rulers' first line.
const INSIDE_MM: f64 = 4.0;
/// Wide enough for three digits.
const NUMBER_MM: (f64, f64) = (6.0, 3.0);
/// What every scanner reads where the head is warm enough and not too hot.
const CODE: &str = "MILEPOST-1234";
/// With quiet zones, in modules of two dots.
const CODE_DOTS: i32 = 2 * (10 + 167 + 10);

/// How much is between the first and the last line of the ruler down a label of this height.
pub fn length_mm(side_mm: f64) -> u32 {
    let room = side_mm - 2.0 * (FRAME_MM + INSIDE_MM);
    (room / 10.0).floor().max(0.0) as u32 * 10
}

/// `words` are lines of text in its middle.
pub fn ruler(width_mm: f64, height_mm: f64, dpi: u32, words: &[String], fonts: &Fonts) -> Label {
    let mut paper = Paper { dots_per_mm: dots_per_mm(dpi), elements: Vec::new(), fonts };
    paper.frame(width_mm, height_mm);
    let start = FRAME_MM + INSIDE_MM;
    for mm in 0..=length_mm(height_mm) {
        let y = start + f64::from(mm);
        paper.fill(start, y, tick(mm), 0.0);
        if mm % 10 == 0 {
            paper.write(&mm.to_string(), start + 7.0, y - NUMBER_MM.1 / 2.0, NUMBER_MM);
        }
    }
    // Beside the other one's numbers.
    let left = start + 15.0;
    for mm in 0..=length_mm(width_mm - 15.0) {
        paper.fill(left + f64::from(mm), start, 0.0, tick(mm));
    }
    let width = width_mm - left - FRAME_MM - 2.0;
    let mut y = start + 10.0;
    for line in words {
        paper.write(line, left, y, (width, 4.0));
        y += 5.0;
    }
    y += 2.0;
    for dots in 1..=4 {
        paper.grating(left + f64::from(dots - 1) * 8.0, y, dots);
    }
    // A narrow label has no room for one that could be read.
    if paper.dots(width) >= CODE_DOTS {
        paper.bars(left + 3.0, y + 9.0);
    }
    let dots = |mm: f64| (mm * paper.dots_per_mm).round() as u32;
    Label { width_dots: dots(width_mm), height_dots: dots(height_mm), dpi, elements: paper.elements }
}

fn tick(mm: u32) -> f64 {
    match mm {
        _ if mm.is_multiple_of(10) => 6.0,
        _ if mm.is_multiple_of(5) => 4.0,
        _ => 2.0,
    }
}

struct Paper<'a> {
    dots_per_mm: f64,
    elements: Vec<Element>,
    fonts: &'a Fonts,
}

impl Paper<'_> {
    fn dots(&self, mm: f64) -> i32 {
        (mm * self.dots_per_mm).round() as i32
    }

    /// A line is two dots thick, its middle where it is measured.
    fn fill(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let (x, y) = (self.dots(x), self.dots(y));
        let (width, height) = (self.dots(width), self.dots(height));
        let element = match (width, height) {
            (0, height) => Element::Fill { x: x - 1, y, width: 2, height: height as u32 },
            (width, _) => Element::Fill { x, y: y - 1, width: width as u32, height: 2 },
        };
        self.elements.push(element);
    }

    fn frame(&mut self, width_mm: f64, height_mm: f64) {
        let (right, bottom) = (width_mm - FRAME_MM, height_mm - FRAME_MM);
        let (width, height) = (right - FRAME_MM, bottom - FRAME_MM);
        for y in [FRAME_MM, bottom] {
            self.fill(FRAME_MM, y, width, 0.0);
        }
        for x in [FRAME_MM, right] {
            self.fill(x, FRAME_MM, 0.0, height);
        }
    }

    fn write(&mut self, words: &str, x: f64, y: f64, (width, height): (f64, f64)) {
        let (width, height) = (self.dots(width).max(1) as u32, self.dots(height).max(1) as u32);
        let style = Style {
            size: height * 3 / 4,
            min_size: height / 3,
            bold: false,
            align: Align::Left,
            valign: Valign::Middle,
            wrap: false,
            is_turned: false,
            strict: false,
        };
        // It is a test of the printer, not of the fonts: what can't be written is left out.
        if let Ok(set) = text::set(words, width, height, style, self.fonts) {
            let (x, y) = (self.dots(x), self.dots(y));
            self.elements.push(Element::Picture { x, y, dots: Arc::new(set.dots), says: set.says });
        }
    }

    /// Lines as thick as the gaps between them: they run together where the head is too hot, and break where it is cold.
    fn grating(&mut self, x: f64, y: f64, dots: u32) {
        let (x, y, side) = (self.dots(x), self.dots(y), self.dots(6.0) as u32);
        for line in (0..side).step_by(2 * dots as usize) {
            self.elements.push(Element::Fill { x: x + line as i32, y, width: dots, height: side });
        }
    }

    fn bars(&mut self, x: f64, y: f64) {
        let (x, y, height) = (self.dots(x), self.dots(y), self.dots(10.0) as u32);
        let data = CODE.to_owned();
        self.elements.push(Element::Bars {
            x,
            y,
            module: 2,
            height,
            turned: false,
            symbology: Symbology::Code128,
            data,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rulers_lines_stand_where_they_say() {
        let fonts = Fonts::load::<&str>(&[]);
        let label = ruler(100.0, 150.0, 203, &["desk-1".into()], &fonts);
        let raster = label.raster().unwrap();
        assert_eq!((raster.width(), raster.height()), (800, 1200));
        // The frame's line is 3 mm from the left edge, which are 24 dots; half of it on each side.
        let first = (0..800).find(|x| raster.get(*x, 600)).unwrap();
        assert_eq!(first, 23);
        assert_eq!(length_mm(150.0), 130);
        for mm in [0, 10, 130] {
            let y = 8 * (7 + mm);
            assert!(raster.get(56 + 40, y) && raster.get(56 + 40, y - 1), "a long line at {mm} mm");
            assert!(!raster.get(56 + 40, y + 1), "two dots thick");
        }
        assert!(!raster.get(56 + 40, 8 * (7 + 3)), "a short one at 3 mm");
    }

    #[test]
    fn every_paper_has_a_ruler() {
        let fonts = Fonts::load::<&str>(&[]);
        for (width, height) in [(20.0, 20.0), (40.0, 30.0), (76.0, 130.0), (100.0, 180.0)] {
            ruler(width, height, 300, &["x".into()], &fonts).raster().unwrap();
        }
    }
}
