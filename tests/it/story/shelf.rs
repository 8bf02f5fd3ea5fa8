//! The goods, people and orders of stories, and a shelf that holds them as the heart's documents.

use std::collections::{BTreeMap, HashMap};

use milepost::bench::work::Stage;
use milepost::bench::{Session, Work};
use milepost::domain::alias;
use milepost::domain::code::own;
use milepost::domain::id::{OrderNo, ParcelId, Sku, StationCode};
use milepost::domain::material::Material;
use milepost::domain::order::{
    Barcode, CarrierCode, Item, ItemCheck, ItemTracks, LineStatus, Order, Party, SuppliedWaybill, WaybillSource,
};
use milepost::domain::parcel::{Loan, Operator, OrderRecord, Parcel, Standing, WavePosition};
use milepost::domain::returned::ReturnRecord;
use milepost::domain::share::{Goods, Share};
use milepost::domain::taught::Taught;
use milepost::journal::Upsert;
use milepost::station::load::Documents;

use super::script::Line;

/// Name, sku, barcode, how it is checked. Every barcode is a right EAN-13 but the in-store code.
const GOODS: &[(&str, &str, &str, ItemCheck)] = &[
    ("红茶", "T01", "6901234567892", ItemCheck::Each),
    ("绿茶", "T02", "6901234567908", ItemCheck::Each),
    ("白茶", "T03", "6901234567915", ItemCheck::Each),
    ("小勺", "G01", "6901234567922", ItemCheck::Each),
    ("杯垫", "G02", "6901234567939", ItemCheck::Each),
    ("茶包", "B01", "6901234567946", ItemCheck::OnceAndCount),
    ("说明书", "P01", "6901234567953", ItemCheck::NoScan),
    ("普洱", "E01", "6901234567960", ItemCheck::Each),
    ("散装茶", "L01", "LOOSE-TEA-1", ItemCheck::Each),
];
/// A carton of six 红茶.
const CARTON: (&str, &str, u32) = ("红茶箱", "16901234567899", 6);

pub const PACKER: &str = "李雷";
const PEOPLE: &[(&str, &str, &str)] = &[(PACKER, "li", "AAAABBBBCCCCDDDD"), ("韩梅梅", "han", "EEEEFFFFGGGGHHHH")];

#[derive(Default)]
pub struct Shelf {
    pub orders: HashMap<String, OrderRecord>,
    pub parcels: BTreeMap<ParcelId, Parcel>,
    pub works: HashMap<ParcelId, Work>,
    pub sessions: Vec<Session>,
    pub numbers: HashMap<String, ParcelId>,
    pub taught: HashMap<String, Taught>,
    /// At the hub: parcels that it lends, by the goods that each needs.
    pub singles: BTreeMap<ParcelId, Sku>,
    /// As they were announced, or as they are.
    pub returns: BTreeMap<String, ReturnRecord>,
    /// Loans so far.
    lent: i64,
}

/// What a story calls something, as the code a scanner reads.
pub fn code(name: &str) -> String {
    let word = name.split_whitespace().last().unwrap_or(name);
    match name.split_whitespace().next().unwrap_or_default() {
        "badge" => own('B', PEOPLE.iter().find(|(zh, _, _)| *zh == word).map_or(word, |(_, _, badge)| badge)),
        "picklist" => own('P', word),
        "slot" => own('T', &format!("SZ-01-bench-1-{word:0>2}")),
        "tote" => own('T', word),
        "bin" => own('L', word),
        "bag" => own('G', word),
        "material" => own('M', word),
        "gs1" => gs1(name),
        "why" => own('C', &format!("WHY-{}", word.to_uppercase())),
        "UNDO" | "BOX" | "SPLIT" | "SKIP" | "REPRINT" | "OK" | "OUT" | "FORCE" | "NONUMBER" | "CLOSE" | "REOPEN" => {
            own('C', word)
        }
        "found" => own('C', &format!("FOUND-{}", word.to_uppercase())),
        "HANDOVER" => own('C', &format!("HANDOVER-{word}")),
        "plate" => own('V', word),
        times if times.starts_with('×') => own('C', &format!("X{}", &times['×'.len_utf8()..])),
        _ if name == CARTON.0 => CARTON.1.into(),
        _ => GOODS.iter().find(|goods| goods.0 == name).map_or(name, |goods| goods.2).into(),
    }
}

/// `gs1 普洱 L1 300801`: goods, their lot and their last day, as a GS1 Digital Link.
fn gs1(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let [_, goods, lot, day] = words[..] else { panic!("{name} is no GS1 code") };
    format!("https://id.gs1.org/01/0{}/10/{lot}?17={day}", code(goods))
}

