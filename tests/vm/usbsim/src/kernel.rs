//! What the kernel has to say: its log, and what in it must never be.

use std::process::Command;

/// Words of a kernel in trouble (Documentation/admin-guide/bug-hunting).
const TROUBLE: &[&str] =
    &["BUG:", "WARNING:", "Oops", "general protection fault", "Call Trace", "Kernel panic", "hung_task"];

pub fn log() -> String {
    let output = Command::new("dmesg").output().expect("busybox has dmesg");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("vhci_hcd"), "this is no log of a kernel with virtual devices: {text}");
    text
}

pub fn complaints(log: &str) -> Vec<String> {
    log.lines().filter(|line| TROUBLE.iter().any(|word| line.contains(word))).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_seen() {
        let log = "[    2.1] vhci_hcd vhci_hcd.0: USB/IP Virtual Host Controller\n\
                   [    9.0] WARNING: CPU: 0 PID: 77 at drivers/usb/core/urb.c:380 usb_submit_urb+0x1/0x2\n\
                   [    9.1] usb 2-1: USB disconnect, device number 2\n\
                   [   10.0] BUG: kernel NULL pointer dereference, address: 0000000000000000\n";
        assert_eq!(complaints(log).len(), 2);
    }
}
