//! Code 128 (ISO/IEC 15417): the shortest mix of code sets A, B and C for a text of ASCII.
//!
//! The mix is found by dynamic programming over (position, code set), so digits go in pairs where that is shorter and a
//! lone control character is shifted in. No FNC characters: data is data.

use super::{BarcodeError, Bars};

/// Widths bar, space, bar, space, bar, space of each symbol value 0–105 (ISO/IEC 15417, table 1).
#[rustfmt::skip]
const WIDTHS: [[u8; 6]; 106] = [
    [2, 1, 2, 2, 2, 2], [2, 2, 2, 1, 2, 2], [2, 2, 2, 2, 2, 1], [1, 2, 1, 2, 2, 3], [1, 2, 1, 3, 2, 2],
    [1, 3, 1, 2, 2, 2], [1, 2, 2, 2, 1, 3], [1, 2, 2, 3, 1, 2], [1, 3, 2, 2, 1, 2], [2, 2, 1, 2, 1, 3],
    [2, 2, 1, 3, 1, 2], [2, 3, 1, 2, 1, 2], [1, 1, 2, 2, 3, 2], [1, 2, 2, 1, 3, 2], [1, 2, 2, 2, 3, 1],
    [1, 1, 3, 2, 2, 2], [1, 2, 3, 1, 2, 2], [1, 2, 3, 2, 2, 1], [2, 2, 3, 2, 1, 1], [2, 2, 1, 1, 3, 2],
    [2, 2, 1, 2, 3, 1], [2, 1, 3, 2, 1, 2], [2, 2, 3, 1, 1, 2], [3, 1, 2, 1, 3, 1], [3, 1, 1, 2, 2, 2],
    [3, 2, 1, 1, 2, 2], [3, 2, 1, 2, 2, 1], [3, 1, 2, 2, 1, 2], [3, 2, 2, 1, 1, 2], [3, 2, 2, 2, 1, 1],
    [2, 1, 2, 1, 2, 3], [2, 1, 2, 3, 2, 1], [2, 3, 2, 1, 2, 1], [1, 1, 1, 3, 2, 3], [1, 3, 1, 1, 2, 3],
    [1, 3, 1, 3, 2, 1], [1, 1, 2, 3, 1, 3], [1, 3, 2, 1, 1, 3], [1, 3, 2, 3, 1, 1], [2, 1, 1, 3, 1, 3],
    [2, 3, 1, 1, 1, 3], [2, 3, 1, 3, 1, 1], [1, 1, 2, 1, 3, 3], [1, 1, 2, 3, 3, 1], [1, 3, 2, 1, 3, 1],
    [1, 1, 3, 1, 2, 3], [1, 1, 3, 3, 2, 1], [1, 3, 3, 1, 2, 1], [3, 1, 3, 1, 2, 1], [2, 1, 1, 3, 3, 1],
    [2, 3, 1, 1, 3, 1], [2, 1, 3, 1, 1, 3], [2, 1, 3, 3, 1, 1], [2, 1, 3, 1, 3, 1], [3, 1, 1, 1, 2, 3],
    [3, 1, 1, 3, 2, 1], [3, 3, 1, 1, 2, 1], [3, 1, 2, 1, 1, 3], [3, 1, 2, 3, 1, 1], [3, 3, 2, 1, 1, 1],
    [3, 1, 4, 1, 1, 1], [2, 2, 1, 4, 1, 1], [4, 3, 1, 1, 1, 1], [1, 1, 1, 2, 2, 4], [1, 1, 1, 4, 2, 2],
    [1, 2, 1, 1, 2, 4], [1, 2, 1, 4, 2, 1], [1, 4, 1, 1, 2, 2], [1, 4, 1, 2, 2, 1], [1, 1, 2, 2, 1, 4],
    [1, 1, 2, 4, 1, 2], [1, 2, 2, 1, 1, 4], [1, 2, 2, 4, 1, 1], [1, 4, 2, 1, 1, 2], [1, 4, 2, 2, 1, 1],
    [2, 4, 1, 2, 1, 1], [2, 2, 1, 1, 1, 4], [4, 1, 3, 1, 1, 1], [2, 4, 1, 1, 1, 2], [1, 3, 4, 1, 1, 1],
    [1, 1, 1, 2, 4, 2], [1, 2, 1, 1, 4, 2], [1, 2, 1, 2, 4, 1], [1, 1, 4, 2, 1, 2], [1, 2, 4, 1, 1, 2],
    [1, 2, 4, 2, 1, 1], [4, 1, 1, 2, 1, 2], [4, 2, 1, 1, 1, 2], [4, 2, 1, 2, 1, 1], [2, 1, 2, 1, 4, 1],
    [2, 1, 4, 1, 2, 1], [4, 1, 2, 1, 2, 1], [1, 1, 1, 1, 4, 3], [1, 1, 1, 3, 4, 1], [1, 3, 1, 1, 4, 1],
    [1, 1, 4, 1, 1, 3], [1, 1, 4, 3, 1, 1], [4, 1, 1, 1, 1, 3], [4, 1, 1, 3, 1, 1], [1, 1, 3, 1, 4, 1],
    [1, 1, 4, 1, 3, 1], [3, 1, 1, 1, 4, 1], [4, 1, 1, 1, 3, 1], [2, 1, 1, 4, 1, 2], [2, 1, 1, 2, 1, 4],
    [2, 1, 1, 2, 3, 2],
];
const STOP: [u8; 7] = [2, 3, 3, 1, 1, 1, 2];
const START: [u8; 3] = [103, 104, 105];
const SHIFT: u8 = 98;
/// Quiet zone the standard asks for on either side, in modules.
pub const QUIET_MODULES: u32 = 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    A,
    B,
    C,
}