pub fn items() -> Vec<Item> {
    let one = |code: &str, quantity| Barcode { code: code.into(), quantity };
    GOODS
        .iter()
        .map(|(name, sku, barcode, check)| Item {
            sku: Sku::from(*sku),
            barcodes: match *name {
                "红茶" => vec![one(barcode, 1), one(CARTON.1, CARTON.2)],
                _ => vec![one(barcode, 1)],
            },
            name: format!("云上{name}"),
            short_name: Some((*name).into()),
            weight_g: Some(100),
            tolerance_g: own_tolerance(name),
            volume_cm3: None,
            check: *check,
            tracks: if *name == "普洱" { ItemTracks::Expiry } else { ItemTracks::None },
            parts: None,
        })
        .collect()
}

/// What a story packs into: a box with a code of ours, and a bag with an article number.
pub fn materials() -> Vec<Material> {
    let material = |code: &str, name: &str, weight_g| Material { code: code.into(), name: name.into(), weight_g };
    vec![material("BOX-3", "3号纸箱", 120), material("6901234567977", "快递袋", 15)]
}

/// Goods that vary more than others, and some that vary less.
fn own_tolerance(goods: &str) -> Option<u32> {
    match goods {
        "普洱" => Some(30),
        "小勺" => Some(5),
        _ => None,
    }
}

/// The sku of goods that a story names.
pub fn sku(goods: &str) -> Sku {
    GOODS.iter().find(|known| known.0 == goods).map_or_else(|| goods.into(), |known| known.1.into())
}

pub fn operators() -> Vec<Operator> {
    PEOPLE
        .iter()
        .map(|(name, id, badge)| Operator {
            operator_id: (*id).into(),
            name: (*name).into(),
            badge: (*badge).into(),
            lead: *name == "韩梅梅",
            revoked: false,
        })
        .collect()
}

/// A line of one piece.
pub fn one(goods: &str) -> Line {
    Line { goods: goods.into(), quantity: 1, gift: false, refunded: false }
}

pub fn order(order_no: &str, revision: u32, lines: &[Line], number: Option<&str>) -> Order {
    Order {
        order_no: order_no.into(),
        revision,
        channel: "tmall".into(),
        shop: "云上茶".into(),
        paid_at: "2026-02-15T06:22:00Z".parse().expect("a time"),
        ship_by: None,
        buyer: None,
        receiver: Some(Party {
            name: "王小明".into(),
            phone: "13800001234".into(),
            province: "浙江省".into(),
            city: "杭州市".into(),
            district: "余杭区".into(),
            detail: "文一西路969号3幢201室".into(),
            ..Party::default()
        }),
        receiver_sealed: None,
        lines: lines.iter().map(line).collect(),
        gift_set: None,
        amount_fen: 9900,
        tags: vec![],
        buyer_note: None,
        seller_note: None,
        warehouse: None,
        carrier: Some(CarrierCode::Sf),
        service: None,
        services: vec![],
        merge_key: None,
        waybill: number.map(supplied),
        doubts: vec![],
    }
}

fn line(line: &Line) -> milepost::domain::order::Line {
    let (named, lies) = line.goods.split_once('@').unwrap_or((&line.goods, ""));
    let mut lies = lies.split('/').filter(|part| !part.is_empty());
    let sku = GOODS.iter().find(|goods| goods.0 == named).map_or(named, |goods| goods.1);
    milepost::domain::order::Line {
        line_no: None,
        sku: sku.into(),
        name: format!("云上{named}"),
        quantity: line.quantity,
        price_fen: 0,
        gift: line.gift,
        status: if line.refunded { LineStatus::Refunded } else { LineStatus::Open },
        bin: lies.next().map(str::to_owned),
        lot: lies.next().map(str::to_owned),
        expires_on: lies.next().map(|day| day.parse().expect("a day")),
    }
}

fn supplied(number: &str) -> SuppliedWaybill {
    let routing = BTreeMap::from([("dest_route_label".to_owned(), serde_json::json!("571W-AB-012"))]);
    SuppliedWaybill {
        carrier: CarrierCode::Sf,
        number: number.into(),
        source: WaybillSource::Erp,
        routing: Some(routing),
        print: None,
    }
}

impl Shelf {
    pub fn add(&mut self, orders: &[(String, Vec<Line>)], number: Option<&str>) {
        for (order_no, lines) in orders {
            let order = order(order_no, 1, lines, number);
            self.orders.insert(order_no.clone(), OrderRecord { order, standing: Standing::Open });
        }
        let first = &orders[0].0;
        let parcel_id = ParcelId(format!("tmall-{first}-1"));
        let parcel = Parcel {
            former: Vec::new(),
            parcel_id: parcel_id.clone(),
            orders: orders.iter().map(|(order_no, _)| OrderNo(order_no.clone())).collect(),
            warehouse: "SZ".into(),
            carrier: CarrierCode::Sf,
            service: None,
            waybill_id: format!("DB20260215-SF-00{first:0>4}").into(),
            supplied: number.map(supplied),
            replaced: Vec::new(),
            wave: None,
            lent: None,
            issuer: Some("SZ-01".into()),
            share: None,
        };
        self.parcels.insert(parcel_id, parcel);
    }

