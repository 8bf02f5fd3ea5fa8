//! Other rules at a hub: previewed over a day's orders, published, taken back; who may, and from when they hold.

use milepost::domain::order::{CarrierCode, Order};
use milepost::domain::parcel::Standing;
use milepost::hub::HubError;
use milepost::hub::preview::{Preview, PreviewRequest};
use milepost::hub::published::{Origin, PublishRequest, Routing, Token};
use milepost::rules::{RoutingRules, RuleFile, Warning};

use super::site::{MINUTE_US, Office};
use super::{to, with};

const DAY_US: i64 = 24 * 60 * MINUTE_US;

/// The shipped rules with a change; Zhejiang goes with SF.
fn zhejiang() -> RuleFile {
    changed("'北京市'", "'北京市', '浙江省'")
}

fn changed(from: &str, to: &str) -> RuleFile {
    let known = RuleFile::builtin();
    let text = known.text.replace(from, to);
    assert_ne!(text, known.text, "{from} stands in the file");
    RuleFile { text, ..known }
}

/// Paid long ago, so that nothing is urgent.
fn calm(order_no: &str) -> Order {
    with(|order| {
        order.order_no = order_no.into();
        order.paid_at = "2026-02-10T00:00:00Z".parse().expect("a time");
    })
}

fn preview(office: &Office, rules: &RuleFile) -> Preview {
    let request = PreviewRequest { rules: rules.clone(), day: None, all: false };
    office.hub.preview_routing(&request, "office", office.now_us).expect("it is previewed")
}

fn publish(office: &Office, rules: &RuleFile, token: &Token) -> Result<Routing, HubError> {
    let request = PublishRequest { rules: rules.clone(), token: token.clone() };
    office.hub.publish_routing(&request, "office", office.now_us)
}

/// Status and words of a refusal.
fn refused(answer: Result<Routing, HubError>) -> (u16, String) {
    match answer {
        Err(HubError::Refused(refusal)) => (refusal.status, refusal.detail),
        other => panic!("{other:?} is no refusal"),
    }
}

#[test]
fn a_preview_tells_what_would_differ_and_changes_nothing() {
    let mut office = Office::open();
    // A midnight of the warehouse's: the last of the day before, the first and the last of the day, the next.
    let midnight_us = "2026-02-15T16:00:00Z".parse::<jiff::Timestamp>().expect("a time").as_microsecond();
    for (order, came_us) in [
        (calm("1"), midnight_us - 1),
        (calm("2"), midnight_us),
        (with(|order| *order = Order { order_no: "3".into(), tags: vec!["急".into()], ..calm("3") }), midnight_us + 1),
        (Order { order_no: "4".into(), ..to("台湾省", "台北市", "中正区") }, midnight_us + 2),
        (calm("5"), midnight_us + DAY_US - 1),
        (calm("6"), midnight_us + DAY_US),
        (calm("7"), midnight_us + 3),
    ] {
        office.now_us = came_us;
        office.accept(&[order]);
    }
    office.hub.cancel(&"7".into(), "", office.now_us).expect("it is here");
    office.now_us = midnight_us + DAY_US + 60 * MINUTE_US;
    let said = preview(&office, &zhejiang());
    assert_eq!(said.day.to_string(), "2026-02-16");
    let told: Vec<_> = said
        .orders
        .iter()
        .map(|one| (one.orders[0].as_str(), one.old.carrier, one.new.carrier, one.new.rule.as_deref()))
        .collect();
    let (zto, sf) = (Some(CarrierCode::Zto), Some(CarrierCode::Sf));
    let expected = [("2", zto, sf, Some("provinces")), ("4", None, None, None), ("5", zto, sf, Some("provinces"))];
    assert_eq!(told, expected, "3 goes with SF either way");
    assert_eq!((said.differ, said.new.orders, said.new.nobody), (2, 4, 1));
    let old = said.old.as_ref().expect("rules are in force");
    assert_eq!((old.freight_fen, said.new.freight_fen), (500 + 500 + 1_800, 3 * 1_800));
    let wide = Warning::Wide { rule: "provinces".into(), orders: 3, total: 4 };
    assert!(said.new.warnings.contains(&wide) && !old.warnings.contains(&wide), "{:?}", said.new.warnings);
    assert_eq!(office.parcel("2").expect("a parcel").0.carrier, CarrierCode::Zto, "nothing was changed");
    assert_eq!(office.hub.routing().expect("it reads").origin, Origin::Config);
    let all = PreviewRequest { rules: zhejiang(), day: Some("2026-02-15".parse().expect("a day")), all: true };
    let said = office.hub.preview_routing(&all, "office", office.now_us).expect("it is previewed");
    assert_eq!(said.orders.iter().map(|one| one.orders[0].as_str()).collect::<Vec<_>>(), ["1"]);
    let tomorrow = PreviewRequest { day: Some("2026-02-18".parse().expect("a day")), ..all };
    let answer = office.hub.preview_routing(&tomorrow, "office", office.now_us);
    assert!(
        matches!(answer, Err(HubError::Refused(refusal)) if refusal.detail.contains("2026-02-18 is still to come"))
    );
}

