//! A serial port over USB (CDC-ACM): a scanner in USB-COM mode.

use std::collections::VecDeque;

use crate::device::{Answer, Descriptors, Device, EndpointKind, Setup, endpoint, interface};

const NOTIFY: u8 = 0x81;
const DATA_IN: u8 = 0x82;
const DATA_OUT: u8 = 0x03;

pub struct Acm {
    pub vendor: u16,
    pub product: u16,
    pub serial: String,
    /// What the host sent.
    pub received: Vec<u8>,
    /// Has a program opened the port?
    pub opened: bool,
    packets: VecDeque<Vec<u8>>,
    line_coding: Vec<u8>,
}

impl Acm {
    pub fn scanner(serial: &str) -> Acm {
        Acm {
            vendor: 0x0c2e,
            product: 0x0b6a,
            serial: serial.into(),
            received: Vec::new(),
            opened: false,
            packets: VecDeque::new(),
            // 9600 baud, 8N1.
            line_coding: vec![0x80, 0x25, 0, 0, 0, 0, 8],
        }
    }

    /// One packet; a line may come in several.
    pub fn send(&mut self, packet: &[u8]) {
        self.packets.push_back(packet.to_vec());
    }
}

impl Device for Acm {
    fn descriptors(&self) -> Descriptors {
        let mut interfaces = interface(0, 1, [2, 2, 1]);
        // Header 1.10, call management, abstract control with line coding, union of interfaces 0 and 1.
        interfaces.extend([5, 0x24, 0, 0x10, 0x01, 5, 0x24, 1, 0, 1, 4, 0x24, 2, 2, 5, 0x24, 6, 0, 1]);
        interfaces.extend(endpoint(NOTIFY, EndpointKind::Interrupt));
        interfaces.extend(interface(1, 2, [10, 0, 0]));
        interfaces.extend(endpoint(DATA_IN, EndpointKind::Bulk));
        interfaces.extend(endpoint(DATA_OUT, EndpointKind::Bulk));
        Descriptors {
            vendor: self.vendor,
            product: self.product,
            class: [2, 0, 0],
            strings: ["Acme".into(), "COM Scanner".into(), self.serial.clone()],
            interfaces,
            interface_count: 2,
        }
    }

    fn control(&mut self, setup: Setup, data: &[u8]) -> Answer {
        match (setup.kind, setup.request) {
            (0x21, 0x20) => {
                self.line_coding = data.to_vec();
                Answer::Taken
            }
            (0xa1, 0x21) => Answer::Data(self.line_coding.clone()),
            (0x21, 0x22) => {
                self.opened = setup.value & 1 == 1;
                Answer::Taken
            }
            (0x21, 0x23) => Answer::Taken,
            _ => Answer::Stall,
        }
    }

    fn take(&mut self, _: u8, data: &[u8]) -> Answer {
        self.received.extend_from_slice(data);
        Answer::Taken
    }

    fn give(&mut self, endpoint: u8, _: usize) -> Answer {
        match endpoint == DATA_IN & 0x0f {
            true => self.packets.pop_front().map_or(Answer::Nak, Answer::Data),
            false => Answer::Nak,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_knows_when_it_is_opened_and_how() {
        let mut acm = Acm::scanner("1");
        let control = |acm: &mut Acm, request, value, data: &[u8]| {
            acm.control(Setup { kind: 0x21, request, value, index: 0, length: 0 }, data)
        };
        control(&mut acm, 0x20, 0, &[0, 0xc2, 1, 0, 0, 0, 8]);
        let coding = acm.control(Setup { kind: 0xa1, request: 0x21, value: 0, index: 0, length: 7 }, &[]);
        assert_eq!(coding, Answer::Data(vec![0, 0xc2, 1, 0, 0, 0, 8]));
        control(&mut acm, 0x22, 3, &[]);
        assert!(acm.opened);
        control(&mut acm, 0x22, 0, &[]);
        assert!(!acm.opened);
    }

    #[test]
    fn packets_stay_packets_and_only_the_data_endpoint_gives_them() {
        let mut acm = Acm::scanner("1");
        acm.send(b"SF12");
        acm.send(b"34\r\n");
        assert_eq!(acm.give(1, 512), Answer::Nak);
        assert_eq!(acm.give(2, 512), Answer::Data(b"SF12".to_vec()));
        assert_eq!(acm.give(2, 512), Answer::Data(b"34\r\n".to_vec()));
        assert_eq!(acm.give(2, 512), Answer::Nak);
    }
}