    pub fn parcel_of_order(&self, order_no: &str) -> &Parcel {
        let of = |parcel: &&Parcel| parcel.orders.iter().any(|order| order.as_str() == order_no);
        self.parcels.values().find(of).unwrap_or_else(|| panic!("the story has no order {order_no}"))
    }

    pub fn parcels_of_order(&self, order_no: &str) -> Vec<ParcelId> {
        let of = |parcel: &&Parcel| parcel.orders.iter().any(|order| order.as_str() == order_no);
        self.parcels.values().filter(of).map(|parcel| parcel.parcel_id.clone()).collect()
    }

    pub fn put_in_wave(&mut self, wave: &str, orders: &[String]) {
        for (index, order_no) in orders.iter().enumerate() {
            let parcel_id = self.parcel_of_order(order_no).parcel_id.clone();
            let position = WavePosition { code: wave.into(), position: index as u32 + 1, count: orders.len() as u32 };
            self.parcels.get_mut(&parcel_id).expect("just found").wave = Some(position);
        }
    }

    pub fn offer(&mut self, orders: &[String]) {
        for order_no in orders {
            let parcel = self.parcel_of_order(order_no);
            let sku = self.orders[order_no].order.lines[0].sku.clone();
            self.singles.insert(parcel.parcel_id.clone(), sku);
        }
    }

    /// Half of what nobody has, as the hub does.
    pub fn lend(&mut self, station: &StationCode, sku: &Sku) -> Vec<ParcelId> {
        let free = |(parcel_id, wanted): &(&ParcelId, &Sku)| {
            let parcel = &self.parcels[*parcel_id];
            let open = parcel.orders.iter().all(|order_no| self.orders[order_no.as_str()].standing == Standing::Open);
            let begun = self.works.get(*parcel_id).is_some_and(|work| work.stage != Stage::Untouched);
            *wanted == sku && parcel.lent.is_none() && open && !begun
        };
        let free: Vec<ParcelId> = self.singles.iter().filter(free).map(|(parcel_id, _)| parcel_id.clone()).collect();
        let lent = free[..free.len().div_ceil(2)].to_vec();
        for parcel_id in &lent {
            self.lent += 1;
            let loan = Loan { station: station.clone(), sku: sku.clone(), lent_us: self.lent };
            self.parcels.get_mut(parcel_id).expect("it is there").lent = Some(loan);
        }
        lent
    }

    /// What is lent and untouched is the hub's again.
    pub fn recall(&mut self) -> Vec<ParcelId> {
        let untouched = |work: &Work| work.stage == Stage::Untouched;
        let mut back = Vec::new();
        for (parcel_id, parcel) in &mut self.parcels {
            if parcel.lent.is_some() && self.works.get(parcel_id).is_none_or(untouched) {
                parcel.lent = None;
                back.push(parcel_id.clone());
            }
        }
        back
    }

    /// Parts a parcel as the hub does: what was counted stays, and another parcel carries what is behind it.
    pub fn split(&mut self, parcel_id: &ParcelId, counted: &Goods) -> Vec<ParcelId> {
        let (stem, last) = parcel_id.as_str().rsplit_once('-').expect("a parcel's id ends in its number");
        let number: u32 = last.parse().expect("a number");
        let rest_id = ParcelId(format!("{stem}-{}", number + 1));
        let parcel = self.parcels.get_mut(parcel_id).expect("it is there");
        let before = parcel.share.clone().unwrap_or_default().before;
        let mut behind = before.clone();
        counted.iter().for_each(|(sku, quantity)| *behind.entry(sku.clone()).or_insert(0) += quantity);
        parcel.share =
            Some(Share { goods: Some(counted.clone()), before, into: vec![rest_id.clone()], ..Share::default() });
        let rest = Parcel {
            parcel_id: rest_id.clone(),
            waybill_id: format!("DB20260215-SF-0{number}{:0>4}", parcel.orders[0]).into(),
            supplied: None,
            wave: None,
            share: Some(Share { before: behind, ..Share::default() }),
            ..parcel.clone()
        };
        self.parcels.insert(rest_id.clone(), rest);
        vec![parcel_id.clone(), rest_id]
    }

