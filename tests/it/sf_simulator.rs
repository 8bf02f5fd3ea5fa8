//! The contract exam of the SF client, over real sockets against SF's simulator: everything SF can answer, and everything
//! that can happen on the way.

use std::time::Duration;

use jiff::Timestamp;
use milepost::carrier::account::Config;
use milepost::carrier::http::{self, Sent};
use milepost::carrier::sf::{self, Account, Mode, Sf};
use milepost::carrier::{Attention, Carrier, Cause, Class, Issued, Operation, Outcome, Secret, ShipmentRequest};
use milepost::sim::carrier::sf::{Duplicates, Envelope, Fault, Options, SfSim, Signature, start};
use serde_json::{Value, json};

use crate::carrier::shipment;

/// Far more than an answer of this machine needs, far less than a test should wait for one that never comes.
const PATIENCE: Duration = Duration::from_millis(400);

struct World {
    sim: SfSim,
    sf: Sf,
    http: reqwest::Client,
}

async fn world(options: Options) -> World {
    let (mode, check_word, partner_id) =
        (mode_of(options.signature), options.check_word.clone(), options.partner_id.clone());
    let sim = start(options).await.expect("a free port");
    let account = Account { endpoint: sim.url(), signature: mode, partner_id, ..Account::default() };
    let sf = client_of(account, &check_word);
    let http = http::client(PATIENCE, PATIENCE).expect("a client");
    World { sim, sf, http }
}

fn client_of(account: Account, check_word: &str) -> Sf {
    let config = sf::config(sf::BUILTIN).expect("the built-in config loads");
    Sf::new(Config { account, ..config }, Secret::new(check_word))
}

fn mode_of(signature: Signature) -> Mode {
    match signature {
        Signature::StandardMd5 => Mode::StandardMd5,
        Signature::SimpleMd5 => Mode::SimpleMd5,
        Signature::Sm3 => Mode::Sm3,
    }
}

fn create(id: &str) -> Operation {
    create_with(id, |_| {})
}

fn create_with(id: &str, change: impl FnOnce(&mut Value)) -> Operation {
    let mut request = shipment();
    request["waybill_id"] = json!(id);
    change(&mut request);
    let request: ShipmentRequest = serde_json::from_value(request).expect("a shipment");
    Operation::Create(Box::new(request))
}

fn query(id: &str) -> Operation {
    Operation::Query { waybill_id: id.into() }
}

fn cancel(id: &str) -> Operation {
    Operation::Cancel { waybill_id: id.into(), number: None }
}

impl World {
    async fn default() -> World {
        world(Options::default()).await
    }

    async fn failing(fault: Fault) -> World {
        let world = World::default().await;
        world.sim.set_fault(Some(fault));
        world
    }

    async fn send(&self, operation: &Operation) -> Sent {
        let now: Timestamp = "2026-02-18T06:25:00Z".parse().expect("a time");
        let request = self.sf.request(operation, now).expect("a good operation");
        http::send(&self.http, &request).await
    }

    async fn ask(&self, operation: &Operation) -> Outcome {
        match self.send(operation).await {
            Sent::Answer { status, body } => self.sf.reply(operation, status, &body),
            Sent::Unknown(why) => Outcome::no_answer(why),
            Sent::NothingSent(why) => panic!("the simulator is there: {why}"),
        }
    }

    /// The usual way out of doubt: the trouble ends, ask by id, and only if it isn't there create again.
    async fn settle(&self, operation: &Operation) -> Issued {
        self.sim.set_fault(None);
        match self.ask(&query(operation.waybill_id().expect("about a parcel").as_str())).await {
            Outcome::Rejected(rejection) if rejection.class == Class::NotFound => issued(self.ask(operation).await),
            outcome => issued(outcome),
        }
    }

    fn number(&self, id: &str) -> String {
        self.sim.book().get(id).expect("it is in SF's book").number.clone()
    }

