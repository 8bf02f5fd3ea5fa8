//! The page of screens: a lead at a bench pairs a tablet by its QR code and ends it again, without keyboard or terminal;
//! nobody else can, and no other page can make a browser do it.

use milepost::station::serve::Station;
use reqwest::StatusCode;
use reqwest::header::ORIGIN;

use crate::chromium::Browser;
use crate::handhelds::{come_down, picture};
use crate::judges::zxing;
use crate::screens::{Handheld, PLAIN, client, config, link};
use crate::story::shelf::code;
use crate::world::{World, scanner};

/// Who did it, by the newest entry of a kind.
fn by(station: &Station, kind: &str) -> Option<String> {
    let journal = rusqlite::Connection::open(&station.running.journal).expect("the journal opens");
    let newest = "SELECT operator FROM entries WHERE kind = ?1 ORDER BY seq DESC LIMIT 1";
    journal.query_row(newest, [kind], |row| row.get(0)).expect("an entry")
}

/// As a form of some page asks, with what it sends.
async fn press(station: &Station, path: &str, token: &str, origin: Option<&str>) -> (StatusCode, String) {
    let mut call = client().post(format!("http://{}{path}", station.address)).body(format!("token={token}"));
    if let Some(origin) = origin {
        call = call.header(ORIGIN, origin);
    }
    let answer = call.send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_pairs_a_tablet_by_the_pages_code_and_ends_it() {
    let world = World::start().await;
    let path = config(&world, PLAIN).await;
    let station = world.start_station(&path).await;
    come_down(&station, 4).await;
    let mut gun = scanner(&station, "bench-1").await;
    let mut page = Browser::start(360, 1_500).await;

    // Nobody, then a packer: who is paired is seen, and what to do.
    page.open(&format!("http://{}/", station.address)).await;
    page.click("a[href='/screens']").await;
    page.wait_for_text("h1", "屏幕").await;
    assert!(gun.scan(&code("badge 李雷")).await.starts_with("OK 李雷，上岗"));
    page.open(&format!("http://{}/screens", station.address)).await;
    assert!(page.texts("#lead").await[0].contains("请组长先在本站任一工位扫工牌上岗"));
    assert_eq!(page.texts("section h2").await, ["PDA 1", "bench-1"]);
    assert_eq!(page.texts("button").await, Vec::<String>::new());
    if let Some(file) = picture("screens-packer.png") {
        page.picture(&file).await;
    }

    // The packer goes and the lead comes; the code is read by somebody else's eyes.
    gun.scan(&code("badge 李雷")).await;
    assert!(gun.scan(&code("badge 韩梅梅")).await.starts_with("OK 韩梅梅，上岗"));
    page.open(&format!("http://{}/screens", station.address)).await;
    page.wait("document.querySelector('.pair').getBoundingClientRect().height >= 64").await;
    page.press("[data-place='PDA 1'] .pair").await;
    page.wait("!!document.querySelector('[data-place=\"PDA 1\"] .qr')").await;
    page.wait("document.readyState === 'complete' && document.documentElement.scrollWidth <= innerWidth").await;
    let shown = page.texts("[data-place='PDA 1'] .link a").await.remove(0);
    let file = picture("screens-zh.png").unwrap_or_else(|| world.folder.path().join("screens.png"));
    page.picture(&file).await;
    let read: Vec<String> = zxing(&[file]).remove(0).into_iter().map(|read| read.text).collect();
    assert_eq!(read, std::slice::from_ref(&shown));
    assert!(page.texts(".link p").await[0].contains("10 分钟内有效"));

    let mut tablet = Browser::start(360, 720).await;
    tablet.open(&read[0]).await;
    tablet.press("button[type=submit]").await;
    tablet.wait("document.activeElement.id === 'scan'").await;
    tablet.wedge("no such thing").await;
    tablet.wait_for_text("#prompt", "请先刷工牌").await;
    page.wait("(document.querySelector('[data-place=\"PDA 1\"] .said.ok')?.textContent ?? '').startsWith('配好了')")
        .await;
    assert_eq!(page.texts(".qr").await, Vec::<String>::new(), "the code is used");
    assert_eq!(by(&station, "screen_paired").as_deref(), Some("han"));

    // Ended: asked once more first, and let in no more from then on.
    page.press("[data-place='PDA 1'] li button").await;
    page.wait("!!document.querySelector('.end')").await;
    assert_eq!(tablet.value("fetch('/places/PDA%201').then((answer) => answer.status)").await, 200);
    page.press(".end").await;
    page.wait("!document.querySelector('[data-screen]')").await;
    assert_eq!(tablet.value("fetch('/places/PDA%201').then((answer) => answer.status)").await, 401);
    assert_eq!(by(&station, "screen_unpaired").as_deref(), Some("han"));

    page.open(&format!("http://{}/screens?lang=en", station.address)).await;
    page.press("[data-place='bench-1'] .pair").await;
    page.wait("!!document.querySelector('[data-place=\"bench-1\"] .qr')").await;
    assert_eq!(page.texts("h1").await, ["Screens"], "in the language it was asked in");
    assert!(page.texts(".link p").await[0].contains("for 10 more minutes"));
    if let Some(file) = picture("screens-en.png") {
        page.resize(1_280, 1_000).await;
        page.picture(&file).await;
    }
    for browser in [page, tablet] {
        assert_eq!(browser.complaints, Vec::<String>::new());
    }
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_a_lead_at_this_machine_pairs_or_ends_a_screen() {
    let world = World::start().await;
    let path = config(&world, PLAIN).await;
    let station = world.start_station(&path).await;
    come_down(&station, 4).await;
    let mut gun = scanner(&station, "bench-1").await;
    let handheld = Handheld::pair(&link(&path, "PDA 1")).await;
    assert_eq!(by(&station, "screen_paired"), None, "a command on the machine says nobody's name");

    // A page that a lead opened stays open when she goes.
    gun.scan(&code("badge 韩梅梅")).await;
    let open = client().get(format!("http://{}/screens", station.address)).send().await.expect("an answer");
    let text = open.text().await.expect("text");
    let token = text.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token");
    let screen = text.split("data-screen=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a screen");
    let (pair, end) = ("/screens/pair/PDA%201".to_owned(), format!("/screens/end/{screen}"));
    let own = format!("http://{}", station.address);
    for path in [&pair, &end] {
        let (status, said) = press(&station, path, token, Some("http://evil.example")).await;
        assert!(status == 403 && said.contains("a page of `http://evil.example` may not ask"), "{status} {said}");
        for forged in ["", "0123456789abcdef0123456789abcdef"] {
            let (status, said) = press(&station, path, forged, Some(&own)).await;
            assert!(status == 403 && said.contains("Not from our page"), "{status} {said}");
        }
    }

    assert!(gun.scan(&code("badge 韩梅梅")).await.contains("下岗"));
    assert!(gun.scan(&code("badge 李雷")).await.starts_with("OK 李雷，上岗"));
    for path in [&pair, &end] {
        let (status, said) = press(&station, path, token, Some(&own)).await;
        assert!(status == 403 && said.contains("id=\"lead\"") && !said.contains("<button"), "{status} {said}");
    }
    let open = client().get(format!("{own}/screens?pair=PDA+1")).send().await.expect("an answer");
    let text = open.text().await.expect("text");
    assert!(!text.contains("/pair/") && !text.contains(token), "nor does the page tell anybody how");
    assert!(text.contains(&format!("data-screen=\"{screen}\"")), "but who is paired");
    assert_eq!(handheld.get("/places/PDA%201").await.status(), 200, "and the screen still is");

    // With a lead here it is done; another door has no such page, whoever asks there.
    gun.scan(&code("badge 李雷")).await;
    gun.scan(&code("badge 韩梅梅")).await;
    assert_eq!(press(&station, "/screens/pair/PDA-9", token, Some(&own)).await.0, 404);
    let lan = format!("http://{}", station.screens.expect("a door for screens"));
    for path in ["/screens", &pair, &end] {
        assert_eq!(handheld.get(path).await.status(), 404, "{path} for a paired screen");
        let stranger = client().post(format!("{lan}{path}")).body(format!("token={token}")).send().await;
        assert_eq!(stranger.expect("an answer").status(), 401, "{path} for a stranger");
    }
    assert_eq!(press(&station, &end, token, Some(&own)).await.0, StatusCode::SEE_OTHER);
    assert_eq!(handheld.get("/places/PDA%201").await.status(), 401);
    station.stop().await.expect("the station ends");
}
