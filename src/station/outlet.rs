//! Where labels come out, as a `[[printer]]` of the config says it: a printer that takes our drawings, or a platform's print
//! component that takes what the platform sealed. Whoever waits for a label needs not know which.

use drivers::component::message::Task;
use drivers::component::{Component, ComponentConfig, address};
use drivers::printer::status::{Outcome, Refusal, Status};
use drivers::printer::{Printer, PrinterConfig};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::printing::{Job, Matter, Paper, Press};
use crate::domain::fact::PrintOutcome;

#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a station has a handful of them")]
pub enum OutletConfig {
    Printer(PrinterConfig),
    Component(ComponentConfig),
}

/// Which keys there are depends on the scheme of `url`.
impl<'de> Deserialize<'de> for OutletConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = toml::Table::deserialize(deserializer)?;
        let text = |key: &str| table.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let (name, url) = (text("name"), text("url"));
        let is_component = url.split_once("://").is_some_and(|(scheme, _)| scheme == address::SCHEME);
        let read = match is_component {
            true => table.try_into().map(OutletConfig::Component),
            false => table.try_into().map(OutletConfig::Printer),
        };
        // Where in the table it stands is lost on the way.
        read.map_err(|error: toml::de::Error| D::Error::custom(format!("printer `{name}`: {}", error.message())))
    }
}

impl OutletConfig {
    pub fn name(&self) -> &str {
        match self {
            OutletConfig::Printer(config) => &config.name,
            OutletConfig::Component(config) => &config.name,
        }
    }

    /// What is wrong with it, as far as that is known without the device.
    pub fn check(&self) -> Result<(), String> {
        let said = |error: anyhow::Error| format!("{error:#}");
        match self {
            OutletConfig::Printer(config) => config.check().map_err(|error| said(error.into())),
            OutletConfig::Component(config) => config.check().map_err(|error| said(error.into())),
        }
    }
}

#[allow(clippy::large_enum_variant, reason = "each has a task of its own and stays there")]
pub enum Outlet {
    Printer(Printer),
    Component(Component),
}

impl Outlet {
    /// `answered`: whether a printer at this url did in an earlier life, so that its silence now is a fault.
    pub fn new(config: &OutletConfig, answered: impl FnOnce(&str) -> bool) -> anyhow::Result<Outlet> {
        Ok(match config {
            OutletConfig::Printer(config) => {
                let mut printer = Printer::new(config.clone())?;
                if answered(&config.url.to_string()) {
                    printer.recall_that_it_answers();
                }
                Outlet::Printer(printer)
            }
            OutletConfig::Component(config) => Outlet::Component(Component::new(config.clone())?),
        })
    }

    pub fn name(&self) -> &str {
        match self {
            Outlet::Printer(printer) => &printer.config().name,
            Outlet::Component(component) => &component.config().name,
        }
    }

    pub fn url(&self) -> String {
        match self {
            Outlet::Printer(printer) => printer.config().url.to_string(),
            Outlet::Component(component) => component.config().url.to_string(),
        }
    }

    pub fn is_watched(&self) -> bool {
        match self {
            Outlet::Printer(printer) => printer.is_watched(),
            Outlet::Component(component) => component.is_watched(),
        }
    }

    pub fn watch_ms(&self) -> u64 {
        match self {
            Outlet::Printer(printer) => printer.config().watch_ms,
            Outlet::Component(component) => component.config().watch_ms,
        }
    }

    /// Whether it answers questions, where that has to be found out: a component always does.
    pub fn answers(&self) -> Option<bool> {
        match self {
            Outlet::Printer(printer) => printer.answers(),
            Outlet::Component(_) => None,
        }
    }

    pub async fn status(&mut self) -> Status {
        match self {
            Outlet::Printer(printer) => printer.status().await,
            Outlet::Component(component) => component.status().await,
        }
    }

    /// What became of a job; with it what the journal keeps of how that is known.
    pub async fn print(&mut self, press: &Press, job: &Job) -> (PrintOutcome, String) {
        let outcome = match (self, &job.matter) {
            (_, Err(why)) => Err(why.clone()),
            (Outlet::Printer(printer), Ok(Matter::Drawing(filling))) => {
                match press.draw(&job.template, filling, printer.config().dpi) {
                    Ok(label) => Ok(printer.print(&label).await),
                    Err(why) => Err(why),
                }
            }
            (Outlet::Component(component), Ok(Matter::Sealed(contents))) => match &job.paper {
                Paper::Label { job, number, .. } => {
                    Ok(component.print(Task { id: job.as_str(), document: number, contents }).await)
                }
                Paper::Sheet { .. } | Paper::Slip | Paper::Divider { .. } => {
                    Err("a component prints only what its platform sealed".into())
                }
            },
            (Outlet::Printer(_), Ok(Matter::Sealed(_))) => Err("only a platform's component opens its label".into()),
            (Outlet::Component(_), Ok(Matter::Drawing(_))) => {
                Err("a component takes no label that isn't sealed".into())
            }
        };
        match outcome {
            Ok(Outcome::Refused { reason: Refusal::Label { why } }) | Err(why) => (PrintOutcome::Unprintable, why),
            Ok(outcome) => {
                let evidence = serde_json::to_string(&outcome).expect("an outcome is plain data");
                (in_short(&outcome), evidence)
            }
        }
    }
}

fn in_short(outcome: &Outcome) -> PrintOutcome {
    match outcome {
        Outcome::Accepted { .. } => PrintOutcome::Accepted,
        Outcome::Confirmed { .. } => PrintOutcome::Confirmed,
        Outcome::Refused { reason: Refusal::Label { .. } } => PrintOutcome::Unprintable,
        Outcome::Refused { .. } => PrintOutcome::Refused,
        Outcome::Unknown { .. } => PrintOutcome::Unknown,
    }
}
