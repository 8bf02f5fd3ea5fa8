//! What makes a document unfit before any rule looks at it: the same checks for a channel's file, the API and a form.
//! What can't be read as an order or item at all is a problem, which names its field and the cure; an order that can be
//! read but not sent has doubts, and waits. Neither repeats a name, phone or address.

use std::collections::BTreeSet;
use std::fmt;

use super::address::{self, AddressError};
use super::hold::Hold;
use super::id::Sku;
use super::order::{Item, Line, Order, Party, SealedReceiver};
use super::phone;

/// One thing wrong with one field of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// As in the JSON document: `lines[2].quantity`.
    pub field: String,
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.what)
    }
}

/// More pieces in one line than a parcel can hold: a quantity and an id have changed places.
const MOST_PIECES: u32 = 100_000;
/// The longest order number carriers take back as a reference (SF `custReferenceNo`, JD `channelOrderCode`).
const LONGEST_ORDER_NO: usize = 64;

#[derive(Default)]
struct Findings(Vec<Problem>);

impl Findings {
    fn add(&mut self, field: impl Into<String>, what: impl Into<String>) {
        self.0.push(Problem { field: field.into(), what: what.into() });
    }

    fn text(&mut self, field: &str, value: &str) {
        if value.trim().is_empty() {
            self.add(field, "is empty: fill it in");
        } else if value.chars().any(char::is_control) {
            self.add(field, "holds a control character: remove it");
        }
    }

    fn done(self) -> Result<(), Vec<Problem>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}

impl Order {
    /// Everything for which the document is no order, not only the first thing.
    pub fn check(&self) -> Result<(), Vec<Problem>> {
        let mut findings = Findings::default();
        findings.text("order_no", self.order_no.as_str());
        if self.order_no.as_str().chars().count() > LONGEST_ORDER_NO {
            findings.add("order_no", format!("is longer than {LONGEST_ORDER_NO} characters"));
        }
        findings.text("channel", &self.channel);
        findings.text("shop", &self.shop);
        if self.amount_fen < 0 {
            findings.add("amount_fen", "is below zero: give what the buyer paid");
        }
        if let Some(sealed) = &self.receiver_sealed {
            check_sealed(&mut findings, sealed);
            if self.receiver.is_some() {
                findings.add("receiver_sealed", "stands beside receiver: give one of the two");
            }
        }
        check_lines(&mut findings, &self.lines);
        findings.done()
    }

    /// Everything for which a paid order must wait for a mended revision: what its reader noted, and what can be seen.
    pub fn all_doubts(&self) -> Vec<Hold> {
        let mut doubts = self.doubts.clone();
        match (&self.receiver, &self.receiver_sealed) {
            (None, None) => doubts.push(Hold::NoReceiver),
            (Some(receiver), _) => doubt_party(&mut doubts, receiver),
            (None, Some(_)) if self.waybill.is_none() => doubts.push(Hold::SealedWithoutWaybill),
            (None, Some(_)) => {}
        }
        if self.waybill.as_ref().is_some_and(|waybill| !is_number(&waybill.number)) {
            doubts.push(Hold::WaybillNumber);
        }
        if self.ship_by.is_some_and(|ship_by| ship_by < self.paid_at) {
            doubts.push(Hold::ShipBy);
        }
        doubts
    }
}

/// Letters, digits and hyphens: what a carrier prints as a number.
pub fn is_number(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_alphanumeric()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn check_sealed(findings: &mut Findings, sealed: &SealedReceiver) {
    findings.text("receiver_sealed.platform", &sealed.platform);
    findings.text("receiver_sealed.token", &sealed.token);
}

fn check_lines(findings: &mut Findings, lines: &[Line]) {
    if lines.is_empty() {
        findings.add("lines", "is empty: an order needs a line");
    }
    let mut seen = BTreeSet::new();
    for (index, line) in lines.iter().enumerate() {
        let field = |name: &str| format!("lines[{index}].{name}");
        findings.text(&field("sku"), line.sku.as_str());
        if line.quantity == 0 || line.quantity > MOST_PIECES {
            findings.add(field("quantity"), format!("must be from 1 to {MOST_PIECES}"));
        }
        if line.price_fen < 0 {
            findings.add(field("price_fen"), "is below zero");
        }
        if let Some(line_no) = &line.line_no
            && !seen.insert(line_no)
        {
            findings.add(field("line_no"), format!("`{line_no}` stands twice in the order"));
        }
    }
}

fn doubt_party(doubts: &mut Vec<Hold>, party: &Party) {
    let Party { name, province, city, district, detail, .. } = party;
    if name.trim().is_empty() {
        doubts.push(Hold::NoName);
    }
    if name.contains('*') || detail.contains('*') {
        doubts.push(Hold::Masked);
    }
    if let Err(problem) = phone::parse(&party.phone) {
        doubts.push(Hold::Phone { problem });
    }
    doubts.extend(doubtful_address(party).map(|problem| Hold::Address { problem }));
    let texts = [("name", name), ("province", province), ("city", city), ("district", district), ("detail", detail)];
    let unclean = texts.iter().filter(|(_, text)| text.chars().any(char::is_control));
    doubts.extend(unclean.map(|(field, _)| Hold::Unclean { field: format!("receiver.{field}") }));
}

/// Which level is missing. Where all of an address still stands in `detail`, the splitter says what it could not find.
fn doubtful_address(party: &Party) -> Option<AddressError> {
    let Party { province, city, district, detail, .. } = party;
    let empty = |text: &str| text.trim().is_empty();
    let needs_district = empty(district) && address::has_districts(province, city);
    match () {
        () if empty(province) || empty(city) || needs_district => {
            let missing = match () {
                () if empty(province) => AddressError::Province,
                () if empty(city) => AddressError::City,
                () => AddressError::District,
            };
            Some(address::from_levels(province, city, district, detail).err().unwrap_or(missing))
        }
        () if empty(detail) => Some(AddressError::Detail),
        () => None,
    }
}

impl Item {
    /// Everything wrong with the document, not only the first thing.
    pub fn check(&self) -> Result<(), Vec<Problem>> {
        let mut findings = Findings::default();
        findings.text("sku", self.sku.as_str());
        findings.text("name", &self.name);
        let mut codes = BTreeSet::new();
        for (index, barcode) in self.barcodes.iter().enumerate() {
            findings.text(&format!("barcodes[{index}].code"), &barcode.code);
            if barcode.quantity == 0 {
                findings
                    .add(format!("barcodes[{index}].quantity"), "is zero: give how many pieces the code stands for");
            }
            if !codes.insert(&barcode.code) {
                findings.add(format!("barcodes[{index}].code"), "stands twice on the item");
            }
        }
        if self.weight_g == Some(0) {
            findings.add("weight_g", "is zero: leave it out where it is not known");
        }
        if self.tolerance_g.is_some() && self.weight_g.is_none() {
            findings.add("tolerance_g", "stands without weight_g: give both, or neither");
        }
        for (index, part) in self.parts.iter().flatten().enumerate() {
            check_part(&mut findings, index, &self.sku, &part.sku, part.quantity);
        }
        findings.done()
    }
}

fn check_part(findings: &mut Findings, index: usize, whole: &Sku, part: &Sku, quantity: u32) {
    findings.text(&format!("parts[{index}].sku"), part.as_str());
    if part == whole {
        findings.add(format!("parts[{index}].sku"), "is the item itself");
    }
    if quantity == 0 || quantity > MOST_PIECES {
        findings.add(format!("parts[{index}].quantity"), format!("must be from 1 to {MOST_PIECES}"));
    }
}
