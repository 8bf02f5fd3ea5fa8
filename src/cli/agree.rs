//! Questions before something that can't be taken back, or that others would notice.

use std::io::{IsTerminal, Write};

use anyhow::Context;

/// Asks the person at the terminal; where there is none, says that `--yes` is needed.
pub fn agreed(what: &str) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        eprintln!("milepost: {what}: say --yes where nobody can be asked");
        return Ok(false);
    }
    eprint!("{what}. Go on? [y/N] ");
    std::io::stderr().flush().context("ask")?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).context("read the answer")?;
    let agreed = matches!(answer.trim(), "y" | "Y" | "yes");
    if !agreed {
        eprintln!("milepost: nothing was done");
    }
    Ok(agreed)
}
