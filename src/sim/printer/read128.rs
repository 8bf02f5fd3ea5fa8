//! Reads Code 128 (ISO/IEC 15417) from dots, along rows and along columns: what a scanner would say of a paper.
//! Its tables and its way are its own, so it can tell that a label carries the wrong number.

use std::collections::BTreeMap;

use drivers::bitmap::Bitmap;

/// Element widths of the symbol values 0 to 105, then the six first of the stop.
const PATTERNS: &str = "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 \
    122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 \
    322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 \
    113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 \
    221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 \
    413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 \
    111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 233111";
const STOP: usize = 106;
/// The standard asks for 10 modules; half of it is what scanners still bear.
const LEAST_QUIET: f64 = 5.0;
/// A text counts when this many scan lines agree on it.
const LEAST_LINES: usize = 3;

/// Every text found, sorted, each once.
pub fn read(dots: &Bitmap) -> Vec<String> {
    let by_pattern = patterns();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut look = |line: &mut dyn Iterator<Item = bool>| {
        for text in read_line(&widths(line), &by_pattern) {
            *seen.entry(text).or_default() += 1;
        }
    };
    for y in 0..dots.height() {
        look(&mut (0..dots.width()).map(|x| dots.get(x, y)));
    }
    for x in 0..dots.width() {
        look(&mut (0..dots.height()).map(|y| dots.get(x, y)));
        look(&mut (0..dots.height()).rev().map(|y| dots.get(x, y)));
    }
    seen.into_iter().filter(|(_, lines)| *lines >= LEAST_LINES).map(|(text, _)| text).collect()
}

fn patterns() -> BTreeMap<[u8; 6], usize> {
    let widths = |pattern: &str| std::array::from_fn(|index| pattern.as_bytes()[index] - b'0');
    PATTERNS.split_whitespace().enumerate().map(|(value, pattern)| (widths(pattern), value)).collect()
}

/// Widths of white and black in turn, white first (0 when the line begins black).
fn widths(line: &mut dyn Iterator<Item = bool>) -> Vec<u32> {
    let mut widths = vec![0];
    let mut black = false;
    for dot in line {
        if dot != black {
            black = dot;
            widths.push(0);
        }
        if let Some(last) = widths.last_mut() {
            *last += 1;
        }
    }
    widths
}

fn read_line(widths: &[u32], by_pattern: &BTreeMap<[u8; 6], usize>) -> Vec<String> {
    let mut texts = Vec::new();
    let mut bar = 1;
    while bar + 6 < widths.len() {
        match read_from(widths, bar, by_pattern) {
            Some((text, end)) => {
                texts.push(text);
                bar = end;
            }
            None => bar += 2,
        }
    }
    texts
}

/// A barcode whose first bar is `widths[bar]`, and the index behind its last bar.
fn read_from(widths: &[u32], bar: usize, by_pattern: &BTreeMap<[u8; 6], usize>) -> Option<(String, usize)> {
    let module = f64::from(widths[bar..bar + 6].iter().sum::<u32>()) / 11.0;
    if f64::from(widths[bar - 1]) < LEAST_QUIET * module {
        return None;
    }
    let mut values = Vec::new();
    let mut at = bar;
    loop {
        let value = symbol(widths.get(at..at + 6)?, module, by_pattern)?;
        at += 6;
        if value == STOP {
            break;
        }
        values.push(value);
    }
    let last_bar = f64::from(*widths.get(at)?) / module;
    if !(1.5..2.5).contains(&last_bar) {
        return None;
    }
    Some((text(&values)?, at + 1))
}

fn symbol(widths: &[u32], module: f64, by_pattern: &BTreeMap<[u8; 6], usize>) -> Option<usize> {
    // Every symbol is 11 modules: another width means that this isn't one.
    if (f64::from(widths.iter().sum::<u32>()) / module - 11.0).abs() > 0.5 {
        return None;
    }
    let rounded = std::array::from_fn(|index| (f64::from(widths[index]) / module).round() as u8);
    by_pattern.get(&rounded).copied()
}

/// Start, data and check character as text; `None` when the check is wrong.
fn text(values: &[usize]) -> Option<String> {
    let (&check, body) = values.split_last()?;
    let (&start, data) = body.split_first()?;
    let sum = start + data.iter().enumerate().map(|(index, value)| (index + 1) * value).sum::<usize>();
    if sum % 103 != check {
        return None;
    }
    let mut set = match start {
        103 => 'A',
        104 => 'B',
        105 => 'C',
        _ => return None,
    };
    let mut text = String::new();
    let mut shifted = None;
    for &value in data {
        let in_set = shifted.take().unwrap_or(set);
        match (in_set, value) {
            ('C', 0..=99) => text.push_str(&format!("{value:02}")),
            ('A' | 'B', 0..=63) => text.push(char::from(value as u8 + 32)),
            ('A', 64..=95) => text.push(char::from(value as u8 - 64)),
            ('B', 64..=95) => text.push(char::from(value as u8 + 32)),
            ('A', 98) => shifted = Some('B'),
            ('B', 98) => shifted = Some('A'),
            (_, 99) => set = 'C',
            ('A' | 'C', 100) => set = 'B',
            ('B' | 'C', 101) => set = 'A',
            // Function characters carry no text.
            (_, 96 | 97 | 100..=102) => {}
            _ => return None,
        }
    }
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `A1` from the standard's own arithmetic: Start B (104), A (33), 1 (17), check (104 + 33 + 2·17) mod 103 = 68, stop.
    fn drawn(module: u32) -> Bitmap {
        let mut dots = Bitmap::new(200 * module, 40);
        let mut x = 20 * module;
        for pattern in ["211214", "111323", "123221", "141221", "2331112"] {
            for (index, width) in pattern.bytes().map(|width| u32::from(width - b'0') * module).enumerate() {
                if index % 2 == 0 {
                    dots.fill(x as i32, 5, width, 30);
                }
                x += width;
            }
        }
        dots
    }

    #[test]
    fn reads_along_and_across() {
        for module in 1..4 {
            assert_eq!(read(&drawn(module)), ["A1"]);
            assert_eq!(read(&drawn(module).turned()), ["A1"]);
        }
    }

    #[test]
    fn a_damaged_bar_is_no_barcode() {
        let mut dots = drawn(2);
        dots.fill(2 * (20 + 11 + 3), 0, 2, 40);
        assert!(read(&dots).is_empty());
    }

    #[test]
    fn the_table_has_each_symbol_once() {
        assert_eq!(patterns().len(), 107);
    }
}
