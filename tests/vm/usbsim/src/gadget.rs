//! The kernel's own USB devices (configfs over `dummy_hcd`): another hand wrote this device side, so what works with ours
//! and with these works with neither's mistakes.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use usbsim::vhci::{node_below, wait_until};

const FOLDER: &str = "/sys/kernel/config/usb_gadget/device";
const CONTROLLER: &str = "dummy_udc.0";

/// One device of one function; unplugged and taken apart when it goes out of scope.
pub struct Gadget {
    function: &'static str,
    /// Where it is plugged in.
    pub path: String,
}

impl Gadget {
    /// `attributes` are files of the function and what goes in.
    pub fn plug(function: &'static str, attributes: &[(&str, &[u8])]) -> Gadget {
        let folder = Path::new(FOLDER);
        for below in [format!("functions/{function}"), "configs/c.1".into(), "strings/0x409".into()] {
            fs::create_dir_all(folder.join(below)).expect("configfs makes folders");
        }
        write("idVendor", b"0x0525");
        write("idProduct", b"0xa4a8");
        write("strings/0x409/serialnumber", b"G1");
        for (file, text) in attributes {
            write(&format!("functions/{function}/{file}"), text);
        }
        let link = folder.join("configs/c.1").join(function);
        symlink(folder.join("functions").join(function), link).expect("the function joins the configuration");
        write("UDC", CONTROLLER.as_bytes());
        let mut path = None;
        wait_until("the gadget is configured", || {
            path = plugged_in();
            Ok(path.is_some())
        })
        .expect("the host side sees it");
        Gadget { function, path: path.expect("it was waited for") }
    }

    pub fn node(&self, class: &str) -> PathBuf {
        node_below(&self.path, class).expect("a driver takes it")
    }
}

impl Drop for Gadget {
    fn drop(&mut self) {
        let folder = Path::new(FOLDER);
        write("UDC", b"\n");
        fs::remove_file(folder.join("configs/c.1").join(self.function)).expect("the function leaves");
        for below in ["configs/c.1", &format!("functions/{}", self.function), "strings/0x409", ""] {
            fs::remove_dir(folder.join(below)).unwrap_or_else(|error| eprintln!("{below}: {error}"));
        }
    }
}

fn write(file: &str, text: &[u8]) {
    let path = Path::new(FOLDER).join(file);
    fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn plugged_in() -> Option<String> {
    let devices = fs::read_dir("/sys/bus/usb/devices").expect("a kernel with USB");
    devices.map(|entry| entry.expect("an entry").path()).find_map(|path| {
        let vendor = fs::read_to_string(path.join("idVendor")).ok()?;
        let configured = path.join("bConfigurationValue").exists() && vendor.trim() == "0525";
        configured.then(|| path.file_name().expect("a name").to_string_lossy().into_owned())
    })
}
