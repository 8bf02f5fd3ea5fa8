//! Routing rules: what a parcel costs, who may take it, which rule decides, and what is wrong with a rule file.

mod random;
pub mod site;
mod commands;
mod publishing;
pub mod calls;

use std::collections::BTreeMap;

use jiff::Zoned;
use milepost::domain::id::Sku;
use milepost::domain::order::{CarrierCode, Item, Order};
use milepost::domain::routing::{Answer, By, Choice, Nobody, Out};
use milepost::rules::{RoutingRules, Shipment};

use crate::story::script::Line;
use crate::story::shelf;

use CarrierCode::{Jd, Sf, Zto};

/// Small tables: what a case costs can be counted in the head. Zhejiang has both surcharges; Qinghai lacks at ZTO.
const TABLES: [(&str, &str); 3] = [
    (
        "sf.csv",
        "province,first_g,first_fen,more_g,more_fen,remote_fen,cod_fen,cod_permille\n\
         浙江省,1000,1800,1000,600,700,500,20\n西藏,1000,2400,1000,1600,0,,\n青海省,1000,2200,500,500,0,500,20\n",
    ),
    (
        "zto.csv",
        "# an example\nprovince,first_g,first_fen,more_g,more_fen,remote_fen,cod_fen,cod_permille\n\
         浙江省,1000,500,1000,220,300,300,10\n西藏自治区,1000,1600,500,800,0,,\n",
    ),
    (
        "jd.csv",
        "province,first_g,first_fen,more_g,more_fen,remote_fen,cod_fen,cod_permille\n\
         浙江省,1000,500,500,100,0,,\n西藏自治区,1000,1900,1000,900,0,200,10\n青海省,1000,1100,1000,300,0,200,10\n",
    ),
];

const RULES: &str = r#"
carriers = ["sf", "zto", "jd"]
packaging_g = 100
unknown_weight_g = 1500
[carrier.sf]
freight = "sf.csv"
volume_divisor = 6000
remote = ["浙江省/舟山市"]
[carrier.zto]
freight = "zto.csv"
volume_divisor = 8000
max_weight_g = 20000
max_volume_cm3 = 100000
no_deliver = ["浙江省/杭州市/淳安县"]
remote = ["浙江省/舟山市/嵊泗县", "浙江省/温州市"]
[carrier.jd]
freight = "jd.csv"
[[limit]]
name = "liquids"
carriers = ["zto", "jd"]
when = "parcel.lines.exists(line, line.sku.startsWith('L'))"
why = "液体只走顺丰"
[[rule]]
name = "provinces"
when = "parcel.province in ['西藏自治区']"
then = ["zto", "sf"]
[[rule]]
name = "urgent"
when = "'急' in order.tags || paid_minutes < 120"
then = "sf"
[[rule]]
name = "cheapest"
when = "true"
then = "cheapest"
"#;

fn table(name: &str) -> Result<String, String> {
    let found = TABLES.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| "no such file".to_owned())
}

fn rules(text: &str) -> RoutingRules {
    RoutingRules::from_toml("routing.toml", text, &table).unwrap_or_else(|error| panic!("{error}"))
}

/// The order of the shelf, to Hangzhou, with no carrier; its goods weigh so much, and nothing is known of their size.
fn order() -> Order {
    let line = Line { goods: "红茶".into(), quantity: 1, gift: false, refunded: false };
    Order { carrier: None, ..shelf::order("1001", 1, &[line], None) }
}

fn to(province: &str, city: &str, district: &str) -> Order {
    let mut order = order();
    let receiver = order.receiver.as_mut().expect("an open receiver");
    (receiver.province, receiver.city, receiver.district) = (province.into(), city.into(), district.into());
    order
}

fn with(change: impl FnOnce(&mut Order)) -> Order {
    let mut order = order();
    change(&mut order);
    order
}

/// A sku's items: packaging is 100 g, so goods of 900 g make a parcel of 1 kg.
fn items(weight_g: Option<u32>, volume_cm3: Option<u32>) -> BTreeMap<Sku, Item> {
    let one = |item: Item| (item.sku.clone(), Item { weight_g, volume_cm3, ..item });
    shelf::items().into_iter().map(one).collect()
}

/// Four hours after the payment.
fn later() -> Zoned {
    at("2026-02-15T18:22[Asia/Shanghai]")
}

fn at(text: &str) -> Zoned {
    text.parse().expect("a time")
}

