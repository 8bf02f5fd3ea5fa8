//! A picture in one bit a dot: 1 is black, rows are padded to whole bytes, the leftmost dot is the highest bit.
//! Everything outside is white and drawing there does nothing, so a drawing never panics on its size.

use std::fmt;

/// 1-bit picture; the padding bits right of `width` are always 0.
#[derive(Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: u32,
    height: u32,
    stride: usize,
    bits: Vec<u8>,
}

impl fmt::Debug for Bitmap {
    /// Its size and how much of it is black: the dots themselves would fill pages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bitmap({} × {}, {} black)", self.width, self.height, self.black_dots())
    }
}

impl Bitmap {
    /// All white.
    pub fn new(width: u32, height: u32) -> Self {
        let stride = width.div_ceil(8) as usize;
        Self { width, height, stride, bits: vec![0; stride * height as usize] }
    }

    /// Rows of `width.div_ceil(8)` bytes, 1 = black; `None` when the length doesn't fit.
    pub fn from_bits(width: u32, height: u32, bits: Vec<u8>) -> Option<Self> {
        let stride = width.div_ceil(8) as usize;
        if bits.len() != stride * height as usize {
            return None;
        }
        let mut bitmap = Self { width, height, stride, bits };
        bitmap.clear_padding();
        Some(bitmap)
    }

    pub fn width(&self) -> u32 {
        self.width
    }

    pub fn height(&self) -> u32 {
        self.height
    }

    /// Bytes in a row.
    pub fn stride(&self) -> usize {
        self.stride
    }

    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    pub fn row(&self, y: u32) -> &[u8] {
        let start = y as usize * self.stride;
        &self.bits[start..start + self.stride]
    }

    pub fn get(&self, x: u32, y: u32) -> bool {
        x < self.width && y < self.height && self.row(y)[x as usize / 8] & (0x80 >> (x % 8)) != 0
    }

    pub fn set(&mut self, x: u32, y: u32) {
        if x < self.width && y < self.height {
            self.bits[y as usize * self.stride + x as usize / 8] |= 0x80 >> (x % 8);
        }
    }

    pub fn fill(&mut self, x: i32, y: i32, width: u32, height: u32) {
        self.each_byte(x, y, width, height, |byte, mask| *byte |= mask);
    }

    /// Black becomes white and white black.
    pub fn invert(&mut self, x: i32, y: i32, width: u32, height: u32) {
        self.each_byte(x, y, width, height, |byte, mask| *byte ^= mask);
    }

    /// Adds the black dots of `other`; its white ones are transparent.
    pub fn draw(&mut self, other: &Bitmap, x: i32, y: i32) {
        for row in 0..other.height {
            let Ok(target_y) = u32::try_from(y.saturating_add(row as i32)) else {
                continue;
            };
            if target_y >= self.height {
                break;
            }
            let (first, shift) = (x.div_euclid(8), x.rem_euclid(8));
            let stride = self.stride;
            let target = &mut self.bits[target_y as usize * stride..][..stride];
            for (index, &byte) in other.row(row).iter().enumerate() {
                if byte == 0 {
                    continue;
                }
                let at = i64::from(first) + index as i64;
                let wide = u16::from(byte) << (8 - shift);
                for (at, part) in [(at, (wide >> 8) as u8), (at + 1, wide as u8)] {
                    if (0..stride as i64).contains(&at) {
                        target[at as usize] |= part;
                    }
                }
            }
        }
        self.clear_padding();
    }

    /// Turned by 90° clockwise.
    pub fn turned(&self) -> Bitmap {
        let mut turned = Bitmap::new(self.height, self.width);
        for y in 0..self.height {
            for x in 0..self.width {
                if self.get(x, y) {
                    turned.set(self.height - 1 - y, x);
                }
            }
        }
        turned
    }

    /// Each dot becomes a square of `times` dots.
    pub fn enlarged(&self, times: u32) -> Bitmap {
        let mut large = Bitmap::new(self.width * times, self.height * times);
        for y in 0..self.height {
            for x in 0..self.width {
                if self.get(x, y) {
                    large.fill((x * times) as i32, (y * times) as i32, times, times);
                }
            }
        }
        large
    }

    pub fn black_dots(&self) -> u64 {
        self.bits.iter().map(|byte| u64::from(byte.count_ones())).sum()
    }

    /// A grey-scale-1 PNG at `dpi`, black on white.
    pub fn to_png(&self, dpi: u32) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let per_metre = (f64::from(dpi) / 0.0254).round() as u32;
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
        let white_is_one: Vec<u8> = self.bits.iter().map(|byte| !byte).collect();
        encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&white_is_one))
            .expect("a Vec takes every byte, and the bits have the length the header tells");
        file
    }

    fn each_byte(&mut self, x: i32, y: i32, width: u32, height: u32, change: impl Fn(&mut u8, u8)) {
        let clip = |start: i32, length: u32, limit: u32| {
            let end = (i64::from(start) + i64::from(length)).clamp(0, i64::from(limit));
            (i64::from(start).clamp(0, i64::from(limit)) as usize, end as usize)
        };
        let (left, right) = clip(x, width, self.width);
        let (top, bottom) = clip(y, height, self.height);
        if left >= right {
            return;
        }
        let (first, last) = (left / 8, (right - 1) / 8);
        for row in top..bottom {
            for index in first..=last {
                let mut mask = 0xff;
                if index == first {
                    mask &= 0xff >> (left % 8);
                }
                if index == last {
                    mask &= 0xff << (7 - (right - 1) % 8);
                }
                change(&mut self.bits[row * self.stride + index], mask);
            }
        }
    }

    fn clear_padding(&mut self) {
        let spare = self.stride as u32 * 8 - self.width;
        if spare > 0 {
            for row in self.bits.chunks_mut(self.stride) {
                if let Some(last) = row.last_mut() {
                    *last &= 0xff << spare;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dots(bitmap: &Bitmap) -> String {
        let row = |y| (0..bitmap.width()).map(|x| if bitmap.get(x, y) { '#' } else { '.' }).collect::<String>();
        (0..bitmap.height()).map(row).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn draws_across_bytes_and_over_every_edge() {
        let mut stamp = Bitmap::new(10, 2);
        stamp.fill(0, 0, 10, 2);
        for x in [-20, -9, -1, 0, 3, 7, 9, 40] {
            let mut paper = Bitmap::new(12, 3);
            paper.draw(&stamp, x, 1);
            let mut expected = Bitmap::new(12, 3);
            expected.fill(x, 1, 10, 2);
            assert_eq!(dots(&paper), dots(&expected), "at {x}");
        }
    }

    #[test]
    fn turns_clockwise() {
        let mut bitmap = Bitmap::new(3, 2);
        bitmap.set(0, 0);
        bitmap.set(2, 1);
        assert_eq!(dots(&bitmap.turned()), ".#\n..\n#.");
    }

    #[test]
    fn padding_stays_white() {
        let mut bitmap = Bitmap::new(5, 1);
        bitmap.invert(0, 0, 100, 100);
        assert_eq!(bitmap.bits(), [0b1111_1000]);
        assert_eq!(Bitmap::from_bits(5, 1, vec![0xff]).unwrap().black_dots(), 5);
        assert_eq!(Bitmap::from_bits(5, 1, vec![0xff, 0]), None);
    }
}
