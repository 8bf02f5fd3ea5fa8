//! Each operation beside ordering, asking and cancelling: what the carrier has of it works and is doubted like all else,
//! what it hasn't isn't sent.

use milepost::carrier::tracking::Meaning;
use milepost::carrier::{CarrierError, Cause, Operation, Outcome};
use milepost::sim::carrier::Fault;
use serde_json::json;

use super::subject::{By, Subject};
use super::world::{World, create, create_with, doubt, issued, names_nobody, now, shipment_with, tracked};
use super::{Case, case};

/// Those that not every carrier has.
const OTHERS: [&str; 7] = ["update", "intercept", "route", "track", "subscribe", "prefetch", "balance"];

fn operation(name: &str, number: &str) -> Operation {
    match name {
        "update" => Operation::Update(Box::new(shipment_with("DB1", |shipment| shipment["remark"] = json!("new")))),
        "intercept" => Operation::Intercept { waybill_id: "DB1".into(), number: number.to_owned() },
        "route" => Operation::Route(Box::new(shipment_with("DB1", |_| {}))),
        "track" => Operation::Track(tracked("DB1", number)),
        "subscribe" => Operation::Subscribe(tracked("DB1", number)),
        "prefetch" => Operation::Prefetch { count: 3 },
        "balance" => Operation::Balance,
        other => panic!("`{other}` is no operation"),
    }
}

pub fn cases(subject: &'static dyn Subject) -> Vec<Case> {
    let mut cases = vec![case("the exam knows every operation", move || async move {
        let others = OTHERS.iter().map(|name| operation(name, "").name());
        assert!(others.eq(OTHERS));
        assert!(subject.operations().iter().all(|name| OTHERS.contains(name)), "{:?}", subject.operations());
    })];
    for name in OTHERS {
        if !subject.operations().contains(&name) {
            cases.push(case(format!("{name} isn't sent, and there is a way without it"), move || async move {
                let world = World::usual(subject).await;
                let error = world.client.request(&operation(name, subject.held()[0]), now()).expect_err(name);
                names_nobody(&error.to_string());
                let CarrierError::Unsupported { carrier, operation, instead } = error else { panic!("{error:?}") };
                assert_eq!((carrier, operation), (subject.carrier(), name));
                assert!(instead.len() > 10, "what to do instead: {instead}");
            }));
            continue;
        }
        cases.push(case(format!("{name} works"), move || works(subject, name)));
        for (what, fault, cause) in [
            ("silence", Fault::Timeout, Cause::NoAnswer),
            ("a captive portal", Fault::Html, Cause::Unreadable),
            ("an empty answer", Fault::Empty, Cause::Unreadable),
            ("JSON of another shape", Fault::WrongJson, Cause::Unreadable),
            ("a gateway that fails", Fault::Status500, Cause::CarrierFailed),
            ("an unknown code", subject.saying(By::Service, "Z4711"), Cause::UnknownCode),
        ] {
            cases.push(case(format!("{name} after {what} is in doubt"), move || async move {
                let world = World::usual(subject).await;
                let number = issued(world.ask(&create("DB1")).await).number;
                world.set_fault(Some(fault));
                assert_eq!(doubt(&world.ask(&operation(name, &number)).await), cause);
            }));
        }
    }
    if subject.operations().contains(&"track") {
        cases.push(case("the way of another parcel", move || async move {
            let world = World::usual(subject).await;
            let number = issued(world.ask(&create("DB1")).await).number;
            world.set_fault(Some(Fault::AnotherParcels));
            assert_eq!(doubt(&world.ask(&operation("track", &number)).await), Cause::AnotherParcels);
        }));
    }
    cases
}

async fn works(subject: &'static dyn Subject, name: &'static str) {
    let world = World::usual(subject).await;
    let booked = issued(world.ask(&create("DB1")).await);
    let outcome = world.ask(&operation(name, &booked.number)).await;
    match (name, outcome) {
        ("update" | "intercept" | "subscribe", outcome) => assert_eq!(outcome, Outcome::Done),
        ("route", Outcome::Routed(routing)) => {
            let key = subject.sorted_by();
            assert_eq!(routing.get(key), booked.routing.get(key), "the same place is sorted alike");
            assert_eq!(world.sim.book().len(), 1, "nothing is booked");
        }
        ("track", Outcome::Tracked(scans)) => {
            assert!(scans.iter().all(|scan| scan.number == booked.number), "{scans:?}");
            let meanings: Vec<Meaning> = scans.iter().map(|scan| scan.meaning).collect();
            assert_eq!(meanings, [Meaning::Collected, Meaning::InTransit]);
        }
        ("prefetch", Outcome::Numbers(numbers)) => {
            assert_eq!(numbers.len(), 3);
            let held = create_with("DB2", |shipment| shipment["number"] = json!(numbers[0]));
            assert_eq!(issued(world.ask(&held).await).number, numbers[0], "a fetched number can be registered");
        }
        ("balance", Outcome::Balance { left }) => {
            issued(world.ask(&create("DB2")).await);
            assert_eq!(world.ask(&Operation::Balance).await, Outcome::Balance { left: left - 1 });
        }
        (name, outcome) => panic!("{name}: {outcome:?}"),
    }
}
