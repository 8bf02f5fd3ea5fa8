//! A whole station: the daemon, its HTTP door, and the service manager's signals.

use std::future::Future;
use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::api::{self, Site};
use super::config::StationConfig;
use super::daemon::{Daemon, Running};
use crate::page::Hosts;

/// A station that runs until it is told to stop.
pub struct Station {
    pub address: SocketAddr,
    pub running: Running,
    stop: watch::Sender<bool>,
    work: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Station {
    /// Binds the port, opens the journal and the devices, and works in the background.
    pub async fn start(config: StationConfig) -> anyhow::Result<Station> {
        // Before a port is taken or a folder made.
        config.check()?;
        let (listen, hosts) = (config.listen.clone(), config.hosts.clone());
        let listener = TcpListener::bind(&listen)
            .await
            .with_context(|| format!("listen on {listen}: stop what holds the port, or set another `listen`"))?;
        let address = listener.local_addr().context("read the bound address")?;
        let (daemon, ears, running) = Daemon::start(config)?;
        let (stop, stopped) = watch::channel(false);
        let hosts = Hosts::new(address, &hosts);
        let router = api::router(Site { running: running.clone(), hosts });
        let mut until = stopped.clone();
        let work = tokio::spawn(async move {
            let server = axum::serve(listener, router).with_graceful_shutdown(async move {
                // An error means the station is gone, which ends serving as well.
                let _ = until.changed().await;
            });
            // Live streams never end by themselves; they are dropped with the server.
            let serving = tokio::spawn(server.into_future());
            let done = daemon.run(ears, stopped).await;
            serving.abort();
            done
        });
        Ok(Station { address, running, stop, work })
    }

    /// Lets what was scanned become durable, then ends.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        self.work.await.context("the station's loop broke")?
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
