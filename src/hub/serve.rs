//! A whole hub: the store behind its HTTP door.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Hub;
use super::admin::Admin;
use super::api::{self, Site};
use super::config::HubConfig;
use crate::page::Hosts;
use crate::rules::IntakeRules;

/// A hub that serves until it is told to stop.
pub struct Serving {
    pub address: SocketAddr,
    pub hub: Hub,
    data_dir: PathBuf,
    stop: watch::Sender<bool>,
    work: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// Where this machine itself reaches a hub that listens on every address.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, address.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, address.port()).into(),
        _ => address,
    }
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
    let mut policy = config.policy().with_context(|| format!("use the zone `{}`", config.zone))?;
    let routing = config.routing_rules.as_deref().map(super::routing::read).transpose();
    policy.routing = routing.context("use the routing rules")?.map(Arc::new);
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
        let hosts = Hosts::new(address, &config.hosts);
        let (stop, mut stopped) = watch::channel(false);
        let admin = Admin { url: format!("http://{}", reachable(address)), key: uuid::Uuid::new_v4().to_string() };
        admin.write(&config.data_dir)?;
        let site = Site::new(hub.clone(), &keys, &admin.key, hosts, crate::machine::wall_us, stopped.clone());
        let server = axum::serve(listener, api::router(site)).with_graceful_shutdown(async move {
            // An error means that the hub is gone, which ends serving as well.
            let _ = stopped.changed().await;
        });
        let work = tokio::spawn(server.into_future());
        Ok(Serving { address, hub, data_dir: config.data_dir.clone(), stop, work })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        self.work.await.context("the hub's task broke")??;
        Admin::remove(&self.data_dir);
        Ok(())
    }

    pub async fn run_until(self, signal: impl Future<Output = ()>) -> anyhow::Result<()> {
        signal.await;
        self.stop().await
    }
}
