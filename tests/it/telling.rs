//! A station as the hub hears it: facts written to a real journal, and sent as one batch.

use milepost::domain::fact::NewEntry;
use milepost::domain::id::StationCode;
use milepost::domain::stamp::{ClockState, Stamp};
use milepost::hub::Hub;
use milepost::journal::{Batch, open};
use milepost::wire::{ClockReport, Head, JoinRequest, SyncRequest};
use tempfile::TempDir;

/// Each telling is a journal of its own, whose clock stood at `wall_us`.
pub fn tell(hub: &Hub, station: &StationCode, entries: Vec<NewEntry>, wall_us: i64, now_us: i64) {
    let code = hub.invite(station, Some("SZ"), *b"0123456789", now_us).expect("an invitation");
    hub.join(&JoinRequest { station: station.to_string(), code }, "a-key", now_us).expect("it joins");
    let folder = TempDir::new().expect("a folder");
    let journal = open::open(&folder.path().join("j.db"), station, "m", now_us).expect("a journal");
    let stamp = Stamp {
        wall_us,
        zone: "Asia/Shanghai".into(),
        boot_id: "boot-1".into(),
        boottime_ns: 1,
        clock: ClockState::Unsynced,
        offset_us: None,
        error_us: None,
    };
    let entries = entries.into_iter().map(|entry| (stamp.clone(), entry)).collect();
    let done = journal.append(Batch { entries, upserts: vec![] });
    let done = std::thread::spawn(move || done.blocking_recv()).join().expect("no panic");
    done.expect("an answer").expect("durable");
    let entries = journal.reader().expect("a reader").entries(1, 0, 100).expect("entries");
    let last = entries.last().expect("there are some");
    let request = SyncRequest {
        lost: Vec::new(),
        epoch: journal.epoch().to_owned(),
        audit: None,
        devices: Vec::new(),
        first_seq: 1,
        head: Head { seq: last.seq, hash: last.hash },
        entries: entries.clone(),
        clock: ClockReport { boot_id: "boot-1".into(), sent_boottime_ns: 0, sent_wall_us: 0, anchor: None },
    };
    hub.ingest(station, &request, now_us).expect("the hub answers");
}
