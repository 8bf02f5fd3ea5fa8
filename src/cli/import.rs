//! What `orders import` and `items import` share: files in, documents to a hub or station in batches, a summary out.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use milepost::hub::watched::mappings_in;
use milepost::intake::{Import, Mappings, Noted, Received, SourceFile, Summary};
use serde::{Deserialize, Serialize};

use super::read_text;

#[derive(clap::Args)]
pub struct Args {
    /// Only say what would happen; needs no hub
    #[arg(long, conflicts_with = "to")]
    dry_run: bool,
    /// The hub or station to hand them to, e.g. http://127.0.0.1:7080
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// File with the bearer key of the hub [default: $MILEPOST_KEY]
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Folder with mappings in place of or beside the built-in ones
    #[arg(long, value_name = "DIR")]
    channels: Option<PathBuf>,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
}

pub enum Destination {
    Nowhere,
    Hub(Hub),
}

impl Args {
    /// `None` where the command line says neither what to do nor where to.
    pub fn destination(&self) -> anyhow::Result<Option<Destination>> {
        if self.dry_run {
            return Ok(Some(Destination::Nowhere));
        }
        let Some(url) = &self.to else { return Ok(None) };
        let key = match &self.key_file {
            Some(path) => Some(read_text(path)?.trim().to_owned()),
            None => std::env::var("MILEPOST_KEY").ok(),
        };
        Ok(Some(Destination::Hub(Hub { url: url.trim_end_matches('/').to_owned(), key })))
    }

    pub fn mappings(&self) -> anyhow::Result<Mappings> {
        match &self.channels {
            Some(folder) => mappings_in(folder),
            None => Ok(Mappings::builtin()),
        }
    }
}

pub fn wrong_use() -> ExitCode {
    eprintln!("milepost: say where to: --to URL, or --dry-run to only look");
    ExitCode::from(2)
}

pub fn read_files(paths: &[PathBuf]) -> anyhow::Result<Vec<SourceFile>> {
    let read = |path: &PathBuf| {
        let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(SourceFile { name, bytes })
    };
    paths.iter().map(read).collect()
}

/// Prints the summary; anything refused makes the command fail.
pub fn report(summary: &Summary, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        println!("{}", serde_json::to_string_pretty(summary)?);
    } else {
        let Summary { accepted, unchanged, skipped, held, refused } = summary;
        println!(
            "accepted {accepted}, held {}, unchanged {unchanged}, skipped {skipped}, refused {}",
            held.len(),
            refused.len()
        );
        for (word, notes) in [("held", held), ("refused", refused)] {
            for Noted { file, line, order_no, sku, reason } in notes {
                let whose = order_no.as_ref().map(|no| no.as_str()).or(sku.as_ref().map(|sku| sku.as_str()));
                println!("{word:<8} {file}:{line} {}: {reason}", whose.unwrap_or("-"));
            }
        }
    }
    Ok(if summary.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub struct Hub {
    url: String,
    key: Option<String>,
}

/// What a hub answers to one batch.
#[derive(Deserialize)]
struct Answer {
    accepted: usize,
    #[serde(default)]
    held: Vec<Remark>,
    #[serde(default)]
    unchanged: usize,
    #[serde(default)]
    refused: Vec<Remark>,
}

#[derive(Deserialize)]
struct Remark {
    #[serde(alias = "sku")]
    order_no: String,
    reason: String,
}

/// Small enough to be answered within seconds, large enough that 50 000 orders are 100 requests.
const BATCH: usize = 500;
/// A hub that restarts is back within this many tries; the idempotency key makes asking again harmless.
const TRIES: u32 = 4;

impl Hub {
    /// Hands the documents over in batches and finds each remark's file and line.
    pub fn send<T: Serialize>(&self, read: Import<T>, kind: &str, key_of: fn(&T) -> &str) -> anyhow::Result<Summary> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let client = milepost::carrier::http::client(Duration::from_secs(3), Duration::from_secs(60))?;
        let places: HashMap<&str, &Received<T>> =
            read.received.iter().map(|one| (key_of(&one.document), one)).collect();
        let mut summary = Summary { skipped: read.skipped, refused: read.refused, ..Summary::default() };
        let noted = |remark: Remark| {
            let place = places.get(remark.order_no.as_str());
            let (order_no, sku) = match kind {
                "items" => (None, Some(remark.order_no.into())),
                _ => (Some(remark.order_no.into()), None),
            };
            let (file, line) = place.map_or((String::new(), 0), |place| (place.file.clone(), place.line));
            Noted { file, line, order_no, sku, reason: remark.reason }
        };
        let bar = ProgressBar::new(read.received.len() as u64);
        bar.set_style(
            ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}").expect("the template is a constant"),
        );
        bar.set_message(kind.to_owned());
        for batch in read.received.chunks(BATCH) {
            let documents: Vec<&T> = batch.iter().map(|one| &one.document).collect();
            let body = serde_json::to_vec(&serde_json::json!({ kind: documents }))?;
            let answer = runtime.block_on(self.post(&client, kind, body))?;
            summary.accepted += answer.accepted;
            summary.unchanged += answer.unchanged;
            summary.held.extend(answer.held.into_iter().map(noted));
            summary.refused.extend(answer.refused.into_iter().map(noted));
            bar.inc(batch.len() as u64);
        }
        for batch in read.gone.chunks(BATCH) {
            let documents: Vec<&T> = batch.iter().map(|one| &one.document).collect();
            let body = serde_json::to_vec(&serde_json::json!({ kind: documents }))?;
            summary.cancelled(runtime.block_on(self.post(&client, kind, body))?.accepted);
        }
        bar.finish_and_clear();
        Ok(summary)
    }

    async fn post(&self, client: &reqwest::Client, kind: &str, body: Vec<u8>) -> anyhow::Result<Answer> {
        let url = format!("{}/v1/{kind}", self.url);
        // For this request alone: the same file once more is a new question, and its answer is "unchanged".
        let idempotency_key = uuid::Uuid::new_v4().to_string();
        for attempt in 1.. {
            let mut request = client
                .post(&url)
                .header("content-type", "application/json")
                .header("idempotency-key", &idempotency_key)
                .body(body.clone());
            if let Some(key) = &self.key {
                request = request.bearer_auth(key);
            }
            let response = match request.send().await {
                Ok(response) if response.status().is_server_error() && attempt < TRIES => None,
                Ok(response) => Some(response),
                Err(_) if attempt < TRIES => None,
                Err(error) => {
                    return Err(error).with_context(|| format!("reach {url}: is the hub running there?"));
                }
            };
            let Some(response) = response else {
                tokio::time::sleep(Duration::from_millis(250 << attempt)).await;
                continue;
            };
            let status = response.status();
            let bytes = response.bytes().await.with_context(|| format!("read the answer of {url}"))?;
            if !status.is_success() {
                bail!("{url} answered {status}: {}", said(&bytes));
            }
            return serde_json::from_slice(&bytes)
                .with_context(|| format!("{url} answered something else than an import summary"));
        }
        unreachable!("the last attempt returns")
    }
}

/// The `detail` or `title` of an RFC 9457 problem.
fn said(bytes: &[u8]) -> String {
    let problem: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
    let text = problem["detail"].as_str().or(problem["title"].as_str());
    text.unwrap_or("no reason given; look at its log").to_owned()
}
