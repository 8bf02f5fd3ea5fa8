//! A whole hub: the store behind its HTTP door.

use std::future::Future;
use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Hub;
use super::api::{self, Site};
use super::config::HubConfig;
use crate::rules::IntakeRules;

/// A hub that serves until it is told to stop.
pub struct Serving {
    pub address: SocketAddr,
    pub hub: Hub,
    stop: watch::Sender<bool>,
    work: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// Opens the store a config names.
pub fn open(config: &HubConfig) -> anyhow::Result<Hub> {
    let rules = match &config.intake_rules {
        None => IntakeRules::builtin(),
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
            IntakeRules::from_toml(&text).with_context(|| format!("use the rules in {}", path.display()))?
        }
    };
    let policy = config.policy().with_context(|| format!("use the zone `{}`", config.zone))?;
    Ok(Hub::open(&config.data_dir.join("hub.db"), policy, rules)?)
}

impl Serving {
    pub async fn start(config: &HubConfig) -> anyhow::Result<Serving> {
        let hub = open(config)?;
        let mut keys = Vec::new();
        for file in &config.key_files {
            keys.push(std::fs::read_to_string(file).with_context(|| format!("read the key in {}", file.display()))?);
        }
        let listener = TcpListener::bind(&config.listen).await.with_context(|| {
            format!("listen on {}: stop what holds the port, or set another `listen`", config.listen)
        })?;
        let address = listener.local_addr().context("read the bound address")?;
        let mut hosts = vec!["localhost".to_owned(), address.ip().to_string()];
        hosts.extend(config.hosts.iter().cloned());
        let (stop, mut stopped) = watch::channel(false);
        let site = Site::new(hub.clone(), &keys, hosts, crate::machine::wall_us, stopped.clone());
        let server = axum::serve(listener, api::router(site)).with_graceful_shutdown(async move {
            // An error means that the hub is gone, which ends serving as well.
            let _ = stopped.changed().await;
        });
        let work = tokio::spawn(server.into_future());
        Ok(Serving { address, hub, stop, work })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        self.work.await.context("the hub's task broke")??;
        Ok(())
    }

    pub async fn run_until(self, signal: impl Future<Output = ()>) -> anyhow::Result<()> {
        signal.await;
        self.stop().await
    }
}
