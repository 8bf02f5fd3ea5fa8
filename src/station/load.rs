//! Finding what an event is about: documents, what a code names, and views of parcels. One question each to something
//! that holds documents: the journal's reader, or a map in a story.

use std::collections::{BTreeMap, BTreeSet};

use crate::bench::work::Stage;
use crate::bench::{Fallback, Found, View, Work};
use crate::domain::alias::{AliasKind, wave_key};
use crate::domain::boxed::{self, Differs};
use crate::domain::code::Code;
use crate::domain::id::{OrderNo, ParcelId, Sku, WaveCode};
use crate::domain::number::of_package;
use crate::domain::order::Item;
use crate::domain::parcel::{Need, Operator, OrderRecord, Parcel, Standing, carried, needs_of, own_needs};
use crate::domain::returned::ReturnRecord;
use crate::domain::taught::Taught;

/// Whatever holds documents and the state of parcels that memory doesn't hold.
pub trait Documents {
    fn order(&self, order_no: &OrderNo) -> Option<OrderRecord>;
    fn parcel(&self, parcel_id: &ParcelId) -> Option<Parcel>;
    fn item(&self, sku: &Sku) -> Option<Item>;
    fn operator(&self, badge: &str) -> Option<Operator>;
    /// What a lead taught of a code.
    fn taught(&self, code: &str) -> Option<Taught>;
    /// What a code names among the documents: kind, key, quantity.
    fn matches(&self, code: &str) -> Vec<(String, String, u32)>;
    /// The parcel a number issued here or elsewhere belongs to.
    fn parcel_of(&self, number: &str) -> Option<ParcelId>;
    fn work(&self, parcel_id: &ParcelId) -> Option<Work>;
    fn return_record(&self, return_no: &str) -> Option<ReturnRecord>;
}

/// What memory knows beyond the documents: newer, and perhaps not yet durable.
pub trait Memory {
    fn work(&self, parcel_id: &ParcelId) -> Option<&Work>;
    fn parcel_of(&self, number: &str) -> Option<&ParcelId>;
    /// Whose goods lie in a tote or slot.
    fn in_tote(&self, tote: &str) -> Option<&ParcelId>;
    fn taught(&self, code: &str) -> Option<&Taught>;
}

/// So many positions say whether a wave was printed.
const LOOKED_AT: u32 = 5;

pub fn view(documents: &dyn Documents, memory: &dyn Memory, parcel_id: &ParcelId) -> Option<View> {
    let parcel = documents.parcel(parcel_id)?;
    let orders: Vec<OrderRecord> = parcel.orders.iter().filter_map(|order_no| documents.order(order_no)).collect();
    let work = memory.work(parcel_id).cloned().or_else(|| documents.work(parcel_id)).unwrap_or_default();
    let mut items = items(documents, &orders);
    let in_box: BTreeSet<&Sku> = work.checks.iter().map(|check| &check.sku).chain(work.goods.keys()).collect();
    for sku in in_box {
        if !items.contains_key(sku) {
            items.extend(documents.item(sku).map(|item| (sku.clone(), item)));
        }
    }
    let packed = packed_of(&orders, &work);
    let mut needs = own_needs(&parcel, packed.as_deref().unwrap_or(&orders), &items);
    for check in &work.checks {
        if !needs.iter().any(|need| need.sku == check.sku) {
            needs.push(boxed::no_longer_needed(&check.sku, &items));
        }
    }
    let Differs { leaving, lacking } = match work.stage {
        Stage::Checked | Stage::Packed => boxed::differs(&parcel, &orders, &items, &work.boxed()),
        Stage::Untouched | Stage::Checking | Stage::Shipped => Differs::default(),
    };
    let is_to_be_packed = |other: &ParcelId| {
        let work = memory.work(other).cloned().or_else(|| documents.work(other));
        work.is_none_or(|work| work.stage < Stage::Packed)
    };
    let parted = parcel.share.iter().flat_map(|share| &share.into);
    let waiting = if parted.clone().any(is_to_be_packed) { waiting(&parcel, &orders, &items) } else { 0 };
    Some(View { parcel, orders, needs, leaving, lacking, waiting, work, fallback: Fallback::Temporary })
}

