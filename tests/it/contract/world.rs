//! A carrier's simulator and its client at work: asks, judges, and gets out of doubt the way a station does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use milepost::carrier::http::{self, Sent};
use milepost::carrier::{Carrier, Cause, Class, HttpRequest, Issued, Operation, Outcome, ShipmentRequest, Tracked};
use milepost::sim::carrier::Fault;
use serde_json::{Value, json};

use super::subject::{Account, Booked, Manner, Simulator, Subject};
use crate::carrier::shipment;

/// For an answer that comes: no machine is so busy that it takes this long.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// For one that never comes. Only what the simulator keeps silent about is waited for so shortly, or a busy machine's late
/// answer would be taken for a lost one.
pub const IMPATIENCE: Duration = Duration::from_millis(500);

pub struct World {
    pub subject: &'static dyn Subject,
    pub sim: Box<dyn Simulator>,
    pub client: Box<dyn Carrier>,
    patient: reqwest::Client,
    impatient: reqwest::Client,
    silent: AtomicBool,
    signature: &'static str,
}

/// Faults that a client only gets rid of by giving up.
fn keeps_silent(fault: &Fault) -> bool {
    match fault {
        Fault::Timeout | Fault::Lost | Fault::Drip => true,
        Fault::Slow(late) => *late > IMPATIENCE,
        _ => false,
    }
}

pub fn http(patience: Duration) -> reqwest::Client {
    http::client(patience, patience).expect("a client")
}

impl World {
    pub async fn usual(subject: &'static dyn Subject) -> World {
        World::of(subject, subject.usual()).await
    }

    pub async fn of(subject: &'static dyn Subject, manner: Manner) -> World {
        let signature = manner.signature;
        let sim = subject.start(manner).await;
        let client = subject.client(&Account { url: sim.url(), signature, secret: None, customer: None });
        let (patient, impatient) = (http(PATIENCE), http(IMPATIENCE));
        World { subject, sim, client, patient, impatient, silent: AtomicBool::new(false), signature }
    }

    pub async fn failing(subject: &'static dyn Subject, fault: Fault) -> World {
        let world = World::usual(subject).await;
        world.set_fault(Some(fault));
        world
    }

    pub fn set_fault(&self, fault: Option<Fault>) {
        self.silent.store(fault.as_ref().is_some_and(keeps_silent), Ordering::Relaxed);
        self.sim.set_fault(fault);
    }

    /// The right account of this world's application, to be changed.
    pub fn account(&self) -> Account {
        Account { url: self.sim.url(), signature: self.signature, secret: None, customer: None }
    }

    pub fn request(&self, operation: &Operation) -> HttpRequest {
        self.client.request(operation, now()).expect("a good operation")
    }

