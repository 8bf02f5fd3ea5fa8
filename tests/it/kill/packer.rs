//! A packer who works through parcels whatever happens to the daemon, and keeps a book of every answer heard.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use milepost::sim::printer::SimPrinter;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::process::Process;
use crate::story::shelf::{PACKER, code};
use crate::world::LIMIT;

/// A printer that came by its label prints it sooner.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

/// A parcel as the packer gets it.
#[derive(Clone, Debug)]
pub struct Task {
    pub order: String,
    /// The waybill that is stuck on already, in the flow that begins with it.
    pub stuck: Option<String>,
    /// Every piece, by name.
    pub goods: Vec<&'static str>,
}

/// What was heard about a parcel; an unanswered scan may have counted or not.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    pub opened: bool,
    pub pieces: u32,
    pub pieces_unanswered: u32,
    pub printing: bool,
    /// The scan that packs it was sent.
    pub closing: bool,
    pub packed: bool,
    /// How many papers had come out before this parcel was begun.
    papers_before: usize,
}

pub struct Packer {
    pub place: String,
    pub printer: Arc<SimPrinter>,
    pub todo: VecDeque<Task>,
    pub book: BTreeMap<String, Heard>,
    /// Reprints asked for where the paper was in doubt, by number.
    pub reprints: BTreeMap<String, usize>,
    /// Labels that were accepted, and no paper came.
    pub vanished: usize,
    pub finished: usize,
    pub answers: usize,
    /// What is scanned now and was not answered yet.
    pub unanswered: Option<String>,
    /// The codes on the papers looked at so far, and which papers were stuck on.
    papers: Vec<Vec<String>>,
    /// Sticks a label on as soon as it is out, before the printer has said so.
    pub eager: bool,
    /// A parcel that was begun is finished, a new one isn't taken.
    pub last_round: bool,
}

/// The daemon is gone.
#[derive(Debug)]
pub struct Gone;

struct Gun {
    lines: BufReader<tokio::net::tcp::OwnedReadHalf>,
    writer: tokio::net::tcp::OwnedWriteHalf,
}

impl Packer {
    pub fn new(place: &str, printer: Arc<SimPrinter>, todo: VecDeque<Task>) -> Packer {
        Packer {
            place: place.into(),
            printer,
            todo,
            book: BTreeMap::new(),
            reprints: BTreeMap::new(),
            vanished: 0,
            finished: 0,
            answers: 0,
            unanswered: None,
            papers: Vec::new(),
            eager: false,
            last_round: false,
        }
    }

    /// Works until the daemon is gone, or nothing is left to do.
    pub async fn work(
        &mut self,
        address: std::net::SocketAddr,
        mut screen: watch::Receiver<Value>,
    ) -> Result<(), Gone> {
        self.unanswered = None;
        let (reader, writer) = TcpStream::connect(address).await.map_err(|_| Gone)?.into_split();
        let mut gun = Gun { lines: BufReader::new(reader), writer };
        // Version 0 is a screen that nobody has drawn yet.
        let mut shown =
            settled(&mut screen, |shown| shown["version"].as_u64().is_some_and(|version| version > 0)).await?;
        if shown["key"] == "badge_first" {
            let said = self.scan(&mut gun, &code(&format!("badge {PACKER}"))).await?;
            assert_eq!(said, format!("OK {PACKER}，上岗"));
            shown["parcel"] = Value::Null;
        }
        while let Some(task) = self.todo.front().cloned() {
            self.finish(&mut gun, &mut screen, &task, &shown).await?;
            self.finished += 1;
            self.todo.pop_front();
            if self.last_round {
                break;
            }
            shown = Value::Null;
        }
        Ok(())
    }

