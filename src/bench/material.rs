//! Packing material: scanned while a parcel is in hand, or for the last one before the next begins, until that was weighed. It is
//! the parcel's, counts into its weight, and UNDO takes it back.

use super::decision::Decision;
use super::prompt::Prompt;
use super::work::Stage;
use super::{Found, Loaded, Place, Session, View, pack};
use crate::domain::code::Code;
use crate::domain::fact::Fact;
use crate::domain::material::Material;

/// Whether the scan is about material. A plain code is only where nobody knows it otherwise.
pub(super) fn taken(decision: &mut Decision, place: &Place, session: &Session, code: &Code, loaded: &Loaded) -> bool {
    let named = |code: &str| place.materials.iter().find(|material| material.code == code);
    let material = match code {
        Code::Material(code) => named(code),
        Code::Bare(code) if loaded.found == Found::Nothing => named(code),
        _ => return false,
    };
    match (material, code) {
        _ if session.asking.as_ref().is_some_and(pack::waits) => {
            decision.say(pack::standing(place, session, loaded.hand.as_ref()));
        }
        (Some(material), _) => noted(decision, session, loaded, material),
        (None, Code::Material(code)) => decision.stop(None, Prompt::UnknownCode { code: pack::shown(code) }),
        (None, _) => return false,
    }
    true
}

fn noted(decision: &mut Decision, session: &Session, loaded: &Loaded, material: &Material) {
    let Some(view) = parcel(loaded) else {
        return decision.stop(None, Prompt::MaterialOfNone);
    };
    let quantity = session.times.unwrap_or(1);
    let (place, code, weight_g) = (decision.place(), material.code.clone(), material.weight_g);
    decision.record_of(view, Fact::MaterialUsed { place, code, quantity, weight_g });
    decision.say(Prompt::MaterialNoted { name: material.name.clone(), quantity });
}

/// In hand, else the last that was packed here, as long as nobody weighed it.
fn parcel(loaded: &Loaded) -> Option<&View> {
    let packed = |view: &&View| view.work.stage == Stage::Packed;
    let view = loaded.hand.as_ref().or(loaded.last.as_ref().filter(packed));
    view.filter(|view| !view.work.weighed)
}

/// Takes the last one back, unless goods were scanned since; whether there was one.
pub(super) fn undone(decision: &mut Decision, place: &Place, loaded: &Loaded) -> bool {
    let Some((view, last)) = parcel(loaded).and_then(|view| Some((view, view.work.materials.last()?))) else {
        return false;
    };
    if last.after < view.work.checks.len() && view.work.stage <= Stage::Checking {
        return false;
    }
    let name = place.materials.iter().find(|material| material.code == last.code).map_or(&last.code, |of| &of.name);
    let (at, code, quantity) = (decision.place(), last.code.clone(), last.quantity);
    decision.record_of(view, Fact::MaterialTakenBack { place: at, code, quantity });
    decision.say(Prompt::MaterialUndone { name: name.clone() });
    true
}
