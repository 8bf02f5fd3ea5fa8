//! Ten thousand random orders through a hub with rules: who was chosen may take the parcel, nobody cheaper was passed over,
//! and carrier, waybill id, number, template and routing of every label agree.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use milepost::carrier::number::is_from;
use milepost::domain::id::Sku;
use milepost::domain::order::{Barcode, CarrierCode, Item, Order, SuppliedWaybill, WaybillSource};
use milepost::domain::parcel::Parcel;
use milepost::domain::routing::{By, Choice};
use milepost::hub::Hub;
use milepost::hub::config::HubConfig;
use milepost::label::{Fonts, LabelData, Templates, render};
use milepost::rules::{IntakeRules, RoutingRules, Shipment};

use super::{at, order};

const ORDERS: usize = 10_000;
/// Drawing a label takes long in a test's build: each carrier's every so manieth is drawn.
const DRAWN: usize = 100;
/// So is deciding a second time.
const AGAIN: usize = 10;

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize].clone()
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

/// City and district by province, so that some lie in the example's remote and undelivered areas.
const PLACES: &[(&str, &str, &str)] = &[
    ("广东省", "深圳市", "南山区"),
    ("浙江省", "杭州市", "余杭区"),
    ("北京市", "北京市", "朝阳区"),
    ("上海市", "上海市", "闵行区"),
    ("江苏省", "苏州市", "虎丘区"),
    ("四川省", "成都市", "武侯区"),
    ("黑龙江省", "哈尔滨市", "南岗区"),
    ("内蒙古自治区", "包头市", "昆都仑区"),
    ("西藏自治区", "拉萨市", "城关区"),
    ("西藏自治区", "阿里地区", "噶尔县"),
    ("西藏自治区", "那曲市", "色尼区"),
    ("新疆维吾尔自治区", "乌鲁木齐市", "天山区"),
    ("新疆维吾尔自治区", "和田地区", "和田县"),
    ("青海省", "玉树藏族自治州", "玉树市"),
    ("青海省", "果洛藏族自治州", "玛沁县"),
    ("香港特别行政区", "香港特别行政区", "中西区"),
    ("台湾省", "台北市", "中正区"),
];

fn goods() -> Vec<Item> {
    let one = |(sku, weight_g, volume_cm3): (&str, Option<u32>, Option<u32>)| Item {
        sku: sku.into(),
        barcodes: vec![Barcode { code: format!("C-{sku}"), quantity: 1 }],
        name: sku.into(),
        short_name: None,
        weight_g,
        tolerance_g: None,
        volume_cm3,
        check: Default::default(),
        tracks: Default::default(),
        parts: None,
    };
    [
        ("LIGHT", Some(40), Some(300)),
        ("TEA", Some(357), Some(1_200)),
        ("PILLOW", Some(900), Some(60_000)),
        ("POT", Some(2_600), Some(9_000)),
        ("SACK", Some(25_000), Some(40_000)),
        ("UNKNOWN", None, None),
    ]
    .map(one)
    .into()
}

fn random(dice: &mut Dice, index: usize, paid_before: &jiff::Zoned) -> Order {
    let (province, city, district) = dice.of(PLACES);
    let minutes = dice.below(600) as i64;
    let mut order = Order {
        order_no: format!("R{index:06}").into(),
        paid_at: paid_before.timestamp() - jiff::SignedDuration::from_mins(minutes),
        amount_fen: 100 + dice.below(50_000) as i64,
        ..order()
    };
    let receiver = order.receiver.as_mut().expect("an open receiver");
    (receiver.province, receiver.city, receiver.district) = (province.into(), city.into(), district.into());
    let goods = goods();
    order.lines[0].sku = dice.of(&goods).sku;
    order.lines[0].quantity = 1 + dice.below(4) as u32;
    order.tags.extend(dice.percent(8).then(|| "急".to_owned()));
    order.services.extend(dice.percent(10).then(|| "cod".to_owned()));
    order.carrier = dice.percent(5).then(|| dice.of(&CarrierCode::ALL));
    if dice.percent(5) {
        let carrier = dice.of(&CarrierCode::ALL);
        order.waybill = Some(SuppliedWaybill {
            carrier,
            number: number(carrier, index),
            source: WaybillSource::Erp,
            routing: Some(LabelData::example_of(carrier).waybill.routing),
            print: None,
        });
    }
    order
}

/// As each carrier writes its numbers.
fn number(carrier: CarrierCode, index: usize) -> String {
    match carrier {
        CarrierCode::Sf => format!("SF7{index:012}"),
        CarrierCode::Zto => format!("731{index:011}"),
        CarrierCode::Jd => format!("JDVA{index:011}"),
    }
}

/// What the shipped tables and limits say, read again by other eyes: `None` where the carrier may not take it.
struct Oracle {
    rows: HashMap<(CarrierCode, String), Vec<Option<u64>>>,
}

