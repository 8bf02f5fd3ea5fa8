//! One USB printer, reached in the two ways there are, and what it got.

use usbsim::printer::Printer;
use usbsim::vhci::{Plugged, plug};

pub const QUESTION: &[u8] = b"~HS\n";
/// Zebra's example of a printer with nothing to do and nothing wrong.
pub const FINE: &[u8] =
    b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n";

/// The same printer twice over: by libusb, and by usblp.
pub fn ways(zebra: &Plugged<Printer>) -> [(&'static str, String); 2] {
    let node = zebra.node("usbmisc").expect("usblp takes the printer");
    // usblp first: libusb puts it aside.
    [("lp", format!("lp://{}", node.display())), ("usb", format!("usb://0a5f:0166?port={}", zebra.path))]
}

pub fn zebra(port: u32) -> Plugged<Printer> {
    let printer = Printer::zebra("D1").answering(QUESTION, FINE);
    let zebra = plug(port, printer).expect("the kernel takes the device");
    zebra.node("usbmisc").expect("usblp takes the printer");
    zebra
}

pub fn received(zebra: &Plugged<Printer>) -> Vec<u8> {
    zebra.port.with(|printer| std::mem::take(&mut printer.received))
}

/// What a printer is asked whose first answer took too long.
const SECOND_QUESTION: &[u8] = b"~HQES\n";

/// The label alone, without the questions around it.
pub fn label_in(bytes: &[u8]) -> Vec<u8> {
    let questions = [QUESTION, SECOND_QUESTION];
    let mut label = bytes;
    while let Some(rest) = questions.iter().find_map(|question| label.strip_prefix(*question)) {
        label = rest;
    }
    while let Some(rest) = questions.iter().find_map(|question| label.strip_suffix(*question)) {
        label = rest;
    }
    label.to_vec()
}

pub fn assert_same(way: &str, got: &[u8], label: &[u8]) {
    assert!(got == label, "{way}: {} bytes arrived of a label of {}", got.len(), label.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_around_a_label_are_none_of_it() {
        for (before, after) in [("", ""), ("~HS\n", "~HS\n"), ("~HS\n~HQES\n", "~HQES\n~HS\n")] {
            let bytes = format!("{before}^XA~HS in it^XZ{after}");
            assert_eq!(label_in(bytes.as_bytes()), b"^XA~HS in it^XZ");
        }
    }
}