fn decide(order: &Order, weight_g: u32) -> Result<Choice, Nobody> {
    decide_of(std::slice::from_ref(order), &items(Some(weight_g), None), &later())
}

fn decide_of(orders: &[Order], items: &BTreeMap<Sku, Item>, now: &Zoned) -> Result<Choice, Nobody> {
    rules(RULES).decide(&Shipment { orders, items, away_from: &[] }, now)
}

fn costs(offers: &[milepost::domain::routing::Offer]) -> Vec<Option<u64>> {
    offers.iter().map(milepost::domain::routing::Offer::freight_fen).collect()
}

fn outs(offers: &[milepost::domain::routing::Offer]) -> Vec<(CarrierCode, Out)> {
    let out = |offer: &milepost::domain::routing::Offer| match &offer.answer {
        Answer::Out { why } => Some((offer.carrier, why.clone())),
        Answer::Freight { .. } => None,
    };
    offers.iter().filter_map(out).collect()
}

#[test]
fn first_and_further_weight_are_charged_by_steps_begun() {
    // Goods in grams, then SF, ZTO, JD; 100 g of packaging come on top.
    for (goods_g, expected) in [
        (1, [1800, 500, 500]),
        (900, [1800, 500, 500]),
        (901, [2400, 720, 600]),
        (1400, [2400, 720, 600]),
        (1401, [2400, 720, 700]),
        (1900, [2400, 720, 700]),
        (1901, [3000, 940, 800]),
        (9_900, [7200, 2480, 2300]),
    ] {
        let choice = decide(&order(), goods_g).expect("somebody takes it");
        assert_eq!(costs(&choice.offers), expected.map(Some), "{goods_g} g");
    }
}

#[test]
fn size_is_charged_where_it_is_more_than_weight() {
    let cost = |volume| {
        let items = items(Some(900), Some(volume));
        costs(&decide_of(&[order()], &items, &later()).expect("somebody takes it").offers)
    };
    assert_eq!(cost(6_000), [Some(1800), Some(500), Some(500)], "exactly a kilogram at SF");
    // A cm³ more is a gram more at SF; at ZTO a kilogram has 8000; JD's contract doesn't charge size.
    assert_eq!(cost(6_001), [Some(2400), Some(500), Some(500)]);
    assert_eq!(cost(8_001), [Some(2400), Some(720), Some(500)]);
    assert_eq!(cost(12_001), [Some(3000), Some(720), Some(500)]);
    let choice = decide_of(&[order()], &items(Some(900), Some(12_001)), &later()).expect("somebody takes it");
    let Answer::Freight { charged_g, .. } = choice.offers[0].answer else { panic!("out") };
    assert_eq!(charged_g, 2_001, "begun grams count");
}

#[test]
fn remote_places_cost_more_at_those_that_say_so() {
    for (city, district, expected) in [
        ("舟山市", "定海区", [2500, 500]),
        ("舟山市", "嵊泗县", [2500, 800]),
        ("温州市", "鹿城区", [1800, 800]),
        ("温州", "鹿城", [1800, 800]),
        ("杭州市", "余杭区", [1800, 500]),
    ] {
        let choice = decide(&to("浙江省", city, district), 900).expect("somebody takes it");
        assert_eq!(costs(&choice.offers)[..2], expected.map(Some), "{city}{district}");
    }
}

#[test]
fn cash_on_delivery_costs_a_share_and_needs_somebody_who_collects() {
    let cod = |amount_fen| {
        let order = with(|order| (order.services, order.amount_fen) = (vec!["COD".into()], amount_fen));
        decide(&order, 900).expect("somebody takes it")
    };
    assert_eq!(costs(&cod(1_000).offers), [Some(2300), Some(800), None], "the least fee");
    assert_eq!(costs(&cod(100_000).offers), [Some(3800), Some(1500), None], "two per cent, one per cent");
    assert_eq!(costs(&cod(100_001).offers), [Some(3801), Some(1501), None], "a fen begun");
    assert_eq!(outs(&cod(1_000).offers), [(Jd, Out::NoCod)]);
    assert_eq!(cod(1_000).carrier, Zto, "the one who would be as cheap collects nothing");
}

