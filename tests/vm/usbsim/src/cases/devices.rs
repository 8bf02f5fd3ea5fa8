//! What `milepost devices` and `milepost scanner adopt` make of a real bus: all that is plugged in, whoever drives it, and
//! who stands in the way.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use usbsim::acm::Acm;
use usbsim::hidpos::HidPos;
use usbsim::keyboard::{Keyboard, typed};
use usbsim::printer::Printer;
use usbsim::vhci::{plug, wait_until};

use super::Case;
use super::rig::zebra;
use crate::agent::{BINARY, Station, print, said};

pub const CASES: &[Case] = &[
    ("all_that_is_plugged_in_is_shown_with_the_lines_that_take_it", all_that_is_plugged_in_is_shown),
    ("a_printer_that_nobody_drives_is_asked_what_it_is", a_printer_that_nobody_drives_is_asked_what_it_is),
    ("who_has_a_device_is_named", who_has_a_device_is_named),
    ("plugging_in_and_out_is_told_as_it_happens", plugging_in_and_out_is_told_as_it_happens),
    ("the_scanner_that_is_scanned_with_is_adopted", the_scanner_that_is_scanned_with_is_adopted),
];

fn gprinter() -> Printer {
    let mut printer = Printer::zebra("");
    (printer.vendor, printer.product) = (0x6868, 0x0500);
    printer.device_id = "MFG:Gprinter;CMD:ESC/POS,TSPL;MDL:GP-1324D;".into();
    printer
}

fn office_keyboard() -> Keyboard {
    Keyboard { vendor: 0x413c, product: 0x2113, name: "Keyboard".into(), ..Keyboard::scanner("") }
}

/// The first line of a device, and all that is said of it.
fn about<'a>(text: &'a str, starts: &str) -> &'a str {
    let start = text.find(starts).unwrap_or_else(|| panic!("nothing begins with {starts}: {text}"));
    let rest = &text[start..];
    let end = rest.match_indices('\n').map(|(at, _)| at + 1).find(|at| !rest[*at..].starts_with(' '));
    &rest[..end.unwrap_or(rest.len())]
}

fn all_that_is_plugged_in_is_shown() {
    let zebra = zebra(0);
    let gprinter = plug(1, gprinter()).expect("the kernel takes the device");
    let typing = plug(2, Keyboard::scanner("K900")).expect("the kernel takes the device");
    let pos = plug(3, HidPos::scanner("P900")).expect("the kernel takes the device");
    let office = plug(4, office_keyboard()).expect("the kernel takes the device");
    let com = plug(5, Acm::scanner("C900")).expect("the kernel takes the device");
    for (port, class) in [(&gprinter.path, "usbmisc"), (&typing.path, "input"), (&pos.path, "hidraw")] {
        usbsim::vhci::node_below(port, class).expect("a driver takes it");
    }
    let port = com.node("tty").expect("cdc-acm takes it");
    office.node("input").expect("evdev takes it");

    let text = said(&["devices"]);
    let shown = |starts: String, expected: &[&str]| {
        let about = about(&text, &starts);
        for piece in expected {
            assert!(about.contains(piece), "{piece} isn't in {about}");
        }
        assert!(!about.contains("BAD"), "{about}");
    };
    let zebra_lines = ["ZD611: it says it speaks ZPL", "url = \"lp://ZD611?port=", "profile = \"zpl\""];
    // The rig's printer has a serial number of two characters, which tells nothing.
    shown(format!("printer 0a5f:0166 at port {} with serial D1 (/dev/usb/lp", zebra.path), &zebra_lines);
    let lines = ["it says it speaks ESC/POS, TSPL", "url = \"lp://GP-1324D?port=", "profile = \"gprinter\""];
    shown(format!("printer 6868:0500 at port {} (/dev/usb/lp", gprinter.path), &lines);
    let lines = ["a scanner that types", "url = \"evdev://0c2e:0b61?serial=K900\"", "profile = \"honeywell-keyboard\""];
    shown(format!("scanner 0c2e:0b61 at port {} with serial K900 (/dev/input/event", typing.path), &lines);
    let lines = ["set to HID-POS", "url = \"hidpos://0c2e:0b87?serial=P900\"", "profile = \"honeywell-hidpos\""];
    shown(format!("scanner 0c2e:0b87 at port {} with serial P900 (/dev/hidraw", pos.path), &lines);
    shown(format!("keyboard? 413c:2113 at port {}", office.path), &["take it only if it is one"]);
    assert!(text.contains(&format!("({})", port.display())), "{text}");

    // The lines it suggests, but for the keyboard's, are a config, and what they take is theirs.
    let mut blocks: Vec<String> = Vec::new();
    for starts in ["printer 0a5f", "printer 6868", "scanner 0c2e:0b61", "scanner 0c2e:0b87"] {
        let lines = about(&text, starts).lines().skip(1).map(str::trim).collect::<Vec<_>>();
        blocks.push(lines.join("\n"));
    }
    let blocks = blocks.join("\n");
    let names = |word: &str| -> Vec<String> {
        let begins = format!("name = \"{word}-");
        let starts = blocks.match_indices(&begins).map(|(at, _)| &blocks[at + 8..]);
        starts.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
    };
    let (guns, desks) = (names("gun"), names("desk"));
    let config = format!("[[place]]\nname = \"bench\"\nscanners = {guns:?}\nprinter = {:?}\n{blocks}\n", desks[0]);
    fs::write("/tmp/seen.toml", &config).expect("a config can be written");
    let checked = said(&["config", "check", "/tmp/seen.toml", "--of", "station"]);
    assert!(checked.contains("is good"), "{checked}");
    let taken = said(&["devices", "--config", "/tmp/seen.toml"]);
    assert_eq!(taken.matches(": is `").count(), 4, "{taken}");
    let all = guns.iter().chain(&desks).all(|name| taken.contains(&format!(": is `{name}`")));
    assert!(all, "{taken}");
}