    pub async fn send(&self, request: &HttpRequest) -> Sent {
        if !self.silent.load(Ordering::Relaxed) {
            return http::send(&self.patient, request).await;
        }
        let before = self.sim.received().len();
        let sent = http::send(&self.impatient, request).await;
        // What was written arrives, however busy the machine; what is judged is what the carrier has then.
        let asked = Instant::now();
        while self.sim.received().len() == before {
            assert!(asked.elapsed() < PATIENCE, "the request never arrived");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        sent
    }

    pub async fn ask(&self, operation: &Operation) -> Outcome {
        self.ask_as(&*self.client, operation).await
    }

    /// As somebody else, perhaps with a wrong secret.
    pub async fn ask_as(&self, client: &dyn Carrier, operation: &Operation) -> Outcome {
        let request = client.request(operation, now()).expect("a good operation");
        self.answer(client, operation, &request).await
    }

    /// What the client makes of the answer to a request that may have been changed on its way.
    pub async fn answer(&self, client: &dyn Carrier, operation: &Operation, request: &HttpRequest) -> Outcome {
        let outcome = match self.send(request).await {
            Sent::Answer { status, body } => client.reply(operation, status, &body),
            Sent::Unknown(why) => Outcome::no_answer(why),
            Sent::NothingSent(why) => panic!("the simulator is there: {why}"),
        };
        names_nobody(&format!("{outcome:?}"));
        outcome
    }

    /// The usual way out of doubt: the trouble ends, ask by id, and only if it isn't there create again.
    pub async fn settle(&self, operation: &Operation) -> Issued {
        self.set_fault(None);
        let id = operation.waybill_id().expect("about a parcel").as_str().to_owned();
        match self.ask(&query(&id)).await {
            Outcome::Rejected(rejection) if rejection.class == Class::NotFound => issued(self.ask(operation).await),
            outcome => issued(outcome),
        }
    }

    /// As the carrier wants it named; a number of its form stands for one that nobody knows.
    pub fn cancel(&self, id: &str) -> Operation {
        let book = self.sim.book();
        let number = book.get(id).map_or(self.subject.held()[0], |booked| &booked.number);
        let number = self.subject.cancels_by_number().then(|| number.to_owned());
        Operation::Cancel { waybill_id: id.into(), number }
    }

    pub fn booked(&self, id: &str) -> Booked {
        self.sim.book().get(id).expect("it is in the carrier's book").clone()
    }

    pub fn creations(&self) -> usize {
        self.sim.received().iter().filter(|request| self.subject.is_creation(request)).count()
    }
}

pub fn now() -> Timestamp {
    "2026-02-18T06:25:00Z".parse().expect("a time")
}

/// No outcome, error or log may hold what is in a shipment of `crate::carrier::shipment`.
pub fn names_nobody(text: &str) {
    for personal in
        ["𠮷野㛃", "欧阳小满", "13900000002", "申贵路", "华漕镇", "仓库甲", "26000000", "科技园1号库", "里程碑"]
    {
        assert!(!text.contains(personal), "`{personal}` is somebody's: {text}");
    }
}

pub fn create(id: &str) -> Operation {
    create_with(id, |_| {})
}

pub fn create_with(id: &str, change: impl FnOnce(&mut Value)) -> Operation {
    Operation::Create(Box::new(shipment_with(id, change)))
}

pub fn shipment_with(id: &str, change: impl FnOnce(&mut Value)) -> ShipmentRequest {
    let mut request = shipment();
    request["waybill_id"] = json!(id);
    // Not every carrier takes the rare characters of the shared shipment's receiver.
    request["receiver"]["name"] = json!("欧阳小满");
    change(&mut request);
    serde_json::from_value(request).expect("a shipment")
}

pub fn query(id: &str) -> Operation {
    Operation::Query { waybill_id: id.into() }
}

pub fn cancel(id: &str) -> Operation {
    Operation::Cancel { waybill_id: id.into(), number: None }
}

/// The end of the receiver's phone belongs to the question.
pub fn tracked(id: &str, number: &str) -> Tracked {
    Tracked { waybill_id: id.into(), number: number.to_owned(), phone_tail: Some("0002".to_owned()) }
}

pub fn issued(outcome: Outcome) -> Issued {
    match outcome {
        Outcome::Confirmed(issued) => issued,
        other => panic!("not confirmed: {other:?}"),
    }
}

/// In doubt, and to be asked by id: everything the exam puts in doubt must be.
pub fn doubt(outcome: &Outcome) -> Cause {
    match outcome {
        Outcome::Unknown(doubt) => {
            assert!(doubt.query_first, "ask by id first: {doubt:?}");
            doubt.cause
        }
        other => panic!("not in doubt: {other:?}"),
    }
}

pub fn rejected(outcome: &Outcome) -> Class {
    match outcome {
        Outcome::Rejected(rejection) => {
            assert!(!rejection.cure_zh.is_empty() && !rejection.cure_en.is_empty(), "no cure: {rejection:?}");
            rejection.class
        }
        other => panic!("not rejected: {other:?}"),
    }
}