    /// One parcel from wherever it stands to its end.
    async fn finish(
        &mut self,
        gun: &mut Gun,
        screen: &mut watch::Receiver<Value>,
        task: &Task,
        shown: &Value,
    ) -> Result<(), Gone> {
        let mut left = task.goods.clone();
        if shown["parcel"].is_null() {
            let papers_before = self.printer.papers().len();
            let opening = task.stuck.as_ref().unwrap_or(&task.order);
            let said = self.scan(gun, opening).await?;
            if said == "STOP 这单已打包" {
                assert!(self.heard(&task.order).closing, "{} was packed by nobody", task.order);
                return Ok(());
            }
            assert!(said.starts_with("OK 请扫商品"), "{} at {opening}: {said}", task.order);
            let heard = self.heard(&task.order);
            (heard.opened, heard.papers_before) = (true, papers_before);
        } else {
            assert_eq!(shown["parcel"]["orders"][0], task.order, "another parcel is in hand at {}", self.place);
            left = not_counted(task, shown);
            let key = shown["key"].as_str().unwrap_or_default();
            if key != "scan_items" && key != "gift_left" {
                return self.stick(gun, screen, task).await;
            }
        }
        for (index, goods) in left.iter().enumerate() {
            let heard = self.heard(&task.order);
            heard.pieces_unanswered += 1;
            heard.closing |= task.stuck.is_some() && index + 1 == left.len();
            let said = self.scan(gun, &code(goods)).await?;
            let heard = self.heard(&task.order);
            heard.pieces_unanswered -= 1;
            heard.pieces += 1;
            match said.as_str() {
                "OK 完成，顺丰" => {
                    heard.packed = true;
                    return Ok(());
                }
                "OK 正在打印面单" | "OK 取号中，请稍等" => {
                    heard.printing |= said.ends_with("打印面单");
                    return self.stick(gun, screen, task).await;
                }
                _ => assert!(said.starts_with(&format!("OK {goods}，还差")), "{} {goods}: {said}", task.order),
            }
        }
        panic!("every piece of {} is in and nothing followed", task.order)
    }

    /// Waits for the label, does what the screen says about it, and scans it.
    async fn stick(&mut self, gun: &mut Gun, screen: &mut watch::Receiver<Value>, task: &Task) -> Result<(), Gone> {
        let mut covered = Value::Null;
        for _ in 0..50 {
            let eager = self.eager;
            let shown = settled(screen, |shown| {
                let asks = ["stick_and_scan", "stick_temporary", "label_unknown", "printer_refused"];
                let asked = asks.iter().any(|key| shown["key"] == *key) || (eager && shown["key"] == "printing");
                asked && shown["parcel"]["orders"][0] == task.order.as_str() && shown["parcel"]["number"] != covered
            })
            .await?;
            let number = shown["parcel"]["number"].as_str().expect("a parcel with a label has a number").to_owned();
            if shown["key"] == "printing" && !self.paper_before_the_screen(&number, screen).await? {
                continue;
            }
            // What came out is scanned, whatever number has come since.
            let wanted = if shown["key"] == "stick_temporary" { "TMP-" } else { &number };
            let sure = shown["key"] == "stick_and_scan" || shown["key"] == "stick_temporary";
            let paper = match shown["key"] == "printer_refused" {
                true => None,
                false => self.find_paper(&task.order, wanted, sure, screen).await?,
            };
            if let Some(number) = paper {
                self.heard(&task.order).closing = true;
                let said = self.scan(gun, &number).await?;
                if said == "OK 完成，顺丰" || said == "WARN 完成，放到待换单区" {
                    self.heard(&task.order).packed = true;
                    return Ok(());
                }
                // The real number came after the temporary label: that one is printed now.
                assert!(number.starts_with("TMP-") && said == "OK 正在打印面单", "{} {number}: {said}", task.order);
                covered = shown["parcel"]["number"].clone();
                continue;
            }
            if shown["key"] == "label_unknown" {
                *self.reprints.entry(number.clone()).or_default() += 1;
            }
            let mut said = self.scan(gun, &code("REPRINT")).await?;
            if said == "OK 为什么补打？扫原因" {
                *self.reprints.entry(number).or_default() += 1;
                self.vanished += 1;
                said = self.scan(gun, &code("why lost")).await?;
            }
            assert_eq!(said, "OK 正在打印面单", "{}", task.order);
        }
        panic!("the label of {} never gets done", task.order)
    }