    fn creations(&self) -> usize {
        self.sim.calls().iter().filter(|call| call.service == "EXP_RECE_CREATE_ORDER").count()
    }
}

fn issued(outcome: Outcome) -> Issued {
    match outcome {
        Outcome::Confirmed(issued) => issued,
        other => panic!("not confirmed: {other:?}"),
    }
}

fn doubt(outcome: &Outcome) -> (Cause, bool) {
    match outcome {
        Outcome::Unknown(doubt) => (doubt.cause, doubt.query_first),
        other => panic!("not in doubt: {other:?}"),
    }
}

fn rejected(outcome: &Outcome) -> Class {
    match outcome {
        Outcome::Rejected(rejection) => rejection.class,
        other => panic!("not rejected: {other:?}"),
    }
}

/// What people see of an outcome.
fn shown(outcome: &Outcome) -> String {
    serde_json::to_string_pretty(outcome).expect("an outcome serialises")
}

#[tokio::test]
async fn an_order_gets_its_number_and_routing() {
    let world = World::default().await;
    let issued = issued(world.ask(&create("DB1")).await);
    assert_eq!(issued.number, world.number("DB1"));
    assert_eq!(issued.attention, []);
    insta::assert_snapshot!(serde_json::to_string_pretty(&issued).expect("it serialises"));
}

#[tokio::test]
async fn each_signature_is_accepted_by_an_application_that_has_it_and_by_no_other() {
    for signature in [Signature::StandardMd5, Signature::SimpleMd5, Signature::Sm3] {
        let world = world(Options { signature, ..Options::default() }).await;
        issued(world.ask(&create("DB1")).await);
        for (name, other) in Mode::ALL.into_iter().filter(|(_, mode)| *mode != mode_of(signature)) {
            let account = Account { endpoint: world.sim.url(), signature: other, ..Account::default() };
            let wrong = client_of(account, &Options::default().check_word);
            let request = wrong.request(&create("DB2"), Timestamp::UNIX_EPOCH).expect("a good operation");
            let Sent::Answer { status, body } = http::send(&world.http, &request).await else { panic!("SF answers") };
            assert_eq!(
                rejected(&wrong.reply(&create("DB2"), status, &body)),
                Class::Config,
                "{signature:?} got {name}"
            );
        }
    }
}

#[tokio::test]
async fn text_that_encodes_badly_is_signed_right() {
    for (id, name) in [("DB1", "a b+c&d=e%f"), ("DB2", "~!'()*-_."), ("DB3", "𠮷·é😀"), ("DB4", "\"\\/")] {
        let world = World::default().await;
        let operation = create_with(id, |shipment| shipment["cargo"][0]["name"] = json!(name));
        issued(world.ask(&operation).await);
        assert_eq!(world.sim.calls()[0].message["cargoDetails"][0]["name"], name);
    }
}

#[tokio::test]
async fn every_documented_envelope_reads_the_same() {
    let mut seen = Vec::new();
    for envelope in [Envelope::Text, Envelope::Object, Envelope::Words] {
        let world = world(Options { envelope, ..Options::default() }).await;
        seen.push(world.ask(&create("DB1")).await);
        assert_eq!(rejected(&world.ask(&query("DB9")).await), Class::NotFound, "{envelope:?}");
    }
    assert!(matches!(seen[0], Outcome::Confirmed(_)));
    assert!(seen.iter().all(|outcome| *outcome == seen[0]));
}

#[tokio::test]
async fn asked_twice_it_is_one_order() {
    let replay = World::default().await;
    let first = issued(replay.ask(&create("DB1")).await);
    assert_eq!(issued(replay.ask(&create("DB1")).await), first);
    let refuse = world(Options { duplicates: Duplicates::Refuse, ..Options::default() }).await;
    let first = issued(refuse.ask(&create("DB1")).await);
    let second = refuse.ask(&create("DB1")).await;
    assert_eq!(doubt(&second), (Cause::Duplicate, true));
    assert_eq!(issued(refuse.ask(&query("DB1")).await).number, first.number);
    assert_eq!(refuse.sim.book().len(), 1);
}

