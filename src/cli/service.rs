//! `milepost station` and `milepost hub`: the two services, until a signal ends them.

use std::path::Path;
#[cfg(feature = "station")]
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use milepost::config;
#[cfg(feature = "hub")]
use milepost::hub::serve::Serving;
#[cfg(feature = "station")]
use milepost::station::serve::Station;

use super::runtime;

#[cfg(feature = "station")]
#[derive(clap::Args)]
pub struct StationArgs {
    /// The station's config; without it /etc/milepost/station.toml, else the defaults
    #[arg(long)]
    config: Option<PathBuf>,
}

#[cfg(feature = "station")]
pub fn station(args: StationArgs) -> anyhow::Result<ExitCode> {
    let config = read(args.config.as_deref(), "/etc/milepost/station.toml")?;
    milepost::machine::keep_files_private();
    runtime::start("info")?.block_on(async {
        let station = Station::start(config).await?;
        tracing::info!(address = %station.address, "the station is ready");
        // `ready` is read by scripts that start a station on port 0.
        println!("ready http://{}", station.address);
        if let Some(address) = station.screens {
            println!("screens {address}");
        }
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

#[cfg(feature = "hub")]
pub fn serve_hub(config: &milepost::hub::config::HubConfig) -> anyhow::Result<ExitCode> {
    milepost::machine::keep_files_private();
    runtime::start("info")?.block_on(async {
        let serving = Serving::start(config).await?;
        tracing::info!(address = %serving.address, "the hub is ready");
        println!("ready {}", serving.url());
        if let Some((address, _)) = &serving.pushes {
            tracing::info!(%address, "carriers may push");
            println!("pushes http://{address}");
        }
        tell_service_manager();
        serving.run_until(ended()).await
    })?;
    Ok(ExitCode::SUCCESS)
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
