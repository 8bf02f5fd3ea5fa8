//! `milepost demo`: a whole day of a warehouse in one process, on virtual devices and real sockets, from the channel's
//! export file to the parcel on the truck.

mod count;
mod day;
mod fail;
mod office;
mod shift;
mod site;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use milepost::domain::code::own;

use self::count::Summary;
use self::day::{Day, Fate};
use self::fail::{Failures, Fault};
use self::office::Office;
use self::shift::{Book, Packer, Work, lock, relabel, ship};
use self::site::{Gun, PATIENCE, Site, screen};

#[derive(clap::Args)]
pub struct Args {
    /// Work without pauses, then end
    #[arg(long)]
    once: bool,
    /// Channel files to work on in place of the sample day
    #[arg(long, value_name = "FILE", num_args = 1..)]
    orders: Vec<PathBuf>,
    /// How many times faster than a person
    #[arg(long, default_value_t = 10.0)]
    speed: f64,
    /// What goes wrong: sf=timeout, hub=down:60s, printer=paper:5s, …
    #[arg(long, value_name = "TARGET=FAULT[:SECONDS],…", default_value = "", hide_default_value = true, value_parser = failures)]
    fail: Failures,
    /// End with the summary as one line of JSON
    #[arg(long)]
    json: bool,
}

fn failures(text: &str) -> Result<Failures, String> {
    if text.is_empty() { Ok(Failures::default()) } else { text.parse() }
}

const ORDERS: usize = 330;
const PEOPLE: [(&str, &str, &str); 4] = [
    ("li", "李雷", "AAAABBBBCCCCDDDD"),
    ("han", "韩梅梅", "EEEEFFFFGGGGHHHH"),
    ("zhang", "张伟", "JJJJKKKKLLLLMMMM"),
    ("liu", "刘洋", "NNNNPPPPQQQQRRRR"),
];

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    super::runtime::start("off")?.block_on(demo(args))
}