#[tokio::test]
async fn a_query_gives_the_number_and_the_routing_of_the_order() {
    let world = World::default().await;
    let created = issued(world.ask(&create("DB1")).await);
    assert_eq!(issued(world.ask(&query("DB1")).await), created);
}

#[tokio::test]
async fn a_query_for_nothing_says_so() {
    let outcome = World::default().await.ask(&query("DB404")).await;
    assert_eq!(rejected(&outcome), Class::NotFound);
}

#[tokio::test]
async fn several_pieces_get_a_mother_and_children() {
    let world = World::default().await;
    let issued = issued(world.ask(&create_with("DB1", |shipment| shipment["pieces"] = json!(3))).await);
    assert_eq!(issued.child_numbers.len(), 2);
    assert!(!issued.child_numbers.contains(&issued.number));
}

#[tokio::test]
async fn a_held_number_is_registered() {
    let world = World::default().await;
    let held = create_with("DB1", |shipment| shipment["number"] = json!("SF1234567890123"));
    assert_eq!(issued(world.ask(&held).await).number, "SF1234567890123");
    let odd = create_with("DB2", |shipment| shipment["number"] = json!("NOT-OURS"));
    assert_eq!(rejected(&world.ask(&odd).await), Class::Order);
}

#[tokio::test]
async fn twelve_digit_numbers_are_sfs_too() {
    let sim = start(Options::default()).await.expect("a free port");
    let account = Account { endpoint: sim.url(), unified_waybill_no: false, ..Account::default() };
    let sf = client_of(account, "fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci");
    let world = World { sim, sf, http: http::client(PATIENCE, PATIENCE).expect("a client") };
    assert_eq!(issued(world.ask(&create("DB1")).await).number.len(), 12);
}

#[tokio::test]
async fn cancelling_is_done_once_and_may_be_asked_again() {
    let world = World::default().await;
    issued(world.ask(&create("DB1")).await);
    assert_eq!(world.ask(&cancel("DB1")).await, Outcome::Cancelled);
    assert_eq!(world.ask(&cancel("DB1")).await, Outcome::Cancelled, "8037 is what was wanted");
    assert!(world.sim.book()["DB1"].cancelled);
    assert_eq!(rejected(&world.ask(&cancel("DB404")).await), Class::NotFound);
    assert_eq!(rejected(&world.ask(&query("DB1")).await), Class::NotFound);
    assert_eq!(doubt(&world.ask(&create("DB1")).await), (Cause::Duplicate, true), "an id is not used again");
}

#[tokio::test]
async fn a_confirmed_order_cannot_be_cancelled() {
    let world = World::failing(Fault::Business("8252".to_owned())).await;
    assert_eq!(rejected(&world.ask(&cancel("DB1")).await), Class::Order);
}

/// Booked, but the answer was lost: ask by id and find the very number, without a second order.
async fn booked_but_lost(fault: Fault, cause: Cause) -> Outcome {
    let world = World::failing(fault.clone()).await;
    let operation = create("DB1");
    let outcome = world.ask(&operation).await;
    assert_eq!(doubt(&outcome), (cause, true), "{fault:?}");
    let booked = world.number("DB1");
    assert_eq!(world.settle(&operation).await.number, booked, "{fault:?}");
    assert_eq!(world.creations(), 1, "{fault:?}");
    outcome
}

/// Nothing was booked: the query says so, and the same id is asked again.
async fn not_booked(fault: Fault, cause: Cause) -> Outcome {
    let world = World::failing(fault.clone()).await;
    let operation = create("DB1");
    let outcome = world.ask(&operation).await;
    assert_eq!(doubt(&outcome), (cause, true), "{fault:?}");
    assert!(world.sim.book().is_empty(), "{fault:?}");
    assert_eq!(world.settle(&operation).await.number, world.number("DB1"), "{fault:?}");
    assert_eq!(world.sim.book().len(), 1, "{fault:?}");
    outcome
}

