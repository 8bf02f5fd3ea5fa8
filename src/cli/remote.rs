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
        let url = format!("{}{path}", self.url());
        let client = milepost::carrier::http::client(CONNECT, PATIENCE)?;
        let mut request = client.request(method, &url);
        if let Some(key) = self.key()? {
            request = request.bearer_auth(key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        super::runtime::start("info")?.block_on(async {
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
        })
    }

    fn key(&self) -> anyhow::Result<Option<String>> {
        match &self.key_file {
            Some(path) => Ok(Some(read_text(path)?.trim().to_owned())),
            None => Ok(std::env::var("MILEPOST_KEY").ok()),
        }
    }
}