/// Pieces of its orders that another parcel carries, which was parted off this one.
fn waiting(parcel: &Parcel, orders: &[OrderRecord], items: &BTreeMap<Sku, Item>) -> u32 {
    let Some(share) = parcel.share.as_ref().filter(|share| !share.into.is_empty()) else { return 0 };
    let (carried, _) = carried(orders);
    let all = needs_of(carried.into_iter().map(|record| &record.order), items);
    let before = |need: &Need| share.before.get(&need.sku).copied().unwrap_or(0);
    all.iter().map(|need| need.quantity.saturating_sub(before(need) + share.of(&need.sku, need.quantity))).sum()
}

/// Where all of it is cancelled, the orders that its box was packed with: one may have left before, and its goods are out.
fn packed_of(orders: &[OrderRecord], work: &Work) -> Option<Vec<OrderRecord>> {
    let is_cancelled = orders.iter().all(|record| matches!(record.standing, Standing::Cancelled { .. }));
    let is_known = work.stage == Stage::Packed && is_cancelled && !work.revisions.is_empty();
    let in_box = |record: &&OrderRecord| work.revisions.contains_key(&record.order.order_no);
    is_known.then(|| orders.iter().filter(in_box).cloned().collect())
}

/// The items of the orders' lines, and the parts of bundles among them.
pub fn items(documents: &dyn Documents, orders: &[OrderRecord]) -> BTreeMap<Sku, Item> {
    let mut items = BTreeMap::new();
    let mut wanted: Vec<Sku> =
        orders.iter().flat_map(|record| &record.order.lines).map(|line| line.sku.clone()).collect();
    while let Some(sku) = wanted.pop() {
        if items.contains_key(&sku) {
            continue;
        }
        if let Some(item) = documents.item(&sku) {
            wanted.extend(item.parts.iter().flatten().map(|part| part.sku.clone()));
            items.insert(sku, item);
        }
    }
    items
}

/// Returns that bear the code, and those of the orders that it names.
pub fn returns(documents: &dyn Documents, code: &str, found: &Found) -> Vec<ReturnRecord> {
    let views: Vec<&View> = match found {
        Found::Label { view, .. } => vec![view],
        Found::Order(views) => views.iter().collect(),
        _ => Vec::new(),
    };
    let orders = views.iter().flat_map(|view| &view.parcel.orders).map(OrderNo::as_str);
    let mut known: Vec<String> = Vec::new();
    for (kind, return_no, _) in [code].into_iter().chain(orders).flat_map(|code| documents.matches(code)) {
        if kind == AliasKind::Return.as_str() && !known.contains(&return_no) {
            known.push(return_no);
        }
    }
    known.iter().filter_map(|return_no| documents.return_record(return_no)).collect()
}

/// What a code names: own records first, then documents; two kinds of match ask.
pub fn find(documents: &dyn Documents, memory: &dyn Memory, code: &Code) -> Found {
    match code {
        Code::Badge(badge) => documents.operator(badge).map_or(Found::Nothing, Found::Operator),
        Code::PickList(wave) => wave_of(documents, memory, wave),
        Code::Bare(code) => find_bare(documents, memory, code),
        Code::Tote(tote) => {
            let view = memory.in_tote(tote).and_then(|parcel_id| view(documents, memory, parcel_id));
            view.map_or(Found::Nothing, |view| Found::Order(vec![view]))
        }
        _ => Found::Nothing,
    }
}

