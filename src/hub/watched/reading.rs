//! What files are read by: the channels' mappings and the gifts of the house, built in or the site's own.

use std::path::Path;

use anyhow::{Context, ensure};

use super::WatchConfig;
use crate::hub::config::HubConfig;
use crate::intake::{Gifts, Mappings};

/// The same for every folder.
pub(super) struct Reading {
    pub mappings: Mappings,
    pub gifts: Gifts,
}

impl Reading {
    pub fn open(config: &HubConfig) -> anyhow::Result<Reading> {
        let mappings = config.channels.as_deref().map(mappings_in).transpose()?;
        let gifts = config.gifts.as_deref().map(|path| anyhow::Ok(Gifts::from_toml(&text(path)?)?)).transpose()?;
        Ok(Reading {
            mappings: mappings.unwrap_or_else(Mappings::builtin),
            gifts: gifts.unwrap_or_else(Gifts::builtin),
        })
    }

    /// A folder whose channel nobody knows would refuse every file.
    pub(super) fn check(&self, config: &WatchConfig) -> anyhow::Result<()> {
        let Some(channel) = &config.channel else { return Ok(()) };
        let known: Vec<&str> = self.mappings.channels.iter().map(|mapping| mapping.name.as_str()).collect();
        ensure!(
            known.contains(&channel.as_str()),
            "[[watch]] {} is of channel `{channel}`, which is not known: use one of {}, or add {channel}.toml to the folder `channels`",
            config.folder.display(),
            known.join(", ")
        );
        Ok(())
    }
}

/// The built-in mappings, with those in a site's folder in their place or beside them.
pub fn mappings_in(folder: &Path) -> anyhow::Result<Mappings> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("open the folder {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, text(&path)?));
        }
    }
    Ok(Mappings::with_files(&files)?)
}

fn text(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}
