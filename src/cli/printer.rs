//! `milepost printer …`: a test label with rulers, and what its measures mean for the printer's config.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use drivers::printer::adjust::Adjust;
use drivers::printer::{Printer, PrinterConfig};
use milepost::label::ruler::{FRAME_MM, length_mm, ruler};
use milepost::label::{Fonts, fonts};
use milepost::station::config::StationConfig;
use milepost::words::Words;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Print a label with rulers; with measures taken from one, say what to write into the config instead. A running
    /// station holds its printers on USB and serial lines: stop it first
    Test {
        /// The printer's name in the config
        printer: String,
        /// The station's config; without it /etc/milepost/station.toml, else the defaults
        #[arg(long)]
        config: Option<PathBuf>,
        #[command(flatten)]
        measured: Measured,
    },
}

/// In mm, as a ruler shows them on the paper.
#[derive(clap::Args)]
struct Measured {
    /// From the first to the last line of the ruler down the label
    #[arg(long, value_name = "MM")]
    down: Option<f64>,
    /// From the paper's left edge to the frame
    #[arg(long, value_name = "MM")]
    left: Option<f64>,
    /// From the paper's upper edge to the frame
    #[arg(long, value_name = "MM")]
    top: Option<f64>,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Act::Test { printer, config, measured } = args.act;
    let config: StationConfig = super::service::read(config.as_deref(), "/etc/milepost/station.toml")?;
    let known = config.printers().map(|printer| printer.name.clone()).collect::<Vec<_>>().join(", ");
    let known = if known.is_empty() { "none".to_owned() } else { known };
    if config.components().any(|component| component.name == printer) {
        anyhow::bail!(
            "`{printer}` is a platform's component and prints no label of ours: `milepost doctor` says how it is; printers of \
             labels are {known}"
        );
    }
    let found = config.printers().find(|found| found.name == printer).cloned();
    let found = found.with_context(|| format!("no [[printer]] is called `{printer}`; known are {known}"))?;
    let paths = if config.label.fonts.is_empty() { vec![fonts::DEFAULT_PATH.into()] } else { config.label.fonts };
    match measured {
        Measured { down: None, left: None, top: None } => {
            print(found, Words::of(config.language), &Fonts::load(&paths))
        }
        measured => {
            println!("{}", corrected(&found, &measured)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn print(config: PrinterConfig, words: &Words, fonts: &Fonts) -> anyhow::Result<ExitCode> {
    let (width, height) = (config.media.width_mm, config.media.height_mm);
    let lines = [
        format!("{}  {width} × {height} mm  {} dpi", config.name, config.dpi),
        format!("{}: {FRAME_MM}", words.ruler_frame),
        format!("{}: {}", words.ruler_length, length_mm(height)),
    ];
    let label = ruler(width, height, config.dpi, &lines, fonts);
    let (name, length) = (config.name.clone(), length_mm(height));
    let mut printer = Printer::new(config)?;
    let outcome = super::runtime::start("off")?.block_on(printer.print(&label));
    println!("{}", super::paper::in_words(&outcome));
    println!(
        "Measure on it, in mm: from the paper's left and upper edge to the frame ({FRAME_MM} each), and from the ruler's first\n\
         line down to its last ({length}). Then: milepost printer test {name} --left MM --top MM --down MM"
    );
    Ok(super::paper::exit_code(&outcome))
}

#[derive(serde::Deserialize)]
struct Line {
    #[serde(rename = "adjust")]
    _adjust: Adjust,
}

/// The line for the config; what the printer is adjusted by already was in the measured label.
fn corrected(config: &PrinterConfig, measured: &Measured) -> anyhow::Result<String> {
    let Adjust { offset_mm: [right, down], darkness, speed, feed_scale } = config.adjust;
    let tenths = |mm: f64| (mm * 10.0).round() / 10.0;
    let moved = |was: f64, measured: Option<f64>| tenths(was + measured.map_or(0.0, |mm| FRAME_MM - mm));
    let mut parts = vec![format!("offset_mm = [{:.1}, {:.1}]", moved(right, measured.left), moved(down, measured.top))];
    parts.extend(darkness.map(|darkness| format!("darkness = {darkness}")));
    parts.extend(speed.map(|speed| format!("speed = {speed}")));
    let length = f64::from(length_mm(config.media.height_mm));
    let before = feed_scale.unwrap_or(config.profile.feed_scale);
    let scale = measured.down.map(|down| before * length / down).or(feed_scale);
    parts.extend(scale.map(|scale| format!("feed_scale = {scale:.3}")));
    let line = format!("adjust = {{ {} }}", parts.join(", "));
    // What the config wouldn't take is a slip of the ruler, or of the keyboard.
    toml::from_str::<Line>(&line).with_context(|| format!("{line} can't be: measure again"))?;
    Ok(format!("# in the [[printer]] of {}:\n{line}", config.name))
}
