//! One parcel, one booking: asked twice, cancelled, registered with a number that is held.

use milepost::carrier::{Attention, Cause, Class, Outcome};
use milepost::sim::carrier::Fault;
use serde_json::json;

use super::subject::{By, Duplicates, Feature, Manner, Subject};
use super::world::{World, cancel, create, create_with, doubt, issued, now, query, rejected, shipment_with};
use super::{Case, case};

pub fn cases(subject: &'static dyn Subject) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for envelope in subject.envelopes() {
        cases.push(case(format!("an answer written as {envelope} is read"), move || async move {
            let usual = World::usual(subject).await;
            let world = World::of(subject, Manner { envelope, ..subject.usual() }).await;
            let outcome = world.ask(&create("DB1")).await;
            assert_eq!(outcome, usual.ask(&create("DB1")).await);
            issued(outcome);
            assert_eq!(rejected(&world.ask(&query("DB404")).await), Class::NotFound);
        }));
    }
    cases.extend([
        case("an order gets its number and what its label needs", move || async move {
            let world = World::usual(subject).await;
            let issued = issued(world.ask(&create("DB1")).await);
            assert_eq!(issued.number, world.booked("DB1").number);
            assert!(issued.routing.contains_key(subject.sorted_by()), "{:?}", issued.routing);
            assert_eq!((issued.attention, issued.child_numbers), (Vec::new(), Vec::new()));
        }),
        case("two orders get two numbers", move || async move {
            let world = World::usual(subject).await;
            let [one, two] = [issued(world.ask(&create("DB1")).await), issued(world.ask(&create("DB2")).await)];
            assert_ne!(one.number, two.number);
            assert_eq!(world.sim.book().len(), 2);
        }),
        case("asked twice, the first number comes again", move || async move {
            let world = World::usual(subject).await;
            let first = issued(world.ask(&create("DB1")).await);
            assert_eq!(issued(world.ask(&create("DB1")).await), first);
            assert_eq!((world.sim.book().len(), world.creations()), (1, 2));
        }),
        case("asked twice, the second time is refused", move || refused_twice(subject)),
        case("a query gives the number and the routing of the order", move || async move {
            let world = World::usual(subject).await;
            let created = issued(world.ask(&create("DB1")).await);
            assert_eq!(issued(world.ask(&query("DB1")).await), created);
        }),
        case("a query for nothing says so", move || async move {
            assert_eq!(rejected(&World::usual(subject).await.ask(&query("DB404")).await), Class::NotFound);
        }),
        case("several pieces", move || pieces(subject)),
        case("a number that is held is registered", move || held(subject)),
        case("a held number of another form is refused", move || async move {
            let world = World::usual(subject).await;
            let odd = create_with("DB1", |shipment| shipment["number"] = json!(subject.held()[1]));
            let class = match world.client.request(&odd, now()) {
                Ok(_) => rejected(&world.ask(&odd).await),
                Err(_) => Class::Order,
            };
            assert_eq!(class, Class::Order);
            assert!(world.sim.book().is_empty());
        }),
        case("a held number answered by another one", move || async move {
            let world = World::usual(subject).await;
            issued(world.ask(&create("DB0")).await);
            world.set_fault(Some(Fault::SwappedNumber));
            let held = create_with("DB1", |shipment| shipment["number"] = json!(subject.held()[0]));
            assert_eq!(doubt(&world.ask(&held).await), Cause::AnotherParcels);
            assert_eq!(world.settle(&held).await.number, subject.held()[0]);
        }),
        case("a number given twice is right in itself", move || async move {
            // Numbers are unique where they are stored, and this is what breaks there.
            let world = World::failing(subject, Fault::SameNumber).await;
            let [one, two] = [issued(world.ask(&create("DB1")).await), issued(world.ask(&create("DB2")).await)];
            assert_eq!(one.number, two.number);
        }),
        case("a label without its routing is issued and needs a person", move || async move {
            let world = World::failing(subject, Fault::NoRouting).await;
            let issued = issued(world.ask(&create("DB1")).await);
            assert_eq!((issued.number, issued.attention), (world.booked("DB1").number, vec![Attention::NoRouting]));
        }),
        case("a place it doesn't deliver to", move || async move {
            let world = World::failing(subject, Fault::Undeliverable).await;
            let outcome = world.ask(&create("DB1")).await;
            if subject.has(Feature::Undeliverable) {
                assert_eq!(rejected(&outcome), Class::Undeliverable);
            } else {
                assert_eq!(issued(outcome).attention, []);
            }
        }),
        case("people decide", move || {
            attention(subject, Fault::ManualCheck, Feature::ManualCheck, Attention::ManualCheck)
        }),
        case("nothing is decided", move || {
            attention(subject, Fault::Undetermined, Feature::Undetermined, Attention::Undetermined)
        }),
        case("cancelled", move || async move {
            let world = World::usual(subject).await;
            issued(world.ask(&create("DB1")).await);
            assert_eq!(world.ask(&world.cancel("DB1")).await, Outcome::Cancelled);
            assert!(world.booked("DB1").cancelled);
        }),
        case("cancelled by its number as well", move || async move {
            let world = World::usual(subject).await;
            let number = Some(issued(world.ask(&create("DB1")).await).number);
            let cancel = milepost::carrier::Operation::Cancel { waybill_id: "DB1".into(), number };
            assert_eq!(world.ask(&cancel).await, Outcome::Cancelled);
            assert!(world.booked("DB1").cancelled);
        }),
        case("cancelled twice is what was wanted", move || async move {
            let world = World::usual(subject).await;
            issued(world.ask(&create("DB1")).await);
            assert_eq!(world.ask(&world.cancel("DB1")).await, Outcome::Cancelled);
            assert_eq!(world.ask(&world.cancel("DB1")).await, Outcome::Cancelled);
        }),
        case("nothing is there to be cancelled", move || async move {
            let world = World::usual(subject).await;
            let outcome = world.ask(&world.cancel("DB404")).await;
            if subject.knows_nothing_to_cancel() {
                assert_eq!(rejected(&outcome), Class::NotFound);
            } else {
                assert_eq!(doubt(&outcome), Cause::UnknownCode);
            }
        }),
        case("a cancellation without the number", move || async move {
            let world = World::usual(subject).await;
            issued(world.ask(&create("DB1")).await);
            let cancel = cancel("DB1");
            if subject.cancels_by_number() {
                let error = world.client.request(&cancel, now()).expect_err("no number").to_string();
                assert!(error.contains("number"), "{error}");
            } else {
                assert_eq!(world.ask(&cancel).await, Outcome::Cancelled);
            }
        }),
        case("too late to be cancelled", move || async move {
            let world = World::usual(subject).await;
            issued(world.ask(&create("DB1")).await);
            match subject.too_late() {
                Some(code) => {
                    let (by, class) = subject.by(code);
                    world.set_fault(Some(subject.saying(by, code)));
                    assert_eq!(rejected(&world.ask(&world.cancel("DB1")).await), class);
                }
                None => {
                    world.set_fault(Some(subject.saying(By::Service, "Z4711")));
                    assert_eq!(doubt(&world.ask(&world.cancel("DB1")).await), Cause::UnknownCode);
                }
            }
            assert!(!world.booked("DB1").cancelled);
        }),
        case("a cancelled order isn't found any more", move || async move {
            let world = World::usual(subject).await;
            issued(world.ask(&create("DB1")).await);
            world.ask(&world.cancel("DB1")).await;
            assert_eq!(rejected(&world.ask(&query("DB1")).await), Class::NotFound);
        }),
        case("a cancelled order's id gets no second number", move || async move {
            let world = World::usual(subject).await;
            issued(world.ask(&create("DB1")).await);
            let book = world.booked("DB1").number;
            world.ask(&world.cancel("DB1")).await;
            assert_eq!(doubt(&world.ask(&create("DB1")).await), subject.repeated());
            assert_eq!(world.booked("DB1").number, book);
        }),
    ]);
    cases
}

