//! Whether what is signed is what is sent, in each of the carrier's ways, and whether anything else is refused.

use jiff::SignedDuration;
use milepost::carrier::{Class, Operation, Outcome};
use serde_json::json;

use super::subject::{Account, Feature, Manner, Subject};
use super::world::{World, create, create_with, issued, now, query, rejected};
use super::{Case, case};

/// What encoders get wrong.
const TEXTS: [(&str, &str); 4] =
    [("blanks and signs", "a b+c&d=e%f"), ("marks", "~!'()*-_."), ("rare characters", "𠮷·é😀"), ("quotes", "\"\\/")];

pub fn cases(subject: &'static dyn Subject) -> Vec<Case> {
    let mut cases = Vec::new();
    for signature in subject.signatures() {
        cases.push(case(format!("signature {signature} is taken"), move || async move {
            let world = World::of(subject, Manner { signature, ..subject.usual() }).await;
            issued(world.ask(&create("DB1")).await);
            assert!(world.sim.book().contains_key("DB1"));
        }));
        cases.push(case(format!("every other signature than {signature} is refused"), move || {
            others(subject, signature)
        }));
    }
    for (what, text) in TEXTS {
        cases.push(case(format!("{what} are signed and sent right"), move || async move {
            let world = World::usual(subject).await;
            issued(world.ask(&create_with("DB1", |shipment| shipment["cargo"][0]["name"] = json!(text))).await);
            let is_taken = |c: &char| subject.has(Feature::RareCharacters) || c.len_utf8() < 4;
            let expected: String = text.chars().filter(is_taken).collect();
            assert_eq!(subject.cargo(&world.sim.received()[0]), expected);
        }));
    }
    cases.extend([
        case("a wrong secret is a matter of the config", move || wrong_secret(subject)),
        case("a line end after the secret doesn't count", move || async move {
            let world = World::usual(subject).await;
            let secret = format!("\u{feff}{}\r\n", subject.secret()).leak();
            let client = subject.client(&Account { secret: Some(secret), ..world.account() });
            issued(world.ask_as(&*client, &create("DB1")).await);
        }),
        case("somebody else's customer code is refused", move || async move {
            let world = World::usual(subject).await;
            let client = subject.client(&Account { customer: Some("SOMEBODY"), ..world.account() });
            assert_eq!(rejected(&world.ask_as(&*client, &create("DB1")).await), Class::Config);
            assert!(world.sim.book().is_empty());
        }),
        case("a body changed by a byte after it was signed is refused", move || async move {
            let world = World::usual(subject).await;
            let mut request = world.request(&create("DB1"));
            request.body = request.body.replacen("DB1", "DB2", 1);
            assert_eq!(rejected(&world.answer(&*world.client, &create("DB2"), &request).await), Class::Config);
            assert!(world.sim.book().is_empty());
        }),
        case("no byte of what is signed can be changed", move || every_byte(subject)),
        case("a request built again is the same to the byte", move || async move {
            let world = World::usual(subject).await;
            assert_eq!(world.request(&create("DB1")), world.request(&create("DB1")));
            assert_ne!(world.request(&create("DB1")), world.request(&query("DB1")));
        }),
        case("the request that was kept is the one that arrives", move || kept(subject)),
        case("a clock that is a day slow", move || slow_clock(subject)),
    ]);
    cases
}

async fn others(subject: &'static dyn Subject, signature: &'static str) {
    let world = World::of(subject, Manner { signature, ..subject.usual() }).await;
    let others: Vec<_> = subject.signatures().iter().filter(|other| **other != signature).collect();
    assert_eq!(others.len() + 1, subject.signatures().len());
    for other in others {
        let client = subject.client(&Account { signature: other, ..world.account() });
        assert_eq!(rejected(&world.ask_as(&*client, &create("DB1")).await), Class::Config, "{other}");
    }
    assert!(world.sim.book().is_empty());
}

async fn wrong_secret(subject: &'static dyn Subject) {
    let world = World::usual(subject).await;
    let client = subject.client(&Account { secret: Some("not-the-secret"), ..world.account() });
    assert_eq!(rejected(&world.ask_as(&*client, &create("DB1")).await), Class::Config);
    assert!(world.sim.book().is_empty());
    assert!(!format!("{:?}", world.ask_as(&*client, &query("DB1")).await).contains("not-the-secret"));
}

/// A sample of the bytes, spread over the whole: each turned into another of its kind, so that only the digest tells.
async fn every_byte(subject: &'static dyn Subject) {
    const SAMPLE: usize = 40;
    let world = World::usual(subject).await;
    let good = world.request(&create("DB1"));
    let other = |byte: u8| match byte {
        b'0'..=b'8' | b'a'..=b'e' | b'A'..=b'E' => Some(byte + 1),
        b'9' => Some(b'8'),
        _ => None,
    };
    let bytes = good.body.as_bytes();
    let all: Vec<_> = subject.signed(&good).filter_map(|at| Some((at, other(bytes[at])?))).collect();
    assert!(all.len() >= SAMPLE, "{} bytes can be changed", all.len());
    for (at, other) in all.iter().step_by(all.len() / SAMPLE) {
        let mut request = good.clone();
        request.body.replace_range(*at..=*at, &char::from(*other).to_string());
        let outcome = world.answer(&*world.client, &create("DB1"), &request).await;
        assert!(matches!(outcome, Outcome::Rejected(_)), "byte {at}: {outcome:?}");
    }
    assert!(world.sim.book().is_empty());
}

/// As a station keeps it between the decision and the sending.
async fn kept(subject: &'static dyn Subject) {
    let world = World::usual(subject).await;
    for operation in [create("DB1"), query("DB1"), world.cancel("DB1")] {
        let kept = serde_json::to_string(&world.request(&operation)).expect("it can be kept");
        let kept = serde_json::from_str(&kept).expect("it can be read back");
        world.answer(&*world.client, &operation, &kept).await;
        let arrived = world.sim.received().pop().expect("it arrived");
        assert_eq!(arrived.body, kept.body.as_bytes());
        let host = world.sim.url();
        let host = host.split("://").nth(1).and_then(|rest| rest.split('/').next()).expect("a host");
        let target = kept.url.split_once(host).expect("the simulator's host").1;
        let query = if arrived.query.is_empty() { String::new() } else { format!("?{}", arrived.query) };
        assert_eq!(format!("{}{query}", arrived.path), target);
        for (name, value) in &kept.headers {
            assert_eq!(arrived.headers.get(&name.to_lowercase()), Some(value), "{name}");
        }
    }
}

async fn slow_clock(subject: &'static dyn Subject) {
    let signature = subject.with_clock().unwrap_or(subject.signatures()[0]);
    let world = World::of(subject, Manner { signature, ..subject.usual() }).await;
    let operation: Operation = create("DB1");
    let yesterday = now() - SignedDuration::from_hours(24);
    let request = world.client.request(&operation, yesterday).expect("a good operation");
    let outcome = world.answer(&*world.client, &operation, &request).await;
    if subject.has(Feature::Clock) {
        assert_eq!(rejected(&outcome), Class::Config, "the cure is the clock's");
        assert!(world.sim.book().is_empty());
        issued(world.ask(&operation).await);
    } else {
        issued(outcome);
    }
}
