//! A whole hub: the store behind its HTTP door.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, ensure};
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Hub;
use super::accounts::Account;
use super::api::{self, Key, Site};
use super::authority::Authority;
use super::config::HubConfig;
use super::poll::Poller;
use super::published::Origin;
use super::push::{self, Counts, Pushes};
use super::qimen::door::Door;
use super::qimen::{self, Partner, Teller};
use super::refill::Refiller;
use super::releases::Releaser;
use super::report::Reporter;
use super::watched::Watcher;

use crate::admin::{self, Admin};
use crate::domain::reason::Reasons;
use crate::page::Hosts;
use crate::rules::IntakeRules;

/// A hub that serves until it is told to stop.
pub struct Serving {
    pub address: SocketAddr,
    pub hub: Hub,
    /// Where carriers push to, and what came of it.
    pub pushes: Option<(SocketAddr, Arc<Pushes>)>,
    /// Where ERPs' messages come in.
    pub qimen: Option<(SocketAddr, Arc<Door>)>,
    data_dir: PathBuf,
    stop: watch::Sender<bool>,
    work: Vec<Work>,
}

const PURGE_EVERY: std::time::Duration = std::time::Duration::from_secs(3_600);

type Work = tokio::task::JoinHandle<std::io::Result<()>>;

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
    let warehouse_rules = config.read_warehouse_rules().context("use the warehouse's rules")?;
    let mut policy = config.policy_with(warehouse_rules).with_context(|| format!("use the zone `{}`", config.zone))?;
    let routing = config.routing_rules.as_deref().map(super::routing::read).transpose();
    policy.routing = routing.context("use the routing rules")?.map(Arc::new);
    Reasons::of(&config.reason).context("use [[reason]]")?;
    let hub = Hub::open(&config.data_dir.join("hub.db"), policy, rules)?;
    let routing = hub.routing()?;
    if config.routing_rules.is_some() && routing.origin == Origin::Published {
        let version = routing.version;
        tracing::info!(version, "published routing rules are in force, not `routing_rules` of the config");
    }
    Ok(hub)
}

async fn bind(listen: &str, option: &str) -> anyhow::Result<TcpListener> {
    let why = || format!("listen on {listen}: stop what holds the port, or set another `{option}`");
    TcpListener::bind(listen).await.with_context(why)
}

/// Where carriers push to, bound.
async fn door(
    hub: &Hub,
    accounts: &[Arc<Account>],
    listen: &str,
) -> anyhow::Result<(SocketAddr, TcpListener, Arc<Pushes>)> {
    let secret = accounts.iter().any(|account| account.push_secret.is_some());
    ensure!(
        secret,
        "`push_listen` is set and nobody may push: set `push_secret` of a carrier, or remove `push_listen`"
    );
    let listener = bind(listen, "push_listen").await?;
    let address = listener.local_addr().context("read the bound address")?;
    let (hub, accounts, counts) = (hub.clone(), accounts.to_vec(), Counts::default());
    Ok((address, listener, Arc::new(Pushes { hub, accounts, now_us: crate::machine::wall_us, counts })))
}

/// Where ERPs' messages come in, bound, and who tells them.
async fn qimen_door(
    hub: &Hub,
    config: &HubConfig,
    listen: &str,
) -> anyhow::Result<(SocketAddr, TcpListener, Arc<Door>, Option<Teller>)> {
    let partner = Arc::new(Partner::open(&config.qimen, config.gifts.as_ref())?);
    let teller = Teller::new(hub.clone(), partner.clone(), crate::machine::wall_us)?;
    let listener = bind(listen, "qimen_listen").await?;
    let address = listener.local_addr().context("read the bound address")?;
    Ok((address, listener, Arc::new(Door::new(hub.clone(), partner, crate::machine::wall_us)), teller))
}

/// Serves until the hub ends.
fn served(listener: TcpListener, router: Router, stop: &watch::Sender<bool>) -> Work {
    let mut stopped = stop.subscribe();
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        // An error means that the hub is gone, which ends serving as well.
        let _ = stopped.changed().await;
    });
    tokio::spawn(server.into_future())
}

/// Photos of returns go when their time is over.
async fn purging(hub: Hub, mut closing: watch::Receiver<bool>) {
    loop {
        let purged = hub.clone();
        match api::blocking(move || purged.purge_photos(crate::machine::wall_us())).await {
            Ok(0) => {}
            Ok(photos) => tracing::info!(photos, "photos of returns whose time is over are gone"),
            Err(error) => {
                tracing::error!(%error, "photos of returns could not be deleted; it is tried again in an hour")
            }
        }
        tokio::select! {
            () = tokio::time::sleep(PURGE_EVERY) => {}
            _ = closing.changed() => return,
        }
    }
}