#[test]
fn who_may_not_take_it_is_no_candidate_and_says_why() {
    let out = |order: &Order, weight_g, volume| {
        let choice = decide_of(std::slice::from_ref(order), &items(Some(weight_g), volume), &later());
        outs(&choice.expect("somebody takes it").offers)
    };
    assert_eq!(out(&to("浙江省", "杭州市", "淳安县"), 900, None), [(Zto, Out::NoDeliver)]);
    assert_eq!(
        out(&to("浙江", "杭州", "淳安县"), 900, None),
        [(Zto, Out::NoDeliver)],
        "short names are the same place"
    );
    assert_eq!(out(&order(), 19_900, None), []);
    assert_eq!(out(&order(), 19_901, None), [(Zto, Out::TooHeavy { max_g: 20_000 })]);
    assert_eq!(out(&order(), 900, Some(100_000)), []);
    assert_eq!(out(&order(), 900, Some(100_001)), [(Zto, Out::TooLarge { max_cm3: 100_000 })]);
    assert_eq!(out(&to("青海省", "西宁市", "城东区"), 900, None), [(Zto, Out::NoRow)]);
    let liquid = with(|order| order.lines[0].sku = "L01".into());
    let limit = Out::Limit { name: "liquids".into(), why: "液体只走顺丰".into() };
    assert_eq!(out(&liquid, 900, None), [(Zto, limit.clone()), (Jd, limit)]);
    let refunded = with(|order| {
        let mut liquid = order.lines[0].clone();
        (liquid.sku, liquid.status) = ("L01".into(), milepost::domain::order::LineStatus::Refunded);
        order.lines.push(liquid);
    });
    assert_eq!(out(&refunded, 900, None), [], "what isn't sent limits nothing");
}