impl Oracle {
    fn new() -> Oracle {
        let mut rows = HashMap::new();
        for (carrier, (_, text)) in CarrierCode::ALL.into_iter().zip(RoutingRules::BUILTIN_TABLES) {
            for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
                let (province, rest) = line.split_once(',').expect("a row");
                rows.insert((carrier, province.to_owned()), rest.split(',').map(|cell| cell.parse().ok()).collect());
            }
        }
        Oracle { rows }
    }

    fn cost(&self, carrier: CarrierCode, order: &Order, items: &BTreeMap<Sku, Item>) -> Option<u64> {
        let to = order.receiver.as_ref().expect("an open receiver");
        let row = self.rows.get(&(carrier, to.province.clone()))?;
        let (item, pieces) = (&items[&order.lines[0].sku], u64::from(order.lines[0].quantity));
        let (weight, size) =
            (item.weight_g.map(|g| u64::from(g) * pieces + 100), item.volume_cm3.map(|c| u64::from(c) * pieces));
        let place = (to.province.as_str(), to.city.as_str());
        let (most_g, most_cm3, divisor) = match carrier {
            CarrierCode::Sf => (80_000, u64::MAX, 6_000),
            CarrierCode::Zto => (50_000, 300_000, 8_000),
            CarrierCode::Jd => (60_000, u64::MAX, 8_000),
        };
        let closed = match carrier {
            CarrierCode::Sf => false,
            CarrierCode::Zto => matches!(place, ("西藏自治区", "阿里地区") | ("青海省", "果洛藏族自治州")),
            CarrierCode::Jd => place == ("西藏自治区", "那曲市"),
        };
        let remote = match (carrier, place) {
            (_, ("西藏自治区", _)) => true,
            (CarrierCode::Sf, (_, city)) => matches!(city, "和田地区" | "喀什地区" | "玉树藏族自治州"),
            (CarrierCode::Zto, (province, city)) => province == "新疆维吾尔自治区" || city == "玉树藏族自治州",
            (CarrierCode::Jd, (province, _)) => province == "新疆维吾尔自治区",
        };
        let cod = !order.services.is_empty();
        if closed
            || weight.is_some_and(|g| g > most_g)
            || size.is_some_and(|c| c > most_cm3)
            || (cod && row[5].is_none())
        {
            return None;
        }
        let charged = weight.unwrap_or(1_000).max(size.map_or(0, |cm3| (cm3 * 1_000).div_ceil(divisor)));
        let cell = |column: usize| row[column].expect("a number");
        let mut cost = cell(1);
        let mut left = charged.saturating_sub(cell(0));
        while left > 0 {
            cost += cell(3);
            left = left.saturating_sub(cell(2));
        }
        cost += if remote { cell(4) } else { 0 };
        let collected = order.amount_fen as u64;
        cost += if cod { cell(5).max((collected * cell(6)).div_ceil(1_000)) } else { 0 };
        Some(cost)
    }
}

