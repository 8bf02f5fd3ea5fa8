//! USB devices made of nothing: the device side of USB/IP, spoken over a socket pair with the kernel's `vhci_hcd`.
//!
//! The kernel above is the real one, with its real drivers; only the metal is ours. That gives what no gadget gives:
//! stalls, refusals and unplugging at an exact byte, and two devices that can't be told apart. Written from the USB and
//! USB/IP documents (the kernel's usbip_protocol), never from the drivers it examines.

pub mod acm;
pub mod device;
mod hid;
pub mod hidpos;
pub mod keyboard;
pub mod port;
pub mod printer;
pub mod vhci;
pub mod wire;
