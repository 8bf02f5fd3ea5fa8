//! `milepost station` and `milepost hub`: the two services, until a signal ends them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use milepost::config;
use milepost::hub::serve::Serving;
use milepost::station::serve::Station;

#[derive(clap::Args)]
pub struct StationArgs {
    /// The station's config; without it /etc/milepost/station.toml, else the defaults
    #[arg(long)]
    config: Option<PathBuf>,
}

pub fn station(args: StationArgs) -> anyhow::Result<ExitCode> {
    let config = read(args.config.as_deref(), "/etc/milepost/station.toml")?;
    runtime()?.block_on(async {
        let station = Station::start(config).await?;
        tracing::info!(address = %station.address, "the station is ready");
        // `ready` is read by scripts that start a station on port 0.
        println!("ready http://{}", station.address);
        for (scanner, address) in &station.running.scanners {
            println!("scanner {scanner} {address}");
        }
        tell_service_manager();
        station.run_until(ended()).await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Reads the named config, else the usual one if it is there, else the defaults.
pub fn read<T: serde::de::DeserializeOwned + Default>(named: Option<&Path>, usual: &str) -> anyhow::Result<T> {
    let usual = Path::new(usual);
    Ok(match named {
        Some(path) => config::load(path)?,
        None if usual.exists() => config::load(usual)?,
        None => T::default(),
    })
}

pub fn serve_hub(config: &milepost::hub::config::HubConfig) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let serving = Serving::start(config).await?;
        tracing::info!(address = %serving.address, "the hub is ready");
        println!("ready {}", serving.url());
        tell_service_manager();
        serving.run_until(ended()).await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A runtime and a log; the level comes from `MILEPOST_LOG`, e.g. `milepost=debug`.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    runtime_with_log("info")
}

/// For the demo, whose screens say what there is to say.
pub fn quiet_runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    runtime_with_log("off")
}

fn runtime_with_log(level: &str) -> anyhow::Result<tokio::runtime::Runtime> {
    let filter = EnvFilter::try_from_env("MILEPOST_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    // A second call finds the log set up already.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("start the runtime")
}

async fn ended() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Says ready, and then feeds the watchdog from the same runtime the loop runs on.
fn tell_service_manager() {
    // Without a service manager there is nobody to tell.
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    tokio::spawn(async move {
        let mut tick = tokio::time::interval((limit / 3).max(Duration::from_millis(100)));
        loop {
            tick.tick().await;
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog]);
        }
    });
}
