//! `milepost version`: what a support call asks first.

use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {}

pub fn run(_: Args) -> anyhow::Result<ExitCode> {
    println!("milepost {}", env!("CARGO_PKG_VERSION"));
    #[cfg(any(feature = "station", feature = "hub"))]
    println!("sqlite {}", rusqlite::version());
    Ok(ExitCode::SUCCESS)
}
