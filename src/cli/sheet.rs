//! `milepost sheet …`: the codes of our own on paper, so that a shift is done with them and a scanner alone. Labels are only
//! ever drawn by a template of their paper's size.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};
use clap::Subcommand;
use drivers::label::Label;
use drivers::printer::Media;
use drivers::printer::profile::Profile;
use drivers::url::DeviceUrl;
use milepost::domain::code::Code;
use milepost::domain::id::WaveCode;
use milepost::domain::material::{self, Material};
use milepost::domain::reason::{Reason, Reasons};
use milepost::label::codes::{self, Family};
use milepost::label::filling::CodeData;
use milepost::label::{Filling, Fonts, Template, Templates, render};
use milepost::words::Words;

use super::paper;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    to: To,
}

#[derive(Subcommand)]
enum What {
    /// The sheet of commands: undo, skip, reprint, their reasons, ×2 … ×12; one at every place
    Commands,
    /// The sheet of a dock: open, close and reopen a handover
    Dock,
    /// Labels of a returns desk: reasons, findings, no number
    Returns {
        /// The station's config, where it has [[reason]]s of its own
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Labels of packing material: the config's [[material]]s
    Materials {
        /// The station's config, where they stand
        #[arg(long)]
        config: PathBuf,
    },
    /// Labels of bins
    Bins {
        /// Bins' codes, e.g. A-01-01, or a .csv file whose rows are `bin,text` (the text may be left out)
        #[arg(required = true)]
        bins: Vec<String>,
    },
    /// Labels of totes
    Totes {
        /// Totes' codes and ranges, e.g. T001..T050
        #[arg(required = true)]
        totes: Vec<String>,
    },
    /// Labels of bags, which are filled ahead of a pickup and handed over whole
    Bags {
        /// Bags' codes and ranges, e.g. G001..G050
        #[arg(required = true)]
        bags: Vec<String>,
    },
    /// Labels of a wall's slots
    Slots {
        /// The station's code, as in its config
        #[arg(long)]
        station: String,
        /// The wall's name: the [[place]] whose role is `wall`
        #[arg(long)]
        place: String,
        /// How many slots it has
        #[arg(long, default_value_t = 24)]
        count: u32,
    },
    /// The codes of waves' pick lists, which begin a wave, a wall or a batch
    Picklists {
        #[arg(required = true)]
        waves: Vec<String>,
    },
    /// Labels of vehicles, which name a handover's truck
    Vehicles {
        /// Plates, as they are written on the vehicles
        #[arg(required = true)]
        plates: Vec<String>,
    },
    /// A badge. The hub issues a new one, and THE OPERATOR'S OLD BADGES ARE REVOKED by that; run it on the hub's machine
    Badge(Badge),
}

#[derive(clap::Args)]
struct Badge {
    /// Who it is in the journal, e.g. a personnel number
    operator: String,
    /// What screens call them; it stands on the badge
    #[arg(long)]
    name: String,
    /// May force, reopen and reprint
    #[arg(long)]
    lead: bool,
    /// Prints this badge, which the hub issued before, and revokes none
    #[arg(long)]
    #[cfg_attr(not(feature = "hub"), arg(required = true))]
    code: Option<String>,
    /// The hub's config; without it /etc/milepost/hub.toml, else the defaults
    #[cfg(feature = "hub")]
    #[arg(long, conflicts_with = "code")]
    config: Option<PathBuf>,
}

#[derive(clap::Args)]
#[group(skip)]
struct To {
    /// The paper in mm; 60x40 for bins, totes and slots, else 100x150
    #[arg(long, global = true, value_name = "WxH")]
    media: Option<String>,
    /// The printer's dots to an inch
    #[arg(long, global = true, default_value_t = 203, value_parser = clap::value_parser!(u32).range(100..=1200))]
    dpi: u32,
    /// A file, named after what it holds: .png, .zpl, .tspl, .cpcl, .epl or .escpos; for several labels a folder
    #[arg(short, long, global = true, conflicts_with = "printer")]
    output: Option<PathBuf>,
    /// zpl, tspl, cpcl, epl, escpos or png, for a folder's files [default: png]
    #[arg(long, global = true)]
    language: Option<String>,
    /// Prints at once, e.g. tcp://10.0.0.7:9100
    #[arg(long, global = true, value_name = "URL")]
    printer: Option<DeviceUrl>,
    /// What the printer is, e.g. zpl, tspl or gprinter [default: zpl]
    #[arg(long, global = true)]
    profile: Option<String>,
    /// A font file; may be given several times, the first that has a character draws it
    #[arg(long = "font", global = true, value_name = "FILE")]
    fonts: Vec<PathBuf>,
    /// A folder of templates that go over the built-in ones, also for other papers: code-40x30.toml
    #[arg(long, global = true, value_name = "FOLDER")]
    templates: Option<PathBuf>,
}

/// What is to be drawn, and the file's name where it is one of several.
struct Drawn {
    name: String,
    label: Label,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let To { media, output, printer, .. } = &args.to;
    ensure!(output.is_some() || printer.is_some(), "where to? Give -o FILE or FOLDER, or --printer URL");
    let family = args.what.family();
    let paper = Media::try_from(media.clone().unwrap_or_else(|| args.what.usual_paper().to_owned()))?;
    let templates = match &args.to.templates {
        Some(folder) => Templates::builtin().with_dir(folder)?,
        None => Templates::builtin(),
    };
    let template = family.on(&format!("{}x{}", paper.width_mm, paper.height_mm), &templates)?;
    let desk = Desk { template, fonts: paper::fonts(&args.to.fonts), dpi: args.to.dpi };
    let drawn = match args.what {
        What::Commands | What::Dock => vec![desk.sheet()?],
        What::Badge(badge) => vec![desk.badge(badge, &args.to)?],
        what => codes::together(wanted(&what)?)?.iter().map(|data| desk.label(data)).collect::<anyhow::Result<_>>()?,
    };
    args.to.deliver(&drawn, paper)
}

impl What {
    fn family(&self) -> Family {
        match self {
            What::Commands => Family::Commands,
            What::Dock => Family::Dock,
            _ => Family::Code,
        }
    }

