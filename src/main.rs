//! The one binary: parse the command line, hand over to `cli`.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    std::panic::set_hook(end_when_nobody_reads(std::panic::take_hook()));
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

type Hook = Box<dyn Fn(&std::panic::PanicHookInfo<'_>) + Send + Sync>;

/// `println!` panics where its reader has gone (`milepost devices | head -1`) or the disk is full; neither is a defect.
fn end_when_nobody_reads(hook: Hook) -> Hook {
    Box::new(move |panic| {
        let said = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
        match said.strip_prefix("failed printing to stdout: ") {
            Some(why) if why.contains("Broken pipe") => std::process::exit(0),
            Some(why) => {
                eprintln!("milepost: the standard output takes no more: {why}");
                std::process::exit(1);
            }
            None => hook(panic),
        }
    })
}

fn closed(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