#[tokio::test]
async fn an_answer_that_never_comes() {
    let outcome = booked_but_lost(Fault::Timeout, Cause::NoAnswer).await;
    insta::assert_snapshot!(shown(&outcome));
}

#[tokio::test]
async fn a_request_that_never_arrived() {
    not_booked(Fault::Lost, Cause::NoAnswer).await;
}

#[tokio::test]
async fn an_answer_after_thirty_seconds() {
    booked_but_lost(Fault::Slow(Duration::from_secs(30)), Cause::NoAnswer).await;
}

#[tokio::test]
async fn a_slow_answer_within_patience_is_an_answer() {
    let world = World::failing(Fault::Slow(Duration::from_millis(60))).await;
    assert_eq!(issued(world.ask(&create("DB1")).await).number, world.number("DB1"));
}

#[tokio::test]
async fn a_reset_connection() {
    booked_but_lost(Fault::Reset, Cause::NoAnswer).await;
}

#[tokio::test]
async fn half_an_answer() {
    let outcome = booked_but_lost(Fault::Truncated, Cause::NoAnswer).await;
    insta::assert_snapshot!(shown(&outcome));
}

#[tokio::test]
async fn a_captive_portal() {
    let outcome = not_booked(Fault::Html, Cause::Unreadable).await;
    insta::assert_snapshot!(shown(&outcome));
}

#[tokio::test]
async fn a_gateway_that_fails() {
    let outcome = not_booked(Fault::Status500, Cause::CarrierFailed).await;
    insta::assert_snapshot!(shown(&outcome));
}

#[tokio::test]
async fn json_of_another_shape() {
    not_booked(Fault::WrongJson, Cause::Unreadable).await;
}

#[tokio::test]
async fn success_without_a_number() {
    let outcome = booked_but_lost(Fault::NoNumber, Cause::NoNumber).await;
    insta::assert_snapshot!(shown(&outcome));
}

#[tokio::test]
async fn success_with_a_number_that_is_not_sfs() {
    let outcome = booked_but_lost(Fault::OddNumber, Cause::NoNumber).await;
    insta::assert_snapshot!(shown(&outcome));
}

#[tokio::test]
async fn the_answer_of_another_parcel() {
    let outcome = booked_but_lost(Fault::AnotherParcels, Cause::AnotherParcels).await;
    insta::assert_snapshot!(shown(&outcome));
}

#[tokio::test]
async fn the_answer_of_a_parcel_of_our_own() {
    let world = World::default().await;
    let other = issued(world.ask(&create("DB1")).await);
    world.sim.set_fault(Some(Fault::AnotherParcels));
    assert_eq!(doubt(&world.ask(&create("DB2")).await), (Cause::AnotherParcels, true));
    assert_eq!(doubt(&world.ask(&query("DB2")).await), (Cause::AnotherParcels, true));
    assert_ne!(world.settle(&create("DB2")).await.number, other.number);
}

#[tokio::test]
async fn the_routing_of_another_parcel() {
    let outcome = booked_but_lost(Fault::ForeignRouting, Cause::AnotherParcels).await;
    insta::assert_snapshot!(shown(&outcome));
}

#[tokio::test]
async fn a_number_given_twice_is_seen_by_comparing_answers() {
    let world = World::failing(Fault::SameNumber).await;
    let first = issued(world.ask(&create("DB1")).await);
    let second = issued(world.ask(&create("DB2")).await);
    // Each answer is right in itself; numbers are unique where they are stored, and this is what breaks there.
    assert_eq!(first.number, second.number);
}

