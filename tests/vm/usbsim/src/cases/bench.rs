//! Hub and station as a warehouse has them, with a printer on USB whose cable is pulled amid a label.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use usbsim::port::Faults;
use usbsim::vhci::wait_until;

use super::rig::{received, ways, zebra};
use super::{Case, pace};
use crate::agent::{Hub, Station};

pub const CASES: &[Case] = &[
    ("a_cable_pulled_amid_a_label_asks_the_packer", a_cable_pulled_amid_a_label_asks_the_packer),
    ("how_long_a_packer_waits_is_told", pace::how_long_a_packer_waits_is_told),
];

const LONG: Duration = Duration::from_secs(30);
pub(super) const HUB: &str = "127.0.0.1:7080";
const SCANNER: &str = "127.0.0.1:5001";
pub(super) const TEA: &str = "6901234567892";
/// With its check character.
const REPRINT: &str = "@@C:REPRINTL";

/// One order of one tea for each number; their waybills come with them.
pub(super) fn orders(numbers: &[u32]) -> String {
    let order = |n: &u32| {
        format!(
            r#"{{"order_no":"10000{n}","channel":"tmall","shop":"Tea","paid_at":"2026-02-15T06:22:00Z","amount_fen":9900,
"carrier":"sf","receiver":{{"name":"Wang","phone":"13800001234","province":"浙江省","city":"杭州市","district":"余杭区",
"detail":"文一西路969号3幢201室"}},"lines":[{{"sku":"T01","name":"Tea","quantity":1}}],
"waybill":{{"carrier":"sf","number":"SF000000000000{n}","source":"erp","routing":{{"dest_route_label":"571W-AB-012"}}}}}}"#
        )
    };
    format!(r#"{{"orders":[{}]}}"#, numbers.iter().map(order).collect::<Vec<_>>().join(","))
}

/// A scanner over TCP: what it reads goes in, what the bench says comes back.
struct Gun(BufReader<TcpStream>);

impl Gun {
    fn scan(&mut self, code: &str) -> String {
        write!(self.0.get_mut(), "{code}\r\n").expect("the station reads");
        let mut said = String::new();
        self.0.read_line(&mut said).expect("the station answers a scan");
        said
    }
}

fn a_cable_pulled_amid_a_label_asks_the_packer() {
    let hub = Hub::start(HUB);
    let items = format!(r#"{{"items":[{{"sku":"T01","name":"Tea","barcodes":[{{"code":"{TEA}"}}]}}]}}"#);
    hub.post("/v1/items", &items);
    hub.post("/v1/orders", &orders(&[1, 2]));
    hub.join("VM-01", "/tmp/station.key");

    for (index, number) in [(0, 1), (1, 2)] {
        let printer = zebra(0);
        let (way, url) = ways(&printer)[index].clone();
        let _ = fs::remove_dir_all("/tmp/station");
        let station = Station::start(&format!(
            r#"code = "VM-01"
data_dir = "/tmp/station"
listen = "127.0.0.1:0"
[hub]
url = "http://{HUB}"
key_file = "/tmp/station.key"
[[place]]
name = "bench"
role = "pack"
badges = false
scanners = ["gun"]
printer = "desk"
[[scanner]]
name = "gun"
url = "tcp://{SCANNER}"
feedback = true
duplicate_window_ms = 0
[[printer]]
name = "desk"
url = "{url}"
profile = "zpl-clone"
media = "76x130"
"#
        ));
        let stream = TcpStream::connect(SCANNER).expect("the station listens to its scanner");
        stream.set_read_timeout(Some(LONG)).expect("a time-out");
        let mut gun = Gun(BufReader::new(stream));
        let mut said = String::new();
        wait_until("the order has come down", || {
            said = gun.scan(&format!("10000{number}"));
            Ok(said.starts_with("OK"))
        })
        .unwrap_or_else(|error| panic!("{way}: {error}: {said}"));

        // The station has asked it already how it is.
        received(&printer);
        printer.port.fail(Faults { cut_after: Some(3_000), ..Faults::default() });
        let said = gun.scan(TEA);
        assert!(said.starts_with("OK"), "{way}: {said}");
        shows(&station, "label_unknown");
        assert_eq!(received(&printer).len(), 3_000, "{way}");
        printer.unplug().expect("it goes");

        // The packer sees no paper, plugs it in again and says so; nobody restarts anything.
        let printer = zebra(0);
        gun.scan(REPRINT);
        shows(&station, "stick_and_scan");
        let labels = received(&printer);
        let whole = labels.windows(3).filter(|bytes| *bytes == b"^XZ").count();
        assert_eq!(whole, 1, "{way}: one label and no second one");
        let said = gun.scan(&format!("SF000000000000{number}"));
        assert!(said.starts_with("OK"), "{way}: {said}");
    }
}

fn shown(station: &Station) -> String {
    station.screen("bench")
}

fn shows(station: &Station, key: &str) {
    let mut screen = String::new();
    wait_until(&format!("the screen shows {key}"), || {
        screen = shown(station);
        Ok(screen.contains(&format!("\"key\":\"{key}\"")))
    })
    .unwrap_or_else(|error| panic!("{error}: {screen}"));
}