async fn refused_twice(subject: &'static dyn Subject) {
    let world = World::of(subject, Manner { duplicates: Duplicates::Refuse, ..subject.usual() }).await;
    let first = issued(world.ask(&create("DB1")).await);
    assert_eq!(doubt(&world.ask(&create("DB1")).await), subject.repeated());
    assert_eq!(issued(world.ask(&query("DB1")).await).number, first.number);
    assert_eq!((world.sim.book().len(), world.creations()), (1, 2));
}

async fn pieces(subject: &'static dyn Subject) {
    let world = World::usual(subject).await;
    let three = create_with("DB1", |shipment| shipment["pieces"] = json!(3));
    if !subject.has(Feature::Children) {
        let error = world.client.request(&three, now()).expect_err("it has no children").to_string();
        assert!(error.contains("pieces"), "{error}");
        return;
    }
    let issued = issued(world.ask(&three).await);
    assert_eq!(issued.child_numbers.len(), 2);
    assert!(!issued.child_numbers.contains(&issued.number));
}

async fn held(subject: &'static dyn Subject) {
    let world = World::usual(subject).await;
    let number = subject.held()[0];
    let shipment = shipment_with("DB1", |shipment| shipment["number"] = json!(number));
    let operation = milepost::carrier::Operation::Create(Box::new(shipment));
    assert_eq!(issued(world.ask(&operation).await).number, number);
    assert_eq!(world.booked("DB1").number, number);
    assert_eq!(issued(world.ask(&query("DB1")).await).number, number);
}

async fn attention(subject: &'static dyn Subject, fault: Fault, feature: Feature, attention: Attention) {
    let world = World::failing(subject, fault).await;
    let issued = issued(world.ask(&create("DB1")).await);
    assert_eq!(issued.number, world.booked("DB1").number);
    assert_eq!(issued.attention, if subject.has(feature) { vec![attention] } else { Vec::new() });
}
