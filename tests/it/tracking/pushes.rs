//! Pushes as carriers send them: several times, in any order, also by people who aren't carriers.

use std::sync::atomic::Ordering;

use milepost::hub::accounts::Carriers;
use milepost::hub::serve::Serving;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::desk::{ALL, Case, Desk, Event, JD, SECRET, SF, ZTO, ago, path, pushed};
use Event::{AtLocker, Back, Collected, Departed, Dispatched, Lost, ReturnSigned, Signed};

const WAY: [(Event, i64); 4] = [(Collected, 600), (Departed, 500), (Dispatched, 100), (Signed, 30)];

async fn ready() -> Desk {
    let desk = Desk::start().await;
    ALL.iter().for_each(|case| desk.order(*case));
    desk.ship(&ALL, 700);
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_is_the_same_in_whatever_order_and_however_often_it_is_pushed() {
    let desk = ready().await;
    let shuffled = [WAY[3], WAY[0], WAY[2], WAY[3], WAY[1], WAY[0], WAY[3]];
    for case in ALL {
        // The same bytes again, as a carrier repeats itself.
        let bodies = shuffled.map(|(event, minutes)| pushed(case, event, ago(0) - minutes_of(minutes), "上海市"));
        for (content_type, body) in bodies.iter().chain(&bodies) {
            assert_eq!(desk.post(&path(case.carrier), content_type, body.clone()).await.0, 200);
        }
        assert_eq!(desk.phase(case).await, "delivered", "{}", case.number);
        assert_eq!(desk.told(case).await, ["collected", "in_transit", "delivered"], "{}", case.number);
        let timeline = desk.timeline(case).await;
        let line = timeline["line"].as_str().expect("a line");
        assert!(line.contains("已出库(") && line.contains("→ 已揽收(") && line.contains("→ 已签收("), "{line}");
        assert_eq!(timeline["ways"][0]["suspicions"], Value::Null, "{timeline}");
    }
    assert_eq!(desk.exceptions().await, []);
    let rows = desk.get("/v1/orders?q=2002").await;
    assert_eq!(rows["orders"][0]["milestone"], "delivered", "the list says so too");
}

fn minutes_of(minutes: i64) -> jiff::SignedDuration {
    jiff::SignedDuration::from_mins(minutes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_is_kept_once() {
    let desk = ready().await;
    let (content_type, body) = pushed(ZTO, Collected, ago(10), "上海市");
    for _ in 0..4 {
        assert_eq!(desk.post(&path(ZTO.carrier), content_type, body.clone()).await.0, 200);
    }
    assert_eq!(desk.scans(), 1);
    assert_eq!(desk.hub().pushes.as_ref().expect("there").1.counts.kept.load(Ordering::Relaxed), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_outlives_a_restart() {
    let mut desk = ready().await;
    desk.way(SF, &WAY[..2]).await;
    desk.restart().await;
    assert_eq!(desk.phase(SF).await, "in_transit");
    desk.way(SF, &WAY[2..]).await;
    assert_eq!(desk.phase(SF).await, "delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_nobody_knows_is_kept_until_somebody_does() {
    let desk = Desk::start().await;
    desk.way(ZTO, &WAY).await;
    assert_eq!((desk.scans(), desk.exceptions().await.len()), (4, 0));
    desk.order(ZTO);
    assert_eq!(desk.phase(ZTO).await, "delivered");
    assert_eq!(desk.exceptions().await, [("never_handed_over".to_owned(), ZTO.number.to_owned())]);
    desk.ship(&[ZTO], 700);
    assert_eq!(desk.exceptions().await, [], "the dock's word came later");
}

/// SF's other form, as its console is set: XML in a field, several routes a push. What was pushed as JSON before is no news.
#[tokio::test(flavor = "multi_thread")]
async fn sf_may_push_xml_and_is_answered_in_it() {
    let desk = ready().await;
    let now = ago(0);
    desk.push(SF, Collected, now - minutes_of(WAY[0].1), "上海市").await;
    let route = |(event, minutes): (Event, i64), id: usize| {
        let (_, json) = pushed(SF, event, now - minutes_of(minutes), "上海市");
        let json: Value = serde_json::from_str(&json).expect("JSON");
        let of = |key: &str| json["Body"]["WaybillRoute"][0][key].as_str().expect("text").to_owned();
        // Attributes touch, as in SF's own example.
        format!(
            "<WaybillRoute id=\"{id}\" mailno=\"{}\"orderid=\"DB1\"acceptTime=\"{}\" acceptAddress=\"{}\" remark=\"{}\" opCode=\"{}\" firstStatusCode=\"{}\"/>",
            of("mailno"),
            of("acceptTime"),
            of("acceptAddress"),
            of("remark").replace("快", "&#24555;"),
            of("opCode"),
            of("firstStatusCode")
        )
    };
    let routes: String = WAY.into_iter().enumerate().map(|(id, step)| route(step, id)).collect();
    let whole = format!(
        "<?xml version='1.0' encoding='UTF-8'?><Request service=\"RoutePushService\" lang=\"zh-CN\"><Body>{routes}</Body></Request>"
    );
    let form = |xml: &str| form_urlencoded::Serializer::new(String::new()).append_pair("content", xml).finish();
    let kind = "application/x-www-form-urlencoded;charset=UTF-8";
    let cut = &whole[..whole.len() - "</Request>".len()];
    let (status, answer) = desk.post(&path(SF.carrier), kind, form(cut)).await;
    assert_eq!((status, answer.contains("<Head>ERR</Head>")), (422, true), "{answer}");
    assert_eq!(desk.scans(), 1, "nothing of half a push is kept");
    for _ in 0..2 {
        let (status, answer) = desk.post(&path(SF.carrier), kind, form(&whole)).await;
        assert_eq!(
            (status, answer.as_str()),
            (200, r#"<Response service="RoutePushService"><Head>OK</Head></Response>"#)
        );
    }
    assert_eq!(desk.phase(SF).await, "delivered");
    assert_eq!(desk.told(SF).await, ["collected", "in_transit", "delivered"]);
    assert_eq!(desk.scans(), 4, "the collection is the same in both forms");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_push_of_the_carrier_is_refused_and_counted() {
    let desk = ready().await;
    let again = |case: Case, answer: &str| {
        let answer: Value = serde_json::from_str(answer).expect("JSON");
        let said = [&answer["return_code"], &answer["status"], &answer["success"]].map(Value::to_string);
        let index = ALL.iter().position(|other| other.number == case.number).expect("one of them");
        assert_eq!(said[index], ["\"1000\"", "false", "false"][index], "{answer}");
    };
    let (form, good) = pushed(ZTO, Signed, ago(10), "上海市");
    let forged = good.replace("SIGNED", "GOT");
    let (status, answer) = desk.post(&path(ZTO.carrier), form, forged).await;
    assert_eq!(status, 401);
    again(ZTO, &answer);
    for case in ALL {
        let (status, answer) = desk.post(&path(case.carrier), "text/xml", "<Request/>").await;
        assert_eq!(status, 422, "{}", case.number);
        again(case, &answer);
        let (status, answer) = desk.post(&path(case.carrier), "application/json", vec![b' '; 300_000]).await;
        assert_eq!(status, 413, "{}", case.number);
        again(case, &answer);
    }
    for path in
        ["/push/zto/0123456789abcdef0123456789abcdeX", "/push/zto/", "/push/yto/0123456789abcdef0123456789abcdef"]
    {
        assert_eq!(desk.post(path, form, good.clone()).await, (404, String::new()), "{path}");
    }
    // Nothing else of the hub is behind this door.
    for path in ["/", "/v1/orders", "/v1/health", "/push"] {
        let answer = reqwest::get(desk.push_url(path)).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 404, "{path}");
    }
    let own = reqwest::get(desk.hub().url() + &path(ZTO.carrier)).await.expect("an answer");
    assert_eq!(own.status().as_u16(), 404, "and pushes aren't behind the other one");
    let counts = &desk.hub().pushes.as_ref().expect("there").1.counts;
    let counted =
        [&counts.kept, &counts.badly_signed, &counts.unreadable, &counts.astray].map(|n| n.load(Ordering::Relaxed));
    assert_eq!(counted, [0, 1, 6, 2]);
    assert_eq!(desk.scans(), 0);
}

/// A push whose connection ends in its middle is not kept, and the carrier heard no yes.
#[tokio::test(flavor = "multi_thread")]
async fn half_a_push_is_none() {
    let desk = ready().await;
    let (_, body) = pushed(JD, Collected, ago(10), "");
    let address = desk.hub().pushes.as_ref().expect("there").0;
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("the door is open");
    let head = format!("POST {} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", path(JD.carrier), body.len());
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.write_all(&body.as_bytes()[..body.len() / 2]).await.expect("sent");
    stream.shutdown().await.expect("closed");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    assert!(!answer.contains("\"success\":true"), "{answer}");
    assert_eq!(desk.scans(), 0);
}

/// What can't be stored is pushed again.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_durable_is_not_answered_as_kept() {
    let desk = ready().await;
    let store = rusqlite::Connection::open(desk.folder.path().join("hub").join("hub.db")).expect("the store");
    let trap = "CREATE TRIGGER full BEFORE INSERT ON scans BEGIN SELECT raise(ABORT, 'disk full'); END";
    store.execute_batch(trap).expect("a trigger");
    let (content_type, body) = pushed(SF, Collected, ago(10), "上海市");
    let (status, answer) = desk.post(&path(SF.carrier), content_type, body.clone()).await;
    assert_eq!((status, answer.contains("1000")), (503, true), "{answer}");
    store.execute_batch("DROP TRIGGER full").expect("gone");
    assert_eq!(desk.post(&path(SF.carrier), content_type, body).await.0, 200);
    assert_eq!(desk.scans(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn lockers_returns_and_problems_are_states_of_their_own() {
    let desk = ready().await;
    for case in ALL {
        desk.way(case, &[(Collected, 600), (Dispatched, 100), (AtLocker, 90)]).await;
        assert_eq!(desk.phase(case).await, "held_at_point");
        assert_eq!(desk.told(case).await, ["collected", "held_at_point"]);
    }
    desk.way(ZTO, &[(Back, 60)]).await;
    assert_eq!(desk.phase(ZTO).await, "returning");
    desk.way(ZTO, &[(ReturnSigned, 10)]).await;
    assert_eq!(
        (desk.phase(ZTO).await.as_str(), desk.told(ZTO).await.last().map(String::as_str)),
        ("returned", Some("returned"))
    );
    desk.way(SF, &[(Lost, 20)]).await;
    assert_eq!(desk.phase(SF).await, "problem");
    assert_eq!(desk.exceptions().await, [("carrier_problem".to_owned(), SF.number.to_owned())]);
    desk.way(SF, &[(Departed, 5)]).await;
    assert_eq!(desk.exceptions().await, [], "it was found");
    desk.way(JD, &[(Signed, 5)]).await;
    assert_eq!(desk.phase(JD).await, "delivered", "taken out of the locker");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_without_anybody_who_may_come_in_is_a_mistake() {
    let desk = Desk::start().await;
    let with = |change: fn(&mut milepost::hub::config::HubConfig)| {
        let mut config = milepost::hub::config::HubConfig {
            data_dir: desk.folder.path().join("other"),
            listen: "127.0.0.1:0".into(),
            push_listen: Some("127.0.0.1:0".into()),
            ..Default::default()
        };
        change(&mut config);
        config
    };
    let said = async |config| match Serving::start(&config).await {
        Ok(_) => panic!("it starts"),
        Err(error) => format!("{error:#}"),
    };
    assert!(said(with(|_| {})).await.contains("set `push_secret` of a carrier"));
    let short = desk.folder.path().join("short.key");
    std::fs::write(&short, &SECRET[..15]).expect("a file");
    let mut config = with(|config| config.carriers = Carriers::default());
    let account = desk.folder.path().join("sf.toml");
    config.carriers.sf = Some(milepost::hub::accounts::CarrierConfig {
        account,
        endpoint: None,
        push_secret: Some(short),
        poll: false,
        subscribe: false,
        pool: 0,
    });
    let said = said(config).await;
    assert!(said.contains("use 16 or more") && !said.contains(&SECRET[..15]), "{said}");
}
