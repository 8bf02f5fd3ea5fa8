//! What every HID device of one input report answers the same way (HID 1.11, sections 6.2 and 7).

use crate::device::{Answer, EndpointKind, Setup, endpoint, interface};

const IN: u8 = 0x81;
const REPORT_DESCRIPTOR: u16 = 0x22;

/// The one interface, of this subclass and protocol, with its HID descriptor and its endpoint.
pub fn interfaces(subclass: u8, protocol: u8, report_descriptor: &[u8]) -> Vec<u8> {
    let [low, high] = (report_descriptor.len() as u16).to_le_bytes();
    let mut interfaces = interface(0, 1, [3, subclass, protocol]);
    interfaces.extend([9, 0x21, 0x11, 0x01, 0, 1, REPORT_DESCRIPTOR as u8, low, high]);
    interfaces.extend(endpoint(IN, EndpointKind::Interrupt));
    interfaces
}

pub fn control(setup: Setup, report_descriptor: &[u8], report_bytes: usize) -> Answer {
    match (setup.kind, setup.request, setup.value >> 8) {
        (0x81, 6, REPORT_DESCRIPTOR) => Answer::Data(report_descriptor.to_vec()),
        (0xa1, 1, _) => Answer::Data(vec![0; report_bytes]),
        // Reports to the device, such as its LEDs, idle rate, protocol.
        (0x21, 9..=11, _) => Answer::Taken,
        _ => Answer::Stall,
    }
}
