//! Printers and carriers on a bad day, as a packer lives through it: what the screen says, what to do, and that one parcel
//! ends with one label and one number.

use std::time::Duration;

use milepost::domain::fact::Fact;
use milepost::journal::Reader;
use milepost::sim::carrier::sf;
use milepost::sim::printer;
use milepost::station::serve::Station;
use serde_json::json;

use crate::story::script::Line;
use crate::story::shelf::{self, code};
use crate::world::{LIMIT, Scanner, World, eventually, scanner, screen};

pub struct Bench {
    pub world: World,
    pub station: Station,
    pub gun: Scanner,
}

impl Bench {
    /// A packer with order 1001 of one piece; without a number it is SF's to give.
    async fn start(number: Option<&str>) -> Bench {
        let world = World::start().await;
        let place = world.place("bench-1", "pack");
        Bench::at(world, &place, number).await
    }

    /// The same at a place of the test's own.
    pub async fn at(world: World, place: &str, number: Option<&str>) -> Bench {
        world.post("/v1/items", &json!({ "items": shelf::items() })).await;
        world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
        let lines = [Line { goods: "红茶".into(), quantity: 1, gift: false, refunded: false }];
        // Another parcel of SF's, whose answer may be mixed up with ours.
        let orders = [shelf::order("1001", 1, &lines, number), shelf::order("1002", 1, &lines, None)];
        world.post("/v1/orders", &json!({ "orders": orders })).await;
        let station = world.station("SZ-01", place).await;
        let mut gun = scanner(&station, "bench-1").await;
        eventually("the packer to be known", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
        let mut bench = Bench { world, station, gun };
        screen(&bench.station, "bench-1", |screen| screen.printers.iter().any(|printer| printer.ok)).await;
        eventually("the orders to come down", async || bench.knows("1001") && bench.knows("1002")).await;
        if number.is_none() {
            bench.pack("1002").await;
        }
        bench
    }

    fn knows(&self, order: &str) -> bool {
        let reader = Reader::open(&self.station.running.journal).expect("a reader");
        reader.matches(order).expect("rows").iter().any(|found| found.kind == "parcel")
    }

    /// Checks the parcel's goods; its label is what comes next.
    pub async fn check(&mut self, order: &str) {
        assert_eq!(self.gun.scan(order).await, "OK 请扫商品，还差 1 件");
        assert!(self.gun.scan(&code("红茶")).await.starts_with("OK"));
    }

    /// Packs it on a good day.
    async fn pack(&mut self, order: &str) {
        self.check(order).await;
        let number = self.number("stick_and_scan").await;
        assert_eq!(self.gun.scan(&number).await, "OK 完成，顺丰");
    }

    /// The number on the label, once the screen asks for it.
    pub async fn number(&self, key: &str) -> String {
        let shown = screen(&self.station, "bench-1", |screen| screen.key == key).await;
        shown.parcel.and_then(|parcel| parcel.number).expect("a label has a number")
    }

    pub async fn said(&self, keys: &[&str]) -> String {
        let shown = screen(&self.station, "bench-1", |screen| keys.contains(&screen.key.as_str())).await;
        format!("{} / {}", shown.zh, shown.en)
    }

    pub fn facts(&self) -> Vec<Fact> {
        let reader = Reader::open(&self.station.running.journal).expect("a reader");
        reader.entries(1, 0, 10_000).expect("entries").iter().filter_map(|entry| entry.fact()).collect()
    }

    /// Papers that bear a number.
    pub fn papers(&self, number: &str) -> usize {
        let bears = |paper: &printer::Paper| paper.codes().iter().any(|code| code == number);
        self.world.printer.papers().iter().filter(|paper| bears(paper)).count()
    }
}

pub const NUMBER: &str = "SF1000000000011";

/// What the screen says of a printer's fault; afterwards one label is out and the parcel is packed.
async fn printed_in_spite_of(fault: printer::Fault) -> String {
    let mut bench = Bench::start(Some(NUMBER)).await;
    bench.world.printer.set_fault(fault);
    bench.check("1001").await;
    let said = bench.said(&["printer_refused", "label_unknown"]).await;
    assert_eq!(bench.papers(NUMBER), 0, "nothing came out");
    bench.world.printer.clear_faults();
    // What surely didn't come out is printed by itself; where nobody knows, the packer looks and asks.
    if said.contains("没出来扫“补打”") {
        assert_eq!(bench.gun.scan(&code("REPRINT")).await, "OK 正在打印面单");
    }
    assert_eq!(bench.number("stick_and_scan").await, NUMBER);
    assert!(bench.world.printer.wait_for(1, LIMIT).await);
    assert_eq!(bench.gun.scan(NUMBER).await, "OK 完成，顺丰");
    assert_eq!(bench.papers(NUMBER), 1, "one parcel, one label");
    bench.station.stop().await.expect("the station ends");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_hangs() {
    insta::assert_snapshot!(printed_in_spite_of(printer::Fault::Slow { bytes_per_second: 0 }).await, @"打印机 printer-bench-1 没打：看纸和盖子，好了扫“补打” / Printer printer-bench-1 did not print: check paper and cover, then scan REPRINT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_closes_after_half_a_label() {
    insta::assert_snapshot!(printed_in_spite_of(printer::Fault::CloseAfter { bytes: 1_500 }).await, @"面单出来了就扫它，没出来扫“补打” / If the label came out scan it, if not scan REPRINT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_refuses_connections() {
    insta::assert_snapshot!(printed_in_spite_of(printer::Fault::Refuse).await, @"打印机 printer-bench-1 没打：看纸和盖子，好了扫“补打” / Printer printer-bench-1 did not print: check paper and cover, then scan REPRINT");
}

/// What the screen says, and the journal of the answer, where SF gives no number that can be believed. Afterwards the
/// temporary label is replaced by the number SF has booked, and SF was asked for one parcel only.
async fn relabelled_after(fault: sf::Fault) -> String {
    let mut bench = Bench::start(None).await;
    let late = matches!(fault, sf::Fault::Slow(_));
    bench.world.sf.set_fault(Some(fault));
    bench.check("1001").await;
    let said = bench.said(&["stick_temporary"]).await;
    let temporary = bench.number("stick_temporary").await;
    assert!(temporary.starts_with("TMP-"), "{temporary}");
    assert_eq!(bench.gun.scan(&temporary).await, "WARN 完成，放到待换单区");
    eventually("the answer to be judged or awaited", async || {
        // What comes late is under way for as long as it takes.
        late || bench.facts().iter().any(|fact| matches!(fact, Fact::WaybillUnanswered { .. }))
    })
    .await;
    bench.world.sf.set_fault(None);
    let issued = |facts: &[Fact]| {
        let numbers = facts.iter().filter_map(|fact| match fact {
            Fact::WaybillIssued { number, waybill_id, .. } => Some((waybill_id.to_string(), number.clone())),
            _ => None,
        });
        let real: Vec<_> = numbers.filter(|(_, number)| number.starts_with("SF")).collect();
        real
    };
    eventually("SF's number", async || issued(&bench.facts()).len() == 2).await;
    assert_eq!(bench.gun.scan(&temporary).await, "OK 正在打印面单");
    let number = bench.number("stick_and_scan").await;
    assert_eq!(bench.gun.scan(&number).await, "OK 换单完成");
    let book = bench.world.sf.book();
    assert_eq!(book.len(), 2, "one order at SF for each parcel");
    for (waybill_id, number) in issued(&bench.facts()) {
        assert_eq!(book[&waybill_id].number, number, "the label bears what SF has booked for this very parcel");
        assert_eq!(bench.papers(&number), 1);
    }
    let why = bench.facts().into_iter().find_map(|fact| match fact {
        Fact::WaybillUnanswered { why, .. } => Some(why),
        _ => None,
    });
    bench.station.stop().await.expect("the station ends");
    let why = why.unwrap_or_else(|| "nothing but a late answer".into());
    format!("{said} / {}", without_day(&why))
}

/// Waybill ids bear the day they were minted on.
fn without_day(text: &str) -> String {
    let day = |word: &str| match word.strip_prefix("DB") {
        Some(id) if id.len() > 8 => format!("DB{{day}}{}", &id[8..]),
        _ => word.to_owned(),
    };
    text.split(' ').map(day).collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn sf_answers_with_a_page() {
    insta::assert_snapshot!(relabelled_after(sf::Fault::Html).await, @"临时面单，待换单：贴好扫一下 / Temporary label, to be replaced: stick it on and scan it / the answer is no JSON: something stands between here and SF, or it was cut off");
}

#[tokio::test(flavor = "multi_thread")]
async fn sf_says_success_without_a_number() {
    insta::assert_snapshot!(relabelled_after(sf::Fault::NoNumber).await, @"临时面单，待换单：贴好扫一下 / Temporary label, to be replaced: stick it on and scan it / SF says success and gives no waybill number");
}

#[tokio::test(flavor = "multi_thread")]
async fn sf_answers_with_another_parcels_number() {
    insta::assert_snapshot!(relabelled_after(sf::Fault::AnotherParcels).await, @"临时面单，待换单：贴好扫一下 / Temporary label, to be replaced: stick it on and scan it / asked about DB{day}-SF-000001, SF answered about order id DB{day}-SF-000002: the answer is another parcel's");
}

#[tokio::test(flavor = "multi_thread")]
async fn sf_answers_long_after_the_packer_stopped_waiting() {
    insta::assert_snapshot!(relabelled_after(sf::Fault::Slow(Duration::from_secs(3))).await, @"临时面单，待换单：贴好扫一下 / Temporary label, to be replaced: stick it on and scan it / nothing but a late answer");
}
