//! The demo's warehouse: a hub, a print desk, a packing station with two benches and a dock, two kinds of printers and SF,
//! all in this process, over real sockets.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use milepost::bench::Prompt;
use milepost::hub::Hub;
use milepost::hub::config::HubConfig;
use milepost::hub::serve::Serving;
use milepost::sim::carrier::sf::{self, SfSim};
use milepost::sim::printer::{self, Language, SimPrinter};
use milepost::station::screen::Screen;
use milepost::station::serve::Station;
use milepost::sync::Link;
use milepost::wire::JoinRequest;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Mutex;

/// Nothing a bench does takes this long; a demo that waits longer says what for and fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct Site {
    pub folder: PathBuf,
    pub key: String,
    pub hub: Mutex<Option<Serving>>,
    pub hub_address: SocketAddr,
    pub desk: Station,
    pub floor: Station,
    pub desk_printer: SimPrinter,
    pub bench_printers: [SimPrinter; 2],
    pub sf: SfSim,
}

impl Site {
    /// `fixed` takes the usual ports where they are free, so that the pages are where the documents say.
    pub async fn start(folder: PathBuf, fixed: bool) -> anyhow::Result<Site> {
        let port = |usual: u16| match fixed && std::net::TcpListener::bind(("127.0.0.1", usual)).is_ok() {
            true => usual,
            false => 0,
        };
        let key = uuid::Uuid::new_v4().simple().to_string();
        std::fs::write(folder.join("office.key"), &key).context("write the demo's key")?;
        let hub = Serving::start(&hub_config(&folder, SocketAddr::from(([127, 0, 0, 1], port(7080))))).await?;
        let folder_of = |name: &str| Some(folder.join("paper").join(name));
        let paper = |name: &str| printer::Options { folder: folder_of(name), ..printer::Options::default() };
        for name in ["desk", "bench-1", "bench-2"] {
            std::fs::create_dir_all(folder.join("paper").join(name)).context("make the folder for paper")?;
        }
        let desk_printer = printer::start(Language::Zpl, paper("desk")).await?;
        let bench_printers = [
            printer::start(Language::Tspl, paper("bench-1")).await?,
            printer::start(Language::Zpl, paper("bench-2")).await?,
        ];
        let sf = sf::start(sf::Options::default()).await?;
        let about = About { folder: &folder, hub: &hub, sf: &sf };
        let desk_places = place("desk", "print-desk", Some((&desk_printer, "zpl")));
        let floor_places = place("bench-1", "pack", Some((&bench_printers[0], "tspl")))
            + &place("bench-2", "pack", Some((&bench_printers[1], "zpl")))
            + &place("dock-1", "dock", None);
        let desk = about.station("SZ-01", port(7081), &desk_places).await?;
        let floor = about.station("SZ-02", port(7082), &floor_places).await?;
        Ok(Site {
            folder,
            key,
            hub_address: hub.address,
            hub: Mutex::new(Some(hub)),
            desk,
            floor,
            desk_printer,
            bench_printers,
            sf,
        })
    }

    pub fn hub_url(&self) -> String {
        format!("http://{}", self.hub_address)
    }

    pub async fn stop_hub(&self) -> anyhow::Result<()> {
        match self.hub.lock().await.take() {
            Some(hub) => hub.stop().await,
            None => Ok(()),
        }
    }

    /// The same store at the same address.
    pub async fn start_hub(&self) -> anyhow::Result<()> {
        let mut hub = self.hub.lock().await;
        if hub.is_none() {
            *hub = Some(Serving::start(&hub_config(&self.folder, self.hub_address)).await?);
        }
        Ok(())
    }

    /// The store behind the hub, while it is up.
    pub async fn store(&self) -> anyhow::Result<Hub> {
        Ok(self.hub.lock().await.as_ref().context("the hub is down")?.hub.clone())
    }
}

fn hub_config(folder: &Path, listen: SocketAddr) -> HubConfig {
    HubConfig {
        data_dir: folder.join("hub"),
        listen: listen.to_string(),
        key_files: vec![folder.join("office.key")],
        issuer: Some("SZ-02".into()),
        ..HubConfig::default()
    }
}

/// What every station of the demo is set up with.
struct About<'a> {
    folder: &'a Path,
    hub: &'a Serving,
    sf: &'a SfSim,
}

