//! Characters as dots: outlines of the configured font files first, then the bitmap font that is built in.
//!
//! A glyph is drawn once per size and kept. Where nothing has the character the caller decides between 〓 and an error;
//! a label never has a silent blank.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use drivers::bitmap::Bitmap;
use memmap2::Mmap;

/// Where Debian puts the recommended font: all of GBK with Latin, 5 MB.
pub const DEFAULT_PATH: &str = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc";
/// Printed for a character no font has.
pub const GETA: char = '〓';
/// Glyphs kept; a day's labels use two or three thousand. At 28 dots one takes about 150 bytes.
const CACHE_LIMIT: usize = 10_000;
/// The bitmap font's height.
const UNIFONT_DOTS: u32 = 16;

/// Fonts in the order they are asked. Cheap to share, made once: a loaded file stays mapped as long as the program runs.
pub struct Fonts {
    faces: Vec<FontRef<'static>>,
    problems: Vec<(PathBuf, FontError)>,
    cache: RwLock<HashMap<Key, Option<Arc<Glyph>>>>,
}

#[derive(Debug, thiserror::Error)]
pub enum FontError {
    #[error("can't be read: {0}")]
    File(#[from] io::Error),
    #[error("is no TrueType or OpenType font")]
    Format,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    character: char,
    /// Height of a Chinese character, in dots.
    size: u32,
    bold: bool,
}

/// A character's dots; `left` and `top` from the pen on the baseline.
pub struct Glyph {
    pub dots: Bitmap,
    pub left: i32,
    pub top: i32,
    pub advance: u32,
}

impl Fonts {
    /// Files that can't be read are left out and told by `problems`: the built-in font always remains.
    pub fn load<P: AsRef<Path>>(paths: &[P]) -> Self {
        let (mut faces, mut problems) = (Vec::new(), Vec::new());
        for path in paths {
            match open(path.as_ref()) {
                Ok(face) => faces.push(face),
                Err(error) => problems.push((path.as_ref().to_owned(), error)),
            }
        }
        Self { faces, problems, cache: RwLock::default() }
    }

    pub fn problems(&self) -> &[(PathBuf, FontError)] {
        &self.problems
    }

    /// Can the character be printed at all?
    pub fn has(&self, character: char) -> bool {
        self.faces.iter().any(|face| face.glyph_id(character).0 != 0) || unifont_glyph(character).is_some()
    }

    /// `None` where no font has the character.
    pub fn glyph(&self, character: char, size: u32, bold: bool) -> Option<Arc<Glyph>> {
        let key = Key { character, size, bold };
        // A panic while the lock was held leaves the map whole: entries go in with one call.
        if let Some(glyph) = self.cache.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return glyph.clone();
        }
        let glyph = self.draw(key).map(Arc::new);
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= CACHE_LIMIT {
            cache.clear();
        }
        cache.insert(key, glyph.clone());
        glyph
    }

    fn draw(&self, key: Key) -> Option<Glyph> {
        let face = self.faces.iter().find(|face| face.glyph_id(key.character).0 != 0);
        let glyph = match face {
            Some(face) => outlined(face, key),
            None => enlarged(unifont_glyph(key.character)?, key.size),
        };
        Some(if key.bold { emboldened(glyph, key.size) } else { glyph })
    }
}

fn open(path: &Path) -> Result<FontRef<'static>, FontError> {
    let file = File::open(path)?;
    // SAFETY: font files are replaced by packages (a new file under the old name), not written in place; the mapping
    // keeps the old file's contents.
    let map = unsafe { Mmap::map(&file) }?;
    // Fonts live as long as the daemon, and a face borrows from its file.
    let bytes: &'static [u8] = Box::leak(Box::new(map));
    FontRef::try_from_slice_and_index(bytes, 0).map_err(|_| FontError::Format)
}

fn outlined(face: &FontRef<'static>, key: Key) -> Glyph {
    // ab_glyph's scale is the height from ascent to descent; ours is the em, the height of a Chinese character.
    let em = face.units_per_em().unwrap_or(1000.0);
    let scale = PxScale::from(key.size as f32 * face.height_unscaled() / em);
    let id = face.glyph_id(key.character);
    let advance = face.as_scaled(scale).h_advance(id).round() as u32;
    let blank = || Glyph { dots: Bitmap::new(0, 0), left: 0, top: 0, advance };
    let Some(outline) = face.outline_glyph(id.with_scale_and_position(scale, point(0.0, 0.0))) else {
        return blank();
    };
    let bounds = outline.px_bounds();
    let mut dots = Bitmap::new(bounds.width() as u32, bounds.height() as u32);
    outline.draw(|x, y, coverage| {
        if coverage >= 0.5 {
            dots.set(x, y);
        }
    });
    Glyph { dots, left: bounds.min.x as i32, top: bounds.min.y as i32, advance }
}