#[test]
fn the_first_rule_that_can_decides() {
    let urgent = || with(|order| order.tags = vec!["急".into()]);
    for (order, expected, carrier) in [
        (order(), "cheapest", Zto),
        (urgent(), "urgent", Sf),
        (to("西藏自治区", "拉萨市", "城关区"), "provinces", Zto),
        (to("西藏", "拉萨市", "城关区"), "provinces", Zto),
        (to("青海省", "西宁市", "城东区"), "cheapest", Jd),
    ] {
        let choice = decide(&order, 900).expect("somebody takes it");
        assert_eq!((choice.rule(), choice.carrier), (Some(expected), carrier), "{expected}");
    }
    // ZTO takes nothing that heavy: the second of the list is asked.
    let heavy = decide(&to("西藏自治区", "拉萨市", "城关区"), 30_000).expect("somebody takes it");
    assert_eq!((heavy.rule(), heavy.carrier, heavy.passed.len()), (Some("provinces"), Sf, 0));
    // Nobody of the rule may: the next one is asked, and it is said.
    let text = RULES.replace(r#"then = ["zto", "sf"]"#, r#"then = ["zto"]"#);
    let orders = [to("西藏自治区", "拉萨市", "城关区")];
    let heavy = items(Some(30_000), None);
    let choice = rules(&text)
        .decide(&Shipment { orders: &orders, items: &heavy, away_from: &[] }, &later())
        .expect("somebody takes it");
    assert_eq!((choice.rule(), choice.carrier), (Some("cheapest"), Jd));
    assert_eq!(choice.passed, ["provinces"]);
}

#[test]
fn of_equal_ones_the_first_in_the_file_is_taken() {
    // ZTO and JD cost 5.00 both.
    let choice = |text: &str| {
        let (orders, items) = ([order()], items(Some(900), None));
        rules(text)
            .decide(&Shipment { orders: &orders, items: &items, away_from: &[] }, &later())
            .expect("somebody takes it")
            .carrier
    };
    assert_eq!(choice(RULES), Zto);
    assert_eq!(choice(&RULES.replace(r#"["sf", "zto", "jd"]"#, r#"["sf", "jd", "zto"]"#)), Jd);
}

#[test]
fn what_was_paid_less_than_two_hours_before_its_release_is_urgent() {
    // Paid at 14:22.
    let rule = |now: &str| {
        let choice = decide_of(&[order()], &items(Some(900), None), &at(now)).expect("somebody takes it");
        choice.rule().map(str::to_owned)
    };
    assert_eq!(rule("2026-02-15T14:22[Asia/Shanghai]").as_deref(), Some("urgent"));
    assert_eq!(rule("2026-02-15T16:21:59[Asia/Shanghai]").as_deref(), Some("urgent"));
    assert_eq!(rule("2026-02-15T16:22[Asia/Shanghai]").as_deref(), Some("cheapest"));
    assert_eq!(rule("2026-02-15T13:00[Asia/Shanghai]").as_deref(), Some("urgent"), "a clock that is behind");
}

#[test]
fn who_is_named_wins_over_everything() {
    let too_heavy = 90_000;
    let named = with(|order| (order.carrier, order.tags) = (Some(Zto), vec!["急".into()]));
    let choice = decide(&named, too_heavy).expect("it is named");
    assert_eq!((choice.carrier, choice.by.clone(), choice.freight_fen()), (Zto, By::Order, None));
    let supplied = with(|order| {
        *order = Order { tags: vec!["急".into()], ..shelf::order("1001", 1, &[], Some("78312345678901")) };
        (order.carrier, order.waybill.as_mut().expect("a waybill").carrier) = (Some(Jd), Zto);
    });
    let choice = decide(&supplied, 900).expect("its number came along");
    assert_eq!((choice.carrier, choice.by), (Zto, By::Waybill), "the number is ZTO's whatever else is said");
}

#[test]
fn orders_that_travel_together_are_one_parcel() {
    let (first, mut second) = (order(), with(|order| order.order_no = "1002".into()));
    second.tags = vec!["急".into()];
    let choice = |orders: &[Order]| decide_of(orders, &items(Some(900), None), &later()).expect("somebody takes it");
    assert_eq!(choice(std::slice::from_ref(&first)).rule(), Some("cheapest"));
    let both = choice(&[first, second]);
    assert_eq!(both.rule(), Some("urgent"), "one urgent order makes the parcel urgent");
    assert_eq!(costs(&both.offers)[0], Some(2400), "1.9 kg: packaging counts once");
}

#[test]
fn goods_of_unknown_weight_are_charged_for_what_the_file_says() {
    let choice = decide_of(&[order()], &BTreeMap::new(), &later()).expect("somebody takes it");
    assert_eq!(costs(&choice.offers), [Some(2400), Some(720), Some(600)], "1.5 kg");
    assert!(choice.offers.iter().all(|offer| matches!(offer.answer, Answer::Freight { assumed: true, .. })));
}

#[test]
fn nobody_is_better_than_a_guess() {
    let nobody = |order: &Order, weight_g| decide(order, weight_g).expect_err("nobody may");
    let strange = nobody(&to("火星省", "", ""), 900);
    assert_eq!(outs(&strange.offers).len(), 3);
    assert!(strange.en().contains("(no row for the province): correct the rules"), "{}", strange.en());
    let unaddressed = nobody(&with(|order| order.receiver = None), 900);
    assert!(outs(&unaddressed.offers).iter().all(|(_, out)| *out == Out::NoProvince), "{unaddressed:?}");
    // A rule that can't look at the order might have been its rule.
    let text = RULES.replace("parcel.province in ['西藏自治区']", "order.receiver_sealed.platform == 'x'");
    let (orders, items) = ([order()], items(Some(900), None));
    let failed = rules(&text)
        .decide(&Shipment { orders: &orders, items: &items, away_from: &[] }, &later())
        .expect_err("it failed");
    assert!(failed.en().starts_with("routing rule provinces could not judge it"), "{}", failed.en());
    assert!(!format!("{failed:?} {}", failed.zh()).contains("王小明"), "nobody's name is in a reason");
}

#[test]
fn rules_see_order_parcel_time_and_freight() {
    let choose = |when: &str| {
        let text = RULES.replace("'急' in order.tags || paid_minutes < 120", when);
        let orders = [with(|order| order.services = vec!["cod".into()])];
        let items = items(Some(900), Some(10));
        rules(&text)
            .decide(&Shipment { orders: &orders, items: &items, away_from: &[] }, &later())
            .map(|choice| choice.carrier)
    };
    for (when, expected) in [
        ("order.shop == '云上茶' && order.channel == 'tmall' && order.amount_fen == 9900", true),
        ("order.receiver.city == '杭州市' && parcel.city == '杭州市' && parcel.district == '余杭区'", true),
        ("parcel.weight_g == 1000 && parcel.volume_cm3 == 10 && parcel.pieces == 1 && parcel.orders == 1", true),
        ("parcel.cod && parcel.cod_fen == 9900", true),
        ("now.hour == 18 && now.minute == 22 && now.weekday == 7 && now.date == '2026-02-15'", true),
        ("paid_minutes == 240", true),
        ("freight.jd == null && freight.sf == freight.zto + 1500", true),
        ("freight.sf < freight.zto", false),
        ("parcel.lines.exists(line, line.quantity > 1)", false),
    ] {
        assert_eq!(choose(when), Ok(if expected { Sf } else { Zto }), "{when}");
    }
}

#[test]
fn the_shipped_example_is_the_asked_for_one() {
    let rules = RoutingRules::builtin();
    assert_eq!(rules.names().collect::<Vec<_>>(), ["provinces", "urgent", "cheapest"]);
    let decide = |order: &Order| {
        let (orders, items) = (std::slice::from_ref(order), items(Some(900), None));
        rules.decide(&Shipment { orders, items: &items, away_from: &[] }, &later()).expect("somebody takes it")
    };
    assert_eq!(decide(&to("北京市", "北京市", "朝阳区")).carrier, Sf);
    assert_eq!(decide(&with(|order| order.tags = vec!["急".into()])).rule(), Some("urgent"));
    let cheapest = decide(&order());
    assert_eq!((cheapest.carrier, cheapest.rule(), cheapest.freight_fen()), (Zto, Some("cheapest"), Some(500)));
}

/// What is wrong with the rules after a change, or with the table `zto.csv` after another.
fn trouble(change: impl Fn(&str) -> String, tables: impl Fn(&str, String) -> String) -> String {
    let table = |name: &str| table(name).map(|text| tables(name, text));
    match RoutingRules::from_toml("routing.toml", &change(RULES), &table) {
        Err(error) => error.to_string(),
        Ok(_) => "nothing is wrong".to_owned(),
    }
}

#[test]
fn what_is_wrong_with_a_rule_file_is_said_with_its_cure() {
    let cases: &[(&str, &str, &str)] = &[
        ("an unknown carrier", r#"then = "sf""#, r#"then = "sff""#),
        ("a carrier without an account", r#"["sf", "zto", "jd"]"#, r#"["sf", "zto"]"#),
        ("a carrier without a contract", "[carrier.jd]\nfreight = \"jd.csv\"\n", ""),
        ("no carriers at all", r#"["sf", "zto", "jd"]"#, "[]"),
        ("a broken expression", "paid_minutes < 120", "paid_minutes <"),
        ("an unknown field", "order.tags", "order.tag"),
        ("an unknown name", "paid_minutes", "paid_hours"),
        ("a freight that no table has", "paid_minutes < 120", "freight.ems < 1000"),
        ("a missing table", "\"jd.csv\"", "\"jingdong.csv\""),
        ("a place that isn't", "浙江省/温州市", "浙江省/温州"),
        ("two rules of one name", "name = \"urgent\"", "name = \"cheapest\""),
        ("a rule for nobody", r#"then = ["zto", "sf"]"#, "then = []"),
        ("a rule without a carrier", r#"then = ["zto", "sf"]"#, "then = 3"),
        ("a misspelt key", "packaging_g", "packing_g"),
        ("a size that weighs endlessly", "volume_divisor = 8000", "volume_divisor = 0"),
        ("a limit without words", "why = \"液体只走顺丰\"", "why = \" \""),
        ("no rules", &RULES[RULES.find("[[rule]]").expect("a rule")..], ""),
    ];
    let tables: &[(&str, &str, &str)] = &[
        ("a negative weight step", "1000,500,1000", "1000,500,-1000"),
        ("a negative price", "220", "-220"),
        ("a step of no weight", "1000,500,1000", "1000,500,0"),
        ("a province twice", "西藏自治区", "浙江"),
        ("a province that isn't", "浙江省", "浙江郡"),
        ("a row that is too short", ",300,10", ",300"),
        ("a half cash on delivery", ",300,10", ",300,"),
        ("yuan in place of fen", "1000,500,", "1000,5.00,"),
        ("other columns", "first_fen", "first_yuan"),
        ("an empty table", &TABLES[1].1[TABLES[1].1.find("浙江").expect("a row")..], ""),
    ];
    let mut said = String::new();
    for (name, from, to) in cases {
        said +=
            &format!("{name}\n  {}\n", trouble(|text| text.replace(from, to), |_, text| text).replace('\n', "\n  "));
    }
    for (name, from, to) in tables {
        let change = |file: &str, text: String| if file == "zto.csv" { text.replace(from, to) } else { text };
        said += &format!("{name}\n  {}\n", trouble(str::to_owned, change));
    }
    assert!(!said.contains("nothing is wrong"), "{said}");
    insta::assert_snapshot!(said);
}
