//! Picking beyond one place: what the hub makes of it, what another station hears, and what a code on goods says.

mod random;

use drivers::scan::{Scan, Symbology};
use jiff::civil::date;
use milepost::bench::Marks;
use milepost::domain::fact::{Fact, Flow, NewEntry};
use milepost::domain::id::{OrderNo, PlaceName};
use milepost::domain::milestone::Milestone;
use milepost::station::config::StationConfig;
use milepost::station::marks;
use serde_json::json;

use crate::routing::site::{MINUTE_US, Office};
use crate::story::script::Line;
use crate::story::shelf::{self, Shelf, code, one};
use crate::telling;
use crate::world::{World, eventually, scanner};

const PARCEL: &str = "tmall-1001-1";

fn place() -> PlaceName {
    "cart-1".into()
}

fn short(sku: &str, quantity: u32) -> Fact {
    Fact::PickShort { place: place(), sku: sku.into(), quantity, bin: Some("A-01".into()) }
}

fn picked(sku: &str, quantity: u32) -> Fact {
    let (lot, expires_on) = (Some("L1".into()), Some(date(2060, 8, 1)));
    let bin = Some("A-01".into());
    Fact::ItemPicked { place: place(), sku: sku.into(), quantity, bin, lot, expires_on, shared: false }
}

/// An office with one order, and minute after minute what its station tells of that order's parcel.
struct Told {
    office: Office,
    now_us: i64,
}

impl Told {
    fn new() -> Told {
        let office = Office::open();
        office.accept(&[shelf::order("1001", 1, &[Line { quantity: 2, ..one("红茶@A-01") }, one("绿茶@A-01")], None)]);
        let now_us = office.now_us;
        Told { office, now_us }
    }

    fn tell(&mut self, fact: Fact) -> i64 {
        self.now_us += MINUTE_US;
        let (parcel, orders) = (Some(PARCEL.into()), vec!["1001".into()]);
        let entry = NewEntry { fact, parcel, orders, operator: Some("li".into()), device: None };
        telling::tell(&self.office.hub, &"SZ-01".into(), vec![entry], self.now_us, self.now_us);
        self.now_us
    }

    /// Kind, subject, owner, age and words of what somebody must look at.
    fn exceptions(&self) -> Vec<(String, String, String, i64, String)> {
        let rows = self.office.hub.exceptions(self.now_us).expect("rows").into_iter();
        rows.map(|row| (row.kind, row.subject, row.owner, row.since_us, row.en)).collect()
    }

    fn lacks(&self) -> Option<String> {
        self.exceptions().into_iter().find(|row| row.0 == "short_pick").map(|row| row.4)
    }
}

#[test]
fn who_picked_and_when_is_told_and_no_longer_implied() {
    let mut told = Told::new();
    told.tell(picked("T01", 1));
    let at_us = told.tell(Fact::ParcelPicked { place: place() });
    told.tell(Fact::ParcelOpened {
        place: "bench-1".into(),
        flow: Flow::OrderFirst,
        revisions: Default::default(),
        number: None,
        goods: Default::default(),
    });
    let timeline = told.office.hub.timeline(&OrderNo::from("1001")).expect("it reads").expect("it is there");
    let steps: Vec<_> = timeline.steps.iter().filter(|step| step.milestone == Milestone::Picked).collect();
    assert_eq!(steps.len(), 1, "{timeline:?}");
    assert_eq!((steps[0].at.as_microsecond(), steps[0].implied), (at_us, false));
    assert_eq!(steps[0].operator.as_deref(), Some("li"));
}

#[test]
fn what_a_picker_lacks_is_the_leads_until_it_came() {
    let mut told = Told::new();
    let since_us = told.tell(short("T01", 2));
    told.tell(short("T02", 1));
    let rows = told.exceptions();
    let (kind, subject, owner, since, en) = &rows[0];
    assert_eq!((kind.as_str(), subject.as_str(), owner.as_str(), *since), ("short_pick", PARCEL, "lead", since_us));
    assert!(en.contains("T01 × 2, T02 × 1"), "{en}");
    told.tell(picked("T01", 1));
    assert!(told.lacks().expect("one is missing").contains("T01 × 1, T02 × 1"));
    told.tell(picked("T02", 1));
    told.tell(short("T01", 1));
    let lacks = told.lacks().expect("it is told again, and not twice as much");
    assert!(lacks.contains("T01 × 1:") && !lacks.contains("T02"), "{lacks}");
    told.tell(picked("T01", 1));
    assert_eq!(told.lacks(), None);
}

#[test]
fn what_came_or_was_packed_or_cancelled_is_nobodys_worry() {
    for end in [
        Fact::MissingGoodsCame { place: place() },
        Fact::ParcelPicked { place: place() },
        Fact::ParcelPacked { place: place() },
        Fact::ParcelShipped { place: place(), number: None, handover: None },
    ] {
        let mut told = Told::new();
        told.tell(short("T01", 1));
        assert!(told.lacks().is_some());
        told.tell(end.clone());
        assert_eq!(told.lacks(), None, "{end:?}");
    }
    let mut told = Told::new();
    told.tell(short("T01", 1));
    told.office.hub.cancel(&OrderNo::from("1001"), "refund", told.now_us).expect("it is cancelled");
    assert_eq!(told.lacks(), None);
    told.tell(short("T02", 1));
    assert_eq!(told.lacks(), None, "told late, of an order that nobody wants any more");
}