    /// Whichever is first: the paper (true), or the screen's next word.
    async fn paper_before_the_screen(
        &mut self,
        number: &str,
        screen: &mut watch::Receiver<Value>,
    ) -> Result<bool, Gone> {
        loop {
            let printer = self.printer.clone();
            let papers = printer.papers();
            if papers.iter().skip(self.papers.len()).any(|paper| paper.codes().iter().any(|code| code == number)) {
                return Ok(true);
            }
            // Every acknowledgement of the hub redraws the screen, and says nothing new about this label.
            let still = |shown: &Value| shown["key"] == "printing" && shown["parcel"]["number"] == number;
            tokio::select! {
                _ = printer.wait_for(papers.len() + 1, LIMIT) => {}
                other = screen.wait_for(|shown| !still(shown)) => return other.map(|_| false).map_err(|_| Gone),
            }
        }
    }

    /// The number on a paper of this parcel that begins so. A printer that is still at work is waited for.
    async fn find_paper(
        &mut self,
        order: &str,
        wanted: &str,
        sure: bool,
        screen: &mut watch::Receiver<Value>,
    ) -> Result<Option<String>, Gone> {
        let before = self.heard(order).papers_before;
        loop {
            let papers = self.printer.papers();
            for paper in &papers[self.papers.len()..] {
                self.papers.push(paper.codes());
            }
            let codes = self.papers.iter().skip(before).rev().flatten();
            if let Some(number) = codes.into_iter().find(|code| code.starts_with(wanted)) {
                return Ok(Some(number.clone()));
            }
            let printer = self.printer.clone();
            if !sure && printer.queued() == 0 && printer.papers().len() == papers.len() {
                return Ok(None);
            }
            // A label that was accepted may still be lost: a printer that isn't asked, or doesn't answer, proves nothing.
            tokio::select! {
                came = printer.wait_for(papers.len() + 1, PATIENCE) => if !came {
                    return Ok(None);
                },
                () = ended(screen.clone()) => return Err(Gone),
            }
        }
    }

    async fn scan(&mut self, gun: &mut Gun, text: &str) -> Result<String, Gone> {
        self.unanswered = Some(text.to_owned());
        gun.writer.write_all(format!("{text}\r").as_bytes()).await.map_err(|_| Gone)?;
        let mut line = String::new();
        match tokio::time::timeout(LIMIT, gun.lines.read_line(&mut line)).await {
            Err(_) => panic!("no answer to {text} at {}", self.place),
            Ok(Ok(read)) if read > 0 && line.ends_with('\n') => {}
            Ok(_) => return Err(Gone),
        }
        self.unanswered = None;
        self.answers += 1;
        Ok(line.trim_end().to_owned())
    }

    fn heard(&mut self, order: &str) -> &mut Heard {
        self.book.entry(order.to_owned()).or_default()
    }
}

/// The pieces that the screen doesn't count yet.
fn not_counted(task: &Task, shown: &Value) -> Vec<&'static str> {
    let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
    for line in shown["parcel"]["lines"].as_array().expect("lines") {
        counted.insert(line["name"].as_str().expect("a name"), line["counted"].as_u64().expect("a count"));
    }
    let mut left = task.goods.clone();
    left.retain(|goods| match counted.get_mut(goods) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    left
}

/// The screen once it is so.
async fn settled(screen: &mut watch::Receiver<Value>, so: impl Fn(&Value) -> bool) -> Result<Value, Gone> {
    let found = tokio::time::timeout(LIMIT, screen.wait_for(|shown| so(shown))).await;
    match found.map(|found| found.map(|shown| shown.clone())) {
        Ok(Ok(shown)) => Ok(shown),
        Ok(Err(_)) => Err(Gone),
        Err(_) => panic!("the screen stays as it is: {}", *screen.borrow()),
    }
}

/// Waits for the daemon's end.
async fn ended(mut screen: watch::Receiver<Value>) {
    while screen.changed().await.is_ok() {}
}

/// Where a packer's scanner is, and what its screen shows.
pub fn seat(process: &Process, place: &str) -> (std::net::SocketAddr, watch::Receiver<Value>) {
    (process.scanners[&format!("gun-{place}")], process.screen(place))
}