#[test]
fn each_parcel_is_previewed_once_as_at_the_moment_it_was_decided() {
    let mut office = Office::open();
    let together =
        |order_no: &str| with(|order| (order.order_no, order.merge_key) = (order_no.into(), Some("k".into())));
    // Paid ten minutes ago: urgent, until a wave three hours later.
    office.accept(&[together("1"), together("2"), with(|order| order.order_no = "3".into())]);
    office.now_us += 180 * MINUTE_US;
    office.release("W1", "1");
    office.now_us += DAY_US;
    let request = PreviewRequest { rules: RuleFile::builtin(), day: None, all: true };
    let said = office.hub.preview_routing(&request, "office", office.now_us).expect("it is previewed");
    let told: Vec<_> = said.orders.iter().map(|one| (one.orders.len(), one.new.rule.as_deref())).collect();
    assert_eq!(told, [(2, Some("cheapest")), (1, Some("urgent"))]);
    assert_eq!((said.new.orders, said.differ, said.new.freight_fen), (3, 0, 500 + 1_800));
    let (day, chosen) = office.hub.chosen(&["cheapest".to_owned()], office.now_us).expect("it reads");
    assert_eq!(day, said.day);
    let rules: Vec<_> = chosen.report.rules.iter().map(|rule| (rule.name.as_str(), rule.orders)).collect();
    assert_eq!(rules, [("cheapest", 2), ("urgent", 1)], "what decided and isn't asked for comes behind");
    assert_eq!((chosen.report.freight_fen, chosen.unasked), (said.new.freight_fen, 0), "it is what was chosen");
}

#[test]
fn published_rules_hold_from_the_next_order_on_and_outlive_a_restart() {
    let mut office = Office::open();
    office.accept(&[calm("1")]);
    office.now_us += DAY_US;
    let (file, token) = (zhejiang(), preview(&office, &zhejiang()).token);
    let routing = publish(&office, &file, &token).expect("it was previewed");
    assert_eq!((routing.origin, routing.version, routing.by.as_deref()), (Origin::Published, 1, Some("office")));
    assert_eq!(routing.since.map(|at| at.as_microsecond()), Some(office.now_us));
    assert_eq!(routing.rules[0].then, "sf");
    office.accept(&[calm("2")]);
    assert_eq!(office.parcel("2").expect("a parcel").0.carrier, CarrierCode::Sf);
    assert_eq!(office.parcel("1").expect("a parcel").0.carrier, CarrierCode::Zto, "it was routed before");
    office.release("W1", "1");
    assert_eq!(office.parcel("1").expect("a parcel").0.carrier, CarrierCode::Sf, "a release decides anew");
    let office = office.restart(Some(RoutingRules::builtin()));
    office.accept(&[calm("3")]);
    assert_eq!(office.parcel("3").expect("a parcel").0.carrier, CarrierCode::Sf, "whatever the config says");
    assert_eq!(office.hub.published(1).expect("it is kept"), file);
    let routing = office.hub.routing().expect("it reads");
    assert_eq!((routing.origin, routing.versions.len()), (Origin::Published, 1));
}

#[test]
fn nothing_is_published_that_was_not_previewed_over_what_it_replaces() {
    let mut office = Office::open();
    let over = office.hub.routing().expect("it reads").hash;
    let hash = |file: &RuleFile| file.rules().expect("good rules").hash().to_owned();
    let (status, why) = refused(publish(&office, &zhejiang(), &Token { hash: hash(&zhejiang()), over: over.clone() }));
    assert_eq!((status, why.contains("was not previewed as it is")), (409, true), "{why}");
    let token = preview(&office, &zhejiang()).token;
    assert_eq!(token, Token { hash: hash(&zhejiang()), over });
    // Another file under the first one's token, and under its own hash.
    let other = changed("< 120", "< 240");
    assert_eq!(refused(publish(&office, &other, &token)).0, 409);
    assert_eq!(refused(publish(&office, &other, &Token { hash: hash(&other), ..token.clone() })).0, 409);
    // Somebody else's in between.
    let others = preview(&office, &other).token;
    publish(&office, &other, &others).expect("it was previewed");
    let (status, why) = refused(publish(&office, &zhejiang(), &token));
    assert!(why.contains("(version 1, published by office at ") && why.contains("preview` again"), "{status} {why}");
    let (status, why) = refused(publish(&office, &other, &others));
    assert_eq!((status, why.contains("is in force already")), (409, true), "{why}");
    // Over the new ones; but a day later yesterday is another day.
    let token = preview(&office, &zhejiang()).token;
    office.now_us += DAY_US + 1;
    assert!(refused(publish(&office, &zhejiang(), &token)).1.contains("within a day"));
    let token = preview(&office, &zhejiang()).token;
    assert_eq!(publish(&office, &zhejiang(), &token).expect("it was previewed").version, 2);
}

