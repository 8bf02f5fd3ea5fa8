//! A picker who scans anything in any order, while orders are cancelled or lose a line and the machine restarts: no parcel ever
//! gets more than it needs, and whoever then does what the screen says comes to an end with everything where it belongs.

use milepost::bench::{Action, Place, Prompt, Role, View};
use milepost::domain::id::ParcelId;
use milepost::domain::order::{ItemCheck, LineStatus};
use milepost::domain::parcel::Standing;
use milepost::station::event::Event;
use milepost::station::heart::Heart;
use proptest::prelude::*;

use crate::story::script::{Verb, parse};
use crate::story::shelf::{PACKER, Shelf, code};

const ORDERS: &str = "order 1001 红茶*2@A-01 绿茶*1@A-02 = SF1000000000011
order 1002 红茶*1@A-01 红茶*2@B-01 说明书*1@A-02 = SF1000000000022
order 1003 茶包*4@A-02 小勺*1 = SF1000000000033
order 1004 红茶*6@A-01 绿茶*2@A-02 = SF1000000000044";

/// What a hand may do next.
const SCANS: &[&str] = &[
    "picklist W1",
    "tote T001",
    "tote T002",
    "bin A-01",
    "bin A-01",
    "bin A-02",
    "bin B-01",
    "红茶",
    "红茶",
    "红茶箱",
    "绿茶",
    "茶包",
    "小勺",
    "白茶",
    "×2",
    "UNDO",
    "SKIP",
    "why short",
    "OK",
    "CLOSE",
];

struct Walk {
    heart: Heart,
    place: Place,
    shelf: Shelf,
    said: Vec<Prompt>,
    totes: u32,
}

impl Walk {
    fn new() -> Walk {
        let place = Place { window: 2, ..Place::new("SZ-01".into(), "cart-1".into(), Role::Pick) };
        let mut shelf = Shelf::default();
        for act in parse(ORDERS).expect("orders") {
            let Verb::Order(new) = act.verb else { panic!("orders only") };
            shelf.add(&new.orders, new.number.as_deref());
        }
        shelf.put_in_wave("W1", &["1001", "1002", "1003", "1004"].map(str::to_owned));
        let mut walk = Walk { heart: heart(&place), place, shelf, said: Vec::new(), totes: 100 };
        walk.scan(&format!("badge {PACKER}"));
        walk
    }

    fn scan(&mut self, name: &str) {
        let place = self.place.name.clone();
        self.happen(Event::Scanned { place, text: code(name), device: None });
        assert!(!self.said.is_empty(), "nobody answers {name}");
    }

    fn happen(&mut self, event: Event) {
        let turn = self.heart.handle(event, &self.shelf);
        self.shelf.keep(&turn.upserts);
        let said = turn.actions.into_iter().filter_map(|(_, action)| match action {
            Action::Say(prompt) => Some(prompt),
            _ => None,
        });
        self.said = said.collect();
    }

    fn cancel(&mut self, order_no: &str) {
        self.shelf.record(order_no).standing = Standing::Cancelled { reason: "refund".into() };
        let parcels = vec![self.shelf.parcel_of_order(order_no).parcel_id.clone()];
        self.happen(Event::DocumentsArrived { parcels });
    }

    /// Its last line is.
    fn refund(&mut self, order_no: &str) {
        let order = &mut self.shelf.record(order_no).order;
        order.revision += 1;
        order.lines.last_mut().expect("it has lines").status = LineStatus::Refunded;
        let parcels = vec![self.shelf.parcel_of_order(order_no).parcel_id.clone()];
        self.happen(Event::DocumentsArrived { parcels });
    }

    fn restart(&mut self) {
        self.heart = heart(&self.place);
        let works = self.shelf.works.iter().map(|(id, work)| (id.clone(), work.clone())).collect();
        self.heart.restore(self.shelf.sessions.clone(), works);
    }

    fn views(&self) -> Vec<View> {
        let ids: Vec<ParcelId> = self.shelf.parcels.keys().cloned().collect();
        ids.iter().map(|id| self.heart.view(&self.shelf, id).expect("it is there")).collect()
    }

