//! What a device is: its descriptors, and what it does with each transfer. What every USB device does alike (USB 2.0,
//! chapter 9) is done here.

use std::collections::BTreeSet;

/// What a device does with a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// For the host; cut to the room it has.
    Data(Vec<u8>),
    /// All of the host's bytes.
    Taken,
    /// Refused for good.
    Stall,
    /// Not now: the transfer waits.
    Nak,
}

/// The eight bytes of a control transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    pub kind: u8,
    pub request: u8,
    pub value: u16,
    pub index: u16,
    pub length: u16,
}

impl Setup {
    pub fn parse(bytes: &[u8; 8]) -> Setup {
        let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        Setup { kind: bytes[0], request: bytes[1], value: word(2), index: word(4), length: word(6) }
    }
}

/// A device behind a port.
pub trait Device: Send + 'static {
    fn descriptors(&self) -> Descriptors;

    /// A control transfer that isn't every device's.
    fn control(&mut self, setup: Setup, data: &[u8]) -> Answer;

    /// Bytes of the host.
    fn take(&mut self, endpoint: u8, data: &[u8]) -> Answer;

    /// Bytes for the host, at most `most`.
    fn give(&mut self, endpoint: u8, most: usize) -> Answer;
}

/// What a device says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptors {
    pub vendor: u16,
    pub product: u16,
    /// Class, subclass and protocol; zeros where the interfaces say it.
    pub class: [u8; 3],
    /// Maker, product, serial number; an empty one is left out.
    pub strings: [String; 3],
    /// The interfaces with all that belongs to them, after the configuration's own nine bytes.
    pub interfaces: Vec<u8>,
    pub interface_count: u8,
}

impl Descriptors {
    fn device(&self) -> Vec<u8> {
        let [vendor, product] = [self.vendor.to_le_bytes(), self.product.to_le_bytes()];
        let string = |index: u8| if self.strings[usize::from(index) - 1].is_empty() { 0 } else { index };
        let mut bytes = vec![18, 1, 0x00, 0x02, self.class[0], self.class[1], self.class[2], 64];
        bytes.extend(vendor.into_iter().chain(product).chain([0x00, 0x01]));
        bytes.extend([string(1), string(2), string(3), 1]);
        bytes
    }

    fn configuration(&self) -> Vec<u8> {
        let [low, high] = (9 + self.interfaces.len() as u16).to_le_bytes();
        // Self-powered, 2 mA.
        let mut bytes = vec![9, 2, low, high, self.interface_count, 1, 0, 0xc0, 1];
        bytes.extend(&self.interfaces);
        bytes
    }

    fn string(&self, index: u8) -> Option<Vec<u8>> {
        let text: Vec<u8> = match index {
            0 => vec![0x09, 0x04],
            1..=3 => self.strings[usize::from(index) - 1].encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => return None,
        };
        let mut bytes = vec![2 + text.len() as u8, 3];
        bytes.extend(text);
        Some(bytes)
    }
}

/// An interface's nine bytes.
pub fn interface(number: u8, endpoints: u8, class: [u8; 3]) -> Vec<u8> {
    vec![9, 4, number, 0, endpoints, class[0], class[1], class[2], 0]
}

