//! Item first: a piece of goods chooses the parcel that needs it alone, of those that the hub has lent to this station.

use super::decision::{Action, Decision};
use super::prompt::Prompt;
use super::{Loaded, Place, Session, pack};
use crate::domain::fact::Flow;
use crate::domain::id::Sku;

/// Goods that were scanned with no parcel in hand.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub sku: &'a Sku,
    pub name: &'a str,
    pub quantity: u32,
    pub code: &'a str,
}

/// `asked` is whether the hub was reached, once it was asked to lend.
pub(super) fn claim(
    decision: &mut Decision,
    place: &Place,
    session: &Session,
    piece: Piece<'_>,
    loaded: &Loaded,
    asked: Option<bool>,
) {
    let Piece { sku, name, quantity, code } = piece;
    let name = || name.to_owned();
    let borrow = |code: Option<&str>| Action::Borrow { sku: sku.clone(), code: code.map(str::to_owned) };
    match (&loaded.lent, asked) {
        (Some(view), _) if quantity > 1 => decision.stop(Some(view), Prompt::TooMany { name: name(), left: 1 }),
        (Some(view), _) => {
            if loaded.lent_are_few && asked.is_none() {
                decision.actions.push(borrow(None));
            }
            let opened = pack::opened(decision, place, view, None, Flow::ItemFirst);
            pack::item(decision, place, session, &opened, sku, piece.name, quantity);
        }
        (None, None) => {
            decision.say(Prompt::AskingHub);
            decision.actions.push(borrow(Some(code)));
        }
        (None, Some(true)) => decision.stop(None, Prompt::NoParcelFor { name: name() }),
        (None, Some(false)) => decision.stop(None, Prompt::NoParcelForHubAway { name: name() }),
    }
}
