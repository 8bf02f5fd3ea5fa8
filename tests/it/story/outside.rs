//! What happens outside the daemon in a story: orders, the printer's and the carrier's ways, another station; and the
//! names that a story has for what gets its name only there.

use milepost::domain::id::{OrderNo, WaybillId};
use milepost::domain::parcel::{OrderRecord, Parcel, Standing};
use milepost::domain::returned::ReturnRecord;
use milepost::domain::waybill::{temporary_number, temporary_piece};
use milepost::intake::qimen::{ExpectedLine, ExpectedReturn};
use milepost::sim::carrier::sf;
use milepost::sim::printer;
use serde_json::json;

use super::elsewhere::Elsewhere;
use super::script::Line;
use super::shelf;
use super::stage::Stage;
use crate::wire::Hold;
use crate::world::eventually;

impl Stage {
    pub(super) async fn post(
        &self,
        orders: &[(String, Vec<Line>)],
        revision: u32,
        number: Option<&str>,
        warehouse: Option<&str>,
    ) {
        let merge = (orders.len() > 1).then(|| orders[0].0.clone());
        let orders: Vec<_> = orders
            .iter()
            .map(|(order_no, lines)| {
                let mut order = shelf::order(order_no, revision, lines, number);
                order.warehouse = warehouse.map(str::to_owned);
                order.merge_key.clone_from(&merge);
                order
            })
            .collect();
        let answer = self.world.post("/v1/orders", &json!({ "orders": orders })).await;
        assert_eq!(answer["accepted"], orders.len(), "{answer}");
    }

    /// Its ERP announces a return; it comes down to the desk.
    pub(super) async fn expect(&self, record: &ReturnRecord) {
        let hub = &self.world.hub.as_ref().expect("an announcement needs a hub").hub;
        let lines = record.lines.iter();
        let lines = lines.map(|line| ExpectedLine { sku: line.sku.clone(), quantity: line.quantity }).collect();
        let expected = ExpectedReturn {
            return_no: record.return_no.clone(),
            order_no: record.orders.first().expect("a story's return has an order").clone(),
            warehouse: "W1".into(),
            return_type: None,
            carrier: None,
            number: record.number.clone(),
            reason: record.reason.clone(),
            lines,
        };
        hub.expect_return("erp", &expected, None, 1).expect("it is taken");
        let there = || self.reader().document("return", &record.return_no).expect("a row").is_some();
        eventually("the return to come down", async || there()).await;
    }

    pub(super) async fn tell(&self, order: &str, act: &str, reason: &str) {
        self.world.post(&format!("/v1/orders/{order}/{act}"), &json!({ "reason": reason })).await;
        self.wait_for_order(order, |record| match act {
            "cancel" => matches!(record.standing, Standing::Cancelled { .. }),
            "hold" => matches!(record.standing, Standing::Held { .. }),
            _ => record.standing == Standing::Open,
        })
        .await;
    }

    pub(super) fn printer(&mut self, mode: &str) -> Result<(), String> {
        let (good, then) = match mode.strip_prefix("accepts ").and_then(|rest| rest.split_once(" then ")) {
            Some((good, then)) => (good.parse().map_err(|_| format!("{good} is no number of labels"))?, then),
            None => (0, mode),
        };
        self.world.printer.clear_faults();
        self.wire.hold(Hold::Nothing);
        self.prints = matches!(then, "accepts" | "confirms" | "ready");
        match then {
            "accepts" if self.scan_back.is_some() => self.world.printer.set_fault(printer::Fault::Silent),
            "accepts" | "confirms" | "ready" => {}
            // Enough for a label to have begun.
            "doubts" => self.wire.hold_after(good, Hold::Cut(500)),
            "silent" => self.wire.hold_after(good, Hold::After(0)),
            "refuses" => self.world.printer.set_fault(printer::Fault::CoverOpen),
            _ => return Err(format!("a printer can't {mode}")),
        }
        self.silent = then == "accepts" && self.scan_back.is_some();
        self.hangs = then == "silent";
        self.good = good as usize;
        Ok(())
    }

    /// A mother number and its children's, as the story calls what SF will give to an order, or to any.
    pub(super) fn promise(&mut self, numbers: &str, order: Option<String>) {
        let mut numbers = numbers.split_whitespace().map(str::to_owned);
        let mother = numbers.next().expect("a number");
        self.promised.insert(mother.clone(), order);
        self.children.insert(mother, numbers.collect());
    }