/// Whole multiples only: a 16-dot font stretched by a half is unreadable.
fn enlarged(glyph: &unifont::Glyph, size: u32) -> Glyph {
    let times = (size / UNIFONT_DOTS).max(1);
    let mut dots = Bitmap::new(glyph.get_width() as u32, UNIFONT_DOTS);
    for y in 0..UNIFONT_DOTS {
        for x in 0..glyph.get_width() as u32 {
            if glyph.get_pixel(x as usize, y as usize) {
                dots.set(x, y);
            }
        }
    }
    // Its baseline is two dots above the bottom.
    let top = -((UNIFONT_DOTS as i32 - 2) * times as i32);
    Glyph { dots: dots.enlarged(times), left: 0, top, advance: glyph.get_width() as u32 * times }
}

/// Strokes thickened to the right by a twentieth of the height: more fills the white inside 幢 or 赠.
fn emboldened(glyph: Glyph, size: u32) -> Glyph {
    let by = (size / 20).max(1);
    let mut dots = Bitmap::new(glyph.dots.width() + by, glyph.dots.height());
    for x in 0..=by {
        dots.draw(&glyph.dots, x as i32, 0);
    }
    Glyph { dots, ..glyph }
}

/// unifont has a box with the code point for what is unassigned, so only blocks it really draws are taken.
fn unifont_glyph(character: char) -> Option<&'static unifont::Glyph> {
    const DRAWN: &[(char, char)] = &[
        (' ', '~'),
        ('\u{a0}', '\u{24f}'),
        ('\u{391}', '\u{3c9}'),
        ('\u{410}', '\u{44f}'),
        ('\u{2010}', '\u{2027}'),
        ('\u{2030}', '\u{203b}'),
        ('\u{2103}', '\u{2103}'),
        ('\u{2116}', '\u{2122}'),
        ('\u{2160}', '\u{2179}'),
        ('\u{2190}', '\u{21ff}'),
        ('\u{2200}', '\u{22ff}'),
        ('\u{2460}', '\u{24ff}'),
        ('\u{2500}', '\u{266f}'),
        ('\u{3000}', '\u{303f}'),
        ('\u{3041}', '\u{3096}'),
        ('\u{30a0}', '\u{30ff}'),
        ('\u{3105}', '\u{312f}'),
        ('\u{3400}', '\u{4dbf}'),
        ('\u{4e00}', '\u{9fff}'),
        ('\u{ff01}', '\u{ff5e}'),
        ('\u{ffe0}', '\u{ffe6}'),
    ];
    let drawn = DRAWN.iter().any(|(first, last)| (*first..=*last).contains(&character));
    drawn.then(|| unifont::get_glyph(character)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_file_the_builtin_font_draws_chinese() {
        let fonts = Fonts::load(&["/nonexistent.ttf"]);
        assert_eq!(fonts.problems().len(), 1);
        let glyph = fonts.glyph('顺', 40, false).unwrap();
        assert_eq!((glyph.dots.width(), glyph.dots.height(), glyph.advance), (32, 32, 32));
        assert!(glyph.dots.black_dots() > 100);
        assert!(fonts.glyph('顺', 40, true).unwrap().dots.black_dots() > glyph.dots.black_dots());
    }

    #[test]
    fn what_no_font_has_is_none_and_never_blank() {
        let fonts = Fonts::load::<&str>(&[]);
        for missing in ['𠮷', '😀', '\u{e000}', '\u{378}', '\u{7}'] {
            assert!(fonts.glyph(missing, 24, false).is_none() && !fonts.has(missing), "{missing:?}");
        }
        for drawn in ('!'..='~').chain("顺丰，。：、（）【】〓￥①㎡龘".chars().filter(|character| *character != '㎡'))
        {
            let glyph = fonts.glyph(drawn, 24, false).unwrap_or_else(|| panic!("{drawn}"));
            assert!(glyph.dots.black_dots() > 0, "{drawn}");
        }
    }
}
