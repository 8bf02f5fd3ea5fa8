//! The dock: a waybill's scan ships its parcel, unless it must not leave.

use super::decision::{Action, Decision};
use super::pack::shown;
use super::prompt::Prompt;
use super::work::Stage;
use super::{Found, Input, Loaded, View};
use crate::domain::code::{Code, may_name_a_parcel};
use crate::domain::fact::Fact;
use crate::domain::number::looks_like;

pub(super) fn step(decision: &mut Decision, input: &Input, loaded: &Loaded) {
    match input {
        Input::Scanned(Code::Bare(code)) => match &loaded.found {
            Found::Label { number, view } => leaving(decision, view, number, code, None),
            Found::Several(what) => decision.say(Prompt::Several { what: what.join(" / ") }),
            Found::Nothing if may_name_a_parcel(code) => {
                decision.say(Prompt::AskingHub);
                decision.actions.push(Action::AskHub { code: code.clone() });
            }
            _ => decision.stop(None, Prompt::NoWaybill { code: shown(code) }),
        },
        Input::HubAnswered { code, reached } => match &loaded.found {
            Found::Label { number, view } => leaving(decision, view, number, code, Some(*reached)),
            _ => {
                let place = decision.place();
                decision.record(Fact::UnverifiedScanned { place, code: code.clone() });
                decision.say(Prompt::Unverified { code: code.clone(), looks: looks_like(code) });
            }
        },
        Input::Scanned(_) => decision.say(Prompt::NotHere),
        _ => {}
    }
}

/// `asked` is whether the hub was reached, once it was asked.
fn leaving(decision: &mut Decision, view: &View, number: &str, code: &str, asked: Option<bool>) {
    if let Some(stop) = view.stop() {
        return decision.stop(Some(view), stop);
    }
    if number.starts_with("TMP-") {
        return decision.stop(Some(view), Prompt::TemporaryAtDock);
    }
    if view.work.waybills.iter().any(|waybill| waybill.number == number && !waybill.live) {
        return decision.stop(Some(view), Prompt::VoidLabel);
    }
    if view.work.is_disowned() {
        return decision.stop(Some(view), Prompt::NumberDisowned);
    }
    match (view.work.stage, asked) {
        (Stage::Shipped, _) => decision.stop(Some(view), Prompt::AlreadyShipped),
        (Stage::Packed, _) => ship(decision, view, |count| Prompt::Shipped { count }),
        // Packed at another station a moment ago? Only the hub can know.
        (_, None) => {
            decision.say(Prompt::AskingHub);
            decision.actions.push(Action::AskHub { code: code.to_owned() });
        }
        (_, Some(true)) => decision.stop(Some(view), Prompt::NotPacked),
        (_, Some(false)) => ship(decision, view, |_| Prompt::ShippedUnverified),
    }
}

fn ship(decision: &mut Decision, view: &View, prompt: impl Fn(u32) -> Prompt) {
    let place = decision.place();
    decision.record_of(view, Fact::ParcelShipped { place });
    let count = decision.done() + 1;
    decision.say(prompt(count));
}
