//! The returns desk with a real station and hub: photos from its screen, kept by content, sent until the hub has them, and gone in
//! time; what the office reads of a return.

use std::path::PathBuf;

use milepost::domain::fact::{Fact, NewEntry};
use milepost::domain::photo::MOST_BYTES;
use milepost::hub::Hub;
use milepost::hub::returns::ReturnRow;
use milepost::intake::qimen::{ExpectedLine, ExpectedReturn};
use milepost::machine::wall_us;
use serde_json::json;

use crate::chromium::Browser;
use crate::screens::{Handheld, PLAIN, entries, link};
use crate::story::shelf::{self, code};
use crate::telling;
use crate::world::{World, eventually};

const DESK: &str = "returns-1";
const DAY_US: i64 = 86_400 * 1_000_000;

/// A station with a desk of its own, and goods and people that came down.
async fn desk(world: &World) -> PathBuf {
    let place = format!("[[place]]\nname = \"{DESK}\"\nrole = \"returns\"\n[screens]\n{PLAIN}\n");
    let path = world.config("SZ-01", &place).await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    world.post("/v1/orders", &json!({ "orders": [shelf::order("1001", 1, &[shelf::one("红茶")], None)] })).await;
    path
}

fn announce(hub: &Hub, return_no: &str, now_us: i64) {
    let expected = ExpectedReturn {
        return_no: return_no.into(),
        order_no: "1001".into(),
        warehouse: "W1".into(),
        return_type: None,
        carrier: Some("YTO".into()),
        number: Some("YT9000000000011".into()),
        reason: Some("商品质量问题".into()),
        lines: vec![ExpectedLine { sku: "T01".into(), quantity: 2 }],
    };
    hub.expect_return("erp", &expected, None, now_us).expect("it is taken");
}

fn png(seed: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 64, 48);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a head");
    writer.write_image_data(&vec![seed; 64 * 48]).expect("dots");
    writer.finish().expect("an end");
    bytes
}

