//! `milepost journal`: is the journal whole, what happened last, and everything as JSON lines. It only reads.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;

use milepost::journal::Reader;

#[derive(clap::Args)]
pub struct Args {
    /// The journal's file
    #[arg(long, global = true, default_value = "/var/lib/milepost/journal.db")]
    file: PathBuf,
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Walk the hash chain of every epoch and compare the projections with a replay
    Verify,
    /// Show the newest entries
    Tail {
        #[arg(short = 'n', default_value_t = 20)]
        count: usize,
    },
    /// Write every entry as a line of JSON
    Export,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let reader = Reader::open(&args.file)
        .with_context(|| format!("open {}: give the journal with --file", args.file.display()))?;
    match args.act {
        Act::Verify => verify(&reader, args.json),
        Act::Tail { count } => tail(&reader, count, args.json),
        Act::Export => export(&reader),
    }
}

fn verify(reader: &Reader, json: bool) -> anyhow::Result<ExitCode> {
    let mut walks = Vec::new();
    for epoch in reader.epochs().context("read the journal")? {
        walks.push(reader.verify(epoch.no).context("walk the journal")?);
    }
    let differences = milepost::station::replay::compare(reader).context("replay the journal")?;
    let lost = walks.iter().any(|walk| !walk.known.is_empty());
    // Where entries are known to be lost, rows may know more than what is left of them.
    let whole = (lost || differences.is_empty()) && walks.iter().all(|walk| walk.broken.is_empty());
    if json {
        println!("{}", serde_json::json!({ "whole": whole, "epochs": walks, "differences": differences }));
        return Ok(ExitCode::from(u8::from(!whole)));
    }
    for walk in &walks {
        println!("epoch {}: {} entries", walk.epoch, walk.entries);
        for broken in &walk.broken {
            println!("  entry {} {}", broken.seq, broken.what);
        }
        for known in &walk.known {
            println!("  known since the file was salvaged, at entry {}: {}", known.seq, known.what);
        }
    }
    for difference in &differences {
        println!("  {difference}");
    }
    let verdict = match (whole, lost) {
        (true, false) => "whole: the chain holds, and the projections equal a replay",
        (true, true) => "whole but for what is known to be lost: the chain holds everywhere else",
        (false, _) => "NOT whole",
    };
    println!("{verdict}");
    Ok(ExitCode::from(u8::from(!whole)))
}

fn tail(reader: &Reader, count: usize, json: bool) -> anyhow::Result<ExitCode> {
    let Some(epoch) = reader.epochs().context("read the journal")?.pop() else { return Ok(ExitCode::SUCCESS) };
    let mut entries = reader.latest(epoch.no, count).context("read the journal")?;
    entries.reverse();
    for entry in entries {
        if json {
            println!("{}", serde_json::to_string(&entry)?);
            continue;
        }
        let at = jiff::Timestamp::from_microsecond(entry.stamp.best_us()).unwrap_or_default();
        let zone = jiff::tz::TimeZone::get(&entry.stamp.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let parcel = entry.parcel_id.as_ref().map_or("", |parcel| parcel.as_str());
        println!(
            "{:>8} {} {:<20} {parcel} {}",
            entry.seq,
            at.to_zoned(zone).strftime("%m-%d %H:%M:%S"),
            entry.kind,
            entry.body
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn export(reader: &Reader) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for epoch in reader.epochs().context("read the journal")? {
        let mut after = 0;
        loop {
            let entries = reader.entries(epoch.no, after, 1_000).context("read the journal")?;
            let Some(last) = entries.last() else { break };
            after = last.seq;
            for entry in &entries {
                writeln!(out, "{}", serde_json::to_string(entry)?).context("write the entries")?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
