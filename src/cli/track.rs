//! `milepost track`: one order's timeline, as the line customer service reads or as JSON.

use std::process::ExitCode;

use anyhow::Context;
use milepost::domain::hold;
use milepost::domain::milestone::Milestone;
use milepost::domain::parcel::Standing;
use milepost::wire::Problem;

#[derive(clap::Args)]
pub struct Args {
    /// The channel's order number
    order: String,
    /// The hub
    #[arg(long, default_value = "http://127.0.0.1:7080")]
    hub: String,
    /// All steps with their times, errors and sources
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    super::runtime::start("info")?.block_on(async {
        let client = milepost::carrier::http::client(milepost::carrier::http::CONNECT, milepost::carrier::http::READ)?;
        let base = args.hub.trim_end_matches('/');
        let mut url = reqwest::Url::parse(base).with_context(|| format!("use `{base}` as the hub's URL"))?;
        url.path_segments_mut()
            .map_err(|()| anyhow::anyhow!("`{base}` can't be a hub's URL: write it like http://hub.example:7080"))?
            .pop_if_empty()
            .extend(["v1", "orders", &args.order, "timeline"]);
        let answer =
            client.get(url).send().await.with_context(|| format!("reach the hub at {base}: is it running?"))?;
        let status = answer.status();
        let body = answer.bytes().await.context("read the hub's answer")?;
        if !status.is_success() {
            let problem: Problem =
                serde_json::from_slice(&body).with_context(|| format!("what answered at {base} is not a hub"))?;
            anyhow::bail!("{}", problem.detail);
        }
        let timeline: serde_json::Value =
            serde_json::from_slice(&body).with_context(|| format!("what answered at {base} is not a hub"))?;
        match args.json {
            true => println!("{timeline}"),
            false => {
                println!("{}", timeline["line"].as_str().unwrap_or_default());
                // A hold is what an order stands at, not a step on its way.
                if let Ok(Standing::Held { why }) = serde_json::from_value(timeline["standing"].clone()) {
                    println!("{}: {}", Milestone::Held.zh(), hold::said_zh(&why));
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}
