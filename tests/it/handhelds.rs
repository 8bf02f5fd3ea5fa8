//! A handheld in Chromium: its built-in scanner types, its network comes and goes, and nothing of what was scanned is lost or
//! counted twice.

use std::net::SocketAddr;

use milepost::station::serve::Station;
use serde_json::json;
use tokio::io::copy;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::chromium::Browser;
use crate::screens::{PLAIN, config, entries, link, number, on};
use crate::story::shelf::{self, code};
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

/// People and parcels that the station knows from the hub.
pub async fn come_down(station: &Station, count: i64) {
    eventually("people and parcels to come down", async || {
        let journal = rusqlite::Connection::open(&station.running.journal).expect("the journal opens");
        let kinds = "SELECT count(*) FROM documents WHERE kind IN ('operator', 'parcel')";
        journal.query_row(kinds, [], |row| row.get::<_, i64>(0)).unwrap_or(0) >= count
    })
    .await;
}

async fn waiting(browser: &mut Browser, count: u32) {
    browser.wait(&format!("document.getElementById('waiting').dataset.count === '{count}'")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handheld_scans_on_without_network_and_every_scan_counts_once() {
    let world = World::start().await;
    let path = config(&world, PLAIN).await;
    let station = world.start_station(&path).await;
    come_down(&station, 4).await;
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
    browser.wait("getComputedStyle(document.querySelector('.prompt')).display === 'none'").await;
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

/// Everything that the browser keeps of the page: addresses and what lies under them.
const KEPT: &str = "caches.open('milepost').then(async (cache) => (await Promise.all((await cache.keys()).map( \
                    async (key) => key.url + ' ' + await (await cache.match(key)).text()))).join('\\n'))";

/// The page is another one than before.
async fn reloaded(browser: &mut Browser) {
    browser.value("window.before = true").await;
    browser.value("location.reload()").await;
    browser.wait("!window.before && document.readyState === 'complete' && document.activeElement.id === 'scan'").await;
}

const AWAY: &str = "document.body.hasAttribute('data-away') && !document.getElementById('lost').hidden";

#[tokio::test(flavor = "multi_thread")]
async fn a_handheld_whose_page_is_opened_without_network_scans_on() {
    let world = World::start().await;
    let path = config(&world, PLAIN).await;
    let station = world.start_station(&path).await;
    come_down(&station, 4).await;
    let (mut browser, wifi) = handheld(&station, &link(&path, "PDA 1")).await;
    scans(&mut browser, &[("badge 李雷", "李雷，上岗"), ("100001", "还差 1 件")]).await;

    // Kept while a parcel is in hand, and nothing of it: neither who, nor what, nor which.
    let page = format!("http://{}/places/PDA%201", wifi.address);
    browser.open(&page).await;
    browser.wait("document.body.dataset.kept === ''").await;
    assert_eq!(browser.value("document.querySelector('.who b').textContent").await, "李雷");
    let kept = browser.value(KEPT).await.as_str().expect("text").to_owned();
    for part in [&*page, "/assets/scan.js", "/assets/place.js", "/assets/station.css", "data-away", "连接断开"] {
        assert!(kept.contains(part), "{part}");
    }
    for part in ["李雷", "100001", "红茶", &number(1)] {
        assert!(!kept.contains(part), "{part}");
    }

    // Out of reach: the page opens all the same, says so and takes scans; opened once more it still has them.
    wifi.air.send_replace(Air::Gone);
    browser.open(&page).await;
    browser.wait(AWAY).await;
    browser.wait("document.activeElement.id === 'scan'").await;
    browser.wedge(&code("红茶")).await;
    waiting(&mut browser, 1).await;
    reloaded(&mut browser).await;
    browser.wait(AWAY).await;
    waiting(&mut browser, 1).await;
    browser.wait("getComputedStyle(document.getElementById('lost')).backgroundColor === 'rgb(242, 169, 0)'").await;
    assert_eq!(browser.value("document.documentElement.scrollWidth <= innerWidth").await, true);
    if let Some(file) = picture("handheld-opened-away.png") {
        browser.picture(&file).await;
    }
    assert_eq!(entries(&station, "item_checked"), 0);

    // Back under the open page: what was kept is sent once, and the screen is the station's again.
    wifi.air.send_replace(Air::Clear);
    waiting(&mut browser, 0).await;
    browser.wait("document.getElementById('lost').hidden").await;
    browser.wait("document.querySelector('.who b')?.textContent === '李雷'").await;
    assert_eq!((entries(&station, "item_checked"), entries(&station, "check_completed")), (1, 1));
    reloaded(&mut browser).await;
    assert_eq!(browser.value("document.body.hasAttribute('data-away')").await, false, "it answers: its own page");

    // Whoever opens the station's first page is where the screen belongs.
    wifi.air.send_replace(Air::Gone);
    browser.open(&format!("http://{}/", wifi.address)).await;
    browser.wait("location.pathname === '/places/PDA%201'").await;
    browser.wait(AWAY).await;
    wifi.air.send_replace(Air::Clear);
    browser.wait("document.getElementById('lost').hidden").await;

    // A screen that was ended keeps nothing.
    let (_, listed) = on(&path, &["list"]);
    let (success, said) = on(&path, &["end", listed.split_whitespace().next().expect("a screen")]);
    assert!(success, "{said}");
    browser.open(&page).await;
    browser.wait("!document.getElementById('scan')").await;
    browser.wait("caches.has('milepost').then((has) => !has)").await;
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_browser_keeps_no_pages_all_is_as_before() {
    let world = World::start().await;
    let path = config(&world, PLAIN).await;
    let station = world.start_station(&path).await;
    come_down(&station, 4).await;
    let lan = station.screens.expect("a door for screens");
    let wifi = Wifi::start(lan).await;
    let mut browser = Browser::start(360, 720).await;
    // As over plain HTTP in a warehouse.
    browser.before_each_page("delete Navigator.prototype.serviceWorker; delete window.caches").await;
    browser.open(&link(&path, "PDA 1").replace(&lan.to_string(), &wifi.address.to_string())).await;
    browser.press("button[type=submit]").await;
    browser.wait("document.activeElement.id === 'scan'").await;
    assert_eq!(browser.value("'serviceWorker' in navigator").await, false);
    scans(&mut browser, &[("badge 李雷", "李雷，上岗")]).await;
    wifi.air.send_replace(Air::Gone);
    browser.wedge("100001").await;
    waiting(&mut browser, 1).await;
    wifi.air.send_replace(Air::Clear);
    waiting(&mut browser, 0).await;
    assert_eq!(entries(&station, "parcel_opened"), 1);
    assert_eq!(browser.value("'kept' in document.body.dataset").await, false);
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}

/// Where somebody wants to look at it.
pub fn picture(name: &str) -> Option<std::path::PathBuf> {
    std::env::var("MILEPOST_PICTURES").ok().map(|folder| std::path::Path::new(&folder).join(name))
}

/// A wave of three orders whose goods lie in three bins, for a station's handheld.
async fn wave(world: &World) {
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let order = |order_no: &str, lines: &[(&str, &str)]| {
        let goods: Vec<_> = lines.iter().map(|(goods, _)| shelf::one(goods)).collect();
        let mut order = shelf::order(order_no, 1, &goods, Some(&format!("SF1000000{order_no}")));
        for (line, (_, bin)) in order.lines.iter_mut().zip(lines) {
            line.bin = Some((*bin).to_owned());
        }
        order
    };
    let orders = [
        order("1001", &[("红茶", "A-01"), ("绿茶", "A-02")]),
        order("1002", &[("红茶", "A-01")]),
        order("1003", &[("白茶", "B-01")]),
    ];
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    let wave = json!({ "wave": "W1", "station": "SZ-01", "orders": ["1001", "1002", "1003"] });
    assert_eq!(world.post("/v1/waves", &wave).await["parcels"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pickers_shift_on_a_handheld_from_log_in_to_log_out() {
    let world = World::start().await;
    let places = format!("[[place]]\nname = \"PDA 1\"\nrole = \"pick\"\n[screens]\n{PLAIN}\n");
    let path = world.config("SZ-01", &places).await;
    wave(&world).await;
    let station = world.start_station(&path).await;
    come_down(&station, 5).await;
    let (mut browser, wifi) = handheld(&station, &link(&path, "PDA 1")).await;
    let prompt = "document.getElementById('prompt').textContent";
    let scan = async |browser: &mut Browser, name: &str, says: &str| {
        browser.wedge(&code(name)).await;
        waiting(browser, 0).await;
        browser.wait(&format!("{prompt}.includes({})", json!(says))).await;
    };
    scan(&mut browser, "badge 李雷", "上岗").await;
    scan(&mut browser, "picklist W1", "共 3 单").await;

    // A tote for each parcel; the walk is there to be looked at.
    for tote in ["tote T001", "tote T002", "tote T003"] {
        browser.wedge(&code(tote)).await;
        waiting(&mut browser, 0).await;
    }
    browser.wait("document.querySelectorAll('.stops li').length === 4").await;
    assert_eq!(browser.texts(".stops .bin").await, ["A-01", "A-01", "A-02", "B-01"]);
    if let Some(file) = picture("picker.png") {
        browser.picture(&file).await;
    }
    scan(&mut browser, "bin A-01", "拿 红茶 × 1").await;
    scan(&mut browser, "红茶", "红茶").await;
    browser.wait("document.querySelectorAll('.stops li').length === 3").await;

    // Between the shelves there is no network: the walk stays on the screen, and the picker goes on.
    wifi.air.send_replace(Air::Gone);
    // No hand pulls the trigger twice within the time that counts as one trembling pull.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    for name in ["红茶", "bin A-02", "绿茶", "bin B-01", "绿茶", "白茶"] {
        browser.wedge(&code(name)).await;
    }
    waiting(&mut browser, 6).await;
    browser.wait("!document.getElementById('lost').hidden").await;
    assert_eq!(browser.texts(".stops .bin").await, ["A-01", "A-02", "B-01"]);
    assert_eq!(browser.value("document.documentElement.scrollWidth <= innerWidth").await, true);
    if let Some(file) = picture("picker-away.png") {
        browser.picture(&file).await;
    }
    wifi.air.send_replace(Air::Clear);
    waiting(&mut browser, 0).await;
    assert_eq!(browser.texts("#refused code").await, [code("绿茶")], "what lies in no bin of his");
    browser.press("#seen").await;
    browser.wait("document.querySelectorAll('.stops li').length === 0").await;
    for order_no in ["1001", "1002", "1003"] {
        world.wait_for_milestone(order_no, "picked").await;
    }
    assert_eq!(entries(&station, "item_picked"), 4);

    scan(&mut browser, "badge 李雷", "下岗").await;
    assert_eq!(entries(&station, "operator_badged_out"), 1);
    assert_eq!(browser.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}

/// Scans with a browser, and waits until its page says so.
async fn scans(browser: &mut Browser, steps: &[(&str, &str)]) {
    for (name, says) in steps {
        browser.wedge(&code(name)).await;
        let said = format!("document.getElementById('prompt').textContent.includes({})", json!(says));
        browser.wait(&said).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packers_and_a_dock_clerks_shift_in_two_browsers_from_log_in_to_log_out() {
    let world = World::start().await;
    let places = world.place("bench-1", "pack") + &world.place("dock-1", "dock");
    let path = world.config("SZ-01", &format!("{places}[screens]\n{PLAIN}\n")).await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let orders = [("1001", "SF1000000001001"), ("1002", "SF1000000001002")]
        .map(|(order_no, number)| shelf::order(order_no, 1, &[shelf::one("红茶")], Some(number)));
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    let station = world.start_station(&path).await;
    come_down(&station, 4).await;
    let (mut packer, _wifi) = handheld(&station, &link(&path, "bench-1")).await;
    packer.resize(1280, 800).await;
    scans(
        &mut packer,
        &[
            ("badge 李雷", "李雷，上岗"),
            ("1001", "还差 1 件"),
            ("绿茶", "不是这单的"),
            ("红茶", "贴好面单，扫一下"),
            ("SF1000000001001", "完成，顺丰"),
            ("1002", "还差 1 件"),
        ],
    )
    .await;
    let (mut clerk, _wifi) = handheld(&station, &link(&path, "dock-1")).await;
    scans(
        &mut clerk,
        &[
            ("badge 韩梅梅", "韩梅梅，上岗"),
            ("HANDOVER SF", "顺丰"),
            ("plate 粤B12345", "粤B12345"),
            ("SF1000000001002", "还没打包"),
            ("SF1000000001001", "第 1 件"),
        ],
    )
    .await;
    // Meanwhile the packer puts the other one aside and goes home.
    scans(&mut packer, &[("SKIP", "为什么跳过"), ("why short", "放到问题架"), ("badge 李雷", "下岗，本班 1 单")]).await;
    scans(&mut clerk, &[("CLOSE", "共 1 件"), ("badge 韩梅梅", "下岗，本班 1 单")]).await;
    if let Some(file) = picture("dock.png") {
        clerk.picture(&file).await;
    }
    world.wait_for_milestone("1001", "shipped").await;

    // And the lead, whose day it was, sees all of it on one page.
    let mut lead = Browser::start(1280, 900).await;
    eventually("the lead to see both", async || {
        lead.open(&format!("{}/shift", world.hub_url)).await;
        let mut who = lead.texts(".packers td:first-child").await;
        who.sort();
        who == ["李雷", "韩梅梅"]
    })
    .await;
    assert_eq!(lead.texts(".rack td:nth-child(1)").await, ["1002"]);
    for browser in [packer, clerk, lead] {
        assert_eq!(browser.complaints, Vec::<String>::new());
    }
    station.stop().await.expect("the station ends");
}