    pub(super) fn carrier(&mut self, mode: &str) -> Result<(), String> {
        let fault = match mode.split_once(' ') {
            Some(("answers", numbers)) => {
                self.promise(numbers, None);
                None
            }
            Some(("rejects", code)) => Some(sf::Fault::Business(code.to_owned())),
            _ if mode == "silent" => Some(sf::Fault::Timeout),
            _ => return Err(format!("a carrier can't {mode}")),
        };
        self.world.sf.set_fault(fault);
        Ok(())
    }

    pub(super) async fn elsewhere(&mut self, station: &str, act: &str, order: &str) -> Result<(), String> {
        if self.elsewhere.is_none() {
            self.elsewhere = Some(Elsewhere::join(&self.world, station).await);
        }
        let parcel = self.parcel(order).ok_or("no such order")?;
        let hub = &self.world.hub().hub;
        let record = |order_no: &OrderNo| {
            let view = hub.order(order_no, milepost::machine::wall_us()).expect("it reads").expect("it is here");
            OrderRecord { order: view.order, standing: view.standing }
        };
        let orders: Vec<_> = parcel.orders.iter().map(record).collect();
        let kind = if act.starts_with("teaches ") { "taught" } else { "fact" };
        let before = self.reader().documents(kind).expect("rows").len();
        self.elsewhere.as_ref().expect("just joined").does(&self.untold(act), &parcel, &orders).await?;
        eventually("the other station's fact to come down", async || {
            self.reader().documents(kind).expect("rows").len() > before
        })
        .await;
        Ok(())
    }

    /// Real names and the story's: waybill ids by order, temporary numbers, numbers that SF gave.
    fn names(&self) -> Vec<(String, String)> {
        let mut names = Vec::new();
        for order in &self.orders {
            for (index, parcel) in self.parcels(order).iter().enumerate() {
                names.extend(self.names_of(order, index, parcel));
            }
        }
        for (return_no, _) in self.reader().documents("return").expect("rows") {
            // A number of the station's own ends in its journal's mark, which no story knows.
            let own = return_no.rsplit_once('-').filter(|_| return_no.starts_with("RT-"));
            names.extend(own.map(|(story, _)| (return_no.clone(), story.to_owned())));
        }
        names
    }

    /// Of the parcel of an order that was parted off it as this one.
    fn names_of(&self, order: &str, index: usize, parcel: &Parcel) -> Vec<(String, String)> {
        let mut names = Vec::new();
        let book = self.world.sf.book();
        let supplied = |parcel: &Parcel| parcel.supplied.is_some();
        let story = WaybillId(format!("DB20260215-SF-0{index}{order:0>4}"));
        names.push((temporary_number(&parcel.waybill_id), temporary_number(&story)));
        for piece in 2..=3 {
            names.push((temporary_piece(&parcel.waybill_id, piece), temporary_piece(&story, piece)));
        }
        // SF gives what it was said to give in turn.
        let asked = self.parcels(order).iter().take(index).filter(|parcel| !supplied(parcel)).count();
        let to_any = self.promised.iter().filter(|(_, of)| of.is_none()).map(|(number, _)| number);
        let to_this: Vec<&String> = match parcel.share {
            Some(_) => to_any.skip(asked).take(1).collect(),
            None => to_any.collect(),
        };
        for (number, of) in &self.promised {
            let to_any = || !supplied(parcel) && to_this.contains(&number);
            let fits = of.as_ref().map_or_else(to_any, |of| of == order);
            if let Some(entry) = book.get(parcel.waybill_id.as_str()).filter(|_| fits) {
                let real = [&entry.number].into_iter().chain(&entry.child_numbers);
                for (real, story) in real.zip([number].into_iter().chain(&self.children[number])) {
                    names.push((real.clone(), story.clone()));
                    names.push((tail(real), tail(story)));
                }
            }
        }
        names.push((parcel.waybill_id.to_string(), story.to_string()));
        names
    }

    /// A text of the daemon's in the story's names.
    pub fn told(&self, text: &str) -> String {
        let text = at_the_storys_time(text);
        self.names().iter().fold(text, |text, (real, story)| text.replace(real, story))
    }

    pub(super) fn untold(&self, text: &str) -> String {
        self.names().iter().fold(text.to_owned(), |text, (real, story)| text.replace(story, real))
    }
}

/// How a prompt names a label.
fn tail(number: &str) -> String {
    format!("尾号 {}", &number[number.len() - 4..])
}

/// A story's refunds are always known up to the same minute.
fn at_the_storys_time(text: &str) -> String {
    match text.split_once("只知道到 ").and_then(|(before, rest)| Some((before, rest.split_once('，')?.1))) {
        Some((before, behind)) => format!("{before}只知道到 14:02，{behind}"),
        None => text.to_owned(),
    }
}
