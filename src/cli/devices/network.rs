//! Printers on the network, when somebody asks for them.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use drivers::seen::mdns;
use drivers::seen::network::{self, Network};
use milepost::station::config::StationConfig;

use super::seen::{Device, Kind};

/// Responders answer within 120 ms; a printer on a wireless bridge needs longer.
const MDNS: Duration = Duration::from_secs(2);

pub async fn search(
    config: &StationConfig,
    network: Option<Network>,
    port: u16,
    mdns: Option<SocketAddr>,
) -> anyhow::Result<Vec<Device>> {
    let mut devices = Vec::new();
    if let Some(network) = network {
        let found = network::search(network, port).await;
        devices.extend(found.into_iter().map(|printer| device(config, printer)));
    }
    if let Some(whom) = mdns {
        let announced = mdns::ask(whom, MDNS).await.with_context(|| format!("ask {whom} for printers"))?;
        for one in announced {
            for address in &one.addresses {
                let url = url(&SocketAddr::from((*address, one.port)));
                if !devices.iter().any(|known: &Device| known.url == url) {
                    let model = one.model.clone().unwrap_or_else(|| one.name.clone());
                    let because = format!("announces itself as {}; --network {address} asks what it speaks", one.name);
                    devices.push(listed(config, url, model, None, because));
                }
            }
        }
    }
    Ok(devices)
}

fn device(config: &StationConfig, printer: network::NetworkPrinter) -> Device {
    let (profile, because) = match printer.kind {
        network::Kind::Zpl => (Some("zpl"), "answers as ZPL printers do"),
        network::Kind::Tspl => (Some("tspl"), "answers as TSPL printers do"),
        network::Kind::EscPos => (None, "answers as ESC/POS receipt printers do"),
        network::Kind::Ipp => (
            None,
            "speaks IPP, so it is taken for an office printer and wasn't asked; a label printer goes into the config by hand",
        ),
        network::Kind::Silent => (None, "listens and answers no question"),
    };
    let model = printer.model.clone().unwrap_or_else(|| printer.address.to_string());
    let mut device = listed(config, url(&printer.address), model, profile, because.to_owned());
    if printer.kind == network::Kind::Ipp {
        device.config.clear();
    }
    device
}

fn listed(config: &StationConfig, url: String, model: String, profile: Option<&str>, because: String) -> Device {
    let taken_by = config.printers().find(|printer| {
        let port = if printer.url.place.contains(':') { "" } else { ":9100" };
        printer.url.scheme == "tcp" && format!("tcp://{}{port}", printer.url.place) == url
    });
    let lines = format!(
        "[[printer]]\nname = \"NAME\"\nurl = \"{url}\"\nprofile = \"{}\"\nmedia = \"100x150\"\n",
        profile.unwrap_or("?")
    );
    Device {
        kind: Kind::Printer,
        model,
        vendor: None,
        product: None,
        serial: None,
        port: None,
        node: None,
        profile: profile.map(str::to_owned),
        because,
        config: if taken_by.is_none() { vec![lines] } else { Vec::new() },
        taken_by: taken_by.map(|printer| printer.name.clone()),
        url,
        troubles: Vec::new(),
    }
}

fn url(address: &SocketAddr) -> String {
    format!("tcp://{address}")
}
