//! A scanner of the POS kind: usage page 0x8C (HID Point of Sale Usage Tables 1.02), reports of 64 bytes.

use std::collections::VecDeque;

use crate::device::{Answer, Descriptors, Device, Setup};
use crate::hid;

/// Behind the report's number, the length, the symbology's three bytes and before the "more" flag.
pub const ROOM: usize = 56;

/// One input report, number 2: length, AIM symbology identifier, data, "more data follows".
const REPORT_DESCRIPTOR: &[u8] = &[
    0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x09, 0x12, 0xa1, 0x02, 0x85, 0x02, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08,
    0x95, 0x01, 0x05, 0x01, 0x09, 0x3b, 0x81, 0x02, 0x95, 0x03, 0x05, 0x8c, 0x09, 0xfb, 0x09, 0xfc, 0x09, 0xfd, 0x81,
    0x02, 0x95, 0x38, 0x09, 0xfe, 0x82, 0x02, 0x01, 0x95, 0x02, 0x81, 0x01, 0x75, 0x01, 0x25, 0x01, 0x95, 0x01, 0x09,
    0xff, 0x81, 0x02, 0x95, 0x07, 0x81, 0x01, 0xc0, 0xc0,
];

pub struct HidPos {
    pub vendor: u16,
    pub product: u16,
    pub serial: String,
    pub reports: VecDeque<[u8; 64]>,
}

impl HidPos {
    pub fn scanner(serial: &str) -> HidPos {
        HidPos { vendor: 0x0c2e, product: 0x0b87, serial: serial.into(), reports: VecDeque::new() }
    }

    /// A scan, over as many reports as it needs. `aim` is what follows `]`, e.g. `C0`.
    pub fn scan(&mut self, aim: &[u8; 2], data: &[u8]) {
        let pieces = data.chunks(ROOM).count();
        for (index, piece) in data.chunks(ROOM).enumerate() {
            let mut report = [0; 64];
            report[..5].copy_from_slice(&[2, piece.len() as u8, b']', aim[0], aim[1]]);
            report[5..5 + piece.len()].copy_from_slice(piece);
            report[63] = u8::from(index + 1 < pieces);
            self.reports.push_back(report);
        }
    }
}

impl Device for HidPos {
    fn descriptors(&self) -> Descriptors {
        Descriptors {
            vendor: self.vendor,
            product: self.product,
            class: [0; 3],
            strings: ["Acme".into(), "POS Scanner".into(), self.serial.clone()],
            interfaces: hid::interfaces(0, 0, REPORT_DESCRIPTOR),
            interface_count: 1,
        }
    }

    fn control(&mut self, setup: Setup, _: &[u8]) -> Answer {
        hid::control(setup, REPORT_DESCRIPTOR, 64)
    }

    fn take(&mut self, _: u8, _: &[u8]) -> Answer {
        Answer::Stall
    }

    fn give(&mut self, _: u8, _: usize) -> Answer {
        self.reports.pop_front().map_or(Answer::Nak, |report| Answer::Data(report.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bits the descriptor promises in report 2, counted item by item, are the 63 bytes behind its number.
    #[test]
    fn the_descriptor_describes_64_bytes() {
        let (mut at, mut size, mut count, mut bits) = (0, 0, 0, 0);
        while at < REPORT_DESCRIPTOR.len() {
            let tag = REPORT_DESCRIPTOR[at];
            let value = usize::from(*REPORT_DESCRIPTOR.get(at + 1).unwrap_or(&0));
            match tag & 0xfc {
                0x74 => size = value,
                0x94 => count = value,
                0x80 => bits += size * count,
                _ => {}
            }
            at += 1 + usize::from(tag & 3);
        }
        assert_eq!(bits, 63 * 8);
    }

    #[test]
    fn a_long_scan_goes_over_several_reports() {
        let mut scanner = HidPos::scanner("1");
        scanner.scan(b"C1", &[b'x'; 60]);
        let reports: Vec<_> = scanner.reports.into();
        assert_eq!(reports.len(), 2);
        assert_eq!((&reports[0][..6], reports[0][63]), (&[2, 56, b']', b'C', b'1', b'x'][..], 1));
        assert_eq!((reports[1][1], reports[1][63]), (4, 0));
    }
}
