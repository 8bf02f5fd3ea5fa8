//! `milepost sound …`: what a bench can be heard to say, and whether its speaker says it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use milepost::bench::Sound;
use milepost::station::config::StationConfig;
use milepost::station::sounds::{Sounds, meanings};
use milepost::station::speaker;
use milepost::words::Language;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Show each sound's name and what it says
    List,
    /// Play sounds, one after another
    Play {
        /// As `milepost sound list` shows them
        #[arg(required = true)]
        names: Vec<String>,
        #[command(flatten)]
        at: At,
    },
    /// Play every sound
    Test {
        #[command(flatten)]
        at: At,
    },
}

#[derive(clap::Args)]
struct At {
    /// The place whose speaker is meant; without it the station's own
    #[arg(long)]
    place: Option<String>,
    /// zh or en; without it the config's
    #[arg(long)]
    language: Option<String>,
    /// The station's config; without it /etc/milepost/station.toml, else the defaults
    #[arg(long)]
    config: Option<PathBuf>,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.act {
        Act::List => {
            for meaning in meanings() {
                println!("{:<18} {:<24} {}", meaning.name, meaning.en, meaning.zh);
            }
            Ok(ExitCode::SUCCESS)
        }
        Act::Play { names, at } => {
            let sounds = names.iter().map(|name| named(name)).collect::<anyhow::Result<Vec<Sound>>>()?;
            play(&sounds, &at)
        }
        Act::Test { at } => play(Sound::ALL, &at),
    }
}

fn named(name: &str) -> anyhow::Result<Sound> {
    Sound::parse(name).with_context(|| format!("no sound is called `{name}`: `milepost sound list` shows their names"))
}

fn play(sounds: &[Sound], at: &At) -> anyhow::Result<ExitCode> {
    let config: StationConfig = super::service::read(at.config.as_deref(), "/etc/milepost/station.toml")?;
    config.check()?;
    let language = match &at.language {
        None => config.language,
        Some(named) => Language::parse(named).with_context(|| format!("`{named}` is no language of ours: zh or en"))?,
    };
    let player = player(&config, at.place.as_deref())?;
    let (files, problems) = Sounds::of(config.sound.folder.as_deref());
    problems.iter().for_each(|problem| eprintln!("milepost: {problem}"));
    super::runtime::start("off")?.block_on(async {
        for sound in sounds {
            println!("{}", sound.as_str());
            speaker::play(&player, files.get(language, *sound)).await?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn player(config: &StationConfig, named: Option<&str>) -> anyhow::Result<Vec<String>> {
    let Some(named) = named else { return Ok(config.player_on(&config.sound.device)) };
    let place = config.place.iter().find(|place| place.name == named);
    let known = || config.place.iter().map(|place| place.name.as_str()).collect::<Vec<_>>().join(", ");
    let place = place.with_context(|| format!("no [[place]] is called `{named}`; known are {}", known()))?;
    config.player_at(place).with_context(|| {
        format!("place `{named}` is silent by the config: `sound` of the place, or `enabled` in [sound], is false")
    })
}