    fn does(&mut self, step: usize) {
        match step.checked_sub(SCANS.len()) {
            None => self.scan(SCANS[step]),
            Some(0) => self.restart(),
            Some(order @ 1..=4) => self.cancel(&format!("100{order}")),
            Some(order) => self.refund(&format!("100{}", order - 4)),
        }
        self.is_right();
    }

    fn is_right(&self) {
        let views = self.views();
        for view in &views {
            let (picks, id) = (&view.work.picks, &view.parcel.parcel_id);
            for need in &view.needs {
                let taken = picks.taken_of(&need.sku);
                assert!(taken <= need.quantity + need.withdrawn, "{id} has {taken} of {need:?}");
                let missing = picks.missing(&view.needs);
                let missing: u32 = missing.iter().filter(|of| of.sku == need.sku).map(|of| of.quantity).sum();
                assert!(missing == 0 || taken + missing <= need.quantity, "{id} lacks what it has: {picks:?}");
                let whole = taken >= need.quantity || need.check == ItemCheck::NoScan;
                assert!(!picks.done || whole, "{id} is picked without {need:?}");
            }
        }
        for view in &views {
            let tote = view.work.tote.as_ref();
            let sharing = views.iter().filter(|other| tote.is_some() && other.work.tote.as_ref() == tote).count();
            assert!(sharing <= 1, "{sharing} parcels lie in {tote:?}");
        }
    }

    /// What somebody does who believes the screen; `None` when all is done.
    fn obeys(&mut self) -> Option<String> {
        let session = self.heart.session(&self.place.name).expect("it has one");
        if session.times.is_some() {
            return Some("UNDO".into());
        }
        match self.heart.standing(&self.shelf, &self.place.name).expect("a screen") {
            Prompt::ScanPickListToPick if self.said.contains(&Prompt::NothingToPick) => None,
            Prompt::ScanPickListToPick => Some("picklist W1".into()),
            Prompt::ChooseWay { bin: Some(bin), .. } | Prompt::GoToBin { bin, .. } => Some(format!("bin {bin}")),
            Prompt::ChooseWay { name, .. } | Prompt::PickHere { name, .. } => Some(name),
            Prompt::PutBack { bin: Some(bin), .. } => Some(format!("bin {bin}")),
            Prompt::PutBack { bin: None, .. } => Some("OK".into()),
            Prompt::ScanItsTote { tote } => Some(format!("tote {tote}")),
            Prompt::NextTote { .. } => {
                self.totes += 1;
                Some(format!("tote T{}", self.totes))
            }
            other => panic!("nobody knows what to do: {other:?}"),
        }
    }

    fn ends(&mut self) {
        for _ in 0..100 {
            let Some(next) = self.obeys() else { return self.is_done() };
            self.scan(&next);
            self.is_right();
        }
        panic!("the screen leads nowhere: {:?}, said {:?}", self.obeys(), self.said);
    }

    fn is_done(&self) {
        for view in self.views() {
            let picks = &view.work.picks;
            if view.is_cancelled() {
                assert!(picks.taken.is_empty(), "it isn't back: {picks:?}");
                continue;
            }
            let beyond = view.needs.iter().any(|need| picks.taken_of(&need.sku) > need.quantity);
            assert!(!beyond && picks.lacking(&view.needs).is_empty(), "{}: {picks:?}", view.parcel.parcel_id);
            // Nobody picks for a line that was refunded after everything else was there.
            let is_revised = view.orders.iter().any(|record| record.order.revision > 1);
            assert!(picks.done || is_revised, "{}: {picks:?}", view.parcel.parcel_id);
        }
    }
}

fn heart(place: &Place) -> Heart {
    Heart::new("SZ-01".into(), vec![place.clone()], jiff::civil::date(2026, 2, 15))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_is_scanned_every_parcel_ends_with_what_it_needs(
        steps in prop::collection::vec(0..SCANS.len() * 2 + 10, 0..60),
    ) {
        let mut walk = Walk::new();
        walk.scan("picklist W1");
        // Scans come twice as often as cancellations, refunds and restarts.
        for step in steps {
            walk.does(match step.checked_sub(SCANS.len() + 9) {
                Some(scan) => scan % SCANS.len(),
                None => step,
            });
        }
        walk.ends();
    }
}
