//! When a kill is to come: at any time, or at a moment that is rare and matters.

use std::time::Duration;

/// When a kill is to come.
#[derive(Clone, Copy, Debug)]
pub enum Aim {
    Starting(Duration),
    Anytime(Duration),
    InsideCommit,
    /// A label is queued and not one byte of it has passed.
    CommitToPrint,
    /// So many bytes of a label have passed.
    MidLabel(usize),
    LabelSent,
    CarrierCall,
}

/// Random numbers that a seed repeats (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }

    pub fn aim(&mut self) -> Aim {
        match self.below(20) {
            0 => Aim::Starting(Duration::from_millis(self.below(60))),
            1..=6 => Aim::Anytime(Duration::from_millis(self.below(250))),
            7..=10 => Aim::InsideCommit,
            11..=13 => Aim::CommitToPrint,
            14..=16 => Aim::MidLabel(1 + self.below(4_000) as usize),
            17 => Aim::LabelSent,
            _ => Aim::CarrierCall,
        }
    }
}
