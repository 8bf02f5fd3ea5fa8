//! Answers that are none, given to the client as they are: it believes no answer that doesn't say yes to this parcel.

use milepost::carrier::http::Sent;
use milepost::carrier::{Carrier, Cause, Outcome};
use proptest::prelude::{any, prop};
use proptest::test_runner::{Config, TestRunner};

use super::subject::{Account, Subject};
use super::world::{World, cancel, create, doubt, query};
use super::{Case, case};

/// Bodies with status 200 that aren't a carrier's answer.
const NOTHING: [(&str, &str); 9] = [
    ("no byte", ""),
    ("blanks", " \r\n"),
    ("null", "null"),
    ("a list", "[]"),
    ("a number", "0"),
    ("a text", "\"ok\""),
    ("an empty object", "{}"),
    ("a page", "<html><body>OK</body></html>"),
    ("half an object", "{\"status\":"),
];
const STATUSES: [(u16, Cause); 6] = [
    (500, Cause::CarrierFailed),
    (502, Cause::CarrierFailed),
    (504, Cause::CarrierFailed),
    (404, Cause::Unreadable),
    (302, Cause::Unreadable),
    (204, Cause::Unreadable),
];

pub fn cases(subject: &'static dyn Subject) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, body) in NOTHING {
        cases.push(case(format!("{name} is no answer"), move || async move {
            for operation in [create("DB1"), query("DB1"), cancel("DB1")] {
                let outcome = client(subject).reply(&operation, 200, body.as_bytes());
                assert_eq!(doubt(&outcome), Cause::Unreadable, "{operation:?}");
            }
        }));
    }
    for (status, cause) in STATUSES {
        cases.push(case(format!("status {status} is no answer, whatever it says"), move || async move {
            let good = good_answer(subject).await;
            for operation in [create("DB1"), query("DB1"), cancel("DB1")] {
                assert_eq!(doubt(&client(subject).reply(&operation, status, &good)), cause, "{operation:?}");
            }
        }));
    }
    cases.extend([
        case("an answer of the carrier's shape without content", move || async move {
            let [nothing, bare] = subject.empty_answers();
            for operation in [create("DB1"), query("DB1"), cancel("DB1")] {
                for answer in [&nothing, &bare] {
                    doubt(&client(subject).reply(&operation, 200, answer.to_string().as_bytes()));
                }
            }
        }),
        case("bytes that aren't text", move || async move {
            let outcome = client(subject).reply(&create("DB1"), 200, &[0xff, 0xfe, 0x00, 0x7b]);
            assert_eq!(doubt(&outcome), Cause::Unreadable);
        }),
        case("every beginning of a good answer is in doubt", move || async move {
            let good = good_answer(subject).await;
            assert!(matches!(client(subject).reply(&create("DB1"), 200, &good), Outcome::Confirmed(_)));
            for end in 0..good.len() {
                doubt(&client(subject).reply(&create("DB1"), 200, &good[..end]));
            }
        }),
        case("a good answer to another operation is believed by none", move || async move {
            let good = good_answer(subject).await;
            for operation in [create("DB2"), query("DB2"), cancel("DB2")] {
                doubt(&client(subject).reply(&operation, 200, &good));
            }
        }),
        case("random bytes never convince", move || async move {
            let client = client(subject);
            let answers = (prop::collection::vec(any::<u8>(), 0..200), 100u16..600);
            // No file of past failures: the exam of one carrier would write it for all.
            let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
            let result = runner.run(&answers, |(body, status)| {
                for operation in [create("DB1"), query("DB1"), cancel("DB1")] {
                    doubt(&client.reply(&operation, status, &body));
                }
                Ok(())
            });
            result.expect("nothing convinces");
        }),
    ]);
    cases
}

/// The very bytes of the simulator's answer to an order `DB1`.
async fn good_answer(subject: &'static dyn Subject) -> Vec<u8> {
    let world = World::usual(subject).await;
    match world.send(&world.request(&create("DB1"))).await {
        Sent::Answer { status: 200, body } => body,
        other => panic!("no answer: {other:?}"),
    }
}

fn client(subject: &'static dyn Subject) -> Box<dyn Carrier> {
    let signature = subject.signatures()[0];
    subject.client(&Account { url: "http://127.0.0.1:9".to_owned(), signature, secret: None, customer: None })
}
