//! What a scanner delivers.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::scanner::gs1;

/// One read of one code by one scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// As read, without prefix, suffix and AIM identifier; GS (0x1D) separates fields of GS1 data.
    pub data: String,
    /// Where the scanner tells it (AIM identifiers switched on).
    pub symbology: Option<Symbology>,
    /// The scanner's name in the config.
    pub device: String,
    pub at: Instant,
}

impl Scan {
    /// The application identifiers, when the code says that it has some.
    pub fn gs1(&self) -> Option<Result<Vec<gs1::Element>, gs1::Gs1Error>> {
        if self.symbology.is_some_and(Symbology::is_gs1) {
            Some(gs1::parse(&self.data))
        } else {
            gs1::parse_link(&self.data)
        }
    }
}

/// Which kind of code was read (ISO/IEC 15424 identifiers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    Ean13,
    Ean8,
    /// EAN with a 2- or 5-digit add-on.
    EanAddOn,
    Code128,
    Gs1Code128,
    Code39,
    Code93,
    Interleaved2Of5,
    Codabar,
    Gs1DataBar,
    Qr,
    Gs1Qr,
    DataMatrix,
    Gs1DataMatrix,
    Pdf417,
    Aztec,
    HanXin,
    Other,
}

impl Symbology {
    /// From the two characters after `]`.
    pub fn from_aim(letter: char, modifier: char) -> Self {
        match (letter, modifier) {
            ('E', '4') => Symbology::Ean8,
            ('E', '1' | '2' | '3') => Symbology::EanAddOn,
            ('E', _) => Symbology::Ean13,
            ('C', '1') => Symbology::Gs1Code128,
            ('C', _) => Symbology::Code128,
            ('A', _) => Symbology::Code39,
            ('G', _) => Symbology::Code93,
            ('I', _) => Symbology::Interleaved2Of5,
            ('F', _) => Symbology::Codabar,
            ('e', _) => Symbology::Gs1DataBar,
            ('Q', '3') => Symbology::Gs1Qr,
            ('Q', _) => Symbology::Qr,
            ('d', '2') => Symbology::Gs1DataMatrix,
            ('d', _) => Symbology::DataMatrix,
            ('L', _) => Symbology::Pdf417,
            ('z', _) => Symbology::Aztec,
            ('h', _) => Symbology::HanXin,
            _ => Symbology::Other,
        }
    }

    pub fn is_gs1(self) -> bool {
        matches!(self, Symbology::Gs1Code128 | Symbology::Gs1DataBar | Symbology::Gs1Qr | Symbology::Gs1DataMatrix)
    }
}
