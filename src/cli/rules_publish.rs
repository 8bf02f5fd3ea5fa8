//! `milepost rules preview`, `publish` and `status`: what other rules would have done to a running hub's orders, putting
//! them in force there, and what is in force. The hub decides; this shows and asks.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use milepost::domain::routing::yuan;
use milepost::hub::preview::{Compared, Preview, PreviewRequest, Said};
use milepost::hub::published::{Origin, PublishRequest, RevertRequest, Routing, Token, Version};
use milepost::rules::{Report, RoutingRules};
use reqwest::Method;

use super::agree::agreed;
use super::remote;
use super::rules_report::{Shares, joined, name, percent, table};

const WEIGHTS: &str = ": bring their items in, `milepost items import`";

#[derive(clap::Args)]
pub struct PreviewArgs {
    /// The rule file, its freight tables beside it; `built-in` is the shipped example
    rules: PathBuf,
    /// A day of the warehouse's, e.g. 2026-02-17 [default: yesterday]
    #[arg(long, value_name = "DATE")]
    day: Option<Date>,
    /// Show every order, not only those that differ
    #[arg(long)]
    all: bool,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: remote::Args,
}

#[derive(clap::Args)]
pub struct PublishArgs {
    /// The rule file that was previewed
    #[arg(required_unless_present = "revert", conflicts_with = "revert")]
    rules: Option<PathBuf>,
    /// Go back to what was in force before
    #[arg(long)]
    revert: bool,
    /// Don't ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    hub: remote::Args,
}

#[derive(clap::Args)]
pub struct StatusArgs {
    /// Print it as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: remote::Args,
}

pub fn preview(args: &PreviewArgs) -> anyhow::Result<ExitCode> {
    let (rules, _) = milepost::hub::routing::read_file(&args.rules)?;
    let request = PreviewRequest { rules, day: args.day, all: args.all || args.json };
    let preview: Preview = args.hub.ask(Method::POST, "/v1/routing/preview", Some(&request))?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&preview)?);
        return Ok(ExitCode::SUCCESS);
    }
    print!("{}", told(&preview));
    println!("\nto put it in force: milepost rules publish {} --to {}", args.rules.display(), args.hub.url());
    Ok(ExitCode::SUCCESS)
}

pub fn publish(args: &PublishArgs) -> anyhow::Result<ExitCode> {
    let now = in_force(&args.hub)?;
    match &args.rules {
        Some(path) => put(args, path, &now),
        None => revert(args, &now),
    }
}

pub fn status(args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let now = in_force(&args.hub)?;
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&now)?),
        false => print!("{}", stands(&now)),
    }
    Ok(ExitCode::SUCCESS)
}

fn in_force(hub: &remote::Args) -> anyhow::Result<Routing> {
    hub.ask(Method::GET, "/v1/routing", None::<&()>)
}

fn put(args: &PublishArgs, path: &Path, now: &Routing) -> anyhow::Result<ExitCode> {
    let (file, rules): (_, RoutingRules) = milepost::hub::routing::read_file(path)?;
    let what = format!("{} decides from the next order on, in place of {}", path.display(), called(now));
    if !args.yes && !agreed(&what)? {
        return Ok(ExitCode::FAILURE);
    }
    let token = Token { hash: rules.hash().to_owned(), over: now.hash.clone() };
    let request = PublishRequest { rules: file, token };
    let done: Routing = args.hub.ask(Method::PUT, "/v1/routing", Some(&request))?;
    println!(
        "version {} is in force; orders that were routed keep their carrier until their wave is released",
        done.version
    );
    Ok(ExitCode::SUCCESS)
}

fn revert(args: &PublishArgs, now: &Routing) -> anyhow::Result<ExitCode> {
    let what = format!("what was in force before decides from the next order on, in place of {}", called(now));
    if !args.yes && !agreed(&what)? {
        return Ok(ExitCode::FAILURE);
    }
    let request = RevertRequest { version: now.version };
    let done: Routing = args.hub.ask(Method::POST, "/v1/routing/revert", Some(&request))?;
    println!("back to {}", called(&done));
    Ok(ExitCode::SUCCESS)
}

/// Rules as a question names them.
fn called(routing: &Routing) -> String {
    let file = routing.file.as_deref().unwrap_or_default();
    match routing.origin {
        Origin::None => "no rules at all".to_owned(),
        Origin::Config => format!("{file} of the hub's config"),
        Origin::Published => {
            let (by, since) = (routing.by.as_deref().unwrap_or("-"), routing.since.map(local).unwrap_or_default());
            format!("{file}, version {}, published by {by} on {since}", routing.version)
        }
    }
}

