//! Virtual people on one shift: they read their screens, scan what is there, and keep a book of their own of what they
//! heard. They know nothing of the station's inside.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::ProgressBar;
use milepost::bench::work::Stage;
use milepost::domain::code::own;
use milepost::sim::printer::SimPrinter;
use milepost::station::serve::Station;

use super::day::Day;
use super::site::{Gun, PATIENCE, screen};

/// What the people heard and held.
#[derive(Debug, Default)]
pub struct Book {
    /// Numbers on parcels that were heard to be done.
    pub packed: BTreeSet<String>,
    /// Of these, the temporary ones.
    pub temporary: BTreeSet<String>,
    pub shipped: BTreeSet<String>,
    pub wrong_scans_caught: usize,
    pub refunds_caught: usize,
    /// Numbers of which a reprint was asked.
    pub reprints: BTreeMap<String, usize>,
    pub flows: BTreeMap<String, usize>,
    pub set_aside: usize,
    /// Refused although nobody expected it.
    pub surprises: Vec<String>,
}

/// What is to be done, shared by all packers.
#[derive(Default)]
pub struct Work {
    /// Labels from the print desk's printer.
    pub labels: VecDeque<String>,
    pub orders: VecDeque<String>,
    /// Barcodes of goods that choose their parcels.
    pub goods: VecDeque<String>,
    /// Parcels begun so far.
    pub begun: usize,
}

/// What a parcel is begun with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    Label,
    Order,
    Goods,
}

impl First {
    fn flow(self) -> &'static str {
        match self {
            First::Label => "waybill_first",
            First::Order => "order_first",
            First::Goods => "item_first",
        }
    }
}

impl Work {
    /// The next parcel's first code, what it is, and the how manieth it is.
    fn next(&mut self) -> Option<(String, First, usize)> {
        let lists =
            [(&mut self.labels, First::Label), (&mut self.goods, First::Goods), (&mut self.orders, First::Order)];
        let (code, first) = lists.into_iter().find_map(|(list, first)| Some((list.pop_front()?, first)))?;
        self.begun += 1;
        Some((code, first, self.begun))
    }
}

pub struct Packer<'a> {
    pub station: &'a Station,
    pub place: &'static str,
    pub printer: &'a SimPrinter,
    pub badge: String,
    pub work: Arc<Mutex<Work>>,
    pub book: Arc<Mutex<Book>>,
    pub bar: ProgressBar,
    pub pause: Duration,
    /// The codes on each paper this packer has seen come out.
    pub seen: Mutex<Vec<Vec<String>>>,
    /// The scanner's cable is loose.
    pub replug: bool,
}

/// Every so many parcels a packer takes the wrong thing from the shelf.
const SLIPS: usize = 25;
const WRONG: &str = "6901234567939";