#[test]
fn of_ten_thousand_orders_no_label_is_wrong() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut policy = HubConfig::default().policy().expect("the zone is known");
    policy.routing = Some(Arc::new(RoutingRules::builtin()));
    let hub =
        Hub::open(&folder.path().join("hub.db"), policy, IntakeRules::from_toml("").expect("no rules")).expect("a hub");
    let now = at("2026-02-18T15:00[Asia/Shanghai]");
    let now_us = now.timestamp().as_microsecond();
    hub.accept_items(&goods(), now_us).expect("items");
    let mut dice = Dice(18);
    let orders: Vec<Order> = (0..ORDERS).map(|index| random(&mut dice, index, &now)).collect();
    for batch in orders.chunks(500) {
        let answer = hub.accept_orders(batch, now_us).expect("they are taken");
        assert_eq!((answer.accepted + answer.held.len(), answer.refused.len()), (batch.len(), 0));
    }

    let parcels = parcels(&hub);
    let items: BTreeMap<Sku, Item> = goods().into_iter().map(|item| (item.sku.clone(), item)).collect();
    let (rules, oracle, templates) = (RoutingRules::builtin(), Oracle::new(), Templates::builtin());
    let fonts = Fonts::load::<&str>(&[]);
    let mut seen: BTreeMap<(CarrierCode, String), usize> = BTreeMap::new();
    let mut nobody = 0;
    for (index, order) in orders.iter().enumerate() {
        let costs = CarrierCode::ALL.map(|carrier| (carrier, oracle.cost(carrier, order, &items)));
        let named = order.waybill.as_ref().map(|waybill| waybill.carrier).or(order.carrier);
        let sent_to = order.receiver.as_ref().expect("an open receiver").province.as_str();
        let listed = ["北京市", "上海市", "西藏自治区", "新疆维吾尔自治区"].contains(&sent_to);
        let seconds = now.timestamp().as_second() - order.paid_at.as_second();
        let hurried = !order.tags.is_empty() || seconds < 2 * 3_600;
        let sf = costs[0].1.is_some();
        let cheapest = costs.iter().filter_map(|(_, cost)| *cost).min();
        let expected = match named {
            Some(_) => Some("named"),
            None if listed && sf => Some("provinces"),
            None if hurried && sf => Some("urgent"),
            None => cheapest.map(|_| "cheapest"),
        };
        let Some((parcel, choice)) = parcels.get(order.order_no.as_str()) else {
            assert_eq!((expected, named), (None, None), "{}: {costs:?}", order.order_no);
            nobody += 1;
            continue;
        };
        let why = format!("{}: {choice:?}", order.order_no);
        assert_eq!(Some(choice.rule().unwrap_or("named")), expected, "{why}");
        assert_eq!(choice.offers.iter().map(|o| (o.carrier, o.freight_fen())).collect::<Vec<_>>(), costs, "{why}");
        match (&choice.by, named) {
            (By::Waybill | By::Order, carrier) => assert_eq!(Some(choice.carrier), carrier, "{why}"),
            (By::Rule { .. }, _) => assert_eq!((choice.carrier, sf), (CarrierCode::Sf, true), "{why}"),
            (By::Cheapest { .. }, _) => {
                assert_eq!((choice.freight_fen(), cheapest.is_some()), (cheapest, true), "{why}")
            }
        }
        if index % AGAIN == 0 {
            let again =
                rules.decide(&Shipment { orders: std::slice::from_ref(order), items: &items, away_from: &[] }, &now);
            assert_eq!(again.as_ref(), Ok(choice), "the same is decided every time");
        }

        // What the label would say.
        let carrier = parcel.carrier;
        assert_eq!(carrier, choice.carrier, "{why}");
        assert!(parcel.waybill_id.as_str().contains(&format!("-{}-", carrier.as_str().to_uppercase())), "{why}");
        let data = label(order, parcel, index);
        let bearers = CarrierCode::ALL.into_iter().filter(|of| is_from(*of, &data.waybill.number));
        assert_eq!(bearers.collect::<Vec<_>>(), [carrier], "{why}");
        let template = templates.get(&format!("{}-76x130", carrier.as_str())).expect("a carrier's template");
        assert_eq!(template.carrier, Some(carrier));
        for need in template.needs.iter().filter_map(|need| need.strip_prefix("waybill.routing.")) {
            assert!(data.waybill.routing.contains_key(need), "{why} lacks {need}");
        }
        let count = seen.entry((carrier, expected.unwrap_or_default().to_owned())).or_default();
        *count += 1;
        if *count % DRAWN == 1 {
            render(template, &data.clone().into(), &fonts, 203).unwrap_or_else(|error| panic!("{why}: {error}"));
            for other in CarrierCode::ALL.into_iter().filter(|other| *other != carrier) {
                let wrong = templates.get(&format!("{}-76x130", other.as_str())).expect("a carrier's template");
                assert!(render(wrong, &data.clone().into(), &fonts, 203).is_err(), "{why} on a label of {other:?}");
            }
        }
    }
    assert!(nobody > 100, "some places nobody delivers to: {nobody}");
    assert!(seen.len() >= 7 && seen.values().all(|count| *count > 50), "every way was gone: {seen:?}");
}

/// Every order's parcel, and who decided.
fn parcels(hub: &Hub) -> HashMap<String, (Parcel, Choice)> {
    let read = hub.read(|connection| {
        let mut statement = connection.prepare(
            "SELECT o.order_no, p.body, p.choice FROM parcel_orders o JOIN parcels p ON p.parcel_id = o.parcel_id",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
        Ok(rows.collect::<Result<HashMap<String, (String, String)>, _>>()?)
    });
    let parsed = |(parcel, choice): (String, String)| {
        (serde_json::from_str(&parcel).expect("a parcel"), serde_json::from_str(&choice).expect("a choice"))
    };
    read.expect("the store reads").into_iter().map(|(order_no, row)| (order_no, parsed(row))).collect()
}

/// The label's data: the number that came along, else the next of the parcel's carrier.
fn label(order: &Order, parcel: &Parcel, index: usize) -> LabelData {
    let mut data = LabelData { order: order.clone(), orders: Vec::new(), ..LabelData::example_of(parcel.carrier) };
    data.piece = None;
    data.waybill.id = parcel.waybill_id.clone();
    data.waybill.number =
        parcel.supplied.as_ref().map_or_else(|| number(parcel.carrier, index), |supplied| supplied.number.clone());
    if let Some(supplied) = &parcel.supplied {
        data.waybill.carrier = supplied.carrier;
        data.waybill.routing = supplied.routing.clone().unwrap_or_default();
    }
    data
}
