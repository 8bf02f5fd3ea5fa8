//! The one binary: parse the command line, hand over to `cli`.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::run(cli::Cli::parse()) {
        Ok(code) => code,
        // `milepost journal export | head`: whoever read has read enough.
        Err(error) if error.chain().any(closed) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("milepost: {error:#}");
            ExitCode::from(1)
        }
    }
}

fn closed(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