/// Another program's libusb has put the kernel's driver aside, and went away.
fn a_printer_that_nobody_drives_is_asked_what_it_is() {
    let zebra = zebra(0);
    assert!(print(&format!("usb://0a5f:0166?port={}", zebra.path)).success);
    let text = said(&["devices"]);
    let about = about(&text, &format!("printer 0a5f:0166 at port {} with serial D1 (/dev/bus/usb/", zebra.path));
    for piece in ["ZD611: it says it speaks ZPL", &format!("url = \"usb://0a5f:0166?port={}\"", zebra.path)] {
        assert!(about.contains(piece), "{piece} isn't in {about}");
    }
}

fn who_has_a_device_is_named() {
    let zebra = zebra(0);
    let node = zebra.node("usbmisc").expect("usblp takes it");
    let held = File::options().read(true).write(true).open(&node).expect("usblp opens");
    let text = said(&["devices"]);
    let name = format!("BAD  usbsim (pid {}) has {}", std::process::id(), node.display());
    let about_it = about(&text, "printer 0a5f:0166");
    assert!(about_it.contains(&name) && about_it.contains("-> stop usbsim"), "{about_it}");
    drop(held);
    assert!(!about(&said(&["devices"]), "printer 0a5f:0166").contains("BAD"));

    let keyboard = plug(1, Keyboard::scanner("K901")).expect("the kernel takes the device");
    let node = keyboard.node("input").expect("evdev takes it");
    let config = "code = \"VM-01\"\ndata_dir = \"/tmp/seen\"\nlisten = \"127.0.0.1:0\"\n[[place]]\nname = \"dock\"\nrole = \"dock\"\n\
                  scanners = [\"gun\"]\n[[scanner]]\nname = \"gun\"\nurl = \"evdev://0c2e:0b61?serial=K901\"\n";
    let _station = Station::start(config);
    let mut text = String::new();
    wait_until("the station has its scanner", || {
        text = said(&["devices"]);
        Ok(about(&text, "scanner 0c2e:0b61").contains("BAD"))
    })
    .unwrap_or_else(|error| panic!("{error}: {text}"));
    let about_it = about(&text, "scanner 0c2e:0b61");
    assert!(
        about_it.contains("milepost (pid ") && about_it.contains(&format!(") has {}", node.display())),
        "{about_it}"
    );
    // Told by the config, it is the station's own.
    let text = said(&["devices", "--config", "/tmp/station.toml"]);
    let about_it = about(&text, "scanner 0c2e:0b61");
    assert!(about_it.contains("is `gun`") && !about_it.contains("BAD"), "{about_it}");
}

fn plugging_in_and_out_is_told_as_it_happens() {
    let out = File::create("/tmp/watched").expect("a file");
    let mut watch = Command::new(BINARY).args(["devices", "--watch"]).stdout(out).spawn().expect("the binary starts");
    let told = |piece: &str| {
        wait_until(&format!("it tells {piece}"), || Ok(fs::read_to_string("/tmp/watched")?.contains(piece)))
            .unwrap_or_else(|error| panic!("{error}: {}", fs::read_to_string("/tmp/watched").unwrap_or_default()));
    };
    let pos = plug(0, HidPos::scanner("P902")).expect("the kernel takes the device");
    let path = pos.path.clone();
    told(&format!("+ scanner 0c2e:0b87 at port {path} with serial P902"));
    pos.unplug().expect("it goes");
    told(&format!("- scanner 0c2e:0b87 at port {path} with serial P902"));
    watch.kill().expect("it runs until it is ended");
    watch.wait().expect("it ends");
}

fn the_scanner_that_is_scanned_with_is_adopted() {
    let config = "# The bench by the door.\n[[place]]\nname = \"bench\" # ours\n";
    fs::write("/tmp/adopt.toml", config).expect("a config can be written");
    let other = plug(0, HidPos::scanner("P903")).expect("the kernel takes the device");
    let meant = plug(1, Keyboard::scanner("K903")).expect("the kernel takes the device");
    let office = plug(2, office_keyboard()).expect("the kernel takes the device");
    other.node("hidraw").expect("hidraw takes it");
    meant.node("input").expect("evdev takes it");
    office.node("input").expect("evdev takes it");
    let mut adopting = Command::new(BINARY)
        .args(["scanner", "adopt", "--write", "/tmp/adopt.toml"])
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary starts");
    // The office's keyboard types all the while; then somebody scans.
    let until = Instant::now() + Duration::from_secs(20);
    while adopting.try_wait().expect("a child").is_none() {
        assert!(Instant::now() < until, "it doesn't end");
        for (device, text) in [(&office, "secret\n"), (&meant, "SF10\n")] {
            for report in typed(text).expect("a US keyboard has these") {
                device.port.with(|keyboard| keyboard.reports.push_back(report));
                thread::sleep(Duration::from_millis(4));
            }
        }
        thread::sleep(Duration::from_millis(300));
    }
    let written = fs::read_to_string("/tmp/adopt.toml").expect("the config is there");
    let expected = "# The bench by the door.\n[[place]]\nname = \"bench\" # ours\nscanners = [\"gun-1\"]\n\n[[scanner]]\n\
                    name = \"gun-1\"\nurl = \"evdev://0c2e:0b61?serial=K903\"\nprofile = \"honeywell-keyboard\"\n";
    assert_eq!(written, expected);
}
