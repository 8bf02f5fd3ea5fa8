//! Every code of the carrier's table, said by whoever says it, in answer to an order, a question and a cancellation.

use std::collections::BTreeMap;
use std::time::Duration;

use milepost::carrier::breaker::{Breaker, Pass, Why};
use milepost::carrier::{Cause, Class, Outcome};
use milepost::sim::carrier::Fault;

use super::subject::{By, Feature, Subject};
use super::world::{World, create, doubt, issued, query, rejected};
use super::{Case, case};

pub fn cases(subject: &'static dyn Subject) -> Vec<Case> {
    let mut cases = Vec::new();
    for (by, class, codes) in subject.codes().iter().filter(|(by, ..)| *by != By::Answer) {
        for code in *codes {
            let fault = subject.saying(*by, code);
            cases.push(case(format!("code {code} is {class:?}"), move || means(subject, fault, *class)));
        }
    }
    for by in [By::Gateway, By::Service] {
        cases.push(case(format!("a code nobody knows, said by the {by:?}"), move || async move {
            let world = World::failing(subject, subject.saying(by, "Z4711")).await;
            for operation in [create("DB1"), query("DB1"), world.cancel("DB1")] {
                assert_eq!(doubt(&world.ask(&operation).await), Cause::UnknownCode, "{operation:?}");
            }
            assert!(world.sim.book().is_empty());
        }));
    }
    cases.extend([
        case("the table of the config is the table of the documents", move || async move {
            let documented =
                subject.codes().iter().flat_map(|(_, class, codes)| codes.iter().map(|code| (*code, *class)));
            let documented: BTreeMap<&str, Class> = documented.collect();
            let table = subject.table();
            let configured: BTreeMap<&str, Class> = table.codes().collect();
            assert_eq!(configured, documented);
        }),
        case("flow control is no outage, and is waited for", move || async move {
            let (by, _) = subject.by(subject.busy());
            let world = World::failing(subject, subject.saying(by, subject.busy())).await;
            let mut breaker = Breaker::new(Duration::from_secs(3));
            for _ in 0..5 {
                let outcome = world.ask(&create("DB1")).await;
                assert_eq!(rejected(&outcome), Class::Busy);
                breaker.record(&outcome, Duration::ZERO, Duration::ZERO);
            }
            assert_eq!(breaker.why_open(), Some(Why::Busy));
            assert_eq!(breaker.pass(Duration::from_secs(1)), Pass::Probe, "a second later, however often it said so");
            let Outcome::Unknown(asked) = world.ask(&query("DB1")).await else { panic!("a refused question") };
            assert_eq!(asked.cause, Cause::QueryRefused, "it says nothing about the parcel");
            assert!(asked.retry_after_s.is_some());
            assert!(world.sim.book().is_empty());
        }),
        case("this machine's address is refused", move || async move {
            if !subject.has(Feature::Addresses) {
                assert_eq!(subject.address_refused(), "");
                return;
            }
            let (by, _) = subject.by(subject.address_refused());
            let world = World::failing(subject, subject.saying(by, subject.address_refused())).await;
            let Outcome::Rejected(rejection) = world.ask(&create("DB1")).await else { panic!("not refused") };
            assert_eq!(rejection.class, Class::Config);
            assert!(rejection.cure_en.contains("address"), "{}", rejection.cure_en);
        }),
        case("a message that repeats the receiver names nobody", move || async move {
            let world = World::failing(subject, Fault::Echo(subject.bad_receiver().to_owned())).await;
            let outcome = world.ask(&create("DB1")).await;
            let (_, class) = subject.by(subject.bad_receiver());
            assert_eq!(rejected(&outcome), class);
            let Outcome::Rejected(rejection) = outcome else { unreachable!() };
            assert!(rejection.message.contains('…'), "nothing was repeated: {}", rejection.message);
        }),
        case("a message of an unknown code that repeats the receiver names nobody", move || async move {
            let world = World::failing(subject, Fault::Echo("Z4711".to_owned())).await;
            let outcome = world.ask(&create("DB1")).await;
            assert_eq!(doubt(&outcome), Cause::UnknownCode);
            assert!(format!("{outcome:?}").contains('…'), "nothing was repeated: {outcome:?}");
        }),
        case("after a refusal that is over the same id gets its number", move || async move {
            let (by, _) = subject.by(subject.busy());
            let world = World::failing(subject, subject.saying(by, subject.busy())).await;
            rejected(&world.ask(&create("DB1")).await);
            world.set_fault(None);
            assert_eq!(issued(world.ask(&create("DB1")).await).number, world.booked("DB1").number);
        }),
    ]);
    cases
}

/// What a class means for the parcel, whatever the carrier's words.
async fn means(subject: &'static dyn Subject, fault: Fault, class: Class) {
    let world = World::failing(subject, fault).await;
    let created = world.ask(&create("DB1")).await;
    let asked = world.ask(&query("DB1")).await;
    let cancelled = world.ask(&world.cancel("DB1")).await;
    match class {
        Class::Duplicate | Class::Ambiguous => {
            let cause = if class == Class::Duplicate { Cause::Duplicate } else { Cause::CarrierFailed };
            for outcome in [created, asked, cancelled] {
                assert_eq!(doubt(&outcome), cause);
            }
        }
        Class::AlreadyCancelled => {
            assert_eq!((rejected(&created), rejected(&asked)), (class, class));
            assert_eq!(cancelled, Outcome::Cancelled);
        }
        Class::NotFound | Class::Undeliverable => {
            assert_eq!([created, asked, cancelled].map(|outcome| rejected(&outcome)), [class; 3]);
        }
        _ => {
            assert_eq!((rejected(&created), rejected(&cancelled)), (class, class));
            assert_eq!(doubt(&asked), Cause::QueryRefused, "a refused question says nothing about the parcel");
        }
    }
    assert!(world.sim.book().is_empty());
}
