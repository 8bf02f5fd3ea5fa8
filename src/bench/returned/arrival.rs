//! A box arrives: under the number of an announced return, under the number or order that its goods went out with, or under nothing
//! that anybody knows.

use super::super::decision::{Action, Decision};
use super::super::pack::shown;
use super::super::prompt::Prompt;
use super::super::work::Stage;
use super::super::{Found, Loaded, Place, Session, View};
use super::next;
use crate::domain::code::may_name_a_parcel;
use crate::domain::fact::{Asking, Fact};
use crate::domain::id::OrderNo;
use crate::domain::returned::{Goods, ReturnRecord, ReturnStanding, Returned};

/// What a number of this station's own begins with.
const OWN: &str = "RT-";

pub(super) fn is_own(return_no: &str) -> bool {
    return_no.starts_with(OWN)
}

/// `asked`: the hub has answered, or didn't.
pub(super) fn scanned(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    loaded: &Loaded,
    code: &str,
    asked: bool,
) {
    let expected: Vec<&ReturnRecord> =
        loaded.returns.iter().filter(|record| record.standing == ReturnStanding::Expected).collect();
    match (expected.as_slice(), &loaded.found) {
        ([one], _) => announced(decision, place, code, one),
        ([_, _, ..], _) => {
            let numbers: Vec<&str> = expected.iter().map(|record| record.return_no.as_str()).collect();
            decision.say(Prompt::Several { what: numbers.join(" / ") });
        }
        ([], Found::Several(what)) => decision.say(Prompt::Several { what: what.join(" / ") }),
        ([], Found::Item { .. }) => decision.stop(None, Prompt::ReturnFirst),
        ([], _) => unannounced(decision, place, session, loaded, code, asked),
    }
}

/// A box that bears nothing.
pub(super) fn without_number(decision: &mut Decision, place: &Place, session: &Session, loaded: &Loaded) {
    arrive(decision, place, own(place, session, loaded), None, &[], Vec::new());
}

fn announced(decision: &mut Decision, place: &Place, code: &str, record: &ReturnRecord) {
    let claimed = record.reason.as_deref().and_then(|text| place.reasons.meant(text));
    let fact = Fact::ReturnArrived {
        place: place.name.clone(),
        return_no: record.return_no.clone(),
        number: Some(code.to_owned()),
        claimed: claimed.map(|reason| reason.code.clone()),
        announced: true,
        lines: record.lines.clone(),
    };
    begin(decision, &record.orders, fact);
}

fn unannounced(decision: &mut Decision, place: &Place, session: &Session, loaded: &Loaded, code: &str, asked: bool) {
    let again = session.asking == Some(Asking::ReturnUnknown { code: code.to_owned() });
    let elsewhere = loaded.returns.iter().find_map(|record| match &record.standing {
        ReturnStanding::Arrived { at } => Some(at.clone()),
        _ => None,
    });
    let before = loaded.returns.iter().find(|record| record.standing == ReturnStanding::Inspected);
    let (orders, lines) = sent_with(&loaded.found, code);
    match (elsewhere, before, &loaded.found) {
        (Some(place), ..) => decision.stop(None, Prompt::InHandElsewhere { place }),
        (None, Some(record), _) if !again => {
            ask(decision, code);
            decision.stop(None, Prompt::ReturnedBefore { return_no: record.return_no.clone() });
        }
        (None, None, Found::Nothing) if !again && may_name_a_parcel(code) => unknown(decision, code, asked),
        (None, None, Found::Nothing) if !again => decision.stop(None, Prompt::UnknownCode { code: shown(code) }),
        (None, before, _) => {
            let orders = if orders.is_empty() { before.map_or(orders, |record| record.orders.clone()) } else { orders };
            arrive(decision, place, own(place, session, loaded), Some(code), &orders, lines);
        }
    }
}

/// The hub is asked first; what it doesn't know either is another box without an order, once somebody says so.
fn unknown(decision: &mut Decision, code: &str, asked: bool) {
    if !asked {
        decision.say(Prompt::AskingHub);
        return decision.actions.push(Action::AskHub { code: code.to_owned() });
    }
    ask(decision, code);
    decision.say(Prompt::ReturnAgain { code: shown(code) });
}

fn ask(decision: &mut Decision, code: &str) {
    let (place, asking) = (decision.place(), Some(Asking::ReturnUnknown { code: code.to_owned() }));
    decision.record(Fact::PlaceAsked { place, asking });
}

fn arrive(
    decision: &mut Decision,
    place: &Place,
    return_no: String,
    number: Option<&str>,
    orders: &[OrderNo],
    lines: Vec<Goods>,
) {
    let (place, number) = (place.name.clone(), number.map(str::to_owned));
    let fact = Fact::ReturnArrived { place, return_no, number, claimed: None, announced: false, lines };
    begin(decision, orders, fact);
}

fn begin(decision: &mut Decision, orders: &[OrderNo], fact: Fact) {
    let returned = Returned::begun(&fact, orders);
    decision.record_about(orders, fact);
    let Some(returned) = returned else { return };
    let return_no = returned.return_no.clone();
    decision.say(match orders {
        [] => Prompt::ReturnWithoutOrder { return_no },
        _ => Prompt::ReturnArrived { return_no },
    });
    decision.say(next(&returned));
}

/// The next number of this place; the journal's mark keeps it apart from those of a file that was lost.
fn own(place: &Place, session: &Session, loaded: &Loaded) -> String {
    format!("{OWN}{}-{}-{}{}", place.station, place.name, session.returns + 1, loaded.mark)
}

/// The orders whose goods these are, and what they were sent with.
fn sent_with(found: &Found, code: &str) -> (Vec<OrderNo>, Vec<Goods>) {
    let views: Vec<&View> = match found {
        Found::Label { view, .. } => vec![view],
        Found::Order(views) => views.iter().collect(),
        _ => Vec::new(),
    };
    let named = OrderNo::from(code);
    let mut orders: Vec<OrderNo> = views.iter().flat_map(|view| view.parcel.orders.clone()).collect();
    orders.dedup();
    // Of a merged parcel's orders the one that was named.
    if orders.len() > 1 && orders.contains(&named) {
        let of = |view: &&View| view.orders.iter().find(|record| record.order.order_no == named).cloned();
        let record = views.iter().find_map(of);
        let lines = record.iter().flat_map(|record| &record.order.lines);
        let goods = lines.map(|line| Goods { sku: line.sku.clone(), quantity: line.quantity }).collect();
        return (vec![named], goods);
    }
    (orders, views.into_iter().flat_map(in_the_box).collect())
}

/// What was packed, whatever was refunded since; where nobody told what that was, what its orders want.
fn in_the_box(view: &View) -> Vec<Goods> {
    if let Some(contents) = view.contents().filter(|_| view.work.stage >= Stage::Packed) {
        return contents.into_iter().map(|(sku, quantity)| Goods { sku, quantity }).collect();
    }
    let needs = view.needs.iter().filter(|need| need.quantity > 0);
    needs.map(|need| Goods { sku: need.sku.clone(), quantity: need.quantity }).collect()
}
