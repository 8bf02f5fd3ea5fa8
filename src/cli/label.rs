//! `milepost label …`: look at labels, print one, check a template.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use drivers::label::Label;
use drivers::printer::Media;
use drivers::url::DeviceUrl;
use milepost::label::{Filling, LabelData, Template, Templates, render};

use super::paper;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    /// A folder of templates that go over the built-in ones
    #[arg(long, global = true)]
    templates: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Draw a label into a file
    Render {
        template: String,
        #[command(flatten)]
        drawing: Drawing,
        /// zpl, tspl, cpcl, epl, escpos or png; by default what the file's name ends in
        #[arg(long)]
        language: Option<String>,
        /// A printer profile, for what the language leaves open
        #[arg(long)]
        profile: Option<String>,
        /// Where to; `-` is the standard output
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Print a label and say what became of it
    Print {
        template: String,
        #[command(flatten)]
        drawing: Drawing,
        /// The printer's address, e.g. tcp://10.0.0.7:9100 or serial:///dev/ttyUSB0?baud=115200
        #[arg(long)]
        printer: DeviceUrl,
        #[arg(long, default_value = "zpl")]
        profile: String,
        /// Print the outcome as JSON
        #[arg(long)]
        json: bool,
    },
    /// Is a template sound? A name, or a file
    Check { template: String },
    /// The templates there are
    List,
}

#[derive(clap::Args)]
struct Drawing {
    /// The label's data as JSON; the built-in example when absent
    #[arg(long)]
    data: Option<PathBuf>,
    /// The printer's dots to an inch
    #[arg(long, default_value_t = 203, value_parser = clap::value_parser!(u32).range(100..=1200))]
    dpi: u32,
    /// A font file; may be given several times, the first that has a character draws it
    #[arg(long = "font")]
    fonts: Vec<PathBuf>,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut templates = Templates::builtin();
    if let Some(folder) = &args.templates {
        templates = templates.with_dir(folder)?;
    }
    match args.command {
        Command::Render { template, drawing, language, profile, output } => {
            let (templates, name) = find(templates, &template)?;
            let label = draw(templates.get(&name)?, &drawing)?;
            let bytes = paper::encode(&label, language.as_deref(), profile.as_deref(), &output)?;
            paper::write(&output, &bytes)?;
        }
        Command::Print { template, drawing, printer, profile, json } => {
            let (templates, name) = find(templates, &template)?;
            let template = templates.get(&name)?;
            let label = draw(template, &drawing)?;
            let media = Media { width_mm: template.width_mm, height_mm: template.height_mm };
            let outcome = paper::print(&[label], printer, &profile, media)?.remove(0);
            match json {
                true => println!("{}", serde_json::to_string(&outcome)?),
                false => println!("{}", paper::in_words(&outcome)),
            }
            return Ok(paper::exit_code(&outcome));
        }
        Command::Check { template } => {
            let (templates, name) = find(templates, &template)?;
            let template = templates.get(&name)?;
            println!(
                "{name}: sound, {} elements on {} × {} mm",
                template.elements.len(),
                template.width_mm,
                template.height_mm
            );
        }
        Command::List => {
            for template in templates.iter() {
                println!(
                    "{:<30} {:>3} × {:<3} mm  {}",
                    template.name, template.width_mm, template.height_mm, template.title
                );
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A name that ends in `.toml` is a file.
fn find(templates: Templates, template: &str) -> anyhow::Result<(Templates, String)> {
    if template.ends_with(".toml") {
        return Ok(templates.with_file(Path::new(template))?);
    }
    Ok((templates, template.to_owned()))
}

fn draw(template: &Template, drawing: &Drawing) -> anyhow::Result<Label> {
    let data = match &drawing.data {
        None => template
            .carrier
            .map_or_else(|| Filling::example(template.subject), |carrier| LabelData::example_of(carrier).into()),
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
            Filling::from_json(template.subject, &text)
                .with_context(|| format!("{} is no data for {}", path.display(), template.name))?
        }
    };
    Ok(render(template, &data, &paper::fonts(&drawing.fonts), drawing.dpi)?)
}
