//! A folder that an ERP reads what was packed or shipped from: a file for each stretch of the feed, each under a name that
//! says which. A stretch is fixed in the store before its file is written, so that a crash writes the same file again and
//! never tells an order in two.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;
use rusqlite::{OptionalExtension, params};
use serde::Deserialize;
use tokio::sync::watch;

use super::api::blocking;
use super::folder::{FolderError, io, write_whole};
use super::told::{Told, written};
use super::{Hub, HubError};

/// A file is read by people too, and by programs that hold it whole.
const MOST_PARCELS: i64 = 10_000;

/// A `[[report]]` of hub.toml.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportConfig {
    pub folder: PathBuf,
    /// What it has told so far is remembered under this.
    #[serde(default = "name")]
    pub name: String,
    #[serde(default)]
    pub on: On,
    #[serde(default = "every_s")]
    pub every_s: u64,
    #[serde(default)]
    pub format: Format,
    #[serde(default)]
    pub encoding: Encoding,
}

fn name() -> String {
    "erp".to_owned()
}

fn every_s() -> u64 {
    60
}

/// What makes an order be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// When it is packed, and again when its number changes or it is shipped.
    Packed,
    #[default]
    Shipped,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Csv,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    #[default]
    #[serde(rename = "utf-8-bom")]
    Utf8Bom,
    Gbk,
}

impl On {
    fn word(self) -> &'static str {
        match self {
            On::Packed => "packed",
            On::Shipped => "shipped",
        }
    }

    /// The facts that tell, as a list in SQL.
    fn kinds(self) -> &'static str {
        match self {
            On::Packed => "'parcel_packed', 'parcel_relabelled', 'parcel_shipped'",
            On::Shipped => "'parcel_shipped'",
        }
    }
}

/// From behind one entry of the feed to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    told: i64,
    upto: i64,
}

/// Writes one folder's files until the hub ends.
pub struct Reporter {
    hub: Hub,
    config: ReportConfig,
    now_us: fn() -> i64,
    /// What kept us from the folder the last time, if anything; unknown at first, for the store remembers an earlier run's.
    trouble: Option<Option<String>>,
}

impl Reporter {
    pub fn all(hub: &Hub, configs: &[ReportConfig], now_us: fn() -> i64) -> anyhow::Result<Vec<Reporter>> {
        for (index, config) in configs.iter().enumerate() {
            let twice = configs[..index].iter().any(|other| other.name == config.name);
            ensure!(!twice, "there are two [[report]] named `{0}`: give each a name = of its own", config.name);
            ensure!(config.every_s > 0, "every_s of [[report]] `{}` is 0: set at least 1", config.name);
        }
        let reporter =
            |config: &ReportConfig| Reporter { hub: hub.clone(), config: config.clone(), now_us, trouble: None };
        Ok(configs.iter().map(reporter).collect())
    }

    pub async fn run(mut self, mut closing: watch::Receiver<bool>) {
        let pause = Duration::from_secs(self.config.every_s);
        loop {
            // A turn isn't cut off: what it does in the store would hold the store after the hub's end.
            let turn = blocking(move || {
                self.turn();
                Ok(self)
            });
            match turn.await {
                Ok(reporter) => self = reporter,
                Err(error) => return tracing::error!(%error, "a report is written no more: restart the hub"),
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = closing.changed() => return,
            }
        }
    }

    /// Tells what there is, and once when the folder goes away and when it is back.
    fn turn(&mut self) {
        let trouble = self.tell().err().map(|error| error.to_string());
        if self.trouble.as_ref() == Some(&trouble) {
            return;
        }
        let folder = self.config.folder.display().to_string();
        match &trouble {
            Some(why) => {
                tracing::warn!(%folder, %why, "a report can't be written: mount its folder, or let the hub's user write there")
            }
            None => tracing::info!(%folder, "reports are written"),
        }
        match self.hub.note_folder(&folder, trouble.clone(), (self.now_us)()) {
            Ok(()) => self.trouble = Some(trouble),
            Err(error) => tracing::error!(%folder, %error, "the hub can't note the state of a report's folder"),
        }
    }

    fn tell(&self) -> Result<(), FolderError> {
        // Before the folder is looked at: what is shipped while it is away is told as well.
        let mut next = self.hub.next_stretch(&self.config)?;
        std::fs::read_dir(&self.config.folder).map_err(io("open the folder", &self.config.folder))?;
        while let Some(stretch) = next {
            let Stretch { told, upto } = stretch;
            let name = format!("{}-{:010}-{upto:010}.csv", self.config.on.word(), told + 1);
            let path = self.config.folder.join(&name);
            // It was written whole, and the hub ended before it noted so.
            if !path.exists() {
                let rows: Vec<Told> = self.hub.told(self.config.on.kinds(), told, upto)?;
                write_whole(&path, &written(&rows, &self.hub.policy().zone, self.config.encoding))?;
                tracing::info!(file = %name, rows = rows.len(), "a report was written");
            }
            self.hub.stretch_told(&self.config.name, stretch)?;
            next = self.hub.next_stretch(&self.config)?;
        }
        Ok(())
    }
}

impl Hub {
    /// The stretch to tell next: the one that was begun, else up to the newest entry. What nobody wants to hear of is passed over.
    fn next_stretch(&self, config: &ReportConfig) -> Result<Option<Stretch>, HubError> {
        self.write(|transaction| {
            let head: i64 =
                transaction.query_row("SELECT coalesce(max(feed), 0) FROM entries", [], |row| row.get(0))?;
            let known: Option<(i64, Option<i64>)> = transaction
                .query_row("SELECT told, upto FROM reports WHERE name = ?1", [&config.name], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            let told = match known {
                // What was shipped before anybody wanted to hear of it is not told.
                None => head,
                Some((told, Some(upto))) => return Ok(Some(Stretch { told, upto })),
                Some((told, None)) => told,
            };
            let (count, last): (i64, Option<i64>) = transaction.query_row(
                &format!(
                    "SELECT count(*), max(feed) FROM (SELECT feed FROM entries
                     WHERE feed > ?1 AND kind IN ({}) AND problem IS NULL ORDER BY feed LIMIT ?2)",
                    config.on.kinds()
                ),
                params![told, MOST_PARCELS],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            let upto = if count == MOST_PARCELS { last } else { last.map(|_| head) };
            transaction.execute(
                "INSERT INTO reports (name, told, upto) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET told = excluded.told, upto = excluded.upto",
                params![config.name, if upto.is_some() { told } else { head }, upto],
            )?;
            Ok(upto.map(|upto| Stretch { told, upto }))
        })
    }

    fn stretch_told(&self, name: &str, Stretch { upto, .. }: Stretch) -> Result<(), HubError> {
        self.write(|transaction| {
            transaction.execute("UPDATE reports SET told = ?2, upto = NULL WHERE name = ?1", params![name, upto])?;
            Ok(())
        })
    }
}
