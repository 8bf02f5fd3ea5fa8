//! What every command that waits for something runs on: a runtime and a log.

use anyhow::Context;
use tracing_subscriber::EnvFilter;

/// The log's level comes from `MILEPOST_LOG`, e.g. `milepost=debug`, else it is `level`.
pub fn start(level: &str) -> anyhow::Result<tokio::runtime::Runtime> {
    let filter = EnvFilter::try_from_env("MILEPOST_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    // A second call finds the log set up already.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("start the runtime")
}
