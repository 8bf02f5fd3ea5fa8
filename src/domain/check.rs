//! What makes a document unfit before any rule looks at it: the same checks for a channel's file, the API and a form.
//! Every problem names its field and the cure, and never repeats a name, phone or address.

use std::collections::BTreeSet;
use std::fmt;

use super::id::Sku;
use super::order::{Item, Line, Order, Party, SealedReceiver};
use super::{address, phone};

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
    /// Everything wrong with the document, not only the first thing.
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
        if self.ship_by.is_some_and(|ship_by| ship_by < self.paid_at) {
            findings.add("ship_by", "is before paid_at");
        }
        match (&self.receiver, &self.receiver_sealed) {
            (None, None) => findings.add("receiver", "is missing: give receiver, or receiver_sealed with its waybill"),
            (Some(_), Some(_)) => findings.add("receiver_sealed", "stands beside receiver: give one of the two"),
            (Some(receiver), None) => check_party(&mut findings, "receiver", receiver),
            (None, Some(sealed)) => check_sealed(&mut findings, self, sealed),
        }
        if let Some(waybill) = &self.waybill
            && (waybill.number.is_empty() || !waybill.number.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        {
            findings.add("waybill.number", "is no waybill number: give its letters and digits");
        }
        check_lines(&mut findings, &self.lines);
        findings.done()
    }
}

fn check_sealed(findings: &mut Findings, order: &Order, sealed: &SealedReceiver) {
    findings.text("receiver_sealed.platform", &sealed.platform);
    findings.text("receiver_sealed.token", &sealed.token);
    if order.waybill.is_none() {
        findings.add(
            "waybill",
            "is missing: only the platform can read a sealed receiver, so its waybill must come with the order",
        );
    }
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

fn check_party(findings: &mut Findings, prefix: &str, party: &Party) {
    let texts =
        [("name", &party.name), ("province", &party.province), ("city", &party.city), ("detail", &party.detail)];
    for (name, value) in texts {
        findings.text(&format!("{prefix}.{name}"), value);
    }
    if party.district.is_empty() && address::has_districts(&party.province, &party.city) {
        findings.add(format!("{prefix}.district"), "is empty: carriers route by it");
    }
    for (name, value) in [("name", &party.name), ("detail", &party.detail)] {
        if value.contains('*') {
            findings.add(
                format!("{prefix}.{name}"),
                "is masked with `*`: carriers refuse it; send it in full or as receiver_sealed",
            );
        }
    }
    if let Err(problem) = phone::parse(&party.phone) {
        findings.add(format!("{prefix}.phone"), problem.to_string());
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
