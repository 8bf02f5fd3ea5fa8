//! What the office reads of a parcel's way: states, suspicions and silence, in both languages.

use milepost::domain::fact::Fact;
use milepost::domain::waybill::Origin;

use super::desk::{ALL, Case, Desk, Event, JD, SF, ZTO, ago};
use crate::chromium::Browser;
use Event::{AtLocker, Collected, Departed, Dispatched, Signed};

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_that_does_not_fit_is_shown_as_a_suspicion() {
    let desk = Desk::start().await;
    ALL.iter().for_each(|case| desk.order(*case));
    desk.ship(&ALL, 700);
    // Without a dispatch; minutes after its collection in another city; and one that went on.
    desk.way(SF, &[(Collected, 600), (Departed, 500), (Signed, 400)]).await;
    desk.push(ZTO, Collected, ago(600), "深圳市").await;
    desk.push(ZTO, Dispatched, ago(590), "上海市").await;
    desk.push(ZTO, Signed, ago(585), "上海市").await;
    desk.way(JD, &[(Collected, 600), (Dispatched, 500), (Signed, 400), (Departed, 300)]).await;
    for (case, phase, doubt) in [
        (SF, "in_transit", "signed_without_dispatch"),
        (ZTO, "out_for_delivery", "signed_too_soon"),
        (JD, "in_transit", "scanned_after_sign"),
    ] {
        let timeline = desk.timeline(case).await;
        let way = &timeline["ways"][0];
        assert_eq!(
            (way["phase"].as_str(), way["suspicions"][0]["doubt"].as_str()),
            (Some(phase), Some(doubt)),
            "{way}"
        );
        assert!(!desk.told(case).await.contains(&"delivered".to_owned()));
        assert!(!timeline["line"].as_str().expect("a line").contains("已签收"));
    }
    let kinds: Vec<String> = desk.exceptions().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["sign_doubted"; 3]);
    let owners = desk.get("/v1/exceptions").await;
    assert_eq!(owners["exceptions"][0]["owner"], "office");
    let (zh, en) = (desk.page("/orders/2001").await, desk.page("/orders/2001?lang=en").await);
    assert!(zh.contains("签收前没有派送") && en.contains("nobody set out to deliver it"), "{en}");
    assert!(desk.page("/stations?lang=en").await.contains("don&#39;t count it as delivered, ask the carrier"));
    // A good one mends it.
    desk.way(SF, &[(Dispatched, 60), (Signed, 30)]).await;
    assert_eq!(desk.phase(SF).await, "delivered");
    assert_eq!(desk.exceptions().await.len(), 2);
}

/// The parcel was relabelled on its way out: its other number is void at the bench, and still signed by somebody.
#[tokio::test(flavor = "multi_thread")]
async fn two_numbers_of_one_parcel_that_are_both_signed_are_a_suspicion() {
    let desk = Desk::start().await;
    desk.order(SF);
    let other = Case { number: "SF1539800067890", ..SF };
    let issued = |case: Case| Fact::WaybillIssued {
        waybill_id: "DB20260218-SF-000001".into(),
        carrier: case.carrier,
        number: case.number.into(),
        origin: Origin::Direct,
        routing: Default::default(),
    };
    let (waybill_id, number) = ("DB20260218-SF-000001".into(), other.number.into());
    let voided = Fact::WaybillVoided { waybill_id, number, reason: "relabelled".into() };
    desk.tell(vec![(SF, issued(other)), (SF, voided)], 800);
    desk.ship(&[SF], 700);
    let way = [(Collected, 600), (Dispatched, 500), (Signed, 400)];
    desk.way(SF, &way).await;
    assert_eq!((desk.phase(SF).await.as_str(), desk.exceptions().await.len()), ("delivered", 0));
    desk.way(other, &way).await;
    let timeline = desk.timeline(SF).await;
    assert_eq!(timeline["ways"].as_array().map(Vec::len), Some(1), "a void number has no way: {timeline}");
    let found = &timeline["ways"][0];
    assert_eq!((&found["number"], &found["phase"]), (&SF.number.into(), &"out_for_delivery".into()), "{found}");
    assert_eq!(found["suspicions"][0]["doubt"], "signed_twice", "{found}");
    assert!(!desk.told(SF).await.contains(&"delivered".to_owned()));
    assert_eq!(desk.exceptions().await, [("sign_doubted".to_owned(), SF.number.to_owned())]);
    assert!(desk.page("/orders/2001?lang=en").await.contains("another number of this parcel was signed for too"));
}

