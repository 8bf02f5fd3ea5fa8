//! Runs in the guest, as `usbsim GROUP`: plugs devices in, runs the milepost binary against them, says what came of it.

mod agent;
mod cases;
mod gadget;
mod kernel;

use std::process::ExitCode;

fn main() -> ExitCode {
    let group = std::env::args().nth(1).unwrap_or_default();
    if !cases::run(&group) {
        println!("there is no group {group:?}");
        return ExitCode::FAILURE;
    }
    println!("the group is done");
    ExitCode::SUCCESS
}
