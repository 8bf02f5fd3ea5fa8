//! What is plugged in, and the config that takes it.

use std::path::{Path, PathBuf};

use super::profile::Profile;
use super::{KINDS, Kind, ScannerConfig};
use crate::seen::identity::{Node, Wanted};
use crate::url::DeviceUrl;

/// A device that is, or may be, a scanner.
#[derive(Clone, Debug)]
pub struct Found {
    pub scheme: &'static str,
    pub node: Node,
    /// The model's profile. Without it a keyboard may be anybody's, and a serial port anything.
    pub profile: Option<&'static str>,
    /// The address to write into the config.
    pub url: String,
    /// Where its node is.
    nodes: &'static str,
    /// Whether another program has taken a node of this kind for itself.
    pub is_taken: fn(&Path) -> bool,
}

/// Everything on USB that a scanner could be.
pub fn found() -> Vec<Found> {
    KINDS.iter().flat_map(|kind| described(kind, (kind.devices)())).collect()
}

/// Each of these nodes with what is known of it.
pub fn described(kind: &Kind, nodes: Vec<Node>) -> Vec<Found> {
    let scheme = kind.scheme;
    let alike = |node: &Node, other: &Node| (node.vendor, node.product) == (other.vendor, other.product);
    let describe = |node: &Node| {
        let twins: Vec<&Node> = nodes.iter().filter(|other| alike(node, other) && other.port != node.port).collect();
        let profile = Profile::for_device(scheme, node.vendor, node.product).map(|profile| profile.name);
        let url = match &node.path {
            Some(path) => format!("{scheme}://{path}"),
            None => {
                let ids = format!("{scheme}://{:04x}:{:04x}", node.vendor, node.product);
                match node.sane_serial() {
                    Some(serial) if twins.iter().all(|twin| twin.serial.as_deref() != Some(serial)) => {
                        format!("{ids}?serial={serial}")
                    }
                    _ if twins.is_empty() => ids,
                    _ => format!("{ids}?port={}", node.port),
                }
            }
        };
        Found { scheme, node: node.clone(), profile, url, nodes: kind.nodes, is_taken: kind.is_taken }
    };
    let mut found: Vec<Found> = nodes.iter().map(describe).collect();
    found.sort_by(|a, b| {
        (&a.node.port, a.node.interface, &a.node.name).cmp(&(&b.node.port, b.node.interface, &b.node.name))
    });
    // A scanner that types may have several interfaces that could; the config takes the device.
    found.dedup_by(|next, first| next.url == first.url);
    found
}

impl Found {
    /// What is opened to read it.
    pub fn device(&self) -> PathBuf {
        Path::new(self.nodes).join(&self.node.name)
    }

    /// The lines that make it a scanner of this station.
    pub fn config(&self, name: &str) -> String {
        let profile = self.profile.or(match self.scheme {
            "evdev" => Some("keyboard"),
            _ => None,
        });
        let profile = profile.map(|profile| format!("profile = \"{profile}\"\n")).unwrap_or_default();
        format!("[[scanner]]\nname = \"{name}\"\nurl = \"{}\"\n{profile}", self.url)
    }

    /// Whether this config means this device.
    pub fn is_taken_by(&self, config: &ScannerConfig) -> bool {
        self.is_at(&config.url)
    }

    /// Whether an address means this device: by what it is, or by one of its node's names.
    pub fn is_at(&self, url: &DeviceUrl) -> bool {
        let named = self.node.path.as_ref() == Some(&url.place) || *self.device() == *url.place;
        let meant = || Wanted::of(url).is_ok_and(|wanted| wanted.choose(vec![self.node.clone()]).is_ok());
        let alike = url.scheme == self.scheme || (self.scheme == "serial" && url.scheme == "ssi");
        alike && (named || meant())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(ids: (u16, u16), port: &str, serial: &str) -> Node {
        Node {
            name: format!("event{port}"),
            vendor: ids.0,
            product: ids.1,
            serial: Some(serial.to_owned()).filter(|serial| !serial.is_empty()),
            port: port.to_owned(),
            interface: 0,
            model: "Gun".to_owned(),
            path: None,
        }
    }

    fn described(scheme: &str, nodes: Vec<Node>) -> Vec<Found> {
        super::described(KINDS.iter().find(|kind| kind.scheme == scheme).unwrap(), nodes)
    }

    fn urls(found: &[Found]) -> Vec<&str> {
        found.iter().map(|found| found.url.as_str()).collect()
    }

    #[test]
    fn an_address_says_as_much_as_is_needed() {
        let zebra = (0x05e0, 0x1200);
        let alone = described("evdev", vec![node(zebra, "1-1", "")]);
        assert_eq!(urls(&alone), ["evdev://05e0:1200"]);
        let twins = described("evdev", vec![node(zebra, "1-2", ""), node(zebra, "1-1", "")]);
        assert_eq!(urls(&twins), ["evdev://05e0:1200?port=1-1", "evdev://05e0:1200?port=1-2"]);
        let same = described("evdev", vec![node(zebra, "1-1", "S1234"), node(zebra, "1-2", "S1234")]);
        assert_eq!(urls(&same), ["evdev://05e0:1200?port=1-1", "evdev://05e0:1200?port=1-2"], "a serial of all");
        let told = described("evdev", vec![node(zebra, "1-1", "S1234"), node(zebra, "1-2", "S1235")]);
        assert_eq!(urls(&told), ["evdev://05e0:1200?serial=S1234", "evdev://05e0:1200?serial=S1235"]);
    }

    #[test]
    fn the_config_lines_are_a_config_that_takes_the_device_and_not_its_twin() {
        let newland = (0x1eab, 0x0110);
        let found = described("hidpos", vec![node(newland, "1-1", ""), node(newland, "1-2", "")]);
        assert_eq!(
            found[0].config("gun-1"),
            "[[scanner]]\nname = \"gun-1\"\nurl = \"hidpos://1eab:0110?port=1-1\"\nprofile = \"newland-hidpos\"\n"
        );
        for (found, twin) in [(&found[0], &found[1]), (&found[1], &found[0])] {
            let text = found.config("gun-1").replace("[[scanner]]\n", "");
            let config: ScannerConfig = toml::from_str(&text).unwrap();
            assert!(found.is_taken_by(&config) && !twin.is_taken_by(&config));
        }
        let port = Node { path: Some("/dev/ttyACM0".into()), ..node((0x05e0, 0x1701), "1-3", "") };
        let found = described("serial", vec![port]).remove(0);
        let config: ScannerConfig = toml::from_str(&found.config("gun-2").replace("[[scanner]]\n", "")).unwrap();
        assert!(found.is_taken_by(&config) && config.settings.aim_ids);
    }

    #[test]
    fn an_unknown_keyboard_gets_the_keyboards_profile_and_stays_unknown() {
        let found = described("evdev", vec![node((0x413c, 0x2113), "1-1", "")]).remove(0);
        assert_eq!(found.profile, None);
        assert!(found.config("gun").ends_with("profile = \"keyboard\"\n"));
    }
}
