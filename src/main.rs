//! The one binary: parse the command line, hand over to `cli`.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::run(cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("milepost: {error:#}");
            ExitCode::from(1)
        }
    }
}
