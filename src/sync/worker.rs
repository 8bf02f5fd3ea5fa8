//! The two loops of a station's sync: up, one request in flight, and down, a long poll. Each retries by its own timer,
//! never only when something new happens.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::clock::{Exchange, HubClock};
use super::link::{Link, LinkError};
use super::plan::{self, Lane};
use crate::domain::entry::Hash;
use crate::domain::id::StationCode;
use crate::journal::{Batch, Journal, Reader, Upsert};
use crate::machine;
use crate::wire::{Audit, ClockReport, DeviceState, DownDocument, Head, SyncRequest};

/// While nothing happens, clocks are compared this often; who was silent for longer counts as away.
const GREET: Duration = Duration::from_secs(60);
/// What the hub holds is compared with what it acknowledged at every start, and this often.
const AUDIT: Duration = Duration::from_secs(10 * 60);
const WAIT_MS: u64 = 20_000;
/// How fresh what came down is, is kept so often for the next start: too old rather than written for every answer.
const KEEP_FRESHNESS: Duration = Duration::from_secs(60);
/// The journal's row of it.
pub const AS_OF: &str = "as_of_us";

/// What everybody may know about the sync.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SyncState {
    pub connected: bool,
    pub problem: Option<String>,
    /// Entries the hub hasn't acknowledged.
    pub pending: u64,
    /// The hub's clock when all that it had said of cancelled and refunded orders was kept here.
    pub as_of_us: Option<i64>,
    /// Where in the hub's feed the station is.
    pub cursor: u64,
}

/// Documents that came down; `cursor` is to be kept with their effects.
#[derive(Debug)]
pub struct Came {
    pub documents: Vec<DownDocument>,
    pub cursor: u64,
    pub hub_epoch: String,
}

#[derive(Clone)]
pub struct Sync {
    pub link: Link,
    pub journal: Journal,
    pub station: StationCode,
    pub boot_id: String,
    pub clock: Arc<Mutex<HubClock>>,
    pub state: watch::Sender<SyncState>,
    /// The way down has met a hub with another past: the way up asks at once what that one lacks.
    pub another_past: Arc<tokio::sync::Notify>,
    /// How the devices are; a change is told at once, and with every call.
    pub devices: watch::Receiver<Vec<DeviceState>>,
}

