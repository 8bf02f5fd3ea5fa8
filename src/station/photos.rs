//! Photos of returns on this machine: files by their hash beside the journal, there before the fact that names them, sent to the hub
//! until it has them, and deleted with the other personal data. The hub gets them in no order and each as often as it takes.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path as UrlPath, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::{oneshot, watch};

use super::api::{Site, refuse};
use super::daemon::{Call, ScreenPhoto};
use super::rows;
use super::visitor::Visitor;
use crate::domain::id::PlaceName;
use crate::domain::photo::{self, PhotoError};
use crate::domain::returned::Photo;
use crate::journal::{Batch, Journal, Upsert};
use crate::sync::Link;

/// A commit takes milliseconds; a screen asks again after this.
const PATIENCE: Duration = Duration::from_secs(10);
/// Before what the hub didn't take is sent again.
const AGAIN: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
pub struct OfReturn {
    #[serde(rename = "return")]
    return_no: String,
}

/// `POST /v1/places/{place}/photos?return=R1`: the same photo again is answered the same.
pub async fn take(
    State(site): State<Site>,
    UrlPath(place): UrlPath<String>,
    Query(OfReturn { return_no }): Query<OfReturn>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let place = PlaceName(place);
    let Some(screen) = visitor.screen.as_ref().filter(|screen| screen.place == place && visitor.means_it(&headers))
    else {
        let cure = "pair this screen with the place, and open the place's page again";
        return refuse(403, "Not this place's screen", cure);
    };
    let kind = match photo::look(&bytes) {
        Ok(kind) => kind,
        Err(error @ PhotoError::Large(_)) => return refuse(413, "Photo too large", &error.to_string()),
        Err(error) => return refuse(422, "No photo", &error.to_string()),
    };
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let photo = Photo { hash: hash.clone(), bytes: bytes.len() as u64, kind };
    let folder = folder(&site.running.config.data_dir);
    let kept = tokio::task::spawn_blocking(move || keep(&folder, &hash, &bytes)).await;
    let gone = || refuse(503, "Not saved", "the station could not save the photo: send it again");
    if let Ok(Err(error)) = &kept {
        tracing::error!(%error, "a photo could not be written: look at the disk");
    }
    if !matches!(kept, Ok(Ok(()))) {
        return gone();
    }
    let (reply, answered) = oneshot::channel();
    let call = Call::Photo(ScreenPhoto { screen: screen.screen.clone(), place, return_no, photo }, reply);
    if site.running.calls.send(call).await.is_err() {
        return gone();
    }
    match tokio::time::timeout(PATIENCE, answered).await {
        Ok(Ok(answered)) => Json(answered).into_response(),
        _ => gone(),
    }
}

pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("photos")
}

/// On the disk, whole, before anybody names it.
fn keep(folder: &Path, hash: &str, bytes: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let new = folder.join(format!("{}.new", uuid::Uuid::new_v4()));
    let mut file = std::fs::File::create_new(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, folder.join(hash))?;
    std::fs::File::open(folder)?.sync_all()
}

/// Sends what the hub doesn't have, for ever.
pub async fn send(link: Link, journal: Journal, folder: PathBuf, mut committed: watch::Receiver<u64>) {
    loop {
        let left = sent(&link, &journal, &folder).await;
        if left {
            tokio::time::sleep(AGAIN).await;
        } else if committed.changed().await.is_err() {
            return;
        }
    }
}

/// Whether something is left to be sent.
async fn sent(link: &Link, journal: &Journal, folder: &Path) -> bool {
    let waiting = journal.reader().and_then(|reader| reader.metas(rows::PHOTO));
    let waiting = waiting.inspect_err(|error| tracing::error!(%error, "the journal can't be read"));
    let mut left = false;
    for (key, _) in waiting.unwrap_or_default() {
        let Some((return_no, hash)) = key.rsplit_once('|') else { continue };
        let is_done = match std::fs::read(folder.join(hash)) {
            Ok(bytes) => link.photo(return_no, hash, bytes).await,
            // Somebody deleted it: it comes never more.
            Err(error) => {
                tracing::error!(%error, hash, "a photo is gone before the hub had it");
                Ok(())
            }
        };
        match is_done {
            Ok(()) => {
                let upserts = vec![Upsert::Forget { prefix: rows::photo_key(return_no, hash) }];
                left |= journal.append(Batch { entries: Vec::new(), upserts }).await.is_err();
            }
            // It has three, or can't read it: sending it again changes nothing.
            Err(error) if error.is_final() => {
                tracing::error!(%error, hash, "the hub will not keep a photo of a return");
                let upserts = vec![Upsert::Forget { prefix: rows::photo_key(return_no, hash) }];
                left |= journal.append(Batch { entries: Vec::new(), upserts }).await.is_err();
            }
            Err(error) => {
                tracing::debug!(%error, "a photo waits for the hub");
                left = true;
            }
        }
    }
    left
}

/// Deletes photos that are older than their time; what a hub still waits for stays.
pub fn purge(journal: &Journal, folder: &Path, keep: Duration, has_hub: bool) -> io::Result<usize> {
    let waiting = journal.reader().and_then(|reader| reader.metas(rows::PHOTO)).map_err(io::Error::other)?;
    let waits = |name: &str| has_hub && waiting.iter().any(|(key, _)| key.ends_with(name));
    let mut gone = 0;
    let files = match std::fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    for file in files {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        // One from a clock's future is as old as it ever gets.
        let age = SystemTime::now().duration_since(file.metadata()?.modified()?).unwrap_or(keep);
        if age >= keep && !waits(&name) {
            std::fs::remove_file(file.path())?;
            gone += 1;
        }
    }
    Ok(gone)
}
