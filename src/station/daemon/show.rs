//! What the packer sees and hears: the screens of this station's places and the answer to the scanner that asked.

use std::collections::BTreeMap;

use drivers::scale::State;
use drivers::scanner::Feedback;
use tokio::sync::watch;

use super::Daemon;
use crate::bench::{Place, Prompt, Tone};
use crate::carrier::breaker::Why;
use crate::domain::account::AccountName;
use crate::domain::id::{PlaceName, Sku};
use crate::domain::returned::Returned;
use crate::station::carriers::Health;
use crate::station::config::PlaceConfig;
use crate::station::documents;
use crate::station::load::Documents;
use crate::station::memo::Memo;
use crate::station::screen::{self, Carrier, Device, Said};
use crate::sync::worker::SyncState;
use crate::wire::DeviceState;

impl Daemon {
    /// Screen first, then the speaker and the scanner that asked: whoever hears it looks up and must not see what was before.
    pub(super) fn say(&mut self, place: &PlaceName, prompts: &[Prompt], scan: Option<(&Option<String>, &str)>) {
        let said = Said::of(prompts);
        let sounds = self.speakers.heard(place, prompts);
        if let Some(screen) = self.screens.get(place) {
            screen.send_modify(|screen| {
                screen.hear(&sounds);
                if let Some((_, code)) = scan {
                    screen.add_scan(code, &said);
                }
            });
        }
        self.show(place, Some(said.clone()));
        self.speakers.play(place, sounds);
        let feedback = match said.tone {
            Tone::Ok | Tone::Ask => Feedback::Good,
            Tone::Warn => Feedback::Warn,
            Tone::Stop => Feedback::Bad,
        };
        let device = scan.and_then(|(device, _)| device.as_ref());
        if let Some(scanner) = device.and_then(|name| self.scanners.get(name)) {
            scanner.feedback(feedback, &said.zh);
        }
    }

    /// Draws the place's screen anew; without a prompt it says what stands.
    pub(super) fn show(&self, place: &PlaceName, said: Option<Said>) {
        let Some(screen) = self.screens.get(place) else { return };
        let Some(session) = self.heart.session(place) else { return };
        let documents = &Memo::of(&self.reader);
        let said = said.or_else(|| Some(Said::of(&[self.heart.standing(documents, place)?])));
        let hand = session.in_hand.as_ref().and_then(|parcel| self.heart.view(documents, parcel));
        let walk = self.heart.walk(documents, place);
        let goods = session.returned.as_ref().map_or_else(BTreeMap::new, |returned| self.names(returned));
        screen.send_modify(|screen| {
            screen.version += 1;
            screen.goods = goods;
            if let Some(said) = said {
                screen.say(said);
            }
            screen.show(session, hand.as_ref(), walk, |id| documents::operator_name(&self.reader, id));
        });
        self.need_printers();
    }

    fn names(&self, returned: &Returned) -> BTreeMap<Sku, String> {
        let announced = returned.lines.iter().map(|line| &line.sku);
        let skus = announced.chain(returned.found.iter().map(|found| &found.sku));
        let name = |sku: &Sku| Some((sku.clone(), self.reader.item(sku)?.called()));
        skus.filter_map(name).collect()
    }

    /// A printer is looked at more often while somebody who needs it has a parcel in hand.
    fn need_printers(&self) {
        for (name, door) in &self.doors {
            let in_hand = |place: &Place| self.heart.session(&place.name).is_some_and(|at| at.in_hand.is_some());
            let needed = self.heart.places().any(|place| place.uses(name) && in_hand(place));
            door.needed.send_if_modified(|before| std::mem::replace(before, needed) != needed);
        }
    }

    pub(super) fn show_scanner(&self, name: &str, ok: bool, state: &str) {
        let Some(screen) = self.places_of.get(name).and_then(|place| self.screens.get(place)) else { return };
        let device = Device { name: name.to_owned(), ok, state: state.to_owned() };
        screen.send_modify(|screen| {
            screen.scanners.retain(|other| other.name != device.name);
            screen.scanners.push(device);
            screen.scanners.sort_by(|a, b| a.name.cmp(&b.name));
        });
    }

    /// Every place that has it: two benches may share a scale.
    pub(super) fn show_scale(&self, name: &str, state: Option<State>) {
        let has = |place: &&PlaceConfig| place.scale.as_deref() == Some(name);
        for place in self.config.place.iter().filter(has) {
            let Some(screen) = self.screens.get(&PlaceName(place.name.clone())) else { continue };
            screen.send_modify(|screen| screen.scale = Some(screen::scale(name, state)));
        }
    }

    /// Stays until the restart that mends it.
    pub(super) fn show_damage(&self) {
        for screen in self.screens.values() {
            screen.send_modify(|screen| screen.journal_damaged = true);
        }
    }

    pub(super) fn show_devices(&self) {
        for place in self.heart.places() {
            let Some(screen) = self.screens.get(&place.name) else { continue };
            let own = [&place.printer, &place.backup].into_iter().flatten().map(|(name, _)| name);
            let names = own.chain(place.components.iter().map(|component| &component.name));
            let doors = names.filter_map(|name| Some((name, self.doors.get(name)?)));
            let devices: Vec<Device> = doors.map(|(name, door)| screen::printer(name, &door.status.borrow())).collect();
            screen.send_if_modified(|screen| {
                let changed = screen.printers != devices;
                screen.printers = devices;
                changed
            });
        }
    }

    /// The hub hears how the devices are when that changes.
    pub(super) fn tell_devices(&self) {
        let mut now: Vec<DeviceState> = self.screens.values().flat_map(|screen| screen.borrow().devices()).collect();
        now.sort();
        self.devices.send_if_modified(|before| {
            let changed = *before != now;
            *before = now;
            changed
        });
    }

    pub(super) fn show_carriers(&self) {
        let shown = |(account, health): (&AccountName, Health)| Carrier {
            carrier: account.carrier,
            shop: account.shop.clone(),
            ok: health.open.is_none(),
            state: health.open.map_or("answers", Why::word).to_owned(),
            waiting: health.waiting,
            spares: self.heart.spares(account),
        };
        let carriers: Vec<Carrier> = self.carriers.health().map(shown).collect();
        for screen in self.screens.values() {
            screen.send_if_modified(|screen| {
                let changed = screen.carriers != carriers;
                screen.carriers.clone_from(&carriers);
                changed
            });
        }
    }

    pub(super) fn show_hub(&self, sync: &watch::Receiver<SyncState>) {
        let state = sync.borrow().clone();
        for screen in self.screens.values() {
            screen.send_modify(|screen| screen.hub = state.clone());
        }
    }
}