/// A journal that can't be read or written ends the sync; the station goes on and says so.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    #[error("the journal can't be read: {0}")]
    Read(#[from] rusqlite::Error),
    #[error("the journal took no mark: {0}")]
    Write(#[from] crate::journal::AppendError),
    #[error("the station stopped")]
    Stopped,
}

impl Sync {
    /// Sends entries up for ever. `committed` moves with the journal's last entry.
    pub async fn up(mut self, mut committed: watch::Receiver<u64>) -> Result<(), SyncError> {
        let reader = self.journal.reader()?;
        let mut known_hub = reader.meta("hub_epoch")?;
        let mut lanes = self.lanes(&reader)?;
        let (mut failures, mut round, mut greeted) = (0u32, 0u64, false);
        let (mut audit_at, mut audits) = (Instant::now(), Vec::new());
        loop {
            self.refresh(&reader, &mut lanes)?;
            self.note(|state| state.pending = lanes.iter().map(|lane| lane.last_seq - lane.ack).sum());
            if greeted && Instant::now() >= audit_at {
                audits = (0..lanes.len()).filter(|&index| lanes[index].ack > 0).collect();
                audit_at = Instant::now() + AUDIT;
            }
            let audit = if greeted { audits.pop() } else { None };
            let send = match greeted && audit.is_none() {
                // The first call of a boot only compares clocks, so that whatever follows can be dated.
                false => None,
                true => plan::next(&lanes, round),
            };
            if send.is_none() && audit.is_none() && greeted {
                greeted = tokio::select! {
                    moved = committed.changed() => moved.map(|()| true).map_err(|_| SyncError::Stopped)?,
                    () = self.another_past.notified() => false,
                    moved = self.devices.changed() => moved.map(|()| false).map_err(|_| SyncError::Stopped)?,
                    () = tokio::time::sleep(GREET) => false,
                };
                continue;
            }
            round += 1;
            let index = audit.unwrap_or_else(|| lane_of(&lanes, send));
            let mut request = self.request(&reader, &lanes[index], send)?;
            // What was never sent of a damaged file can't be counted at the hub.
            if audit.is_some() && request.lost.is_empty() {
                request.audit = self.audit(&reader, &lanes[index], known_hub.as_deref())?;
            }
            match self.send(request, index, &mut lanes, send, &mut known_hub).await? {
                Ok(progressed) => {
                    self.note(|state| (state.connected, state.problem) = (true, None));
                    greeted = true;
                    failures = if progressed || send.is_none() { 0 } else { failures + 1 };
                }
                Err(error) => {
                    failures += 1;
                    if failures == 1 {
                        tracing::warn!(%error, "entries stay in the journal until the hub takes them");
                    }
                    self.note(|state| (state.connected, state.problem) = (false, Some(error.to_string())));
                }
            }
            if failures > 0 {
                let pause = plan::pause_ms(failures - 1, uuid::Uuid::new_v4().as_u128() as u32);
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
        }
    }

    /// What is sent next of a lane.
    fn request(&self, reader: &Reader, lane: &Lane, send: Option<plan::Send>) -> Result<SyncRequest, SyncError> {
        let entries = match send {
            Some(send) => reader.entries(send.epoch_no, send.after, send.limit)?,
            None => Vec::new(),
        };
        let epochs = reader.epochs()?;
        let epoch = epochs.iter().find(|epoch| epoch.no == lane.epoch_no).expect("a lane is an epoch of the file");
        let hash = match reader.latest(lane.epoch_no, 1)?.pop() {
            Some(last) => last.hash,
            None => Hash::start(&self.station, &epoch.epoch),
        };
        let sent_ns = machine::boottime_ns();
        Ok(SyncRequest {
            epoch: epoch.epoch.clone(),
            first_seq: entries.first().map_or(lane.ack + 1, |entry| entry.seq),
            // Newer than the lanes, and never less than what a damaged file once held.
            head: Head { seq: epoch.last_seq.max(lane.last_seq), hash },
            clock: ClockReport {
                boot_id: self.boot_id.clone(),
                sent_boottime_ns: sent_ns,
                sent_wall_us: machine::wall_us(),
                anchor: self.clock().best(sent_ns),
            },
            entries,
            lost: lost(reader, lane.epoch_no)?,
            audit: None,
            devices: self.devices.borrow().clone(),
        })
    }

    /// What of a lane the hub must hold, if it is the one that acknowledged it.
    fn audit(&self, reader: &Reader, lane: &Lane, known_hub: Option<&str>) -> Result<Option<Audit>, SyncError> {
        let (Some(before), Some(hub_epoch)) = (lane.ack.checked_sub(1), known_hub) else { return Ok(None) };
        let last = reader.entries(lane.epoch_no, before, 1)?.pop();
        Ok(last.map(|last| Audit { hub_epoch: hub_epoch.to_owned(), head: Head { seq: last.seq, hash: last.hash } }))
    }

    /// One request; the outer error is the journal's, the inner one the hub's.
    async fn send(
        &self,
        request: SyncRequest,
        index: usize,
        lanes: &mut [Lane],
        send: Option<plan::Send>,
        known_hub: &mut Option<String>,
    ) -> Result<Result<bool, LinkError>, SyncError> {
        let answer = match self.link.sync(&request).await {
            Ok(answer) => answer,
            Err(error) => return Ok(Err(error)),
        };
        self.clock().add(&Exchange {
            sent_ns: request.clock.sent_boottime_ns,
            back_ns: machine::boottime_ns(),
            received_us: answer.received_us,
            answered_us: answer.answered_us,
        });
        // Entries may have become durable, and been sent, since the lanes were read.
        lanes[index].last_seq = lanes[index].last_seq.max(request.head.seq);
        let moved = plan::judge(&lanes[index], &answer, known_hub.as_deref());
        for quarantined in &answer.quarantined {
            tracing::error!(seq = quarantined.seq, problem = %quarantined.problem, "the hub can't use an entry");
        }
        if moved.beyond_us || !answer.forked.is_empty() {
            tracing::error!(station = %self.station, forked = ?answer.forked, "the hub holds another history of this station");
        }
        if let (Some(audit), Some(audited)) = (&request.audit, &answer.audited)
            && !plan::agrees(&audit.head, audited)
        {
            tracing::error!(station = %self.station, acknowledged = audit.head.seq, held = audited.count,
                "the hub no longer holds what it acknowledged; its page of exceptions says what differs");
        }
        if moved.hub_changed {
            tracing::warn!(ack = moved.ack, "the hub has another past: what it lacks is sent again");
            for lane in lanes.iter_mut() {
                (lane.ack, lane.ahead) = (0, 0);
            }
        }
        let lane = &mut lanes[index];
        lane.ack = moved.ack;
        lane.holes.clone_from(&answer.holes);
        if let Some(send) = send.filter(|send| send.live) {
            lane.ahead = send.after + request.entries.len() as u64;
        }
        self.keep(lanes, &answer.hub_epoch, known_hub, moved.hub_changed).await?;
        Ok(Ok(moved.progressed || send.is_some_and(|send| send.live)))
    }

    /// The marks in the journal; a crash before this only sends again.
    async fn keep(
        &self,
        lanes: &[Lane],
        hub_epoch: &str,
        known_hub: &mut Option<String>,
        hub_changed: bool,
    ) -> Result<(), SyncError> {
        let marks: Vec<(i64, u64)> = lanes.iter().map(|lane| (lane.epoch_no, lane.ack)).collect();
        let mut upserts = vec![Upsert::Meta {
            key: "acks".into(),
            value: serde_json::to_string(&marks).expect("numbers are plain data"),
        }];
        if known_hub.as_deref() != Some(hub_epoch) {
            *known_hub = Some(hub_epoch.to_owned());
            upserts.push(Upsert::Meta { key: "hub_epoch".into(), value: hub_epoch.to_owned() });
        }
        if hub_changed {
            upserts.push(Upsert::Meta { key: "cursor".into(), value: "0".into() });
        }
        let done = self.journal.append(Batch { entries: Vec::new(), upserts }).await;
        done.map_err(|_| SyncError::Stopped)??;
        Ok(())
    }

    fn lanes(&self, reader: &Reader) -> Result<Vec<Lane>, SyncError> {
        let marks: Vec<(i64, u64)> =
            reader.meta("acks")?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let ack = |no: i64| marks.iter().find(|(of, _)| *of == no).map_or(0, |(_, ack)| *ack);
        let lane = |no| Lane { epoch_no: no, last_seq: 0, ack: ack(no), ahead: 0, holes: Vec::new() };
        Ok(reader.epochs()?.into_iter().map(|epoch| lane(epoch.no)).collect())
    }

    fn refresh(&self, reader: &Reader, lanes: &mut [Lane]) -> Result<(), SyncError> {
        for epoch in reader.epochs()? {
            if let Some(lane) = lanes.iter_mut().find(|lane| lane.epoch_no == epoch.no) {
                let lost = lost(reader, epoch.no)?.last().map_or(0, |(_, last)| *last);
                lane.last_seq = epoch.last_seq.max(lost);
                lane.ack = lane.ack.min(lane.last_seq);
            }
        }
        Ok(())
    }

    /// Fetches documents for ever and hands them on; whoever takes them keeps the cursor with their effects, and says so
    /// by moving `kept`.
    pub async fn down(self, came: mpsc::Sender<Came>, mut kept: watch::Receiver<u64>) -> Result<(), SyncError> {
        let mut failures = 0u32;
        let mut epoch = self.journal.reader()?.meta("hub_epoch")?;
        let (mut met, mut kept_at) = (false, None);
        loop {
            let cursor = *kept.borrow_and_update();
            self.note(|state| state.cursor = cursor);
            // A hub that is met again answers at once: is it the same, and how fresh is what is known here?
            match self.link.down(cursor, if met { WAIT_MS } else { 0 }).await {
                Ok(answer) => {
                    (failures, met) = (0, true);
                    self.note(|state| state.connected = true);
                    let other = epoch.as_deref().is_some_and(|epoch| epoch != answer.hub_epoch);
                    if other {
                        self.another_past.notify_one();
                    }
                    epoch = Some(answer.hub_epoch.clone());
                    let is_all = !answer.more && !other;
                    if answer.documents.is_empty() && !other {
                        self.fresh(is_all.then_some(answer.as_of_us), &mut kept_at).await?;
                        continue;
                    }
                    // A hub with another past has another feed: it is read from its beginning.
                    let cursor = if other { 0 } else { answer.cursor };
                    let documents = if other { Vec::new() } else { answer.documents };
                    let came_down = Came { documents, cursor, hub_epoch: answer.hub_epoch };
                    came.send(came_down).await.map_err(|_| SyncError::Stopped)?;
                    kept.changed().await.map_err(|_| SyncError::Stopped)?;
                    // A commit that failed leaves the cursor, and the same is asked for again.
                    let is_all = is_all && *kept.borrow() == cursor;
                    self.fresh(is_all.then_some(answer.as_of_us), &mut kept_at).await?;
                }
                Err(error) => {
                    (failures, met) = (failures + 1, false);
                    self.note(|state| (state.connected, state.problem) = (false, Some(error.to_string())));
                    let pause = plan::pause_ms(failures - 1, uuid::Uuid::new_v4().as_u128() as u32);
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
            }
        }
    }

    /// Everything that the hub knew at this moment is kept here.
    async fn fresh(&self, as_of_us: Option<i64>, kept_at: &mut Option<Instant>) -> Result<(), SyncError> {
        let Some(as_of_us) = as_of_us else { return Ok(()) };
        if kept_at.is_none_or(|at| at.elapsed() >= KEEP_FRESHNESS) {
            let row = Upsert::Meta { key: AS_OF.into(), value: as_of_us.to_string() };
            let done = self.journal.append(Batch { entries: Vec::new(), upserts: vec![row] }).await;
            done.map_err(|_| SyncError::Stopped)??;
            *kept_at = Some(Instant::now());
        }
        self.note(|state| state.as_of_us = Some(as_of_us));
        Ok(())
    }

    fn clock(&self) -> std::sync::MutexGuard<'_, HubClock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, change: impl FnOnce(&mut SyncState)) {
        self.state.send_if_modified(|state| {
            let before = state.clone();
            change(state);
            *state != before
        });
    }
}

/// The lane something is sent of; a greeting is the newest one's.
fn lane_of(lanes: &[Lane], send: Option<plan::Send>) -> usize {
    let index = match send {
        Some(send) => lanes.iter().position(|lane| lane.epoch_no == send.epoch_no),
        None => lanes.len().checked_sub(1),
    };
    index.expect("a journal has at least one epoch")
}

/// Numbers of an epoch that a salvage could not take over.
fn lost(reader: &Reader, epoch_no: i64) -> Result<Vec<(u64, u64)>, SyncError> {
    let lost = reader.lost()?.into_iter().filter(|lost| lost.epoch_no == epoch_no);
    Ok(lost.map(|lost| (lost.first, lost.last)).collect())
}