    /// The order's platform gives its parcel another number.
    pub fn renumber(&mut self, order_no: &str, number: &str) {
        let parcel_id = self.parcel_of_order(order_no).parcel_id.clone();
        let parcel = self.parcels.get_mut(&parcel_id).expect("it is there");
        let before = parcel.supplied.replace(supplied(number)).expect("it came with a number");
        parcel.replaced.push(before.number);
        parcel.replaced.retain(|replaced| replaced != number);
        self.record(order_no).order.waybill = Some(supplied(number));
    }

    /// What leaves with one part of an order's goods is lacking in those before it, as the hub tells them.
    pub fn left_with(&mut self, parcel_id: &ParcelId) {
        let Some(share) = self.parcels[parcel_id].share.clone() else { return };
        let filled = self.works.get(parcel_id).map(|work| work.goods.clone()).unwrap_or_default();
        let own = |sku: &Sku| share.goods.as_ref().map_or(u32::MAX, |own| own.get(sku).copied().unwrap_or(0));
        let goods: Goods = filled.into_iter().map(|(sku, filled)| (sku.clone(), filled.min(own(&sku)))).collect();
        let (orders, behind) = (self.parcels[parcel_id].orders.clone(), share.before.values().sum::<u32>());
        let still_here = |id: &ParcelId| self.works.get(id).is_none_or(|work| work.stage != Stage::Shipped);
        for (_, parcel) in self.parcels.iter_mut().filter(|(id, of)| of.orders == orders && still_here(id)) {
            let before = |share: &&mut Share| share.before.values().sum::<u32>() < behind;
            if let Some(share) = parcel.share.as_mut().filter(before) {
                goods.iter().for_each(|(sku, quantity)| *share.left.entry(sku.clone()).or_insert(0) += quantity);
            }
        }
    }

    pub fn record(&mut self, order_no: &str) -> &mut OrderRecord {
        self.orders.get_mut(order_no).unwrap_or_else(|| panic!("the story has no order {order_no}"))
    }

    /// Keeps the rows of a turn as the journal would.
    pub fn keep(&mut self, upserts: &[Upsert]) {
        for upsert in upserts {
            match upsert {
                Upsert::Parcel { parcel_id, body, .. } => {
                    self.works.insert(parcel_id.clone(), serde_json::from_str(body).expect("work comes back"));
                }
                Upsert::Place { body, .. } => {
                    let session: Session = serde_json::from_str(body).expect("a session comes back");
                    self.sessions.retain(|other| other.place != session.place);
                    self.sessions.push(session);
                }
                Upsert::Document(document) if document.kind == "taught" => {
                    let taught = serde_json::from_str(&document.body).expect("what was taught comes back");
                    self.taught.insert(document.key.clone(), taught);
                }
                Upsert::Document(document) if document.kind == "return" => {
                    let record = serde_json::from_str(&document.body).expect("a return comes back");
                    self.returns.insert(document.key.clone(), record);
                }
                Upsert::Waybill { number, parcel_id, .. } => {
                    self.numbers.insert(number.clone(), parcel_id.clone());
                }
                _ => {}
            }
        }
    }
}

impl Documents for Shelf {
    fn order(&self, order_no: &OrderNo) -> Option<OrderRecord> {
        self.orders.get(order_no.as_str()).cloned()
    }

    fn parcel(&self, parcel_id: &ParcelId) -> Option<Parcel> {
        self.parcels.get(parcel_id).cloned()
    }

    fn item(&self, sku: &Sku) -> Option<Item> {
        items().into_iter().find(|item| item.sku == *sku)
    }

    fn taught(&self, code: &str) -> Option<Taught> {
        self.taught.get(code).cloned()
    }

    fn operator(&self, badge: &str) -> Option<Operator> {
        operators().into_iter().find(|operator| operator.badge == badge)
    }

    fn matches(&self, code: &str) -> Vec<(String, String, u32)> {
        let mut matches = Vec::new();
        let mut add = |key: String, aliases: Vec<alias::Alias>| {
            for alias in aliases.into_iter().filter(|alias| alias.alias == code) {
                matches.push((alias.kind.as_str().to_owned(), key.clone(), alias.quantity));
            }
        };
        for item in items() {
            add(item.sku.to_string(), alias::of_item(&item));
        }
        for taught in self.taught.values() {
            add(taught.code.clone(), alias::of_taught(taught));
        }
        for parcel in self.parcels.values() {
            add(parcel.parcel_id.to_string(), alias::of_parcel(parcel));
        }
        for record in self.returns.values() {
            add(record.return_no.clone(), alias::of_return(record));
        }
        matches
    }

    fn parcel_of(&self, number: &str) -> Option<ParcelId> {
        self.numbers.get(number).cloned()
    }

    fn work(&self, parcel_id: &ParcelId) -> Option<Work> {
        self.works.get(parcel_id).cloned()
    }

    fn return_record(&self, return_no: &str) -> Option<ReturnRecord> {
        self.returns.get(return_no).cloned()
    }
}