#[tokio::test]
async fn flow_control_is_no_outage() {
    let world = World::failing(Fault::Gateway("A1005".to_owned())).await;
    let outcome = world.ask(&create("DB1")).await;
    assert_eq!(rejected(&outcome), Class::Busy);
    insta::assert_snapshot!(shown(&outcome));
    let asked = world.ask(&query("DB1")).await;
    assert_eq!(doubt(&asked), (Cause::QueryRefused, true), "a refused question says nothing about the parcel");
}

#[tokio::test]
async fn a_wrong_secret_says_where_to_look() {
    let sim = start(Options::default()).await.expect("a free port");
    let sf = client_of(Account { endpoint: sim.url(), ..Account::default() }, "not-the-check-word");
    let world = World { sim, sf, http: http::client(PATIENCE, PATIENCE).expect("a client") };
    let outcome = world.ask(&create("DB1")).await;
    assert_eq!(rejected(&outcome), Class::Config);
    insta::assert_snapshot!(shown(&outcome));
    assert!(world.sim.book().is_empty());
}

#[tokio::test]
async fn another_accounts_customer_code() {
    let sim = start(Options::default()).await.expect("a free port");
    let account = Account { endpoint: sim.url(), partner_id: "somebody".to_owned(), ..Account::default() };
    let world = World { sim, sf: client_of(account, "x"), http: http::client(PATIENCE, PATIENCE).expect("a client") };
    assert_eq!(rejected(&world.ask(&create("DB1")).await), Class::Config);
}

#[tokio::test]
async fn a_place_sf_does_not_deliver_to() {
    let outcome = World::failing(Fault::Undeliverable).await.ask(&create("DB1")).await;
    assert_eq!(rejected(&outcome), Class::Undeliverable);
    insta::assert_snapshot!(shown(&outcome));
}

#[tokio::test]
async fn numbers_that_need_a_person() {
    for (fault, attention) in [
        (Fault::ManualCheck, Attention::ManualCheck),
        (Fault::Undetermined, Attention::Undetermined),
        (Fault::NoRouting, Attention::NoRouting),
    ] {
        let world = World::failing(fault).await;
        let issued = issued(world.ask(&create("DB1")).await);
        assert_eq!((issued.number, issued.attention), (world.number("DB1"), vec![attention]));
    }
}

#[tokio::test]
async fn codes_mean_what_the_table_says() {
    let gateway = [
        ("A1001", Class::Bug),
        ("A1002", Class::Config),
        ("A1003", Class::Config),
        ("A1004", Class::Config),
        ("A1008", Class::Bug),
        ("A1010", Class::Config),
        ("A1011", Class::Config),
    ];
    let business = [
        ("S0001", Class::Bug),
        ("S0002", Class::Bug),
        ("6135", Class::Bug),
        ("1010", Class::Order),
        ("1023", Class::Order),
        ("6126", Class::Order),
        ("8247", Class::Order),
        ("20035", Class::Order),
        ("8114", Class::Account),
        ("8119", Class::Account),
        ("20036", Class::Account),
        ("8096", Class::Busy),
        ("8177", Class::Busy),
        ("8067", Class::Order),
        ("8117", Class::Order),
        ("8018", Class::NotFound),
        ("6150", Class::NotFound),
    ];
    let world = World::default().await;
    let cases = gateway.map(|(code, class)| (Fault::Gateway(code.to_owned()), class)).into_iter();
    for (fault, class) in cases.chain(business.map(|(code, class)| (Fault::Business(code.to_owned()), class))) {
        world.sim.set_fault(Some(fault.clone()));
        assert_eq!(rejected(&world.ask(&create("DB1")).await), class, "{fault:?}");
    }
    assert!(world.sim.book().is_empty());
}

