//! Another station, as far as this one can tell: it is enrolled at the hub and sends real batches of real entries.

use milepost::domain::fact::{Fact, Flow, NewEntry};
use milepost::domain::id::{PlaceName, StationCode};
use milepost::domain::parcel::{OrderRecord, Parcel, own_needs};
use milepost::domain::stamp::{ClockState, Stamp};
use milepost::journal::{Batch, Journal, open};
use milepost::sync::Link;
use milepost::wire::{ClockReport, Head, SyncRequest};

use super::shelf;
use crate::world::World;

pub struct Elsewhere {
    code: StationCode,
    key: String,
    journal: Journal,
    link: Link,
}

/// What a story says that another station does.
pub fn fact(act: &str, parcel: &Parcel, orders: &[OrderRecord]) -> Result<Fact, String> {
    let place = PlaceName::from("bench-9");
    Ok(match act {
        "opens" => {
            let of = |record: &OrderRecord| (record.order.order_no.clone(), record.order.revision);
            let revisions = orders.iter().map(of).collect();
            let items = shelf::items().into_iter().map(|item| (item.sku.clone(), item)).collect();
            let needs = own_needs(parcel, orders, &items).into_iter().filter(|need| need.quantity > 0);
            let goods = needs.map(|need| (need.sku, need.quantity)).collect();
            Fact::ParcelOpened { place, flow: Flow::OrderFirst, revisions, number: None, goods }
        }
        "packs" => Fact::ParcelPacked { place },
        "bags" => {
            let number = parcel.supplied.as_ref().ok_or("a parcel with a number is bagged")?.number.clone();
            Fact::ParcelBagged { place, bag: "G001".into(), number, carrier: parcel.carrier }
        }
        "ships" => Fact::ParcelShipped { place, number: None, handover: None },
        _ if act.starts_with("teaches ") => {
            let (code, goods) = act["teaches ".len()..].split_once(" as ").ok_or("teaches CODE as GOODS")?;
            let (lead, code, sku) = ("han".into(), code.to_owned(), shelf::sku(goods));
            Fact::BarcodeTaught { place, lead, code, sku, quantity: 1 }
        }
        _ => match act.strip_prefix("voids ") {
            Some(number) => Fact::WaybillVoided {
                waybill_id: parcel.waybill_id.clone(),
                number: number.into(),
                reason: "relabelled".into(),
            },
            None => return Err(format!("another station can't be told to {act}")),
        },
    })
}

impl Elsewhere {
    pub async fn join(world: &World, station: &str) -> Elsewhere {
        world.config(station, "").await;
        let key = std::fs::read_to_string(world.folder.path().join(format!("{station}.key"))).expect("its key");
        let code = StationCode::from(station);
        let path = world.folder.path().join(format!("{station}/journal.db"));
        Elsewhere {
            journal: open::open(&path, &code, "another-machine", milepost::machine::wall_us()).expect("a journal"),
            link: Link::new(&world.hub_url, &code, &key).expect("a link"),
            key: key.trim().to_owned(),
            code,
        }
    }

    pub async fn does(&self, act: &str, parcel: &Parcel, orders: &[OrderRecord]) -> Result<(), String> {
        let fact = fact(act, parcel, orders)?;
        let entry = NewEntry {
            fact,
            parcel: Some(parcel.parcel_id.clone()),
            orders: parcel.orders.clone(),
            operator: None,
            device: None,
        };
        let batch = Batch { entries: vec![(stamp(), entry)], upserts: vec![] };
        self.journal.append(batch).await.expect("an answer").expect("durable");
        self.send().await;
        Ok(())
    }

    /// Whatever a sync's body is, as this station.
    pub async fn post_raw(&self, world: &World, body: Vec<u8>) -> reqwest::Result<reqwest::Response> {
        let call = reqwest::Client::new().post(format!("{}/v1/sync/{}", world.hub_url, self.code));
        let call = call.bearer_auth(&self.key).header("content-encoding", "zstd").body(body);
        call.send().await
    }

    /// All it has, again: the hub takes what it lacks.
    async fn send(&self) {
        let entries = self.journal.reader().expect("a reader").entries(1, 0, 1_000).expect("entries");
        let last = entries.last().expect("at least one");
        let request = SyncRequest {
            lost: Vec::new(),
            epoch: self.journal.epoch().into(),
            first_seq: 1,
            audit: None,
            devices: Vec::new(),
            head: Head { seq: last.seq, hash: last.hash },
            clock: ClockReport {
                boot_id: milepost::machine::boot_id(),
                sent_boottime_ns: milepost::machine::boottime_ns(),
                sent_wall_us: milepost::machine::wall_us(),
                anchor: None,
            },
            entries,
        };
        let answer = self.link.sync(&request).await.expect("the hub answers");
        assert_eq!(answer.ack, request.head.seq, "the hub has it");
    }
}

fn stamp() -> Stamp {
    Stamp {
        wall_us: milepost::machine::wall_us(),
        zone: "Asia/Shanghai".into(),
        boot_id: milepost::machine::boot_id(),
        boottime_ns: milepost::machine::boottime_ns(),
        clock: ClockState::Unsynced,
        offset_us: None,
        error_us: None,
    }
}