impl About<'_> {
    async fn station(&self, code: &str, port: u16, places: &str) -> anyhow::Result<Station> {
        let key_file = self.folder.join(format!("{code}.key"));
        let station = code.into();
        let secret: [u8; 10] = uuid::Uuid::new_v4().into_bytes()[..10].try_into().context("a uuid has 16 bytes")?;
        let invitation = self.hub.hub.invite(&station, Some("SZ"), secret, milepost::machine::wall_us())?;
        let link = Link::new(&self.hub.url(), &station, "")?;
        let joined = link.join(&JoinRequest { station: code.into(), code: invitation }).await?;
        std::fs::write(&key_file, joined.key).context("keep the station's key")?;
        let text = format!(
            "code = \"{code}\"\ndata_dir = {data:?}\nlisten = \"127.0.0.1:{port}\"\n\
             [hub]\nurl = \"{hub}\"\nkey_file = {key_file:?}\n\
             [sf]\nendpoint = \"{sf}\"\nbudget_ms = 1500\n\
             [sound]\nenabled = false\n\
             [sender]\nname = \"云上茶仓\"\nphone = \"075512345678\"\nprovince = \"广东省\"\ncity = \"深圳市\"\n\
             district = \"南山区\"\ndetail = \"科技园1号库\"\n{places}",
            data = self.folder.join(code),
            hub = self.hub.url(),
            sf = self.sf.url(),
        );
        let path = self.folder.join(format!("{code}.toml"));
        std::fs::write(&path, &text).context("write the station's config")?;
        Station::start(milepost::config::parse(&text, &path)?).await
    }
}

fn place(name: &str, role: &str, printer: Option<(&SimPrinter, &str)>) -> String {
    let mut text = format!(
        "[[place]]\nname = \"{name}\"\nrole = \"{role}\"\nscanners = [\"gun-{name}\"]\n{printer}\
         [[scanner]]\nname = \"gun-{name}\"\nurl = \"tcp://127.0.0.1:0\"\nfeedback = true\nduplicate_window_ms = 0\n",
        printer = printer.map(|_| format!("printer = \"printer-{name}\"\n")).unwrap_or_default(),
    );
    if let Some((printer, profile)) = printer {
        text += &format!(
            "[[printer]]\nname = \"printer-{name}\"\nurl = \"tcp://{}\"\nprofile = \"{profile}\"\nmedia = \"76x130\"\n",
            printer.addr
        );
    }
    text
}

/// A scanner in a virtual packer's hand.
pub struct Gun {
    address: SocketAddr,
    lines: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
}

impl Gun {
    pub async fn take(station: &Station, place: &str) -> anyhow::Result<Gun> {
        let name = format!("gun-{place}");
        let address = *station.running.scanners.get(&name).with_context(|| format!("find scanner {name}"))?;
        let (lines, writer) = connect(address).await?;
        Ok(Gun { address, lines, writer })
    }

    /// Reads a code; what the bench says of it comes back, once it has asked the hub where it had to.
    pub async fn scan(&mut self, code: &str) -> anyhow::Result<String> {
        self.writer.write_all(format!("{code}\r").as_bytes()).await.context("scan")?;
        loop {
            let mut line = String::new();
            let read = tokio::time::timeout(PATIENCE, self.lines.read_line(&mut line)).await;
            read.with_context(|| format!("wait for the bench to answer the scan of {code}"))??;
            if !line.contains(&Prompt::AskingHub.zh()) {
                return Ok(line.trim_end().to_owned());
            }
        }
    }

    /// The cable is pulled and put back.
    pub async fn replug(&mut self) -> anyhow::Result<()> {
        let (lines, writer) = connect(self.address).await?;
        (self.lines, self.writer) = (lines, writer);
        Ok(())
    }
}

async fn connect(address: SocketAddr) -> anyhow::Result<(BufReader<OwnedReadHalf>, OwnedWriteHalf)> {
    let stream = TcpStream::connect(address).await.with_context(|| format!("connect the scanner at {address}"))?;
    let (reader, writer) = stream.into_split();
    Ok((BufReader::new(reader), writer))
}

/// Waits until a place's screen is as wanted.
pub async fn screen(station: &Station, place: &str, wanted: impl Fn(&Screen) -> bool) -> anyhow::Result<Screen> {
    let name = place.into();
    let mut screen = station.running.screens.get(&name).with_context(|| format!("find place {place}"))?.clone();
    let found = tokio::time::timeout(PATIENCE, screen.wait_for(|screen| wanted(screen))).await;
    match found {
        Ok(found) => Ok(found.context("the station ended")?.clone()),
        Err(_) => {
            let says = station.running.screens[&name].borrow().zh.clone();
            anyhow::bail!("the screen of {place} hangs at: {says}")
        }
    }
}