#[test]
fn a_day_without_orders_is_no_preview_unless_there_are_none_at_all() {
    let mut office = Office::open();
    assert_eq!(preview(&office, &zhejiang()).new.orders, 0, "a new hub has none to show");
    office.accept(&[calm("1")]);
    let token = preview(&Office::open(), &changed("< 120", "< 240")).token;
    let request = PreviewRequest { rules: changed("< 120", "< 240"), day: None, all: false };
    let answer = office.hub.preview_routing(&request, "office", office.now_us);
    let Err(HubError::Refused(refusal)) = answer else { panic!("{answer:?} is no refusal") };
    assert!(
        refusal.detail.contains("no order of 2026-02-14")
            && refusal.detail.contains("the last order came on 2026-02-15")
    );
    assert!(refused(publish(&office, &request.rules, &token)).1.contains("was not previewed as it is"));
    office.now_us += DAY_US;
    assert_eq!(preview(&office, &request.rules).new.orders, 1);
    publish(&office, &request.rules, &token).expect("it was previewed");
}

#[test]
fn each_revert_goes_one_further_back_until_the_configs_hold() {
    let office = Office::open();
    let put = |file: &RuleFile| publish(&office, file, &preview(&office, file).token).expect("previewed").version;
    let revert = |version| office.hub.revert_routing(version, "boss", office.now_us);
    let (status, why) = refused(revert(0));
    assert_eq!((status, why.contains("nothing to go back from")), (409, true), "{why}");
    let (first, second) = (zhejiang(), changed("< 120", "< 240"));
    assert_eq!((put(&first), put(&second)), (1, 2));
    assert!(refused(revert(1)).1.contains("version 2, published by office"), "somebody else's is not taken back");
    let back = revert(2).expect("it goes back");
    let hash = |file: &RuleFile| file.rules().expect("good rules").hash().to_owned();
    assert_eq!((back.version, back.hash, back.versions[0].back_to), (3, hash(&first), Some(1)));
    assert_eq!(back.by.as_deref(), Some("boss"));
    let back = revert(3).expect("it goes back");
    assert_eq!((back.version, back.origin, back.versions[0].back_to), (4, Origin::Config, Some(0)));
    assert_eq!(back.hash, RoutingRules::builtin().hash());
    assert!(refused(revert(4)).1.contains("nothing to go back from"));
    // Nothing is forgotten, and going on is possible.
    assert_eq!(back.versions.iter().map(|one| one.version).collect::<Vec<_>>(), [4, 3, 2, 1]);
    assert_eq!(put(&second), 5);
    assert_eq!(revert(5).expect("it goes back").origin, Origin::Config);
    let mut office = office.restart(None);
    assert_eq!(office.hub.routing().expect("it reads").origin, Origin::None);
    office.accept(&[calm("9")]);
    assert_eq!(office.parcel("9").expect("a parcel").1, None, "no rule is asked");
    office.now_us += DAY_US;
    let said = preview(&office, &changed("'北京市'", "'天津市'"));
    assert_eq!((said.old, said.orders[0].old.carrier), (None, Some(CarrierCode::Sf)), "the config's `carrier`");
}

/// As after a step back to an older milepost: nobody routes by other rules than somebody published.
#[test]
fn published_rules_that_cannot_be_read_any_more_keep_the_hub_from_starting() {
    let office = Office::open();
    publish(&office, &zhejiang(), &preview(&office, &zhejiang()).token).expect("it was previewed");
    let spoil = "UPDATE routing_versions SET body = replace(body, 'paid_minutes', 'paid_hours')";
    office.hub.write(|store| Ok(store.execute(spoil, [])?)).expect("the store takes it");
    let error = office.reopened(None).err().expect("it can't start").to_string();
    let says = "the routing rules published as version 1 can't be used by this milepost: routing.toml, rule `urgent`";
    assert!(error.starts_with(says) && error.ends_with("start the one they were published with"), "{error}");
}

#[test]
fn whoever_waits_goes_on_when_better_rules_are_published() {
    let office = Office::open();
    let (accepted, _) = office.accept(&[to("台湾省", "台北市", "中正区")]);
    assert_eq!(accepted, 0);
    let table = "台湾省,1000,5000,1000,2000,0,,\n";
    let mut file = RuleFile::builtin();
    file.tables.entry("freight/sf.csv".into()).and_modify(|text| text.push_str(table));
    let request = PreviewRequest { rules: file.clone(), day: Some(date(&office)), all: false };
    let said = office.hub.preview_routing(&request, "office", office.now_us).expect("it is previewed");
    assert_eq!((said.differ, said.orders[0].new.carrier), (1, Some(CarrierCode::Sf)), "somebody at last");
    publish(&office, &file, &said.token).expect("it was previewed");
    office.hub.resume(&"1001".into(), office.now_us).expect("somebody takes it");
    assert_eq!(office.hub.order(&"1001".into(), 0).expect("it reads").expect("it is here").standing, Standing::Open);
}

fn date(office: &Office) -> jiff::civil::Date {
    let now = jiff::Timestamp::from_microsecond(office.now_us).expect("a time");
    now.to_zoned(office.hub.policy().zone.clone()).date()
}
