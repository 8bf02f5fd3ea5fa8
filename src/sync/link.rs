//! The hub over HTTP, as a station calls it. An answer counts only when it is whole and of our own shape: a captive
//! portal's page with status 200 is no acknowledgement.

use std::time::Duration;

use reqwest::StatusCode;
use serde::de::DeserializeOwned;

use crate::carrier::http::told;
use crate::domain::id::StationCode;
use crate::wire::certificate::{CertificateAnswer, CertificateRequest};
use crate::wire::{
    AskAnswer, AskRequest, DownAnswer, JoinAnswer, JoinRequest, Problem, SyncAnswer, SyncRequest, unusable,
};

const CONNECT: Duration = Duration::from_secs(3);
const SYNC: Duration = Duration::from_secs(30);
/// Longer than the hub lets a long poll wait.
const DOWN: Duration = Duration::from_secs(35);
/// A packer waits for this one.
const ASK: Duration = Duration::from_millis(1_000);

#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("the hub {url} can't be reached ({}): work goes on here; look at the network and at the hub", told(source))]
    Unreachable { url: String, source: reqwest::Error },
    #[error("the hub {url} refused ({}): {}", problem.status, problem.detail)]
    Refused { url: String, problem: Problem },
    #[error("what answered at {url} is not a hub ({why}): look for a captive portal or a wrong `url` in `[hub]`")]
    NotAHub { url: String, why: String },
    #[error("the hub's URL {0} can't be used: write it like http://hub.example:7080")]
    Url(String),
}

impl LinkError {
    /// The hub understood, and will never say otherwise.
    pub fn is_final(&self) -> bool {
        matches!(self, LinkError::Refused { problem, .. } if problem.status == 422)
    }
}

/// What a photo that was taken is answered with.
#[derive(serde::Deserialize)]
struct PhotoKept {
    #[serde(rename = "kept")]
    _kept: bool,
}

#[derive(Clone)]
pub struct Link {
    client: reqwest::Client,
    base: String,
    station: StationCode,
    key: String,
}

impl Link {
    pub fn new(base: &str, station: &StationCode, key: &str) -> Result<Link, LinkError> {
        let client = crate::carrier::http::client(CONNECT, DOWN)
            .map_err(|source| LinkError::Unreachable { url: base.to_owned(), source })?;
        if reqwest::Url::parse(base).is_err() {
            return Err(LinkError::Url(base.to_owned()));
        }
        let base = base.trim_end_matches('/').to_owned();
        Ok(Link { client, base, station: station.clone(), key: key.trim().to_owned() })
    }

    pub fn url(&self) -> &str {
        &self.base
    }

    pub async fn sync(&self, request: &SyncRequest) -> Result<SyncAnswer, LinkError> {
        let text = serde_json::to_vec(request).expect("a request is plain data");
        // Level 1: entries shrink fivefold and the bench's core has better things to do.
        let body = zstd::encode_all(text.as_slice(), 1).expect("compressing into memory can't fail");
        let call = self.client.post(format!("{}/v1/sync/{}", self.base, self.station));
        self.call(call.header("content-encoding", "zstd").body(body).timeout(SYNC)).await
    }

    pub async fn down(&self, cursor: u64, wait_ms: u64) -> Result<DownAnswer, LinkError> {
        let url = format!("{}/v1/down/{}?cursor={cursor}&wait_ms={wait_ms}", self.base, self.station);
        self.call(self.client.get(url).timeout(DOWN)).await
    }

    pub async fn ask(&self, request: &AskRequest) -> Result<AskAnswer, LinkError> {
        let call = self.client.post(format!("{}/v1/ask/{}", self.base, self.station));
        self.call(call.json(request).timeout(ASK)).await
    }

    pub async fn join(&self, request: &JoinRequest) -> Result<JoinAnswer, LinkError> {
        self.call(self.client.post(format!("{}/v1/join", self.base)).json(request).timeout(SYNC)).await
    }

    /// A certificate for the station's own door.
    pub async fn certificate(&self, request: &CertificateRequest) -> Result<CertificateAnswer, LinkError> {
        let call = self.client.post(format!("{}/v1/certificates/{}", self.base, self.station));
        self.call(call.json(request).timeout(SYNC)).await
    }

    /// A photo of a return; the same one again is taken as well.
    pub async fn photo(&self, return_no: &str, hash: &str, bytes: Vec<u8>) -> Result<(), LinkError> {
        let return_no: String = form_urlencoded::byte_serialize(return_no.as_bytes()).collect();
        let url = format!("{}/v1/returns/{}/photos/{hash}", self.base, return_no.replace('+', "%20"));
        self.call::<PhotoKept>(self.client.put(url).body(bytes).timeout(SYNC)).await.map(drop)
    }

    async fn call<T: DeserializeOwned>(&self, call: reqwest::RequestBuilder) -> Result<T, LinkError> {
        let unreachable = |source| LinkError::Unreachable { url: self.base.clone(), source };
        let not_a_hub = |why: String| LinkError::NotAHub { url: self.base.clone(), why };
        let answer = call.bearer_auth(&self.key).send().await.map_err(unreachable)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(unreachable)?;
        if status != StatusCode::OK {
            let problem: Problem = serde_json::from_slice(&body)
                .map_err(|_| not_a_hub(format!("status {status} without a problem document")))?;
            return Err(LinkError::Refused { url: self.base.clone(), problem });
        }
        serde_json::from_slice(&body)
            .map_err(|error| not_a_hub(format!("its answer is of another shape: {}", unusable(&error))))
    }
}
