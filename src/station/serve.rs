//! A whole station: the daemon, its HTTP doors, and the service manager's signals.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::serve::Listener;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::api::{self, Site};
use super::certificate::{Held, Keeper};
use super::config::{ScreensConfig, StationConfig, Tls};
use super::daemon::{self, Daemon, Running};
use super::paired::digest;
use super::tls::{self, TlsDoor};
use super::visitor::Door;
use crate::admin::{self, Admin};
use crate::machine;
use crate::page::Hosts;

/// A station that runs until it is told to stop.
pub struct Station {
    pub address: SocketAddr,
    /// Where tablets and handhelds call, if anywhere.
    pub screens: Option<SocketAddr>,
    pub running: Running,
    data_dir: PathBuf,
    stop: watch::Sender<bool>,
    work: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Station {
    /// Binds the ports, opens the journal and the devices, and works in the background.
    pub async fn start(config: StationConfig) -> anyhow::Result<Station> {
        // Before a port is taken or a folder made.
        config.check()?;
        let (hosts, screens, data_dir) = (config.hosts.clone(), config.screens.clone(), config.data_dir.clone());
        let own = bound(&config.listen).await?;
        let address = own.local_addr().context("read the bound address")?;
        let (keeper, held) = match screens.tls {
            Tls::Hub => {
                let link = daemon::link(&config)?.context("[screens] says `tls = \"hub\"` without a [hub]")?;
                let (keeper, held) = Keeper::new(link, &data_dir, screens.names(&hosts), machine::wall_us);
                (Some(keeper), held)
            }
            Tls::Files => (None, watch::channel(Held::default()).1),
        };
        let lan = match &screens.listen {
            Some(listen) => Some(Lan::open(bound(listen).await?, &screens, held.clone())?),
            None => None,
        };
        let lan_address = lan.as_ref().map(Lan::address).transpose().context("read the bound address")?;
        let url = lan_address.map_or(format!("http://{address}"), |address| screens.url(&hosts, address));
        let (daemon, ears, running) = Daemon::start(config)?;
        let admin = Admin { url: format!("http://{address}"), key: uuid::Uuid::new_v4().to_string() };
        admin.write(admin::Daemon::Station, &data_dir)?;
        let site = Site {
            running: running.clone(),
            hosts: Hosts::new(address, &hosts),
            door: Door::Own,
            url,
            admin: digest(&admin.key),
            links: Arc::default(),
            held,
            token: uuid::Uuid::new_v4().simple().to_string(),
        };
        let (stop, stopped) = watch::channel(false);
        let mut serving = JoinSet::new();
        if let (Some(lan), Some(address)) = (lan, lan_address) {
            let door = Door::Screens { tls: matches!(lan, Lan::Tls(_)) };
            let router = api::router(Site { door, hosts: Hosts::new(address, &hosts), ..site.clone() });
            match lan {
                Lan::Tls(listener) => serving.spawn(served(listener, router)),
                Lan::Plain(listener) => serving.spawn(served(listener, router)),
            };
        }
        serving.spawn(served(own, api::router(site)));
        if let Some(keeper) = keeper {
            serving.spawn(keeper.run());
        }
        let work = tokio::spawn(async move {
            let done = daemon.run(ears, stopped).await;
            // Live streams never end by themselves; they are dropped with the servers.
            serving.shutdown().await;
            done
        });
        Ok(Station { address, screens: lan_address, running, data_dir, stop, work })
    }

    /// Lets what was scanned become durable, then ends.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        let done = self.work.await.context("the station's loop broke")?;
        Admin::remove(admin::Daemon::Station, &self.data_dir);
        done
    }

    /// Runs until `signal`, or until the loop ends by itself.
    pub async fn run_until(mut self, signal: impl Future<Output = ()>) -> anyhow::Result<()> {
        tokio::select! {
            done = &mut self.work => return done.context("the station's loop broke")?,
            () = signal => {}
        }
        self.stop().await
    }
}

/// The door for screens.
enum Lan {
    Plain(TcpListener),
    Tls(TlsDoor),
}

impl Lan {
    fn open(listener: TcpListener, config: &ScreensConfig, held: watch::Receiver<Held>) -> anyhow::Result<Lan> {
        Ok(match (config.tls, config.cert.as_ref().zip(config.key.as_ref())) {
            (Tls::Hub, _) => Lan::Tls(TlsDoor::open(listener, move || held.borrow().tls.clone())?),
            (Tls::Files, Some((cert, key))) => {
                let config = tls::from_files(cert, key)?;
                Lan::Tls(TlsDoor::open(listener, move || Some(config.clone()))?)
            }
            (Tls::Files, None) => Lan::Plain(listener),
        })
    }

    fn address(&self) -> std::io::Result<SocketAddr> {
        match self {
            Lan::Plain(listener) => listener.local_addr(),
            Lan::Tls(door) => door.local_addr(),
        }
    }
}

async fn bound(listen: &str) -> anyhow::Result<TcpListener> {
    let taken = || format!("listen on {listen}: stop what holds the port, or set another `listen`");
    TcpListener::bind(listen).await.with_context(taken)
}

async fn served<L>(listener: L, router: Router)
where
    L: Listener,
    L::Addr: std::fmt::Debug,
{
    // A listener's errors are its own to bear; it never gives up.
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "a door of the station closed");
    }
}