    fn usual_paper(&self) -> &'static str {
        match self {
            What::Bins { .. } | What::Totes { .. } | What::Bags { .. } | What::Slots { .. } => "60x40",
            What::Returns { .. } | What::Materials { .. } => "60x40",
            _ => "100x150",
        }
    }
}

/// The codes that were asked for by name.
fn wanted(what: &What) -> anyhow::Result<Vec<CodeData>> {
    Ok(match what {
        What::Bins { bins } => bins.iter().map(|bin| bins_of(bin)).collect::<anyhow::Result<Vec<_>>>()?.concat(),
        What::Totes { totes } => named(totes)?.iter().map(|name| codes::tote(name)).collect::<Result<_, _>>()?,
        What::Bags { bags } => named(bags)?.iter().map(|name| codes::bag(name)).collect::<Result<_, _>>()?,
        What::Slots { station, place, count } => codes::slots(station, place, *count)?,
        What::Picklists { waves } => waves.iter().map(|wave| codes::pick_list(wave)).collect::<Result<_, _>>()?,
        What::Vehicles { plates } => plates.iter().map(|plate| codes::vehicle(plate)).collect::<Result<_, _>>()?,
        What::Returns { config } => codes::returns(&reasons(config.as_deref())?, Words::returns()),
        What::Materials { config } => codes::materials(&materials(config)?)?,
        What::Commands | What::Dock | What::Badge(_) => Vec::new(),
    })
}

/// Names, and the names of ranges.
fn named(texts: &[String]) -> Result<Vec<String>, codes::CodeError> {
    Ok(texts.iter().map(|text| codes::range(text)).collect::<Result<Vec<_>, _>>()?.concat())
}

fn materials(config: &Path) -> anyhow::Result<Vec<Material>> {
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Own {
        material: Vec<Material>,
    }
    let own: Own = milepost::config::load(config)?;
    material::check(&own.material).context("use [[material]]")?;
    ensure!(
        !own.material.is_empty(),
        "{} has no [[material]]: give each a code, a name and its weight_g",
        config.display()
    );
    Ok(own.material)
}

/// A site's own reasons, or the built-in ones.
fn reasons(config: Option<&Path>) -> anyhow::Result<Reasons> {
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Own {
        reason: Vec<Reason>,
    }
    let own = config.map(milepost::config::load::<Own>).transpose()?.unwrap_or_default();
    Reasons::of(&own.reason).context("use [[reason]]")
}

fn bins_of(text: &str) -> anyhow::Result<Vec<CodeData>> {
    if !text.to_ascii_lowercase().ends_with(".csv") {
        return Ok(vec![codes::bin(text, "")?]);
    }
    let bytes = std::fs::read(text).with_context(|| format!("read {text}"))?;
    let rows = String::from_utf8(bytes).with_context(|| format!("{text} is no UTF-8: save it as `CSV UTF-8`"))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(rows.as_bytes());
    let mut bins = Vec::new();
    for row in reader.records() {
        let row = row.with_context(|| format!("read {text}"))?;
        let cell = |at: usize| row.get(at).unwrap_or_default().trim_start_matches('\u{feff}').trim();
        // A head is no bin, and neither is what a spreadsheet leaves of a deleted row.
        if (bins.is_empty() && cell(0).eq_ignore_ascii_case("bin")) || row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = row.position().map_or(0, csv::Position::line);
        bins.push(codes::bin(cell(0), cell(1)).with_context(|| format!("{text}, line {line}"))?);
    }
    ensure!(!bins.is_empty(), "{text} has no bins: a row is a bin's code, and a text for people if you like");
    Ok(bins)
}

/// After what the code holds, for a title may be one of several walls'; never after a badge, which is a secret.
fn file_name(data: &CodeData) -> String {
    let held = match Code::parse(&data.code) {
        Code::Bin(held)
        | Code::Tote(held)
        | Code::Bag(held)
        | Code::Vehicle(held)
        | Code::Material(held)
        | Code::PickList(WaveCode(held)) => held,
        Code::Command(command) => command.text(),
        _ => data.title.clone(),
    };
    held.replace('/', "%2F")
}