fn wave_of(documents: &dyn Documents, memory: &dyn Memory, wave: &WaveCode) -> Found {
    let at = |position| {
        let found = documents.matches(&wave_key(wave, position)).into_iter().find(|(kind, _, _)| kind == "parcel");
        found.map(|(_, key, _)| ParcelId(key))
    };
    let first = at(1).and_then(|parcel| documents.parcel(&parcel));
    let Some(count) = first.and_then(|parcel| parcel.wave).map(|wave| wave.count) else { return Found::Nothing };
    // Cancelled parcels have no label; that all of the first ones are is no wave.
    let is_labelled = |parcel: ParcelId| {
        let work = memory.work(&parcel).cloned().or_else(|| documents.work(&parcel)).unwrap_or_default();
        work.labels.iter().any(|label| label.of_wave && label.live())
    };
    let printed = (1..=count.min(LOOKED_AT)).filter_map(at).any(is_labelled);
    Found::Wave { code: wave.clone(), count, printed }
}

fn find_bare(documents: &dyn Documents, memory: &dyn Memory, code: &str) -> Found {
    let number = of_package(code);
    if let Some(parcel_id) = memory.parcel_of(number).cloned().or_else(|| documents.parcel_of(number))
        && let Some(view) = view(documents, memory, &parcel_id)
    {
        return Found::Label { number: number.to_owned(), view: Box::new(view) };
    }
    let matches = documents.matches(number);
    let of = |wanted: &str| -> Vec<&(String, String, u32)> {
        matches.iter().filter(|(kind, _, _)| kind == wanted).collect()
    };
    if let Some((_, key, _)) = of("waybill").first() {
        return label(documents, memory, number, key);
    }
    let (items, parcels) = (of("item"), of("parcel"));
    // Whatever a lead taught, the items' owner knows better.
    let taught = if items.is_empty() { taught(documents, memory, number, !of("taught").is_empty()) } else { None };
    match (items.as_slice(), parcels.as_slice()) {
        ([], []) => match taught {
            Some(taught) => item(documents, taught.sku.as_str(), taught.quantity),
            None => position(documents, memory, code).unwrap_or_default(),
        },
        ([], parcels) if taught.is_some() => Found::Several(parcels.iter().map(|(_, key, _)| key.clone()).collect()),
        ([(_, sku, quantity)], []) => item(documents, sku, *quantity),
        ([], parcels) => {
            let views = parcels.iter().filter_map(|(_, key, _)| view(documents, memory, &ParcelId(key.clone())));
            Found::Order(views.collect())
        }
        (items, parcels) => Found::Several(items.iter().chain(parcels).map(|(_, key, _)| key.clone()).collect()),
    }
}

/// `W1/37`, as the number in its wave stands on a label: it names the parcel where the label itself is gone.
fn position(documents: &dyn Documents, memory: &dyn Memory, code: &str) -> Option<Found> {
    let (wave, position) = code.rsplit_once('/')?;
    let key = wave_key(&WaveCode(wave.to_owned()), position.parse().ok()?);
    let (_, key, _) = documents.matches(&key).into_iter().find(|(kind, _, _)| kind == "parcel")?;
    Some(Found::Order(vec![view(documents, memory, &ParcelId(key))?]))
}

fn taught(documents: &dyn Documents, memory: &dyn Memory, code: &str, is_kept: bool) -> Option<Taught> {
    memory.taught(code).cloned().or_else(|| documents.taught(code).filter(|_| is_kept))
}

fn label(documents: &dyn Documents, memory: &dyn Memory, number: &str, parcel_id: &str) -> Found {
    match view(documents, memory, &ParcelId(parcel_id.to_owned())) {
        // A waybill id stands for the number of the label that bears it; it also stands on lists, so where no label is
        // known it proves none.
        Some(view) => {
            // Of several boxes it names none.
            let printed = view.number().filter(|(number, _)| view.work.label(number).is_some());
            let printed = printed.filter(|_| view.pieces().len() == 1);
            let number = match printed {
                Some((printed, _)) if view.parcel.waybill_id.as_str() == number => printed,
                _ => number.to_owned(),
            };
            Found::Label { number, view: Box::new(view) }
        }
        None => Found::Nothing,
    }
}

fn item(documents: &dyn Documents, sku: &str, quantity: u32) -> Found {
    let sku = Sku(sku.to_owned());
    let name = documents.item(&sku).map_or(sku.to_string(), |item| item.called());
    Found::Item { sku, name, quantity }
}
