//! SF's simulator beside the exam of all carriers (`contract`): what people read of an outcome, and what only SF has.

use milepost::carrier::account::Config;
use milepost::carrier::http::{self, Sent};
use milepost::carrier::sf::{self, Account, Sf};
use milepost::carrier::{Carrier, Cause, Class, Operation, Outcome, Secret, ShipmentRequest};
use milepost::sim::carrier::sf::{Fault, Options, SfSim, start};

use crate::contract;
use crate::contract::world::{IMPATIENCE, PATIENCE, create, doubt, issued, now, rejected};

struct World {
    sim: SfSim,
    sf: Sf,
    http: reqwest::Client,
}

async fn world(change: impl FnOnce(&mut Account), secret: &str) -> World {
    let sim = start(Options::default()).await.expect("a free port");
    let mut account = Account { endpoint: sim.url(), ..Account::default() };
    change(&mut account);
    World { sim, sf: client_of(account, secret), http: contract::world::http(PATIENCE) }
}

fn client_of(account: Account, check_word: &str) -> Sf {
    let config = sf::config(sf::BUILTIN).expect("the built-in config loads");
    Sf::new(Config { account, ..config }, Secret::new(check_word))
}

impl World {
    async fn default() -> World {
        world(|_| {}, &Options::default().check_word).await
    }

    async fn ask(&self, operation: &Operation) -> Outcome {
        let request = self.sf.request(operation, now()).expect("a good operation");
        match http::send(&self.http, &request).await {
            Sent::Answer { status, body } => self.sf.reply(operation, status, &body),
            Sent::Unknown(why) => Outcome::no_answer(why),
            Sent::NothingSent(why) => panic!("the simulator is there: {why}"),
        }
    }
}

/// What people see when an order is answered like this.
async fn shown(fault: Fault) -> String {
    let mut world = World::default().await;
    if fault == Fault::Timeout {
        world.http = contract::world::http(IMPATIENCE);
    }
    world.sim.set_fault(Some(fault));
    text(&world.ask(&create("DB1")).await)
}

fn text(outcome: &Outcome) -> String {
    serde_json::to_string_pretty(outcome).expect("an outcome serialises")
}

#[tokio::test]
async fn an_order_gets_its_number_and_routing() {
    let issued = issued(World::default().await.ask(&create("DB1")).await);
    insta::assert_snapshot!(serde_json::to_string_pretty(&issued).expect("it serialises"));
}

#[tokio::test]
async fn an_answer_that_never_comes() {
    insta::assert_snapshot!(shown(Fault::Timeout).await);
}

#[tokio::test]
async fn half_an_answer() {
    insta::assert_snapshot!(shown(Fault::Truncated).await);
}

#[tokio::test]
async fn a_captive_portal() {
    insta::assert_snapshot!(shown(Fault::Html).await);
}

#[tokio::test]
async fn a_gateway_that_fails() {
    insta::assert_snapshot!(shown(Fault::Status500).await);
}

#[tokio::test]
async fn success_without_a_number() {
    insta::assert_snapshot!(shown(Fault::NoNumber).await);
}

#[tokio::test]
async fn success_with_a_number_that_is_not_sfs() {
    insta::assert_snapshot!(shown(Fault::OddNumber).await);
}

#[tokio::test]
async fn the_answer_of_another_parcel() {
    insta::assert_snapshot!(shown(Fault::AnotherParcels).await);
}

#[tokio::test]
async fn the_routing_of_another_parcel() {
    insta::assert_snapshot!(shown(Fault::ForeignRouting).await);
}

#[tokio::test]
async fn flow_control_is_no_outage() {
    insta::assert_snapshot!(shown(Fault::Gateway("A1005".to_owned())).await);
}

#[tokio::test]
async fn a_place_sf_does_not_deliver_to() {
    insta::assert_snapshot!(shown(Fault::Undeliverable).await);
}

#[tokio::test]
async fn a_wrong_secret_says_where_to_look() {
    let world = world(|_| {}, "not-the-check-word").await;
    let outcome = world.ask(&create("DB1")).await;
    assert_eq!(rejected(&outcome), Class::Config);
    insta::assert_snapshot!(text(&outcome));
}

#[tokio::test]
async fn several_boxes_have_a_mother_number_and_children() {
    let world = World::default().await;
    let boxes = |id: &str, pieces: u32, weight_g: u32| {
        let Operation::Create(shipment) = create(id) else { panic!("it creates") };
        Operation::Create(Box::new(ShipmentRequest { pieces, weight_g, ..*shipment }))
    };
    let three = issued(world.ask(&boxes("DB1", 3, 2_500)).await);
    assert_eq!(three.child_numbers.len(), 2);
    assert!(!three.child_numbers.contains(&three.number));
    // Asked about after a lost answer, it has the same children.
    let again = issued(world.ask(&Operation::Query { waybill_id: "DB1".into() }).await);
    assert_eq!((again.number, again.child_numbers), (three.number, three.child_numbers));
    let sent = &world.sim.calls()[0].message;
    assert_eq!((sent["parcelQty"].as_u64(), sent["totalWeight"].as_f64()), (Some(3), Some(2.5)));
}

#[tokio::test]
async fn twelve_digit_numbers_are_sfs_too() {
    let world = world(|account| account.unified_waybill_no = false, &Options::default().check_word).await;
    assert_eq!(issued(world.ask(&create("DB1")).await).number.len(), 12);
}

#[test]
fn an_answer_about_nothing_is_no_answer() {
    let sf = client_of(Account::default(), "x");
    for (body, cause) in [
        (r#"{"apiResultCode":"A1000","apiResultData":null}"#, Cause::Unreadable),
        (r#"{"apiResultCode":"A1000","apiResultData":"{\"success\":"}"#, Cause::Unreadable),
        (r#"{"apiResultCode":"A1000","apiResultData":"{\"success\":\"maybe\"}"}"#, Cause::Unreadable),
        (r#"{"apiResultCode":"A1000","apiResultData":{"success":false,"errorCode":null}}"#, Cause::UnknownCode),
        (r#"{"apiResultCode":"A1000","apiResultData":{"success":false,"errorCode":4001}}"#, Cause::CarrierFailed),
        (r#"{"apiResultCode":"A1000","apiResultData":{"success":true,"msgData":null}}"#, Cause::AnotherParcels),
        (r#"{"apiResultCode":"A1000","apiResultData":{"success":true,"msgData":{"orderId":"DB1"}}}"#, Cause::NoNumber),
    ] {
        assert_eq!(doubt(&sf.reply(&create("DB1"), 200, body.as_bytes())), cause, "{body}");
    }
    let busy = br#"{"apiResultCode":"A1005"}"#;
    assert_eq!(
        doubt(&sf.reply(&create("DB1"), 502, busy)),
        Cause::CarrierFailed,
        "a failing gateway is no flow control"
    );
}