fn returned(world: &World, return_no: &str) -> ReturnRow {
    world.hub().hub.returned(return_no, wall_us()).expect("it is known")
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_are_kept_by_content_and_reach_the_hub_whatever_restarts() {
    let mut world = World::start().await;
    let path = desk(&world).await;
    announce(&world.hub().hub, "R1", wall_us());
    let station = world.start_station(&path).await;
    let screen = Handheld::pair(&link(&path, DESK)).await;
    let mut n = 0;
    let mut id = || {
        n += 1;
        format!("scan{n}")
    };
    eventually("the people to come down", async || {
        let random = uuid::Uuid::new_v4().simple().to_string();
        screen.send(DESK, &random, &code("badge 李雷")).await.1["zh"] == "李雷，上岗"
    })
    .await;
    let (status, told) = screen.photo(DESK, "R1", png(1)).await;
    assert_eq!((status, told["tone"].as_str()), (200.try_into().expect("a status"), Some("stop")), "{told}");
    assert_eq!(
        screen.scan(DESK, &id(), "YT9000000000011").await,
        "退件 R1 已收；请扫退回的商品，还差 2 件，验完扫“关”"
    );

    // By what is in it, whatever it is called.
    for (bytes, refused) in [
        (b"MZ\x90\0 a program that somebody renamed to photo.jpg".to_vec(), 422),
        ([&png(9)[..], &vec![0; MOST_BYTES + 1 - png(9).len()]].concat(), 413),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec(), 422),
    ] {
        let (status, told) = screen.photo(DESK, "R1", bytes).await;
        assert_eq!(status.as_u16(), refused, "{told}");
    }
    assert_eq!(entries(&station, "return_photographed"), 0);

    // Without a hub, the same one twice, another return's, and a fourth.
    world.stop_hub().await;
    for (seed, says) in
        [(1, "照片已存，第 1 张"), (1, "照片已存，第 1 张"), (2, "照片已存，第 2 张"), (3, "照片已存，第 3 张")]
    {
        assert_eq!(screen.photo(DESK, "R1", png(seed)).await.1["zh"], says);
    }
    assert_eq!(screen.photo(DESK, "R1", png(4)).await.1["zh"], "最多三张照片");
    let other = screen.photo(DESK, "R2", png(4)).await.1;
    assert_eq!((other["tone"].as_str(), entries(&station, "return_photographed")), (Some("stop"), 3));

    // The station ends and starts before the hub is back.
    station.stop().await.expect("it ends");
    world.start_hub().await;
    let _station = world.start_station(&path).await;
    eventually("the photos to reach the hub", async || {
        let known = world.hub().hub.returned("R1", wall_us());
        known.is_ok_and(|row| row.photos.len() == 3 && row.arrived_us.is_some())
    })
    .await;
    let hash = blake3::hash(&png(2)).to_hex().to_string();
    let photo = world.get_raw(&format!("/v1/returns/R1/photos/{hash}")).await;
    assert_eq!(photo.headers()["content-type"], "image/png");
    assert_eq!(photo.bytes().await.expect("bytes"), png(2));
    let page = world.get_raw("/returns/R1?lang=en").await.text().await.expect("text");
    assert!(page.contains(&hash) && page.contains("Bad quality"), "{page}");
    assert!(world.get_raw("/returns?lang=en").await.text().await.expect("text").contains("YT9000000000011"));

    // No stranger's, none whose bytes are others, and nothing for ever.
    let url = format!("{}/v1/returns/R1/photos/{hash}", world.hub_url);
    let put = reqwest_put(&url, "no-station", png(2)).await;
    assert_eq!(put, 401);
    let key = std::fs::read_to_string(world.folder.path().join("SZ-01.key")).expect("its key");
    assert_eq!(reqwest_put(&url, &key, png(3)).await, 422);
    assert_eq!(reqwest_put(&url, &key, png(2)).await, 200);
    let hub = &world.hub().hub;
    assert_eq!(hub.purge_photos(wall_us()).expect("purged"), 0);
    assert_eq!(hub.purge_photos(wall_us() + 91 * DAY_US).expect("purged"), 3);
    assert_eq!(returned(&world, "R1").photos, []);
    assert_eq!(world.get_raw(&format!("/v1/returns/R1/photos/{hash}")).await.status(), 404);
}

async fn reqwest_put(url: &str, key: &str, bytes: Vec<u8>) -> u16 {
    let limit = crate::world::LIMIT;
    let client = milepost::carrier::http::client(limit, limit).expect("a client");
    client.put(url).bearer_auth(key.trim()).body(bytes).send().await.expect("an answer").status().as_u16()
}

/// A desk tells facts of a return, about these orders.
fn tell(hub: &Hub, orders: &[&str], facts: Vec<Fact>) {
    tell_as(hub, "SZ-09", orders, facts);
}

fn tell_as(hub: &Hub, station: &str, orders: &[&str], facts: Vec<Fact>) {
    let orders: Vec<_> = orders.iter().map(|order_no| (*order_no).into()).collect();
    let entry =
        |fact| NewEntry { fact, parcel: None, orders: orders.clone(), operator: Some("li".into()), device: None };
    telling::tell(hub, &station.into(), facts.into_iter().map(entry).collect(), wall_us(), wall_us());
}