fn stands(now: &Routing) -> String {
    let mut text = format!("in force: {}\n", called(now));
    for rule in &now.rules {
        writeln!(text, "  {}: {} -> {}", rule.name, rule.when, rule.then).expect("a String takes every write");
    }
    let row = |one: &Version| {
        let what = match (one.back_to, &one.file) {
            (Some(0), _) | (_, None) => "back to the config's".to_owned(),
            (Some(version), Some(file)) => format!("{file}, back to version {version}"),
            (None, Some(file)) => file.clone(),
        };
        let hash = one.hash.get(..12).unwrap_or_default().to_owned();
        vec![one.version.to_string(), local(one.at), one.by.clone(), hash, what]
    };
    if !now.versions.is_empty() {
        let head = ["version", "published", "by", "hash", "what"].map(str::to_owned).to_vec();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(now.versions.iter().map(row)).collect();
        write!(text, "\n{}", Table(&rows, &[0])).expect("a String takes every write");
    }
    text
}

/// On this machine's clock.
fn local(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

struct Table<'t>(&'t [Vec<String>], &'t [usize]);

impl std::fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        table(f, self.0, self.1)
    }
}

fn told(preview: &Preview) -> String {
    let Preview { day, old, new, differ, orders, .. } = preview;
    if new.orders == 0 {
        return "the hub has no orders yet: there is nothing to compare\n".to_owned();
    }
    let mut text = String::new();
    if !orders.is_empty() {
        let head = ["order", "now", "freight", "rule", "then", "freight", "rule", "why"].map(str::to_owned).to_vec();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(orders.iter().map(row)).collect();
        writeln!(text, "{}", Table(&rows, &[2, 5])).expect("a String takes every write");
    }
    let shares = Table(&moved(old.as_ref(), new), &[1, 2, 3, 4]).to_string();
    write!(text, "{shares}\n{}", Shares { report: new, weights: WEIGHTS }).expect("a String takes every write");
    writeln!(text, "{differ} of {} orders of {day} differ: {}", new.orders, difference(old.as_ref(), new))
        .expect("a String takes every write");
    text
}

fn row(one: &Compared) -> Vec<String> {
    let side = |said: &Said| {
        let freight = said.freight_fen.map_or("-".to_owned(), yuan);
        [said.carrier.map_or("-".to_owned(), name), freight, said.rule.clone().unwrap_or("-".to_owned())]
    };
    // Of a carrier that may take it the rule says enough.
    let why = if one.new.carrier.is_none() { one.new.why.clone() } else { String::new() };
    [vec![joined(&one.orders)], side(&one.old).to_vec(), side(&one.new).to_vec(), vec![why]].concat()
}

/// What each carrier had and would have.
fn moved(old: Option<&Report>, new: &Report) -> Vec<Vec<String>> {
    let head = ["carrier", "orders now", "then", "share now", "then"].map(str::to_owned).to_vec();
    let names = new.carriers.iter().chain(old.iter().flat_map(|old| &old.carriers)).map(|share| share.name.as_str());
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    let of = |report: Option<&Report>, name: &str| {
        let share = report.map(|report| report.carriers.iter().find(|share| share.name == name));
        share.map(|share| share.map_or((0, 0), |share| (share.orders, share.permille)))
    };
    let cells = |of: Option<(usize, usize)>| match of {
        Some((orders, permille)) => (orders.to_string(), percent(permille)),
        None => ("-".to_owned(), "-".to_owned()),
    };
    let row = |name: &str| {
        let ((orders_now, share_now), (orders_then, share_then)) = (cells(of(old, name)), cells(of(Some(new), name)));
        vec![name.to_uppercase(), orders_now, orders_then, share_now, share_then]
    };
    std::iter::once(head).chain(names.into_iter().map(row)).collect()
}

fn difference(old: Option<&Report>, new: &Report) -> String {
    let Some(old) = old else {
        return format!("no rules are in force now; freight {} then, {} would wait", yuan(new.freight_fen), new.nobody);
    };
    let (sign, by) = match new.freight_fen.checked_sub(old.freight_fen) {
        Some(more) => ("+", more),
        None => ("-", old.freight_fen - new.freight_fen),
    };
    format!(
        "freight {} now, {} then ({sign}{}); waiting without a carrier {} now, {} then",
        yuan(old.freight_fen),
        yuan(new.freight_fen),
        yuan(by),
        old.nobody,
        new.nobody
    )
}
