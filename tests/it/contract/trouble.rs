//! What happens on the way to a carrier and back. Whatever it is, there is one booking and one number in the end.

use std::time::Duration;

use milepost::carrier::http::Sent;
use milepost::carrier::{Cause, Outcome};
use milepost::sim::carrier::Fault;

use super::subject::{Account, Feature, Subject};
use super::world::{World, create, doubt, issued, now, query};
use super::{Case, case};

/// What happens, what the client must think, and whether the carrier has booked it.
fn troubles() -> Vec<(&'static str, Fault, Cause, bool)> {
    vec![
        ("an answer that never comes", Fault::Timeout, Cause::NoAnswer, true),
        ("a request that was lost", Fault::Lost, Cause::NoAnswer, false),
        ("an answer after thirty seconds", Fault::Slow(Duration::from_secs(30)), Cause::NoAnswer, true),
        ("a reset connection", Fault::Reset, Cause::NoAnswer, true),
        ("half an answer", Fault::Truncated, Cause::NoAnswer, true),
        ("an answer that drips", Fault::Drip, Cause::NoAnswer, true),
        ("an empty answer", Fault::Empty, Cause::Unreadable, true),
        ("a captive portal", Fault::Html, Cause::Unreadable, false),
        ("JSON of another shape", Fault::WrongJson, Cause::Unreadable, false),
        ("a gateway that fails", Fault::Status500, Cause::CarrierFailed, false),
        ("success without a number", Fault::NoNumber, Cause::NoNumber, true),
        ("a number of another form", Fault::OddNumber, Cause::NoNumber, true),
        ("the answer of another parcel", Fault::AnotherParcels, Cause::AnotherParcels, true),
    ]
}

pub fn cases(subject: &'static dyn Subject) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, fault, cause, booked) in troubles() {
        let (created, asked, cancelled) = (fault.clone(), fault.clone(), fault.clone());
        cases.push(case(format!("{name}: to an order"), move || ordered(subject, created, cause, booked)));
        cases.push(case(format!("{name}: to a query"), move || queried(subject, asked, cause)));
        // A cancellation is answered without a number.
        if !matches!(fault, Fault::NoNumber | Fault::OddNumber) {
            cases.push(case(format!("{name}: to a cancellation"), move || undone(subject, cancelled, cause)));
        }
    }
    cases.extend([
        case("a slow answer within patience is an answer", move || async move {
            let world = World::failing(subject, Fault::Slow(Duration::from_millis(60))).await;
            assert_eq!(issued(world.ask(&create("DB1")).await).number, world.booked("DB1").number);
        }),
        case("the answer of a parcel of our own", move || async move {
            let world = World::usual(subject).await;
            let other = issued(world.ask(&create("DB1")).await);
            world.set_fault(Some(Fault::AnotherParcels));
            assert_eq!(doubt(&world.ask(&create("DB2")).await), Cause::AnotherParcels);
            assert_eq!(doubt(&world.ask(&query("DB2")).await), Cause::AnotherParcels);
            assert_ne!(world.settle(&create("DB2")).await.number, other.number);
        }),
        case("the routing of another parcel", move || foreign_routing(subject)),
        case("several troubles one after the other are one booking", move || async move {
            let world = World::usual(subject).await;
            for fault in [Fault::Timeout, Fault::Reset, Fault::Truncated, Fault::Empty] {
                world.set_fault(Some(fault));
                doubt(&world.ask(&create("DB1")).await);
            }
            let booked = world.booked("DB1").number;
            assert_eq!(world.settle(&create("DB1")).await.number, booked);
            assert_eq!(world.sim.book().len(), 1);
        }),
        case("nobody there: nothing was sent", move || async move {
            let world = World::usual(subject).await;
            let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let url = format!("http://{}", gone.local_addr().expect("it is bound"));
            drop(gone);
            let sent = elsewhere(&world, url).await;
            assert!(matches!(&sent, Sent::NothingSent(why) if why.contains("refused")), "{sent:?}");
        }),
        case("an endpoint that is no address: nothing was sent", move || async move {
            let world = World::usual(subject).await;
            let sent = elsewhere(&world, "not an address".to_owned()).await;
            assert!(matches!(sent, Sent::NothingSent(_)), "{sent:?}");
        }),
    ]);
    cases
}

async fn elsewhere(world: &World, url: String) -> Sent {
    let client = world.subject.client(&Account { url, ..world.account() });
    let request = client.request(&create("DB1"), now()).expect("a good operation");
    world.send(&request).await
}

/// In doubt; then ask by id, and find the very number or nothing. Never a second booking.
async fn ordered(subject: &'static dyn Subject, fault: Fault, cause: Cause, booked: bool) {
    let world = World::failing(subject, fault).await;
    let operation = create("DB1");
    assert_eq!(doubt(&world.ask(&operation).await), cause);
    assert_eq!(world.sim.received().len(), 1, "the client asks once");
    let book = world.sim.book();
    assert_eq!(book.len(), usize::from(booked));
    let settled = world.settle(&operation).await;
    assert_eq!(settled.number, world.booked("DB1").number);
    assert!(book.get("DB1").is_none_or(|first| first.number == settled.number), "a second number");
    assert_eq!((world.sim.book().len(), world.creations()), (1, if booked { 1 } else { 2 }));
}

/// A question that isn't answered says nothing: not that it is there, and not that it isn't.
async fn queried(subject: &'static dyn Subject, fault: Fault, cause: Cause) {
    let world = World::usual(subject).await;
    let created = issued(world.ask(&create("DB1")).await);
    world.set_fault(Some(fault));
    assert_eq!(doubt(&world.ask(&query("DB1")).await), cause);
    assert_eq!(world.settle(&create("DB1")).await, created);
}

/// In doubt whether it is cancelled; asked again it is.
async fn undone(subject: &'static dyn Subject, fault: Fault, cause: Cause) {
    let world = World::usual(subject).await;
    issued(world.ask(&create("DB1")).await);
    world.set_fault(Some(fault));
    assert_eq!(doubt(&world.ask(&world.cancel("DB1")).await), cause);
    world.set_fault(None);
    assert_eq!(world.ask(&world.cancel("DB1")).await, Outcome::Cancelled);
    assert!(world.booked("DB1").cancelled);
}

async fn foreign_routing(subject: &'static dyn Subject) {
    let world = World::failing(subject, Fault::ForeignRouting).await;
    let outcome = world.ask(&create("DB1")).await;
    if subject.has(Feature::NumberInRouting) {
        assert_eq!(doubt(&outcome), Cause::AnotherParcels);
        assert_eq!(world.settle(&create("DB1")).await.number, world.booked("DB1").number);
        return;
    }
    let issued = issued(outcome);
    let number = world.booked("DB1").number;
    assert!(!format!("{:?}", issued.routing).contains(&number), "the routing names a number: {:?}", issued.routing);
}