#[tokio::test]
async fn codes_that_leave_doubt() {
    let world = World::default().await;
    for (fault, cause) in [
        (Fault::Gateway("A1007".to_owned()), Cause::Duplicate),
        (Fault::Business("8016".to_owned()), Cause::Duplicate),
        (Fault::Gateway("A1009".to_owned()), Cause::CarrierFailed),
        (Fault::Gateway("A1099".to_owned()), Cause::CarrierFailed),
        (Fault::Business("S0003".to_owned()), Cause::CarrierFailed),
        (Fault::Business("4001".to_owned()), Cause::CarrierFailed),
        (Fault::Business("99999".to_owned()), Cause::UnknownCode),
        (Fault::Gateway("A7777".to_owned()), Cause::UnknownCode),
    ] {
        world.sim.set_fault(Some(fault.clone()));
        assert_eq!(doubt(&world.ask(&create("DB1")).await), (cause, true), "{fault:?}");
        world.sim.set_fault(Some(fault.clone()));
        assert!(doubt(&world.ask(&cancel("DB1")).await).1, "{fault:?}");
    }
}

#[tokio::test]
async fn nobody_there_means_nothing_was_sent() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}/std/service", gone.local_addr().expect("it is bound"));
    drop(gone);
    let sim = start(Options::default()).await.expect("a free port");
    let sf = client_of(Account { endpoint, ..Account::default() }, "x");
    let world = World { sim, sf, http: http::client(PATIENCE, PATIENCE).expect("a client") };
    let sent = world.send(&create("DB1")).await;
    assert!(matches!(&sent, Sent::NothingSent(why) if why.contains("refused")), "{sent:?}");
}

#[tokio::test]
async fn an_endpoint_that_is_no_address_sends_nothing() {
    let sim = start(Options::default()).await.expect("a free port");
    let sf = client_of(Account { endpoint: "not an address".to_owned(), ..Account::default() }, "x");
    let world = World { sim, sf, http: http::client(PATIENCE, PATIENCE).expect("a client") };
    assert!(matches!(world.send(&create("DB1")).await, Sent::NothingSent(_)));
}

#[test]
fn an_answer_about_nothing_is_no_answer() {
    let sf = client_of(Account::default(), "x");
    for (body, cause) in [
        ("", Cause::Unreadable),
        ("null", Cause::Unreadable),
        ("[]", Cause::Unreadable),
        (r#"{"apiResultCode":"A1000","apiResultData":null}"#, Cause::Unreadable),
        (r#"{"apiResultCode":"A1000","apiResultData":"{\"success\":"}"#, Cause::Unreadable),
        (r#"{"apiResultCode":"A1000","apiResultData":"{\"success\":\"maybe\"}"}"#, Cause::Unreadable),
        (r#"{"apiResultCode":"A1000","apiResultData":{"success":false,"errorCode":null}}"#, Cause::UnknownCode),
        (r#"{"apiResultCode":"A1000","apiResultData":{"success":false,"errorCode":4001}}"#, Cause::CarrierFailed),
        (r#"{"apiResultCode":"A1000","apiResultData":{"success":true,"msgData":null}}"#, Cause::AnotherParcels),
        (r#"{"apiResultCode":"A1000","apiResultData":{"success":true,"msgData":{"orderId":"DB1"}}}"#, Cause::NoNumber),
    ] {
        assert_eq!(doubt(&sf.reply(&create("DB1"), 200, body.as_bytes())), (cause, true), "{body}");
    }
    for (status, cause) in [(502, Cause::CarrierFailed), (404, Cause::Unreadable), (302, Cause::Unreadable)] {
        let body = br#"{"apiResultCode":"A1005"}"#;
        assert_eq!(doubt(&sf.reply(&create("DB1"), status, body)), (cause, true), "{status}");
    }
}

proptest::proptest! {
    #[test]
    fn no_answer_makes_the_client_panic_or_believe(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), status in 100u16..600) {
        let outcome = client_of(Account::default(), "x").reply(&create("DB1"), status, &body);
        proptest::prop_assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    }
}
