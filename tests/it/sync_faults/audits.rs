//! The hub's store loses or changes what it had acknowledged, with nobody telling it: the audit finds it, the station
//! sends again what is gone, and a person hears of it.

use rusqlite::Connection;
use serde_json::Value;

use super::{Site, at_hub, everything_once, mark, own, pack, sent};
use crate::world::eventually;

/// The site after some work, all of it acknowledged; then somebody with `sqlite3` has been at the running hub's store.
async fn tampered(sql: &str) -> Site {
    let site = Site::start().await;
    let (station, mut gun) = site.station().await;
    for n in 1..=3 {
        pack(&mut gun, n).await;
    }
    sent(&station).await;
    everything_once(&site, &station).await;
    site.stop(station).await;
    let changed = Connection::open(site.store()).expect("the store").execute(sql, []).expect("a statement");
    assert!(changed > 0, "nothing was tampered with: {sql}");
    site
}

async fn exception(site: &Site, kind: &str) -> Value {
    let mut found = Value::Null;
    eventually("the exception", async || {
        let answer = site.world.get("/v1/exceptions").await;
        let all = answer["exceptions"].as_array().expect("a list");
        assert!(all.iter().all(|one| one["kind"] == kind), "{answer}");
        found = all.first().cloned().unwrap_or_default();
        !found.is_null()
    })
    .await;
    found
}

async fn comes_again(which: &str, said: &str) {
    let site = tampered(&format!("DELETE FROM entries WHERE station = 'SZ-01' AND {which}")).await;
    let (station, _gun) = site.station().await;
    let journal = station.running.journal.clone();
    let lost = exception(&site, "entries_missing").await;
    assert_eq!((lost["subject"].as_str(), lost["owner"].as_str()), (Some("SZ-01"), Some("admin")));
    let text = lost["en"].as_str().expect("a text");
    assert!(text.contains(said), "{text}");
    eventually("what was lost to be there again", async || at_hub(&site.store()) == own(&journal)).await;
    sent(&station).await;
    assert_eq!(site.world.get("/v1/stations").await["stations"][0]["missing"], 0);
    site.stop(station).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_vanished_in_the_middle_come_again() {
    comes_again("seq IN (3, 4)", "of what was received 2 are gone, from entry 3 of").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_entry_comes_again() {
    comes_again("seq = 1", "of what was received 1 are gone, from entry 1 of").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_entries_come_again() {
    comes_again("seq > 5", "are gone, from entry 6 of").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_entry_at_the_chains_end_is_said_and_nothing_is_overwritten() {
    let newest = "(SELECT max(seq) FROM entries WHERE station = 'SZ-01')";
    let site = tampered(&format!("UPDATE entries SET hash = zeroblob(32) WHERE seq = {newest}")).await;
    let (before, held) = (mark(&site.world.folder.path().join("SZ-01/journal.db")), at_hub(&site.store()));
    let (station, _gun) = site.station().await;
    let differs = exception(&site, "head_differs").await;
    assert!(differs["en"].as_str().is_some_and(|text| text.contains("is not the same here and at the station")));
    assert_eq!(mark(&station.running.journal), before);
    assert_eq!(at_hub(&site.store())[..held.len()], held, "what the hub has stays for whoever looks at it");
    site.stop(station).await;
}

/// A hub whose store is sound is asked at every start as well, and complains about nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_sound_store_is_left_alone() {
    let site = tampered("UPDATE stations SET seen_us = 0").await;
    let (station, mut gun) = site.station().await;
    pack(&mut gun, 4).await;
    sent(&station).await;
    everything_once(&site, &station).await;
    site.stop(station).await;
}