/// B first: between equally short mixes the plainest wins.
const SETS: [Set; 3] = [Set::B, Set::A, Set::C];

pub fn bars(text: &str) -> Result<Bars, BarcodeError> {
    let symbols = symbols(text)?;
    let mut widths: Vec<u8> = symbols.iter().flat_map(|&symbol| WIDTHS[usize::from(symbol)]).collect();
    widths.extend(STOP);
    Ok(Bars(widths))
}

/// Symbol values from the start character to the check character; the stop is not among them.
pub fn symbols(text: &str) -> Result<Vec<u8>, BarcodeError> {
    if let Some(character) = text.chars().find(|character| !character.is_ascii()) {
        return Err(BarcodeError::Character { symbology: "Code 128", character });
    }
    if text.is_empty() {
        return Err(BarcodeError::Empty);
    }
    let mut symbols = shortest(text.as_bytes());
    let weighted = |(position, &symbol): (usize, &u8)| position.max(1) * usize::from(symbol);
    let sum: usize = symbols.iter().enumerate().map(weighted).sum();
    symbols.push((sum % 103) as u8);
    Ok(symbols)
}

/// One way to go on from a state: how many characters it takes and which symbols say it.
struct Step {
    taken: usize,
    next: Set,
    symbols: Vec<u8>,
}

fn shortest(text: &[u8]) -> Vec<u8> {
    // best[i][s]: the fewest symbols that say text[i..] when code set s is in force, and the first step of it.
    let mut best: Vec<[(usize, Option<Step>); 3]> = Vec::with_capacity(text.len() + 1);
    best.push([(0, None), (0, None), (0, None)]);
    for at in (0..text.len()).rev() {
        let from = |set: Set| {
            steps(&text[at..], set)
                .into_iter()
                .map(|step| {
                    let rest = &best[text.len() - at - step.taken];
                    (step.symbols.len() + rest[step.next as usize].0, Some(step))
                })
                .min_by_key(|(cost, _)| *cost)
                .expect("every ASCII character can be said from every code set")
        };
        let row = [from(Set::A), from(Set::B), from(Set::C)];
        best.push(row);
    }
    let first = &best[text.len()];
    let mut set = SETS.into_iter().min_by_key(|&set| first[set as usize].0).expect("there are three sets");
    let mut symbols = vec![START[set as usize]];
    let mut left = text.len();
    while let Some(step) = &best[left][set as usize].1 {
        symbols.extend(&step.symbols);
        left -= step.taken;
        set = step.next;
    }
    symbols
}

fn steps(text: &[u8], set: Set) -> Vec<Step> {
    let mut steps = Vec::new();
    for next in SETS {
        let Some((taken, value)) = value(text, next) else { continue };
        let symbols = if next == set { vec![value] } else { vec![switch(next), value] };
        steps.push(Step { taken, next, symbols });
        if set != next && set != Set::C && next != Set::C {
            steps.push(Step { taken, next: set, symbols: vec![SHIFT, value] });
        }
    }
    steps
}

/// The symbol for the next character (in C: two digits).
fn value(text: &[u8], set: Set) -> Option<(usize, u8)> {
    let first = *text.first()?;
    match (set, first) {
        (Set::A, 0..32) => Some((1, first + 64)),
        (Set::A, 32..96) | (Set::B, 32..128) => Some((1, first - 32)),
        (Set::C, b'0'..=b'9') => {
            let second = *text.get(1)?;
            second.is_ascii_digit().then(|| (2, (first - b'0') * 10 + second - b'0'))
        }
        _ => None,
    }
}

fn switch(to: Set) -> u8 {
    match to {
        Set::A => 101,
        Set::B => 100,
        Set::C => 99,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_is_eleven_modules_and_even_in_its_bars() {
        for (value, widths) in WIDTHS.iter().enumerate() {
            assert_eq!(widths.iter().sum::<u8>(), 11, "symbol {value}");
            assert_eq!((widths[0] + widths[2] + widths[4]) % 2, 0, "symbol {value}");
        }
    }

    #[test]
    fn an_sf_number_takes_one_switch() {
        // Start B, S, F, 1, to C, six pairs, check.
        let symbols = symbols("SF1234567890123").unwrap();
        assert_eq!(symbols[..5], [104, 51, 38, 17, 99]);
        assert_eq!(symbols.len(), 12);
    }

    #[test]
    fn digits_start_in_c_and_controls_are_shifted() {
        assert_eq!(symbols("4711").unwrap()[..3], [105, 47, 11]);
        assert_eq!(symbols("ab\ncd").unwrap()[..6], [104, 65, 66, 98, 74, 67]);
    }

    #[test]
    fn what_cannot_be_said_is_an_error() {
        assert_eq!(bars(""), Err(BarcodeError::Empty));
        let error = bars("运单").unwrap_err();
        assert_eq!(error.to_string(), "'运' can't stand in Code 128");
    }
}
