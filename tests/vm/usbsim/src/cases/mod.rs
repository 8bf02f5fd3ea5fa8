//! The groups of cases. A group is a file here, a line in `GROUPS` and its name in `tests/vm/run`; a case is a function
//! that panics when something is wrong, and a line in its group's list.

mod bench;
mod devices;
mod faults;
mod pace;
mod printers;
mod rig;
mod rush;
mod sleep;
mod udev;
mod smoke;
mod upheaval;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use crate::kernel;

type Case = (&'static str, fn());

const GROUPS: &[(&str, &[Case])] = &[
    ("printers", printers::CASES),
    ("faults", faults::CASES),
    ("smoke", smoke::CASES),
    ("upheaval", upheaval::CASES),
    ("rush", rush::CASES),
    ("bench", bench::CASES),
    ("devices", devices::CASES),
    ("sleep", sleep::CASES),
    ("udev", udev::CASES),
];

/// Runs all of a group; `false` where there is no such group.
pub fn run(group: &str) -> bool {
    let Some((_, cases)) = GROUPS.iter().find(|(name, _)| *name == group) else { return false };
    for (name, case) in *cases {
        tell(group, name, case);
    }
    tell(group, "the_kernel_complains_of_nothing", || {
        let complaints = kernel::complaints(&kernel::log());
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    });
    true
}

fn tell(group: &str, name: &str, case: impl FnOnce()) {
    let began = Instant::now();
    let went = catch_unwind(AssertUnwindSafe(case));
    eprintln!("{name} took {:.1} s", began.elapsed().as_secs_f64());
    println!("test vm::{group}::{name} ... {}", if went.is_ok() { "ok" } else { "FAILED" });
}
