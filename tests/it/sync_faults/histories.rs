//! Two pasts: a hub that came back from a backup, a station whose disk was copied.

use std::path::{Path, PathBuf};

use super::{Site, at_hub, everything_once, mark, own, pack, piece, sent};
use crate::story::shelf;
use crate::world::{eventually, scanner};

/// Puts a store where another is, as a person does: the file, and nothing that stands beside it.
fn put(store: &Path, place: &Path) {
    for suffix in ["-wal", "-shm"] {
        // There is none after a clean stop.
        let _ = std::fs::remove_file(PathBuf::from(format!("{}{suffix}", place.display())));
    }
    std::fs::copy(store, place).expect("a copy");
}

/// After the backup came back: the station's work is all there, and new orders still come down.
async fn recovers(site: &Site, station: &milepost::station::serve::Station, before: &str) {
    assert_ne!(site.world.hub().hub.epoch(), before, "a store that lost its past says so");
    everything_once(site, station).await;
    let order = shelf::order("200001", 1, &[piece()], Some("SF0000000020001"));
    site.world.post("/v1/orders", &serde_json::json!({ "orders": [order] })).await;
    let reader = milepost::journal::Reader::open(&station.running.journal).expect("a reader");
    eventually("a new order to come down", async || reader.document("order", "200001").expect("a row").is_some()).await;
}

/// The hub goes on after `backup` was made, then somebody brings it back.
async fn restored(mut site: Site, backup: impl AsyncFnOnce(&mut Site, &Path)) {
    let (station, mut gun) = site.station().await;
    pack(&mut gun, 1).await;
    sent(&station).await;
    let kept = site.world.folder.path().join("backup.db");
    backup(&mut site, &kept).await;
    for n in 2..=6 {
        pack(&mut gun, n).await;
    }
    sent(&station).await;
    let before = site.world.hub().hub.epoch().to_owned();
    site.world.stop_hub().await;
    put(&kept, &site.store());
    site.world.start_hub().await;
    recovers(&site, &station, &before).await;
    site.stop(station).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_restored_from_yesterdays_backup_gets_again_what_it_lost() {
    restored(Site::start().await, async |site, backup| {
        site.world.stop_hub().await;
        put(&site.store(), backup);
        site.world.start_hub().await;
    })
    .await;
}

/// Taken while the hub ran and brought back at its next stop: the store was never opened in between.
#[tokio::test(flavor = "multi_thread")]
async fn a_hub_restored_from_this_mornings_backup_gets_again_what_it_lost() {
    restored(Site::start().await, async |site, backup| {
        let store = rusqlite::Connection::open(site.store()).expect("the store");
        store.execute("VACUUM INTO ?1", [backup.to_string_lossy()]).expect("a backup");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_hub_keeps_its_past() {
    let mut site = Site::start().await;
    let (station, mut gun) = site.station().await;
    let before = site.world.hub().hub.epoch().to_owned();
    pack(&mut gun, 1).await;
    sent(&station).await;
    site.world.stop_hub().await;
    pack(&mut gun, 2).await;
    site.world.start_hub().await;
    assert_eq!(site.world.hub().hub.epoch(), before);
    everything_once(&site, &station).await;
    site.stop(station).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_journal_is_reported_as_a_fork_and_moves_no_mark() {
    let site = Site::start().await;
    let (station, mut gun) = site.station().await;
    pack(&mut gun, 1).await;
    sent(&station).await;
    site.stop(station).await;
    let folder = site.world.folder.path();
    std::fs::create_dir(folder.join("clone")).expect("a folder");
    for file in std::fs::read_dir(folder.join("SZ-01")).expect("the station's folder") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), folder.join("clone").join(file.file_name())).expect("a copy");
    }
    let (first, mut gun) = site.station().await;
    pack(&mut gun, 2).await;
    sent(&first).await;
    site.stop(first).await;
    let held = at_hub(&site.store());

    // The copy goes on under the same numbers with other work.
    let text = std::fs::read_to_string(&site.config).expect("the config");
    let config = folder.join("clone.toml");
    std::fs::write(&config, text.replace("/SZ-01\"", "/clone\"")).expect("the config is written");
    let clone = site.world.start_station(&config).await;
    let before = mark(&clone.running.journal);
    let mut gun = scanner(&clone, "bench-1").await;
    pack(&mut gun, 3).await;
    eventually("the fork to be said", async || {
        let exceptions = site.world.get("/v1/exceptions").await;
        exceptions["exceptions"].as_array().is_some_and(|all| all.iter().any(|one| one["kind"] == "fork"))
    })
    .await;
    assert_eq!(mark(&clone.running.journal), before, "what the hub holds otherwise is not received");
    assert!(own(&clone.running.journal).len() as u64 > before, "and is still in the copy's journal");
    assert_eq!(at_hub(&site.store())[..held.len()], held, "the first history stands");
    site.stop(clone).await;
}