fn arrived(return_no: &str, announced: bool) -> Fact {
    Fact::ReturnArrived {
        place: DESK.into(),
        return_no: return_no.to_owned(),
        number: None,
        claimed: None,
        announced,
        lines: vec![milepost::domain::returned::Goods { sku: "T01".into(), quantity: 2 }],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrived_by_mistake_is_as_if_it_had_not_come() {
    let world = World::start().await;
    desk(&world).await;
    let hub = &world.hub().hub;
    announce(hub, "R1", wall_us());
    let withdrawn = |return_no: &str| Fact::ReturnWithdrawn { place: DESK.into(), return_no: return_no.to_owned() };
    let state = |return_no: &str| hub.returned(return_no, wall_us()).map(|row| row.state).ok();
    let came = || {
        let steps = hub.timeline(&"1001".into()).expect("it reads").expect("it is here").steps;
        steps.iter().filter(|step| step.milestone.en() == "returned").count()
    };
    let nobodys =
        || hub.exceptions(wall_us()).expect("a list").iter().filter(|row| row.kind == "return_nobodys").count();
    tell(hub, &["1001"], vec![arrived("R1", true)]);
    tell(hub, &[], vec![arrived("RT-1", false)]);
    assert_eq!((state("R1").as_deref(), came(), nobodys()), (Some("arrived"), 1, 1));
    tell(hub, &["1001"], vec![withdrawn("R1")]);
    tell(hub, &[], vec![withdrawn("RT-1")]);
    assert_eq!((state("R1").as_deref(), state("RT-1"), came(), nobodys()), (Some("expected"), None, 0, 0));
    // The desks hear what becomes of each.
    let told = |return_no: &str| {
        let body = "SELECT body ->> '$.standing.state' FROM down WHERE kind = 'return' AND key = ?1";
        hub.read(|store| Ok(store.query_row(body, [return_no], |row| row.get::<_, String>(0))?)).expect("it is told")
    };
    assert_eq!((told("R1").as_str(), told("RT-1").as_str()), ("expected", "cancelled"));
    // A desk that began it as well, without a hub, takes back its own and nobody else's.
    tell(hub, &["1001"], vec![arrived("R1", true)]);
    tell_as(hub, "SZ-08", &["1001"], vec![arrived("R1", true), withdrawn("R1")]);
    assert_eq!((state("R1").as_deref(), came()), (Some("arrived"), 1));
    tell_as(hub, "SZ-10", &["1001"], vec![arrived("R1", true), withdrawn("R1")]);
    assert_eq!((state("R1").as_deref(), came()), (Some("arrived"), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_hears_of_what_does_not_fit_until_it_says_that_it_is_settled() {
    let world = World::start().await;
    desk(&world).await;
    let hub = &world.hub().hub;
    let kinds = |now_us: i64| {
        let found = hub.exceptions(now_us).expect("a list").into_iter();
        let of = found.filter(|row| row.kind.starts_with("return_"));
        of.map(|row| (row.kind, row.subject, row.owner)).collect::<Vec<_>>()
    };
    let now = wall_us();
    announce(hub, "R1", now - 9 * DAY_US);
    assert_eq!(kinds(now), []);
    let late = ("return_overdue".to_owned(), "R1".to_owned(), "office".to_owned());
    assert_eq!(kinds(now + 2 * DAY_US), [late]);

    tell(hub, &["1001"], vec![arrived("R1", true), Fact::ReturnClosed { place: DESK.into(), return_no: "R1".into() }]);
    tell(hub, &[], vec![arrived("RT-1", false)]);
    let of = |kind: &str, subject: &str| (kind.to_owned(), subject.to_owned(), "office".to_owned());
    let mut found = kinds(now + 2 * DAY_US);
    found.sort();
    assert_eq!(found, [of("return_differs", "R1"), of("return_nobodys", "RT-1")]);
    let steps = hub.timeline(&"1001".into()).expect("it reads").expect("it is here").steps;
    let words: Vec<_> = steps.iter().map(|step| step.milestone.en()).collect();
    assert!(words.ends_with(&["returned", "inspected"]), "{words:?}");

    for return_no in ["R1", "RT-1"] {
        assert_eq!(world.post_keyed(&format!("/v1/returns/{return_no}/settle"), &json!({})).await.0, 204);
    }
    assert_eq!(kinds(now), []);
    let listed = world.get("/v1/returns").await;
    let states: Vec<_> = listed["returns"].as_array().expect("a list").iter().map(|row| &row["state"]).collect();
    assert_eq!(states, ["arrived", "inspected"]);
    assert_eq!(
        hub.settle_return("R9", now).expect_err("unknown").to_string().split(':').next(),
        Some("there is no return R9")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_returns_clerks_shift_in_the_browser_from_log_in_to_log_out() {
    let world = World::start().await;
    let path = desk(&world).await;
    announce(&world.hub().hub, "R1", wall_us());
    let station = world.start_station(&path).await;
    let mut browser = Browser::start(420, 900).await;
    browser.open(&link(&path, DESK)).await;
    browser.press("button[type=submit]").await;
    browser.wait("document.activeElement.id === 'scan'").await;
    eventually("the return to come down", async || {
        let journal = rusqlite::Connection::open(&station.running.journal).expect("the journal opens");
        let kinds = "SELECT count(DISTINCT kind) FROM documents WHERE kind IN ('operator', 'return', 'parcel')";
        journal.query_row(kinds, [], |row| row.get::<_, i64>(0)).unwrap_or(0) == 3
    })
    .await;
    assert_eq!(browser.value("document.getElementById('photo').hidden").await, true, "no return, no photo");
    let mut scan = async |name: &str, says: &str| {
        browser.wedge(&code(name)).await;
        let said = format!("document.getElementById('prompt').textContent.includes({})", json!(says));
        browser.wait(&said).await;
    };
    scan("badge 李雷", "李雷，上岗").await;
    scan("YT9000000000011", "还差 2 件").await;
    scan("红茶", "请扫结论").await;
    scan("found damaged", "残损").await;

    // Its photo is taken on the screen and counts when the station has it; a text that is called a photo doesn't.
    let folder = tempfile::tempdir().expect("a folder");
    let (photo, text) = (folder.path().join("box.png"), folder.path().join("note.png"));
    std::fs::write(&photo, png(7)).expect("a file");
    std::fs::write(&text, "no photo at all").expect("a file");
    let seen = "(r => r.width > 40 && r.bottom <= innerHeight)(document.querySelector('#photo label').getBoundingClientRect())";
    assert_eq!(browser.value(seen).await, true, "the button for photos is under the thumb");
    browser.wait("document.querySelector('.lines .name').textContent.includes('红茶')").await;
    browser.choose("#picture", &text).await;
    browser.wait("document.getElementById('photo-said').textContent !== ''").await;
    assert_eq!(browser.texts("#photos").await, ["0"]);
    browser.choose("#picture", &photo).await;
    browser.wait_for_text("#photos", "1").await;
    if let Ok(folder) = std::env::var("MILEPOST_PICTURES") {
        browser.picture(&std::path::Path::new(&folder).join("returns-desk.png")).await;
    }
    let mut scan = async |name: &str, says: &str| {
        browser.wedge(&code(name)).await;
        let said = format!("document.getElementById('prompt').textContent.includes({})", json!(says));
        browser.wait(&said).await;
    };
    scan("红茶", "请扫结论").await;
    scan("found good", "良品").await;
    scan("CLOSE", "验退完成").await;
    scan("badge 李雷", "下岗").await;
    assert_eq!(browser.complaints, Vec::<String>::new());

    // The office reads it, with its photo.
    eventually("the photo at the hub", async || returned(&world, "R1").photos.len() == 1).await;
    let mut office = Browser::start(1280, 900).await;
    office.open(&format!("{}/returns/R1", world.hub_url)).await;
    office.wait("[...document.images].length === 1 && document.images[0].naturalWidth === 64").await;
    if let Ok(folder) = std::env::var("MILEPOST_PICTURES") {
        office.picture(&std::path::Path::new(&folder).join("return.png")).await;
    }
    assert_eq!(office.complaints, Vec::<String>::new());
    station.stop().await.expect("the station ends");
}
