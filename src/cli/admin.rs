//! A running daemon on this machine, asked with the key of this run of it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use milepost::admin::{Admin, Daemon};
use milepost::wire::Problem;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The daemon is on this machine: an answer takes no longer unless it hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// `folder` is the daemon's `data_dir`; a refusal is an error in the daemon's own words.
pub fn ask<T: DeserializeOwned>(
    daemon: Daemon,
    folder: &Path,
    method: Method,
    path: &[&str],
    request: &impl Serialize,
) -> anyhow::Result<T> {
    let admin = Admin::read(daemon, folder)?;
    let client = milepost::carrier::http::local_client(PATIENCE, PATIENCE)?;
    let word = daemon.word();
    let mut url = reqwest::Url::parse(&admin.url).with_context(|| format!("use the {word}'s address"))?;
    url.path_segments_mut().expect("http has paths").extend(path);
    super::runtime::start("info")?.block_on(async {
        let asked = client.request(method, url).bearer_auth(&admin.key).json(request).send().await;
        let answer = asked
            .with_context(|| format!("reach the {word} at {}: it ended without a word, start it again", admin.url))?;
        if !answer.status().is_success() {
            let problem: Problem = answer.json().await.with_context(|| format!("read the {word}'s refusal"))?;
            bail!("the {word} refused: {}", problem.detail);
        }
        answer.json().await.with_context(|| format!("read the {word}'s answer"))
    })
}