/// An endpoint's seven bytes. `address` has bit 7 for input; a high-speed bulk endpoint's packets have 512 bytes.
pub fn endpoint(address: u8, kind: EndpointKind) -> Vec<u8> {
    match kind {
        EndpointKind::Bulk => vec![7, 5, address, 2, 0x00, 0x02, 0],
        // Every 2^(4-1) microframes: a millisecond.
        EndpointKind::Interrupt => vec![7, 5, address, 3, 64, 0, 4],
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointKind {
    Bulk,
    Interrupt,
}

/// What chapter 9 makes every device remember.
#[derive(Debug, Default)]
pub struct Common {
    configuration: u8,
    /// Addresses of halted endpoints, with their direction bit.
    halted: BTreeSet<u8>,
}

impl Common {
    pub fn is_halted(&self, address: u8) -> bool {
        self.halted.contains(&address)
    }

    pub fn halt(&mut self, address: u8) {
        self.halted.insert(address);
    }

    /// `None` for what only the device itself can answer.
    pub fn control(&mut self, descriptors: &Descriptors, setup: Setup) -> Option<Answer> {
        let [kind, index] = [(setup.value >> 8) as u8, setup.value as u8];
        let found = |bytes: Option<Vec<u8>>| bytes.map_or(Answer::Stall, Answer::Data);
        Some(match (setup.kind, setup.request) {
            (0x80, 6) => match kind {
                1 => Answer::Data(descriptors.device()),
                2 => Answer::Data(descriptors.configuration()),
                3 => found(descriptors.string(index)),
                _ => Answer::Stall,
            },
            (0x80, 0) => Answer::Data(vec![1, 0]),
            (0x81, 0) => Answer::Data(vec![0, 0]),
            (0x82, 0) => Answer::Data(vec![u8::from(self.is_halted(setup.index as u8)), 0]),
            (0x80, 8) => Answer::Data(vec![self.configuration]),
            (0x81, 10) => Answer::Data(vec![0]),
            (0x00, 5) => Answer::Taken,
            (0x00, 9) => {
                self.configuration = index;
                self.halted.clear();
                Answer::Taken
            }
            (0x01, 11) if setup.value == 0 => {
                self.halted.clear();
                Answer::Taken
            }
            (0x02, 1) if setup.value == 0 => {
                self.halted.remove(&(setup.index as u8));
                Answer::Taken
            }
            (0x02, 3) if setup.value == 0 => {
                self.halt(setup.index as u8);
                Answer::Taken
            }
            (0x00, 1 | 3) => Answer::Taken,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Descriptors {
        let mut interfaces = interface(0, 2, [7, 1, 2]);
        interfaces.extend(endpoint(0x01, EndpointKind::Bulk));
        interfaces.extend(endpoint(0x82, EndpointKind::Bulk));
        let strings = ["Maker".into(), "Model".into(), String::new()];
        Descriptors { vendor: 0x0a5f, product: 0x0166, class: [0; 3], strings, interfaces, interface_count: 1 }
    }

    fn ask(common: &mut Common, bytes: [u8; 8]) -> Option<Answer> {
        common.control(&sample(), Setup::parse(&bytes))
    }

    #[test]
    fn a_device_describes_itself() {
        let mut common = Common::default();
        let Some(Answer::Data(device)) = ask(&mut common, [0x80, 6, 0, 1, 0, 0, 18, 0]) else { panic!("a descriptor") };
        assert_eq!(device, [18, 1, 0, 2, 0, 0, 0, 64, 0x5f, 0x0a, 0x66, 0x01, 0, 1, 1, 2, 0, 1]);
        let Some(Answer::Data(all)) = ask(&mut common, [0x80, 6, 0, 2, 0, 0, 255, 0]) else { panic!("a descriptor") };
        assert_eq!(usize::from(all[2]), all.len());
        // Length by length the descriptors end where the whole ends.
        let mut at = 0;
        while at < all.len() {
            at += usize::from(all[at]);
        }
        assert_eq!(at, all.len());
        assert_eq!(
            ask(&mut common, [0x80, 6, 1, 3, 9, 4, 255, 0]),
            Some(Answer::Data(b"\x0c\x03M\0a\0k\0e\0r\0".to_vec()))
        );
        assert_eq!(ask(&mut common, [0x80, 6, 9, 3, 9, 4, 255, 0]), Some(Answer::Stall));
    }

    #[test]
    fn a_halt_lasts_until_it_is_cleared() {
        let mut common = Common::default();
        common.halt(0x01);
        assert_eq!(ask(&mut common, [0x82, 0, 0, 0, 1, 0, 2, 0]), Some(Answer::Data(vec![1, 0])));
        assert_eq!(ask(&mut common, [0x02, 1, 0, 0, 1, 0, 0, 0]), Some(Answer::Taken));
        assert!(!common.is_halted(0x01));
    }

    #[test]
    fn what_is_not_everybodys_is_left_to_the_device() {
        let mut common = Common::default();
        for class_request in [[0xa1, 1, 0, 0, 0, 0, 1, 0], [0x81, 6, 0, 0x22, 0, 0, 64, 0], [0x21, 9, 0, 2, 0, 0, 1, 0]]
        {
            assert_eq!(ask(&mut common, class_request), None);
        }
    }
}