/// Draws on one paper.
struct Desk<'a> {
    template: &'a Template,
    fonts: Fonts,
    dpi: u32,
}

impl Desk<'_> {
    fn sheet(&self) -> anyhow::Result<Drawn> {
        let label = render(self.template, &codes::commands(self.template), &self.fonts, self.dpi)?;
        Ok(Drawn { name: self.template.name.clone(), label })
    }

    fn label(&self, data: &CodeData) -> anyhow::Result<Drawn> {
        let label = render(self.template, &Filling::from(data.clone()), &self.fonts, self.dpi)
            .with_context(|| format!("draw the label of {}", data.title))?;
        Ok(Drawn { name: file_name(data), label })
    }

    /// Drawn and coded once before it is asked for: a badge that can't be printed must not revoke the one that works.
    fn badge(&self, badge: Badge, to: &To) -> anyhow::Result<Drawn> {
        let says = if badge.lead { format!("{} · lead", badge.operator) } else { badge.operator.clone() };
        to.try_on(&self.label(&codes::no_badge(&badge.name, &says))?)?;
        let name = badge.name.clone();
        let code = badge.code()?;
        self.label(&codes::badge(&code, &name, &says)?)
    }
}

impl Badge {
    #[cfg(feature = "hub")]
    fn code(self) -> anyhow::Result<String> {
        if let Some(code) = self.code {
            return Ok(code);
        }
        let config = super::service::read(self.config.as_deref(), "/etc/milepost/hub.toml")?;
        let code = super::hub::issue(&config, &self.operator, self.name, self.lead)?;
        println!("{code}");
        eprintln!(
            "the badges that {} had are revoked; should the paper get lost, --code prints this one again",
            self.operator
        );
        Ok(code)
    }

    #[cfg(not(feature = "hub"))]
    fn code(self) -> anyhow::Result<String> {
        self.code.context("this build has no hub: give --code with what `milepost hub badge` printed")
    }
}

impl To {
    /// Could this label go where it is to go?
    fn try_on(&self, drawn: &Drawn) -> anyhow::Result<()> {
        match &self.output {
            Some(output) => drop(self.bytes(drawn, output)?),
            None => drop(Profile::builtin(self.profile())?),
        }
        Ok(())
    }

    fn profile(&self) -> &str {
        self.profile.as_deref().unwrap_or("zpl")
    }

    fn bytes(&self, drawn: &Drawn, file: &Path) -> anyhow::Result<Vec<u8>> {
        let named = file == Path::new("-") || file.extension().is_some();
        let language = if named { self.language.clone() } else { Some(self.files()?) };
        paper::encode(&drawn.label, language.as_deref(), self.profile.as_deref(), file)
    }

    /// The language of a folder's files, and what their names end in.
    fn files(&self) -> anyhow::Result<String> {
        Ok(match (&self.language, &self.profile) {
            (Some(language), _) => language.clone(),
            (None, Some(profile)) => Profile::builtin(profile)?.language,
            (None, None) => "png".to_owned(),
        })
    }

    fn deliver(&self, drawn: &[Drawn], media: Media) -> anyhow::Result<ExitCode> {
        match (&self.printer, &self.output) {
            (Some(printer), _) => print(drawn, printer.clone(), self.profile(), media),
            (None, Some(output)) => self.write(drawn, output).map(|()| ExitCode::SUCCESS),
            (None, None) => unreachable!("one of them is asked for before anything is drawn"),
        }
    }

    /// One label into a file that is named like a language; else each into a file of its own in a folder.
    fn write(&self, drawn: &[Drawn], output: &Path) -> anyhow::Result<()> {
        if output == Path::new("-") || output.extension().is_some() {
            let [only] = drawn else {
                bail!("{} labels don't go into one file: name a folder, e.g. -o labels", drawn.len());
            };
            return paper::write(output, &self.bytes(only, output)?);
        }
        let ending = self.files()?;
        std::fs::create_dir_all(output).with_context(|| format!("make the folder {}", output.display()))?;
        for one in drawn {
            paper::write(&output.join(format!("{}.{ending}", one.name)), &self.bytes(one, output)?)?;
        }
        eprintln!("{} files in {}", drawn.len(), output.display());
        Ok(())
    }
}

fn print(drawn: &[Drawn], printer: DeviceUrl, profile: &str, media: Media) -> anyhow::Result<ExitCode> {
    let labels: Vec<Label> = drawn.iter().map(|drawn| drawn.label.clone()).collect();
    let outcomes = paper::print(&labels, printer, profile, media)?;
    for (drawn, outcome) in drawn.iter().zip(&outcomes) {
        println!("{}: {}", drawn.name, paper::in_words(outcome));
    }
    let last = outcomes.last().context("nothing was to be printed")?;
    if outcomes.len() < drawn.len() {
        eprintln!("milepost: the {} labels behind it were not sent", drawn.len() - outcomes.len());
    }
    Ok(paper::exit_code(last))
}
