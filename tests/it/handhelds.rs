//! A handheld in Chromium: its built-in scanner types, its network comes and goes, and nothing of what was scanned is lost or
//! counted twice.

use std::net::SocketAddr;

use milepost::station::serve::Station;
use tokio::io::copy;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::chromium::Browser;
use crate::screens::{PLAIN, config, entries, link};
use crate::story::shelf::code;
use crate::world::{World, eventually};

/// What becomes of bytes between a handheld and its station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Air {
    Clear,
    /// What the handheld says arrives; what it is told doesn't.
    Deaf,
    /// Nothing arrives, and nothing says so.
    Gone,
}

/// The Wi-Fi in front of a station.
struct Wifi {
    address: SocketAddr,
    air: watch::Sender<Air>,
}

impl Wifi {
    async fn start(station: SocketAddr) -> Wifi {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (air, now) = watch::channel(Air::Clear);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let now = now.clone();
                tokio::spawn(async move { carry(near, station, now).await });
            }
        });
        Wifi { address, air }
    }
}

/// A connection lives as long as the air stays as it was when it began.
async fn carry(near: TcpStream, station: SocketAddr, mut air: watch::Receiver<Air>) {
    let begun = *air.borrow_and_update();
    if begun == Air::Gone {
        // As a handheld out of reach sees it: neither refused nor answered.
        drop(air.changed().await);
        return;
    }
    let Ok(far) = TcpStream::connect(station).await else { return };
    let ((mut near_in, mut near_out), (mut far_in, mut far_out)) = (near.into_split(), far.into_split());
    let up = copy(&mut near_in, &mut far_out);
    let down = async {
        match begun {
            Air::Deaf => copy(&mut far_in, &mut tokio::io::sink()).await,
            _ => copy(&mut far_in, &mut near_out).await,
        }
    };
    tokio::select! {
        _ = async { tokio::join!(up, down) } => {}
        _ = air.changed() => {}
    }
}

/// A paired handheld whose page is open.
async fn handheld(station: &Station, link: &str) -> (Browser, Wifi) {
    let lan = station.screens.expect("a door for screens");
    let wifi = Wifi::start(lan).await;
    let mut browser = Browser::start(360, 720).await;
    browser.open(&link.replace(&lan.to_string(), &wifi.address.to_string())).await;
    browser.press("button[type=submit]").await;
    browser.wait("document.activeElement.id === 'scan'").await;
    (browser, wifi)
}

async fn waiting(browser: &mut Browser, count: u32) {
    browser.wait(&format!("document.getElementById('waiting').dataset.count === '{count}'")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handheld_scans_on_without_network_and_every_scan_counts_once() {
    let world = World::start().await;
    let path = config(&world, PLAIN).await;
    let station = world.start_station(&path).await;
    eventually("the order to come down", async || {
        let reader = rusqlite::Connection::open(&station.running.journal).expect("the journal opens");
        let known =
            reader
                .query_row("SELECT count(*) FROM documents WHERE kind IN ('operator', 'parcel')", [], |row| row.get(0));
        known.unwrap_or(0) >= 4
    })
    .await;
    let (mut browser, wifi) = handheld(&station, &link(&path, "PDA 1")).await;
    assert_eq!(browser.value("document.getElementById('scan').inputMode").await, "none", "no soft keyboard comes up");
    let fits = "document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(browser.value(fits).await, true, "360 px wide");

    browser.wedge(&code("badge 李雷")).await;
    browser.wait_for_text("#prompt", "李雷，上岗").await;

    // Nothing arrives any more, and no OK is shown for what is only kept.
    wifi.air.send_replace(Air::Gone);
    for scan in ["100001", &code("绿茶")] {
        browser.wedge(scan).await;
    }
    waiting(&mut browser, 2).await;
    browser.wait("!document.getElementById('lost').hidden").await;
    browser.wait("getComputedStyle(document.querySelector('.prompt')).visibility === 'hidden'").await;
    browser.wait("document.getElementById('waiting').textContent.startsWith('2 次扫描已存本机')").await;
    assert_eq!(browser.value(fits).await, true);
    if let Some(file) = picture("handheld-away.png") {
        browser.picture(&file).await;
    }
    assert_eq!(entries(&station, "parcel_opened"), 0);

    // The page is closed meanwhile; what it kept is sent when it is open again, in order.
    browser.open("about:blank").await;
    wifi.air.send_replace(Air::Clear);
    browser.open(&format!("http://{}/", wifi.address)).await;
    waiting(&mut browser, 0).await;
    assert_eq!((entries(&station, "parcel_opened"), entries(&station, "scan_stopped")), (1, 1));
    // Whoever scanned it is two shelves further by now, and is told what did not pass.
    browser.wait("!document.getElementById('refused').hidden").await;
    assert_eq!(browser.texts("#refused code").await, [code("绿茶")]);
    if let Some(file) = picture("handheld-refused.png") {
        browser.picture(&file).await;
    }
    browser.press("#seen").await;
    browser.wait("document.getElementById('refused').hidden && document.activeElement.id === 'scan'").await;

    // The station hears it, and the handheld doesn't hear that: it sends again, and it counts once.
    wifi.air.send_replace(Air::Deaf);
    browser.wedge(&code("红茶")).await;
    eventually("the station to hear it", async || entries(&station, "item_checked") == 1).await;
    waiting(&mut browser, 1).await;
    wifi.air.send_replace(Air::Clear);
    waiting(&mut browser, 0).await;
    assert_eq!((entries(&station, "item_checked"), entries(&station, "check_completed")), (1, 1));
    assert_eq!(browser.value("document.getElementById('refused').hidden").await, true, "what was sent again passed");

    // Gone and back under the open page.
    wifi.air.send_replace(Air::Gone);
    browser.wedge(&code("badge 李雷")).await;
    waiting(&mut browser, 1).await;
    wifi.air.send_replace(Air::Clear);
    waiting(&mut browser, 0).await;
    assert_eq!(entries(&station, "operator_badged_out"), 1);
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}

/// Where somebody wants to look at it.
fn picture(name: &str) -> Option<std::path::PathBuf> {
    std::env::var("MILEPOST_PICTURES").ok().map(|folder| std::path::Path::new(&folder).join(name))
}
