//! The rows of one order to one document: every fact found and converted, what is doubtful noted on it, or the reason why
//! it is no order at all.

use std::collections::HashMap;

use super::gifts::Gifts;
use super::mapping::{AmountOf, Column, Layout, Mapping};
use super::orders::{Place, Rows};
use super::receiver::Written;
use super::value;
use crate::domain::hold::Hold;
use crate::domain::order::{Line, LineStatus, Order, SuppliedWaybill};

pub(super) struct Refusal<'t> {
    pub place: Place<'t>,
    pub reason: String,
}

fn refuse<'t, T>(place: Place<'t>, reason: impl Into<String>) -> Result<T, Refusal<'t>> {
    Err(Refusal { place, reason: reason.into() })
}

fn other_content((_, row): &Place<'_>) -> Hold {
    Hold::OtherContent { line: row.line }
}

/// What was read; what could not be is noted, for a paid order waits and is never lost.
fn noted<T>(read: Result<T, Hold>, doubts: &mut Vec<Hold>) -> Option<T> {
    read.map_err(|doubt| doubts.push(doubt)).ok()
}

#[derive(Clone, Copy, PartialEq)]
enum Status {
    Accepted,
    Skipped,
    /// Its buyer has the money back, or never paid.
    Closed,
}

pub(super) struct Reader<'m> {
    pub mapping: &'m Mapping,
    pub gifts: &'m Gifts,
}