#[test]
fn what_was_short_and_is_refunded_is_nobodys_worry_for_so_many() {
    let mut told = Told::new();
    told.tell(short("T01", 2));
    told.tell(short("T02", 1));
    let refunded = |goods| Line { refunded: true, ..one(goods) };
    let revised = |revision, lines: &[Line]| shelf::order("1001", revision, lines, None);
    told.office.accept(&[revised(2, &[one("红茶@A-01"), refunded("红茶@A-01"), refunded("绿茶@A-01")])]);
    let lacks = told.lacks().expect("one is still wanted");
    assert!(lacks.contains("T01 × 1:") && !lacks.contains("T02"), "{lacks}");
    told.office.accept(&[revised(3, &[refunded("红茶@A-01"), refunded("绿茶@A-01"), one("小勺")])]);
    assert_eq!(told.lacks(), None);
}

/// The picker's station is another than the packer's: what was short there stops the parcel here.
#[tokio::test]
async fn a_short_pick_of_one_station_stops_the_parcel_at_another() {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let mut order = shelf::order("1001", 1, &[one("红茶@A-01"), one("绿茶@A-02")], Some("SF1000000000011"));
    order.warehouse = Some("SZ".into());
    world.post("/v1/orders", &json!({ "orders": [order] })).await;
    let carts = world.station("SZ-01", &world.place("cart-1", "pick")).await;
    let benches = world.station("SZ-02", &world.place("bench-1", "pack")).await;
    world.post("/v1/waves", &json!({ "wave": "W1", "station": "SZ-01", "orders": ["1001"] })).await;
    let mut cart = scanner(&carts, "cart-1").await;
    let badge = code(&format!("badge {}", shelf::PACKER));
    eventually("the picker's badge", async || cart.scan(&badge).await.starts_with("OK")).await;
    let first = "OK 共 1 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 1";
    eventually("the wave", async || cart.scan(&code("picklist W1")).await == first).await;
    assert_eq!(cart.scan(&code("bin A-01")).await, "OK 拿 红茶 × 1");
    assert_eq!(cart.scan(&code("红茶")).await, "OK 到 A-02 拿 绿茶 × 1");
    let ended = cart.scan(&code("why short")).await;
    assert!(ended.contains("缺 1 件：绿茶") && ended.contains("0 单齐了，1 单缺货"), "{ended}");
    eventually("the office to hear of it", async || {
        let told = world.get("/v1/exceptions").await;
        told["exceptions"].as_array().expect("a list").iter().any(|row| row["kind"] == "short_pick")
    })
    .await;
    let mut bench = scanner(&benches, "bench-1").await;
    eventually("the packer's badge", async || bench.scan(&badge).await.starts_with("OK")).await;
    eventually("the bench to hear of it", async || bench.scan("SF1000000000011").await.contains("拣货时缺：绿茶 × 1"))
        .await;
}

fn scan(data: &str, symbology: Option<Symbology>) -> Scan {
    Scan { data: data.into(), symbology, device: "gun".into(), at: std::time::Instant::now() }
}

#[test]
fn a_code_on_goods_is_read_with_its_lot_and_its_last_day() {
    let (shelf, today) = (Shelf::default(), date(2026, 2, 15));
    let tea = "6901234567892".to_owned();
    let both = Marks { lot: Some("L-7".into()), expires_on: Some(date(2027, 1, 31)) };
    let matrix = scan("010690123456789217270100\u{1d}10L-7", Some(Symbology::Gs1DataMatrix));
    assert_eq!(marks::text(&matrix), "(01)06901234567892(17)270100(10)L-7");
    for text in
        [marks::text(&matrix), matrix.data.clone(), "https://id.gs1.org/01/06901234567892/10/L-7?17=270131".into()]
    {
        assert_eq!(marks::read(&shelf, &text, today), (tea.clone(), both.clone()), "{text}");
    }
    let carton = marks::read(&shelf, "(01)16901234567899(10)L-7", today);
    assert_eq!(carton, ("16901234567899".into(), Marks { lot: Some("L-7".into()), expires_on: None }));
}

#[test]
fn a_code_that_names_no_goods_stays_as_it_is() {
    let (shelf, today) = (Shelf::default(), date(2026, 2, 15));
    let plain = scan("0106901234567892", Some(Symbology::Code128));
    let box_of = scan("001069012345678900000\u{1d}", Some(Symbology::Gs1Code128));
    for text in [marks::text(&plain), marks::text(&box_of), "(01)06901234567893(10)L-7".into(), "(01".into()] {
        assert_eq!(marks::read(&shelf, &text, today), (text.clone(), Marks::default()));
    }
    assert_eq!(marks::text(&plain), plain.data);
    assert_eq!(marks::read(&shelf, "6901234567892", today).0, "6901234567892");
}

#[test]
fn a_channel_has_one_count_of_days() {
    let text = "[[min_days]]\nchannel = \"tmall\"\ndays = 90\n".repeat(2);
    let config: StationConfig = toml::from_str(&text).expect("it can be read");
    let problem = config.check().expect_err("which one counts would be a guess").to_string();
    assert!(problem.contains("channel `tmall` stands in two [[min_days]]"), "{problem}");
}