async fn demo(args: Args) -> anyhow::Result<ExitCode> {
    let folder = std::env::temp_dir().join(format!("milepost-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).with_context(|| format!("make the folder {}", folder.display()))?;
    let site = Site::start(folder, !args.once).await?;
    if !args.json {
        println!("everything of this demo is in {}", site.folder.display());
        println!("hub        {}/", site.hub_url());
        println!("benches    http://{}/", site.floor.address);
        println!("print desk http://{}/", site.desk.address);
    }
    let begun = Instant::now();
    let summary = work(&site, &args, begun).await?;
    match args.json {
        true => println!("{}", serde_json::to_string(&summary)?),
        false => print(&summary),
    }
    let good = summary.lost == 0 && summary.duplicates == 0 && summary.refunded_shipped == 0;
    if !args.once {
        println!("the pages stay open; end with Ctrl-C");
        tokio::signal::ctrl_c().await.context("wait for Ctrl-C")?;
    }
    Ok(ExitCode::from(u8::from(!good)))
}

/// For a wave's last numbers, before it is printed without them.
const LEAD_WAITS: Duration = Duration::from_secs(3);

/// The day: orders in, waves out, labels, packing, the dock.
async fn work(site: &Site, args: &Args, begun: Instant) -> anyhow::Result<Summary> {
    let day = Day::new(ORDERS, jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::get("Asia/Shanghai")?));
    let office = Office::new(site)?;
    for failure in &args.fail.0 {
        // SF is asked as soon as orders come in: it fails from the start.
        if let Fault::Sf(fault) = &failure.fault {
            site.sf.set_fault(Some(fault.clone()));
        }
    }
    let plan = office.open_the_day(&day, &args.orders).await?;
    let waves = office.release_waves(&plan.wave_orders).await?;
    office.release_singles(&plan.singles).await?;
    office.refund(&day, Fate::RefundedInTime).await?;
    office.revise(&day).await?;
    all_came_down(site).await?;
    let labels = print_waves(site, &waves).await?;

    let book = Arc::new(Mutex::new(Book::default()));
    let goods = plan.singles.iter().map(|(_, goods)| goods.clone()).collect();
    let work = Work { labels: labels.into(), orders: plan.bench_orders.clone().into(), goods, begun: 0 };
    let bar = bar((work.labels.len() + work.orders.len() + work.goods.len()) as u64, args);
    let work = Arc::new(Mutex::new(work));
    let pause = if args.once { Duration::ZERO } else { Duration::from_millis(1_500).div_f64(args.speed.max(0.01)) };
    let packer = |index: usize, place| Packer {
        station: &site.floor,
        place,
        printer: &site.bench_printers[index],
        badge: PEOPLE[index].2.to_owned(),
        work: work.clone(),
        book: book.clone(),
        bar: bar.clone(),
        pause,
        seen: Mutex::default(),
        replug: args.fail.0.iter().any(|failure| failure.fault == Fault::ScannerReset),
    };
    let packing = async { tokio::try_join!(packer(0, "bench-1").work(), packer(1, "bench-2").work()) };
    tokio::try_join!(packing, break_and_mend(site, &args.fail))?;
    bar.finish_and_clear();
    if args.fail.0.iter().all(|failure| !matches!(failure.fault, Fault::Sf(_)) || failure.lasts.is_some()) {
        relabel_all(site, &packer(0, "bench-1")).await?;
    }
    office.refund(&day, Fate::RefundedLate).await?;
    all_came_down(site).await?;
    let waiting: Vec<String> = {
        let book = lock(&book);
        book.packed.difference(&book.temporary).cloned().collect()
    };
    ship(&site.floor, PEOPLE[3].2, waiting, &book).await?;
    all_went_up(site).await?;

    let mut summary = count::count(site, &site.store().await?, &lock(&book), &plan.supplied)?;
    (summary.orders, summary.held, summary.merged) = (plan.orders, plan.held, plan.merged);
    summary.seconds = begun.elapsed().as_secs_f64();
    Ok(summary)
}

/// Every failure begins now and ends when its time is over; one without a time lasts for the whole demo, but a hub or a
/// printer comes back in the end, so that there is something to count.
async fn break_and_mend(site: &Site, failures: &Failures) -> anyhow::Result<()> {
    for failure in &failures.0 {
        match &failure.fault {
            Fault::Printer(fault) => site.bench_printers[1].set_fault(*fault),
            Fault::HubDown => site.stop_hub().await?,
            Fault::Sf(_) | Fault::ScannerReset | Fault::NotInUse => {}
        }
    }
    for failure in &failures.0 {
        let usual = Duration::from_secs(5);
        match (&failure.fault, failure.lasts) {
            (Fault::Sf(_), Some(lasts)) => {
                tokio::time::sleep(lasts).await;
                site.sf.set_fault(None);
            }
            (Fault::HubDown, lasts) => {
                tokio::time::sleep(lasts.unwrap_or(usual)).await;
                site.start_hub().await?;
            }
            (Fault::Printer(_), lasts) => {
                tokio::time::sleep(lasts.unwrap_or(usual)).await;
                site.bench_printers[1].clear_faults();
            }
            (Fault::Sf(_), None) | (Fault::ScannerReset | Fault::NotInUse, _) => {}
        }
    }
    Ok(())
}

/// The lead prints each wave; what comes out of the printer is what the pickers take along.
async fn print_waves(site: &Site, waves: &[String]) -> anyhow::Result<Vec<String>> {
    let mut gun = Gun::take(&site.desk, "desk").await?;
    gun.scan(&own('B', PEOPLE[2].2)).await?;
    for wave in waves {
        gun.scan(&own('P', wave)).await?;
        let numbered = screen(&site.desk, "desk", |screen| screen.key != "wave_waits");
        if tokio::time::timeout(LEAD_WAITS, numbered).await.is_err() {
            gun.scan(&own('P', wave)).await?;
        }
        screen(&site.desk, "desk", |screen| screen.key == "wave_done").await?;
    }
    let number = |code: &String| code.starts_with("SF") || code.starts_with("TMP-");
    Ok(site.desk_printer.papers().iter().filter_map(|paper| paper.codes().into_iter().find(number)).collect())
}

/// Temporary labels get their real ones, as far as SF gives numbers by now.
async fn relabel_all(site: &Site, packer: &Packer<'_>) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let temporary: Vec<String> = lock(&packer.book).temporary.iter().cloned().collect();
        if temporary.is_empty() {
            return Ok(());
        }
        relabel(packer, temporary).await?;
        // A question to SF is repeated within a minute.
        if begun.elapsed() > 3 * PATIENCE {
            anyhow::bail!("SF answers again, and {} parcels have no number", lock(&packer.book).temporary.len());
        }
        screen(&site.floor, packer.place, |_| true).await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits until both stations heard of everything the hub did before now.
async fn all_came_down(site: &Site) -> anyhow::Result<()> {
    for (station, place) in [(&site.desk, "desk"), (&site.floor, "bench-1")] {
        let end = site.store().await?.feed_end(&station.running.config.code.as_str().into())?;
        screen(station, place, |screen| screen.hub.cursor >= end).await?;
    }
    Ok(())
}

async fn all_went_up(site: &Site) -> anyhow::Result<()> {
    for (station, place) in [(&site.desk, "desk"), (&site.floor, "bench-1")] {
        screen(station, place, |screen| screen.hub.connected && screen.hub.pending == 0).await?;
    }
    Ok(())
}

fn bar(length: u64, args: &Args) -> ProgressBar {
    let target = if args.json { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style = ProgressStyle::with_template("packing {wide_bar} {pos}/{len}").expect("the template is a constant");
    ProgressBar::with_draw_target(Some(length), target).with_style(style)
}

fn print(summary: &Summary) {
    let listed = |counts: &std::collections::BTreeMap<String, usize>| {
        counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
    };
    println!(
        "orders     {} in, {} held, {} parcels ({} merged)",
        summary.orders, summary.held, summary.parcels, summary.merged
    );
    println!("packed     {} ({})", summary.packed, listed(&summary.flows));
    println!(
        "labels     {}; temporary still to be replaced {}",
        listed(&summary.labels),
        summary.fallbacks["temporary"]
    );
    println!("ready      {} of {} numbers were there when their goods were checked", summary.ready.0, summary.ready.1);
    println!("caught     {} refunds, {} wrong items", summary.refunds_caught, summary.wrong_scans_caught);
    println!("shipped    {}; refunded ones among them {}", summary.shipped, summary.refunded_shipped);
    println!("entries    {} at the stations, {} at the hub", summary.entries, summary.hub_entries);
    println!("lost       {}", summary.lost);
    println!("duplicates {}", summary.duplicates);
    for finding in &summary.findings {
        println!("  {finding}");
    }
}