impl Reader<'_> {
    fn get<'t>(&self, (table, row): Place<'t>, column: &Column) -> Option<&'t str> {
        table.get(row, column, &self.mapping.empty)
    }

    fn maybe<'t>(&self, place: Place<'t>, column: &Option<Column>) -> Option<&'t str> {
        column.as_ref().and_then(|column| self.get(place, column))
    }

    /// An order to be packed or that is wanted no more, `None` for one that never was or left, or why it cannot be used.
    pub fn order<'t>(&self, rows: &Rows<'t>) -> Result<Option<Order>, Refusal<'t>> {
        let columns = &self.mapping.order;
        let (mut open, mut closed) = (Vec::new(), Vec::new());
        for &place in &rows.order {
            match self.status(place, &columns.status)? {
                Status::Accepted => open.push(place),
                Status::Closed => closed.push(place),
                Status::Skipped => {}
            }
        }
        if !open.is_empty() || closed.len() < rows.order.len() {
            return self.paid(rows, &open);
        }
        // What was closed unpaid, or can't be read, was never to be packed.
        let order = self.paid(rows, &closed).ok().flatten();
        Ok(order.map(|order| {
            let refunded = |line: Line| Line { status: LineStatus::Refunded, ..line };
            Order { lines: order.lines.into_iter().map(refunded).collect(), ..order }
        }))
    }

    fn paid<'t>(&self, rows: &Rows<'t>, open: &[Place<'t>]) -> Result<Option<Order>, Refusal<'t>> {
        let columns = &self.mapping.order;
        let Some(&first) = open.first() else {
            return Ok(None);
        };
        let mut doubts: Vec<Hold> = Vec::new();
        doubts.extend(open[1..].iter().find(|&&other| self.disagree(first, other)).map(other_content));
        let mut lines = self.lines(rows, &mut doubts)?;
        let paid_at = self.time(first, &columns.paid_at)?;
        let Some(paid_at) = paid_at else {
            return refuse(first, "the order is paid but has no payment time: fill it in the export");
        };
        let ship_by = columns.ship_by.as_ref().and_then(|column| self.time(first, column).transpose());
        let ship_by = ship_by.and_then(|read| noted(read.map_err(|_| Hold::ShipBy), &mut doubts));
        let waybill = noted(self.waybill(first), &mut doubts).flatten();
        let written = self.written(first);
        let (receiver, receiver_sealed) = match written.is_sealed() {
            true => (None, Some(written.sealed(&self.mapping.name, rows.order_no))),
            false => (Some(written.open()), None),
        };
        let seller_note = self.maybe(first, &columns.seller_note).map(str::to_owned);
        let note = seller_note.as_deref().unwrap_or_default();
        let in_note = self.gifts.in_note(note, &self.mapping.gift_remark).map_err(|code| Hold::Gift { code });
        let in_note = noted(in_note, &mut doubts).unwrap_or_default();
        let gift_set = self.gifts.settle(in_note, &mut lines);
        let shop = self.maybe(first, &columns.shop).unwrap_or(&self.mapping.shop).to_owned();
        let order = Order {
            order_no: rows.order_no.into(),
            revision: 0,
            channel: self.mapping.name.clone(),
            merge_key: receiver.as_ref().map(|_| merge_key(&shop, &written)),
            shop,
            paid_at,
            ship_by,
            buyer: self.maybe(first, &columns.buyer).map(str::to_owned),
            receiver,
            receiver_sealed,
            lines,
            gift_set,
            amount_fen: self.amount(open)?,
            tags: self.tags(rows, note),
            buyer_note: self.maybe(first, &columns.buyer_note).map(str::to_owned),
            seller_note,
            warehouse: None,
            carrier: None,
            service: None,
            services: Vec::new(),
            waybill,
            doubts,
        };
        match order.check() {
            Ok(()) => Ok(Some(order)),
            Err(problems) => {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                refuse(first, problems.join("; "))
            }
        }
    }

    fn status<'t>(&self, place: Place<'t>, column: &Column) -> Result<Status, Refusal<'t>> {
        let word = self.get(place, column).unwrap_or_default();
        let words = &self.mapping.status;
        if words.accepted.iter().any(|known| known == word) {
            Ok(Status::Accepted)
        } else if words.skipped.iter().any(|known| known == word) {
            Ok(Status::Skipped)
        } else if words.closed.iter().any(|known| known == word) {
            Ok(Status::Closed)
        } else {
            let channel = &self.mapping.name;
            refuse(
                place,
                format!("status `{word}` is not known: add it to `accepted`, `skipped` or `closed` in {channel}.toml"),
            )
        }
    }

    /// Two rows of one order in one file may differ in their lines only.
    fn disagree(&self, first: Place<'_>, other: Place<'_>) -> bool {
        match self.mapping.layout {
            Layout::TwoFiles => !first.1.same_content(other.1),
            Layout::OneFile => {
                let columns = &self.mapping.order;
                let facts = |place| {
                    (self.written(place), self.get(place, &columns.paid_at), self.maybe(place, &columns.express))
                };
                facts(first) != facts(other)
            }
        }
    }

    fn lines<'t>(&self, rows: &Rows<'t>, doubts: &mut Vec<Hold>) -> Result<Vec<Line>, Refusal<'t>> {
        let columns = &self.mapping.line;
        let closed = |&place: &Place<'t>| matches!(self.status(place, &self.mapping.order.status), Ok(Status::Closed));
        let is_closed = rows.order.iter().all(closed);
        let mut lines = Vec::new();
        let mut seen: HashMap<&str, Place<'t>> = HashMap::new();
        for &place in &rows.lines {
            if let Some(column) = &columns.status
                && self.get(place, column).is_some()
            {
                match self.status(place, column)? {
                    Status::Accepted => {}
                    Status::Closed if is_closed => {}
                    Status::Skipped | Status::Closed => continue,
                }
            }
            let line_no = self.maybe(place, &columns.line_no);
            if let Some(line_no) = line_no
                && let Some(known) = seen.insert(line_no, place)
            {
                if !known.1.same_content(place.1) {
                    doubts.push(other_content(&place));
                }
                continue;
            }
            lines.push(self.line(place, line_no)?);
        }
        let place = rows.order[0];
        if rows.lines.is_empty() {
            return refuse(
                place,
                "the order has no lines: give its line file (ExportOrderDetailList) together with the order file",
            );
        }
        let listed: u64 = rows
            .lines
            .iter()
            .filter_map(|&place| value::count(self.get(place, &columns.quantity)?))
            .map(u64::from)
            .sum();
        let promised = self.maybe(place, &self.mapping.order.pieces).and_then(value::count).map(u64::from);
        let short = promised.filter(|&promised| promised != listed);
        doubts.extend(short.map(|promised| Hold::Pieces { promised, listed }));
        Ok(lines)
    }

    fn line<'t>(&self, place: Place<'t>, line_no: Option<&str>) -> Result<Line, Refusal<'t>> {
        let columns = &self.mapping.line;
        let names = |column: &Column| column.names().collect::<Vec<_>>().join(" / ");
        let Some(sku) = self.get(place, &columns.sku) else {
            return refuse(
                place,
                format!(
                    "a line has no sku ({}): set the merchant code on the channel and export again",
                    names(&columns.sku)
                ),
            );
        };
        if let Some(spoilt) = [Some(sku), line_no].into_iter().flatten().find_map(value::spoilt) {
            return refuse(place, spoilt);
        }
        let quantity = self.get(place, &columns.quantity).and_then(value::count);
        let Some(quantity) = quantity else {
            return refuse(place, format!("{} is no whole number: correct the line", names(&columns.quantity)));
        };
        let price = self.get(place, &columns.price).and_then(value::fen);
        let Some(price_fen) = price else {
            return refuse(place, format!("{} is no amount in yuan: correct the line", names(&columns.price)));
        };
        let after_sale = self.maybe(place, &columns.after_sale).unwrap_or_default();
        let refunded = self.mapping.status.refunded.iter().any(|word| word == after_sale);
        Ok(Line {
            line_no: line_no.map(str::to_owned),
            sku: sku.into(),
            name: self.get(place, &columns.name).unwrap_or(sku).to_owned(),
            quantity,
            price_fen,
            gift: price_fen == 0,
            status: if refunded { LineStatus::Refunded } else { LineStatus::Open },
            bin: None,
            lot: None,
            expires_on: None,
        })
    }

    fn amount<'t>(&self, open: &[Place<'t>]) -> Result<i64, Refusal<'t>> {
        let column = &self.mapping.order.amount;
        let counted = if self.mapping.amount == AmountOf::PerOrder { &open[..1] } else { open };
        counted.iter().try_fold(0_i64, |sum, &place| {
            let fen = self.get(place, column).map_or(Some(0), value::fen).and_then(|fen| sum.checked_add(fen));
            fen.ok_or_else(|| Refusal {
                place,
                reason: format!(
                    "{} is no amount in yuan: correct the line",
                    column.names().collect::<Vec<_>>().join(" / ")
                ),
            })
        })
    }

    fn time<'t>(&self, place: Place<'t>, column: &Column) -> Result<Option<jiff::Timestamp>, Refusal<'t>> {
        let Some(text) = self.get(place, column) else {
            return Ok(None);
        };
        match value::time(text, &self.mapping.time_formats, &self.mapping.zone) {
            Some(time) => Ok(Some(time)),
            None => {
                let (column, channel) = (column.names().collect::<Vec<_>>().join(" / "), &self.mapping.name);
                refuse(
                    place,
                    format!("{column} `{text}` is no time: add its format to `time_formats` in {channel}.toml"),
                )
            }
        }
    }

    fn written(&self, place: Place<'_>) -> Written {
        let columns = &self.mapping.order;
        let text = |column: &Column| self.get(place, column).unwrap_or_default().to_owned();
        let level = |column: &Option<Column>| self.maybe(place, column).unwrap_or_default().to_owned();
        Written {
            name: text(&columns.name),
            phone: text(&columns.phone),
            province: level(&columns.province),
            city: level(&columns.city),
            district: level(&columns.district),
            town: level(&columns.town),
            address: text(&columns.address),
        }
    }

    fn waybill(&self, place: Place<'_>) -> Result<Option<SuppliedWaybill>, Hold> {
        let columns = &self.mapping.order;
        let in_one = self.maybe(place, &columns.express).map(|text| text.rsplit_once('-').unwrap_or((text, "")));
        let apart = || {
            let number = self.maybe(place, &columns.waybill_number)?;
            Some((number, self.maybe(place, &columns.waybill_carrier).unwrap_or_default()))
        };
        let Some((number, carrier)) = in_one.or_else(apart) else {
            return Ok(None);
        };
        match self.mapping.carriers.get(carrier.trim()) {
            Some(&carrier) => Ok(Some(SuppliedWaybill {
                carrier,
                number: number.trim().to_owned(),
                source: self.mapping.waybill_source,
                routing: None,
                print: None,
            })),
            None => Err(Hold::WaybillCarrier { carrier: carrier.trim().to_owned() }),
        }
    }

    fn tags(&self, rows: &Rows<'_>, note: &str) -> Vec<String> {
        let said = |words: &Vec<String>| words.iter().any(|word| note.contains(word.as_str()));
        let mut tags: Vec<String> =
            self.mapping.tags.iter().filter(|(_, words)| said(words)).map(|(tag, _)| tag.clone()).collect();
        let is_pending = |&place: &Place<'_>| {
            let word = self.maybe(place, &self.mapping.line.after_sale);
            word.is_some_and(|word| self.mapping.status.pending.iter().any(|known| known == word))
        };
        if rows.lines.iter().any(is_pending) {
            tags.push(self.mapping.status.pending_tag.clone());
        }
        tags
    }
}

/// Equal for orders of one shop to one receiver, and says nothing about them.
fn merge_key(shop: &str, to: &Written) -> String {
    let parts = [shop, &to.name, &to.phone, &to.province, &to.city, &to.district, &to.town, &to.address];
    let hash = blake3::hash(parts.join("\u{1f}").as_bytes());
    hash.to_hex()[..16].to_owned()
}