/// SF's parcel 2001 in so many boxes.
async fn in_boxes(desk: &Desk, children: &[Case]) {
    let children = children.iter().map(|child| child.number.to_owned()).collect();
    let numbered =
        Fact::PiecesNumbered { waybill_id: "DB20260218-SF-000001".into(), number: SF.number.into(), children };
    desk.tell(vec![(SF, numbered)], 800);
}

const SECOND: Case = Case { number: "SF1539800067891", ..SF };
const THIRD: Case = Case { number: "SF1539800067892", ..SF };

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_in_several_boxes_is_delivered_with_the_last_that_is_told_of() {
    let desk = Desk::start().await;
    desk.order(SF);
    in_boxes(&desk, &[SECOND, THIRD]).await;
    desk.ship(&[SF], 700);
    let ways = async || {
        let timeline = desk.timeline(SF).await;
        let ways = timeline["ways"].as_array().expect("ways").iter();
        ways.map(|way| way["number"].as_str().expect("a number").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ways().await, [SF.number], "nobody tells of the others");
    let way = [(Collected, 600), (Dispatched, 500), (Signed, 400)];
    desk.way(SECOND, &way[..2]).await;
    desk.way(SF, &way).await;
    assert_eq!(ways().await, [SF.number, SECOND.number]);
    assert!(!desk.told(SF).await.contains(&"delivered".to_owned()), "one box is under way");
    desk.way(SECOND, &way[2..]).await;
    assert!(desk.told(SF).await.contains(&"delivered".to_owned()));
    assert_eq!(desk.exceptions().await, [], "each box is signed for");
    let page = desk.page("/orders/2001?lang=en").await;
    for child in [SECOND, THIRD] {
        assert!(page.contains(&format!("{} <em>further box</em>", child.number)), "{page}");
    }
    // Its packer needed one box less.
    in_boxes(&desk, &[THIRD]).await;
    assert_eq!(ways().await, [SF.number]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_that_nobody_tells_of_is_missed_where_the_site_says_so() {
    let desk = Desk::with(|config| config.tracking.await_boxes = true).await;
    desk.order(SF);
    in_boxes(&desk, &[SECOND]).await;
    desk.ship(&[SF], 26 * 60);
    desk.way(SF, &[(Collected, 600), (Dispatched, 500), (Signed, 400)]).await;
    assert!(!desk.told(SF).await.contains(&"delivered".to_owned()));
    assert_eq!(desk.exceptions().await, [("stale".to_owned(), SECOND.number.to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_person_at_a_station_it_never_lay_in_is_a_suspicion() {
    let desk = Desk::start().await;
    desk.order(ZTO);
    desk.ship(&[ZTO], 700);
    desk.way(ZTO, &[(Collected, 600), (Dispatched, 500)]).await;
    desk.push_words(ZTO, Signed, ago(400), "沪西菜鸟驿站 本人签收").await;
    let way = desk.timeline(ZTO).await["ways"][0].clone();
    assert_eq!(
        (&way["phase"], &way["suspicions"][0]["doubt"]),
        (&"out_for_delivery".into(), &"signed_at_point".into())
    );
    assert!(desk.page("/orders/2002").await.contains("没有入站记录"), "{way}");
    assert_eq!(desk.exceptions().await, [("sign_doubted".to_owned(), ZTO.number.to_owned())]);
    // It is brought in and fetched after all.
    desk.way(ZTO, &[(AtLocker, 300)]).await;
    desk.push_words(ZTO, Signed, ago(200), "沪西菜鸟驿站 本人签收").await;
    assert_eq!((desk.phase(ZTO).await.as_str(), desk.exceptions().await.len()), ("delivered", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_shown_as_stale_and_not_as_a_state() {
    let desk = Desk::start().await;
    ALL.iter().for_each(|case| desk.order(*case));
    desk.ship(&ALL, 25 * 60);
    desk.way(ZTO, &[(Collected, 23 * 60)]).await;
    desk.way(JD, &[(Collected, 24 * 60), (Dispatched, 23 * 60), (Signed, 22 * 60)]).await;
    let way = desk.timeline(SF).await["ways"][0].clone();
    assert_eq!((way["phase"].as_str(), way["stale"].is_string()), (Some("awaited"), true), "{way}");
    assert!(desk.timeline(ZTO).await["ways"][0]["stale"].is_null());
    assert_eq!(desk.exceptions().await, [("stale".to_owned(), SF.number.to_owned())]);
    let zh = desk.page("/orders/2001").await;
    assert!(zh.contains("待揽收") && zh.contains("停滞"), "{zh}");
    assert!(desk.page("/orders/2001?lang=en").await.contains("awaiting collection"));
    desk.way(SF, &[(Collected, 10)]).await;
    assert_eq!(desk.exceptions().await, [], "news end it");
}

/// Without an account nobody could have told anything: nothing is missed.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_stale_of_a_carrier_without_an_account() {
    let desk = Desk::with(|config| config.carriers.sf = None).await;
    ALL.iter().for_each(|case| desk.order(*case));
    desk.ship(&ALL, 25 * 60);
    assert_eq!(desk.timeline(SF).await["ways"], serde_json::json!([]));
    assert_eq!(desk.exceptions().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_orders_page_shows_the_way_as_the_carriers_word() {
    let desk = Desk::start().await;
    desk.order(SF);
    desk.ship(&[SF], 80 * 60);
    desk.way(SF, &[(Collected, 79 * 60), (Departed, 78 * 60), (Signed, 77 * 60)]).await;
    let mut browser = Browser::start(1280, 1000).await;
    browser.open(&format!("{}/orders/{}", desk.hub().url(), SF.order)).await;
    assert_eq!(browser.texts(".way .phase").await, ["运输中"]);
    assert_eq!(browser.texts(".way .stale").await, ["停滞"]);
    assert_eq!(browser.texts(".way .doubt em").await, ["可疑"]);
    let steps = browser.texts(".steps tbody tr").await;
    let last = steps.last().expect("a step");
    assert!(last.starts_with("运输中 快递告知") && last.ends_with("未校时 顺丰速运"), "{last}");
    assert_eq!(browser.texts(".mark text").await, Vec::<String>::new(), "nothing is drawn behind the last stop");
    picture(&mut browser, "order-zh.png").await;
    // The page is open while the carrier tells more.
    desk.way(SF, &[(Dispatched, 60), (Signed, 30)]).await;
    browser.wait("document.querySelector('.way .phase')?.textContent === '已签收'").await;
    assert_eq!(browser.texts(".way .stale").await, Vec::<String>::new());
    browser.open(&format!("{}/orders/{}?lang=en", desk.hub().url(), SF.order)).await;
    assert_eq!(browser.texts(".way .phase").await, ["delivered"]);
    for private in ["13800000000", "快递员", "王小明"] {
        assert!(!desk.page("/orders/2001").await.contains(private), "{private} is nobody's to read here");
    }
    picture(&mut browser, "order-en.png").await;
    browser.resize(390, 900).await;
    picture(&mut browser, "order-phone.png").await;
    assert_eq!(browser.complaints, Vec::<String>::new());
}

/// For people's eyes, where they want them.
async fn picture(browser: &mut Browser, name: &str) {
    if let Some(folder) = std::env::var_os("MILEPOST_PICTURES") {
        browser.picture(&std::path::Path::new(&folder).join(name)).await;
    }
}
