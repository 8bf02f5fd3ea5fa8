//! The idle lock: a place that nobody scanned at wants a badge again. The parcel stays in hand; how long is long enough is
//! the shell's to say.

use super::decision::Decision;
use super::prompt::Prompt;
use super::{Loaded, Place, Session, standing_prompt};
use crate::domain::fact::Fact;
use crate::domain::parcel::Operator;

pub(super) fn idle(decision: &mut Decision, place: &Place, session: &Session) {
    if session.wants_badge(place) || !place.badges {
        return;
    }
    decision.record(Fact::PlaceLocked { place: place.name.clone() });
    decision.say(Prompt::Locked);
}

/// Who was there before is back, and goes on where the work stood.
pub(super) fn unlocked(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    operator: &Operator,
    loaded: &Loaded,
) {
    decision.record(Fact::PlaceUnlocked { place: place.name.clone() });
    decision.say(Prompt::Welcome { name: operator.name.clone() });
    let unlocked = Session { locked: false, ..session.clone() };
    decision.say(standing_prompt(place, &unlocked, loaded.hand.as_ref(), loaded.awaited.len(), &loaded.wave));
}
