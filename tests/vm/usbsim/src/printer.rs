//! A label printer: class 7, an IEEE-1284 id, a port status, bytes in and, if it is told what to say, bytes out.

use std::collections::VecDeque;

use crate::device::{Answer, Descriptors, Device, EndpointKind, Setup, endpoint, interface};

/// Selected, no error (USB printer class 1.1, 4.2.2).
pub const READY: u8 = 0x18;
pub const PAPER_OUT: u8 = 0x28;
/// Not selected: switched to pause by its button.
pub const OFFLINE: u8 = 0x08;

pub const OUT: u8 = 0x01;
pub const IN: u8 = 0x82;

pub struct Printer {
    pub vendor: u16,
    pub product: u16,
    pub serial: String,
    /// Without its length.
    pub device_id: String,
    pub port_status: u8,
    /// Every byte it took.
    pub received: Vec<u8>,
    /// A question's bytes and the answer to them.
    pub answers: Vec<(Vec<u8>, Vec<u8>)>,
    waiting: VecDeque<Vec<u8>>,
}

impl Printer {
    /// A Zebra ZD611, without a word on its lips.
    pub fn zebra(serial: &str) -> Printer {
        Printer {
            vendor: 0x0a5f,
            product: 0x0166,
            serial: serial.into(),
            device_id: format!("MFG:Zebra Technologies;CMD:ZPL;MDL:ZD611;CLS:PRINTER;SN:{serial};"),
            port_status: READY,
            received: Vec::new(),
            answers: Vec::new(),
            waiting: VecDeque::new(),
        }
    }

    /// Something it has to say to whoever reads next.
    pub fn owes(&mut self, bytes: &[u8]) {
        self.waiting.push_back(bytes.to_vec());
    }

    pub fn answering(mut self, question: &[u8], answer: &[u8]) -> Printer {
        self.answers.push((question.to_vec(), answer.to_vec()));
        self
    }
}

impl Device for Printer {
    fn descriptors(&self) -> Descriptors {
        let mut interfaces = interface(0, 2, [7, 1, 2]);
        interfaces.extend(endpoint(OUT, EndpointKind::Bulk));
        interfaces.extend(endpoint(IN, EndpointKind::Bulk));
        Descriptors {
            vendor: self.vendor,
            product: self.product,
            class: [0; 3],
            strings: ["Zebra Technologies".into(), "ZD611".into(), self.serial.clone()],
            interfaces,
            interface_count: 1,
        }
    }

    fn control(&mut self, setup: Setup, _: &[u8]) -> Answer {
        match (setup.kind, setup.request) {
            (0xa1, 0) => {
                let mut id = (self.device_id.len() as u16 + 2).to_be_bytes().to_vec();
                id.extend(self.device_id.as_bytes());
                Answer::Data(id)
            }
            (0xa1, 1) => Answer::Data(vec![self.port_status]),
            (0x21, 2) => {
                self.waiting.clear();
                Answer::Taken
            }
            _ => Answer::Stall,
        }
    }

    fn take(&mut self, _: u8, data: &[u8]) -> Answer {
        self.received.extend_from_slice(data);
        let asked = self.answers.iter().filter(|(question, _)| self.received.ends_with(question));
        let said: Vec<Vec<u8>> = asked.map(|(_, answer)| answer.clone()).collect();
        self.waiting.extend(said);
        Answer::Taken
    }

    fn give(&mut self, _: u8, most: usize) -> Answer {
        let Some(mut answer) = self.waiting.pop_front() else { return Answer::Nak };
        if answer.len() > most {
            let rest = answer.split_off(most);
            self.waiting.push_front(rest);
        }
        Answer::Data(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_who_and_how_it_is() {
        let mut printer = Printer::zebra("12");
        let ask = |printer: &mut Printer, request| {
            printer.control(Setup { kind: 0xa1, request, value: 0, index: 0, length: 1023 }, &[])
        };
        let Answer::Data(id) = ask(&mut printer, 0) else { panic!("an id") };
        assert_eq!(usize::from(u16::from_be_bytes([id[0], id[1]])), id.len());
        assert!(id.ends_with(b"SN:12;"));
        printer.port_status = PAPER_OUT;
        assert_eq!(ask(&mut printer, 1), Answer::Data(vec![0x28]));
        assert_eq!(ask(&mut printer, 77), Answer::Stall);
    }

    #[test]
    fn it_answers_only_what_it_was_asked_and_only_once() {
        let mut printer = Printer::zebra("12").answering(b"~HS", b"fine");
        assert_eq!(printer.give(IN, 64), Answer::Nak);
        printer.take(OUT, b"^XA^XZ~H");
        assert_eq!(printer.give(IN, 64), Answer::Nak);
        printer.take(OUT, b"S");
        assert_eq!(printer.give(IN, 3), Answer::Data(b"fin".to_vec()));
        assert_eq!(printer.give(IN, 3), Answer::Data(b"e".to_vec()));
        assert_eq!(printer.give(IN, 3), Answer::Nak);
        assert_eq!(printer.received, b"^XA^XZ~HS");
    }
}