impl Packer<'_> {
    pub async fn work(self) -> anyhow::Result<()> {
        let mut gun = Gun::take(self.station, self.place).await?;
        gun.scan(&own('B', &self.badge)).await?;
        loop {
            let Some((code, first, count)) = lock(&self.work).next() else { return Ok(()) };
            if self.replug && count % 10 == 0 {
                gun.replug().await?;
            }
            if self.parcel(&mut gun, &code, first, count % SLIPS == 0).await? {
                self.bar.inc(1);
            } else {
                // Nothing is set aside for it while the hub is away: something else is packed meanwhile.
                lock(&self.work).goods.push_back(code);
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }

    /// Whether there was one.
    async fn parcel(&self, gun: &mut Gun, code: &str, first: First, slip: bool) -> anyhow::Result<bool> {
        let mut heard = self.scan(gun, code).await?;
        if first == First::Goods && heard.contains("总部不通") {
            return Ok(false);
        }
        if heard.starts_with("STOP") {
            self.stopped(&heard, code)?;
            return Ok(true);
        }
        // With goods that chose their parcel there is nothing left to take from the shelf.
        if slip && first != First::Goods && self.scan(gun, WRONG).await?.contains("不是这单的") {
            lock(&self.book).wrong_scans_caught += 1;
        }
        loop {
            let parcel = screen(self.station, self.place, |_| true).await?.parcel;
            let Some(parcel) = parcel.filter(|parcel| parcel.stage <= Stage::Checking) else { break };
            let Some(line) = parcel.lines.iter().find(|line| line.counted < line.needed) else { break };
            let barcode = Day::barcode(&line.name).ok_or_else(|| anyhow::anyhow!("no barcode for {}", line.name))?;
            heard = self.scan(gun, barcode).await?;
            if heard.contains("订单改了") {
                heard = self.scan(gun, &own('C', "OK")).await?;
            }
            if heard.starts_with("STOP") {
                self.stopped(&heard, code)?;
                return Ok(true);
            }
        }
        if heard.contains("完成") {
            self.done(code, first.flow());
            return Ok(true);
        }
        self.label(gun, first.flow()).await?;
        Ok(true)
    }

    /// The label comes out at the bench: stick it on, scan it; where it is in doubt, do what the screen says.
    async fn label(&self, gun: &mut Gun, flow: &str) -> anyhow::Result<()> {
        loop {
            let shown = screen(self.station, self.place, |screen| {
                !matches!(screen.key.as_str(), "printing" | "getting_number" | "item" | "gift_left" | "take_out")
            })
            .await?;
            match shown.key.as_str() {
                "stick_and_scan" | "stick_temporary" => {
                    let number = shown.parcel.and_then(|parcel| parcel.number).unwrap_or_default();
                    self.paper_with(&number).await?;
                    let heard = self.scan(gun, &number).await?;
                    if heard.contains("完成") {
                        self.done(&number, flow);
                        return Ok(());
                    }
                    // The carrier's number came while the temporary label was in the packer's hand: it is printed at once.
                    if !heard.contains("正在打印") {
                        return self.stopped(&heard, &number);
                    }
                }
                // Not asked for by hand: the station prints again by itself when the printer is ready.
                "printer_refused" => {
                    screen(self.station, self.place, |screen| screen.key != "printer_refused").await?;
                }
                "label_unknown" => {
                    let number = shown.parcel.and_then(|parcel| parcel.number).unwrap_or_default();
                    *lock(&self.book).reprints.entry(number).or_default() += 1;
                    self.scan(gun, &own('C', "REPRINT")).await?;
                }
                _ => return self.stopped(&format!("STOP {}", shown.zh), self.place),
            }
        }
    }

    /// Looks at the printer until the paper is there.
    async fn paper_with(&self, number: &str) -> anyhow::Result<()> {
        let begun = std::time::Instant::now();
        loop {
            {
                let mut seen = lock(&self.seen);
                let new = self.printer.papers_after(seen.len());
                seen.extend(new.iter().map(|paper| paper.codes()));
                if seen.iter().rev().flatten().any(|code| code == number) {
                    return Ok(());
                }
            }
            if begun.elapsed() > PATIENCE {
                anyhow::bail!("no paper with {number} came out at {}", self.place);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn scan(&self, gun: &mut Gun, code: &str) -> anyhow::Result<String> {
        tokio::time::sleep(self.pause).await;
        gun.scan(code).await
    }

    fn done(&self, number: &str, flow: &str) {
        let mut book = lock(&self.book);
        if number.starts_with("TMP-") {
            book.temporary.insert(number.to_owned());
        }
        book.packed.insert(number.to_owned());
        *book.flows.entry(flow.to_owned()).or_default() += 1;
    }

    fn stopped(&self, heard: &str, code: &str) -> anyhow::Result<()> {
        let mut book = lock(&self.book);
        book.set_aside += 1;
        if heard.contains("已取消") {
            book.refunds_caught += 1;
        } else if !heard.contains("已挂起") && !heard.contains("已打包") {
            book.surprises.push(format!("{code}: {heard}"));
        }
        Ok(())
    }
}

/// The dock scans everything that stands there.
pub async fn ship(station: &Station, badge: &str, numbers: Vec<String>, book: &Arc<Mutex<Book>>) -> anyhow::Result<()> {
    let mut gun = Gun::take(station, "dock-1").await?;
    gun.scan(&own('B', badge)).await?;
    gun.scan(&own('C', "HANDOVER-SF")).await?;
    gun.scan(&own('V', "B12345")).await?;
    for number in numbers {
        let heard = gun.scan(&number).await?;
        let mut book = lock(book);
        match () {
            () if heard.starts_with("OK 已出库") => drop(book.shipped.insert(number)),
            () if heard.contains("已取消") => book.refunds_caught += 1,
            () => book.surprises.push(format!("dock {number}: {heard}")),
        }
    }
    gun.scan(&own('C', "CLOSE")).await?;
    Ok(())
}

/// Scans temporary labels until each has its real one; what SF still doesn't give stays temporary.
pub async fn relabel(packer: &Packer<'_>, numbers: Vec<String>) -> anyhow::Result<()> {
    let mut gun = Gun::take(packer.station, packer.place).await?;
    for number in numbers {
        let heard = packer.scan(&mut gun, &number).await?;
        if heard.contains("还没有正式单号") {
            continue;
        }
        let shown = screen(packer.station, packer.place, |screen| screen.key == "stick_and_scan").await?;
        let real = shown.parcel.and_then(|parcel| parcel.number).unwrap_or_default();
        packer.paper_with(&real).await?;
        let heard = packer.scan(&mut gun, &real).await?;
        let mut book = lock(&packer.book);
        match heard.contains("换单完成") {
            true => {
                book.temporary.remove(&number);
                book.packed.remove(&number);
                book.packed.insert(real);
            }
            false => book.surprises.push(format!("relabel {number}: {heard}")),
        }
    }
    Ok(())
}

/// A panic elsewhere leaves the book as it was.
pub fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
