//! Between station and hub: whatever a bad line, a restored backup or a copied disk does, in the end the hub holds every
//! entry once, and says where two histories claim the same place.

mod batches;
mod histories;
mod audits;
mod freshness;
mod lines;
mod portal;

use std::path::{Path, PathBuf};

use milepost::journal::Reader;
use milepost::station::serve::Station;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::story::script::Line;
use crate::story::shelf;
use crate::world::{Scanner, World, eventually, scanner, screen};
use portal::Portal;

/// Labelled parcels of one piece, a place to pack them, and a way to the hub that can fall ill.
struct Site {
    world: World,
    portal: Portal,
    config: PathBuf,
}

const PARCELS: u32 = 40;

impl Site {
    async fn start() -> Site {
        let world = World::start().await;
        world.post("/v1/items", &json!({ "items": shelf::items() })).await;
        world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
        let order = |n: u32| shelf::order(&format!("1{n:05}"), 1, &[piece()], Some(&format!("SF{n:013}")));
        let orders: Vec<_> = (1..=PARCELS).map(order).collect();
        world.post("/v1/orders", &json!({ "orders": orders })).await;
        let portal = Portal::to(world.hub().address).await;
        let config = world.config("SZ-01", &world.place("bench-1", "pack")).await;
        let text = std::fs::read_to_string(&config).expect("the config");
        let text = text.replace(&world.hub_url, &format!("http://{}", portal.address));
        std::fs::write(&config, text).expect("the config is written");
        Site { world, portal, config }
    }

    /// A station with its people and parcels, and somebody badged in.
    async fn station(&self) -> (Station, Scanner) {
        let station = self.world.start_station(&self.config).await;
        let mut gun = scanner(&station, "bench-1").await;
        let reader = Reader::open(&station.running.journal).expect("a reader");
        eventually("everything to come down", async || {
            let there = |kind| reader.documents(kind).expect("rows").len();
            there("parcel") == PARCELS as usize && there("operator") == shelf::operators().len()
        })
        .await;
        let shown = screen(&station, "bench-1", |screen| screen.version > 0).await;
        if shown.operator.is_none() {
            assert_eq!(gun.scan(&shelf::code("badge 李雷")).await, "OK 李雷，上岗");
        }
        (station, gun)
    }

    /// Ends a station and waits until it has let go of its journal.
    async fn stop(&self, station: Station) {
        let lock = station.running.journal.with_extension("lock");
        station.stop().await.expect("the station ends");
        let lock = std::fs::File::open(lock).expect("the lock is there");
        tokio::task::spawn_blocking(move || lock.lock()).await.expect("waiting ends").expect("the lock comes free");
    }

    /// The hub's store, as it lies on disk.
    fn store(&self) -> PathBuf {
        self.world.folder.path().join("hub/hub.db")
    }
}

fn piece() -> Line {
    Line { goods: "红茶".into(), quantity: 1, gift: false, refunded: false }
}

/// Packs parcel n: its label, its piece.
async fn pack(gun: &mut Scanner, n: u32) {
    assert_eq!(gun.scan(&format!("SF{n:013}")).await, "OK 请扫商品，还差 1 件");
    assert_eq!(gun.scan(&shelf::code("红茶")).await, "OK 完成，顺丰");
}

/// Waits until the hub has acknowledged all that was written so far.
async fn sent(station: &Station) {
    let journal = &station.running.journal;
    eventually("everything to be acknowledged", async || mark(journal) == own(journal).len() as u64).await;
}

/// How far the journal believes itself received.
fn mark(journal: &Path) -> u64 {
    let marks = Reader::open(journal).expect("a reader").meta("acks").expect("a row").unwrap_or_default();
    serde_json::from_str::<Vec<(i64, u64)>>(&marks).map_or(0, |marks| marks[0].1)
}

/// Number and hash of every entry, as the station has them.
fn own(journal: &Path) -> Vec<(u64, Vec<u8>)> {
    let reader = Reader::open(journal).expect("a reader");
    let entries = reader.entries(1, 0, usize::MAX >> 1).expect("entries");
    entries.into_iter().map(|entry| (entry.seq, entry.hash.0.to_vec())).collect()
}

/// The same, as the hub has them.
fn at_hub(store: &Path) -> Vec<(u64, Vec<u8>)> {
    let connection = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the store");
    let mut statement =
        connection.prepare("SELECT seq, hash FROM entries WHERE station = 'SZ-01' ORDER BY seq").expect("a query");
    let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))).expect("rows");
    rows.collect::<Result<_, _>>().expect("entries")
}

/// The hub holds what the station has: all of it, once, unchanged, and complains about nothing.
async fn everything_once(site: &Site, station: &Station) {
    let journal = &station.running.journal;
    eventually("the hub to hold every entry", async || at_hub(&site.store()).len() >= own(journal).len()).await;
    assert_eq!(at_hub(&site.store()), own(journal));
    assert_eq!(site.world.get("/v1/exceptions").await["exceptions"], json!([]));
    assert_eq!(site.world.get("/v1/stations").await["stations"][0]["missing"], 0);
}