impl Serving {
    /// Whatever may fail comes before anything is served: what was spawned would hold the store.
    pub async fn start(config: &HubConfig) -> anyhow::Result<Serving> {
        let accounts = config.carriers.open()?;
        let hub = open(config)?;
        let authority = Arc::new(Authority::open(&config.data_dir, &config.screens.domains)?);
        let mut keys = Vec::new();
        for file in &config.key_files {
            let key = std::fs::read_to_string(file).with_context(|| format!("read the key in {}", file.display()))?;
            let name = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
            keys.push(Key::new(name, &key));
        }
        let listener = bind(&config.listen, "listen").await?;
        let address = listener.local_addr().context("read the bound address")?;
        let hosts = Hosts::new(address, &config.hosts);
        let door = match &config.push_listen {
            Some(listen) => Some(door(&hub, &accounts, listen).await?),
            None => None,
        };
        let qimen = match &config.qimen_listen {
            Some(listen) => Some(qimen_door(&hub, config, listen).await?),
            None => None,
        };
        let refilled = accounts.iter().filter(|account| account.pool > 0).cloned();
        let refillers = refilled.map(|account| Refiller::new(hub.clone(), account, crate::machine::wall_us));
        let refillers = refillers.collect::<anyhow::Result<Vec<_>>>()?;
        let polled = accounts.into_iter().filter(|account| account.poll || account.subscribe);
        let pollers = polled.map(|account| Poller::new(hub.clone(), account, crate::machine::wall_us));
        let pollers = pollers.collect::<anyhow::Result<Vec<_>>>()?;
        let watchers = Watcher::all(&hub, config, crate::machine::wall_us)?;
        let reporters = Reporter::all(&hub, &config.report, crate::machine::wall_us)?;
        hub.keep_folders(&config.folders()?)?;
        let (stop, stopped) = watch::channel(false);
        let admin = Admin { url: format!("http://{}", reachable(address)), key: uuid::Uuid::new_v4().to_string() };
        admin.write(admin::Daemon::Hub, &config.data_dir)?;
        let site = Site::new(hub.clone(), keys, &admin.key, hosts, authority, crate::machine::wall_us, stopped);
        let mut work = vec![served(listener, api::router(site), &stop)];
        let pushes = door.map(|(address, listener, pushes)| {
            work.push(served(listener, push::router(pushes.clone()), &stop));
            (address, pushes)
        });
        let qimen = qimen.map(|(address, listener, door, teller)| {
            work.push(served(listener, qimen::door::router(door.clone()), &stop));
            if let Some(teller) = teller {
                let closing = stop.subscribe();
                work.push(tokio::spawn(async move {
                    teller.run(closing).await;
                    Ok(())
                }));
            }
            (address, door)
        });
        for poller in pollers {
            let closing = stop.subscribe();
            work.push(tokio::spawn(async move {
                poller.run(closing).await;
                Ok(())
            }));
        }
        for refiller in refillers {
            let closing = stop.subscribe();
            work.push(tokio::spawn(async move {
                refiller.run(closing).await;
                Ok(())
            }));
        }
        for watcher in watchers {
            let closing = stop.subscribe();
            work.push(tokio::spawn(async move {
                watcher.run(closing).await;
                Ok(())
            }));
        }
        if !hub.policy().warehouse_rules.plans.is_empty() {
            let (releaser, closing) = (Releaser::new(hub.clone(), crate::machine::wall_us), stop.subscribe());
            work.push(tokio::spawn(async move {
                releaser.run(closing).await;
                Ok(())
            }));
        }
        let (photos, closing) = (hub.clone(), stop.subscribe());
        work.push(tokio::spawn(async move {
            purging(photos, closing).await;
            Ok(())
        }));
        for reporter in reporters {
            let closing = stop.subscribe();
            work.push(tokio::spawn(async move {
                reporter.run(closing).await;
                Ok(())
            }));
        }
        Ok(Serving { address, hub, pushes, qimen, data_dir: config.data_dir.clone(), stop, work })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        for work in self.work {
            work.await.context("the hub's task broke")??;
        }
        Admin::remove(admin::Daemon::Hub, &self.data_dir);
        Ok(())
    }

    pub async fn run_until(self, signal: impl Future<Output = ()>) -> anyhow::Result<()> {
        signal.await;
        self.stop().await
    }
}
