//! A running hub, asked with the key of a person's tool.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use milepost::wire::Problem;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::read_text;

/// A day of 50 000 orders is decided twice within this.
const PATIENCE: Duration = Duration::from_secs(120);
const CONNECT: Duration = Duration::from_secs(3);
/// A hub that restarts is back within this many tries.
const TRIES: u32 = 4;

#[derive(clap::Args)]
pub struct Args {
    /// The hub, e.g. http://127.0.0.1:7080
    #[arg(long, value_name = "URL")]
    to: String,
    /// File with the bearer key of the hub [default: $MILEPOST_KEY]
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl Args {
    pub fn new(to: String, key_file: Option<PathBuf>) -> Args {
        Args { to, key_file }
    }

    pub fn url(&self) -> &str {
        self.to.trim_end_matches('/')
    }

    /// Asks once; a refusal is an error with the hub's own words.
    pub fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> anyhow::Result<T> {
        let request = self.request(method, path)?;
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        super::runtime::start("info")?.block_on(self.answer(path, request))
    }

    /// Asks until there is an answer; the hub does it once, and answers the same request the same again.
    pub fn hand_over<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> anyhow::Result<T> {
        let key = uuid::Uuid::new_v4().to_string();
        let runtime = super::runtime::start("info")?;
        for attempt in 1.. {
            let request = self.request(Method::POST, path)?.header("idempotency-key", &key).json(body);
            let sent = runtime.block_on(async {
                let sent = self.answer(path, request).await;
                let lost = sent.as_ref().is_err_and(|error| error.downcast_ref::<reqwest::Error>().is_some());
                if lost && attempt < TRIES {
                    tokio::time::sleep(Duration::from_millis(250 << attempt)).await;
                }
                (sent, lost)
            });
            match sent {
                (_, true) if attempt < TRIES => {}
                (sent, _) => return sent,
            }
        }
        unreachable!("the last attempt returns")
    }

    fn request(&self, method: Method, path: &str) -> anyhow::Result<reqwest::RequestBuilder> {
        let client = milepost::carrier::http::client(CONNECT, PATIENCE)?;
        let request = client.request(method, format!("{}{path}", self.url()));
        Ok(match self.key()? {
            Some(key) => request.bearer_auth(key),
            None => request,
        })
    }

    async fn answer<T: DeserializeOwned>(&self, path: &str, request: reqwest::RequestBuilder) -> anyhow::Result<T> {
        let url = format!("{}{path}", self.url());
        let answer = request.send().await.with_context(|| format!("reach {url}: is the hub running there?"))?;
        let status = answer.status();
        let bytes = answer.bytes().await.with_context(|| format!("read the answer of {url}"))?;
        if !status.is_success() {
            match serde_json::from_slice::<Problem>(&bytes) {
                Ok(problem) => bail!("{}", problem.detail),
                Err(_) => bail!("{url} answered {status} and no reason: is it a hub?"),
            }
        }
        serde_json::from_slice(&bytes).with_context(|| format!("{url} answered something else: is it a hub?"))
    }

    fn key(&self) -> anyhow::Result<Option<String>> {
        match &self.key_file {
            Some(path) => Ok(Some(read_text(path)?.trim().to_owned())),
            None => Ok(std::env::var("MILEPOST_KEY").ok()),
        }
    }
}
