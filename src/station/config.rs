//! `station.toml`: what a site says of one station. Every option stands, commented out at its default, in
//! `config/station.toml`; a test proves that file equals these defaults.

mod min_days;

use std::path::PathBuf;
use std::sync::Arc;

use drivers::component::ComponentConfig;
use drivers::printer::PrinterConfig;
use drivers::scale::ScaleConfig;
use drivers::scanner::ScannerConfig;
use serde::Deserialize;

mod place;
mod refunds;
mod screens;
mod shared;
mod sound;

pub use place::PlaceConfig;
pub use refunds::RefundsConfig;
pub use screens::{ScreensConfig, Tls};
pub use shared::Warning;
pub use sound::{PlaceSound, SoundConfig};

use super::outlet::OutletConfig;
use crate::bench::{Component, Place};
use crate::domain::account::AccountName;
use crate::domain::id::is_station_code;
use crate::domain::material::{self, Material, MaterialError};
use crate::domain::order::{CarrierCode, Party, WaybillSource};
use crate::domain::reason::{Reason, Reasons};
use crate::words::Language;

pub use min_days::MinDays;

/// The documented file.
pub const EXAMPLE: &str = include_str!("../../config/station.toml");

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StationConfig {
    pub code: String,
    pub data_dir: PathBuf,
    pub listen: String,
    /// Further names the station is called by.
    pub hosts: Vec<String>,
    pub zone: String,
    /// The screens' language: `zh` or `en`.
    pub language: Language,
    /// Days after its end for which an order's names, phones, addresses and notes are kept.
    pub keep_personal_days: u32,
    pub hub: Option<HubConfig>,
    pub place: Vec<PlaceConfig>,
    pub printer: Vec<OutletConfig>,
    pub scanner: Vec<ScannerConfig>,
    pub scale: Vec<ScaleConfig>,
    pub sender: Option<Party>,
    pub sf: Option<CarrierConfig>,
    pub zto: Option<CarrierConfig>,
    pub jd: Option<CarrierConfig>,
    /// Shops with senders or accounts of their own.
    pub shop: Vec<ShopConfig>,
    /// How long goods that expire must still be good for.
    pub min_days: Vec<MinDays>,
    /// Why buyers send goods back, in place of the built-in reasons.
    pub reason: Vec<Reason>,
    pub refunds: RefundsConfig,
    /// What parcels are packed into.
    pub material: Vec<Material>,
    pub label: LabelConfig,
    pub sound: SoundConfig,
    pub screens: ScreensConfig,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubConfig {
    pub url: String,
    /// Holds the station's own key; made by `milepost join`.
    pub key_file: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CarrierConfig {
    /// The account's file; the built-in one is the carrier's published sandbox.
    pub account: Option<PathBuf>,
    /// Takes the place of the account's own endpoint.
    pub endpoint: Option<String>,
    /// A packer waits no longer than this for a number.
    pub budget_ms: u64,
    /// Requests under way at once.
    pub at_once: usize,
    /// How many numbers are held for outages, where the carrier lends any.
    pub pool: u32,
    /// The site's table of routes for labels that are printed while the carrier can't be asked.
    pub routes: Option<PathBuf>,
    /// Routes for such labels are also learned from what the carrier answers about other parcels to the same district.
    pub learn_routes: bool,
    /// A pooled number may travel with a label that names no route.
    pub unrouted_labels: bool,
    /// What is tried, in this order, while the carrier gives no numbers; at last the temporary label.
    pub fallbacks: Vec<Fallback>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// A number held for outages.
    Pool,
    /// Another carrier, if the hub's rules have one for the parcel.
    Reroute,
}

/// What holds for one shop's parcels in place of the station's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShopConfig {
    /// As the shop's orders name it.
    pub name: String,
    pub sender: Option<Party>,
    pub sf: Option<CarrierConfig>,
    pub zto: Option<CarrierConfig>,
    pub jd: Option<CarrierConfig>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LabelConfig {
    /// Templates of the site's own; they win over the built-in ones.
    pub templates: Option<PathBuf>,
    pub fonts: Vec<PathBuf>,
}

impl Default for StationConfig {
    fn default() -> Self {
        StationConfig {
            code: "SZ-01".into(),
            data_dir: "/var/lib/milepost".into(),
            listen: "127.0.0.1:7081".into(),
            hosts: Vec::new(),
            zone: "Asia/Shanghai".into(),
            language: Language::Zh,
            keep_personal_days: 7,
            hub: None,
            place: Vec::new(),
            printer: Vec::new(),
            scanner: Vec::new(),
            scale: Vec::new(),
            sender: None,
            sf: None,
            zto: None,
            jd: None,
            shop: Vec::new(),
            min_days: Vec::new(),
            reason: Vec::new(),
            refunds: RefundsConfig::default(),
            material: Vec::new(),
            label: LabelConfig::default(),
            sound: SoundConfig::default(),
            screens: ScreensConfig::default(),
        }
    }
}

impl Default for CarrierConfig {
    fn default() -> Self {
        CarrierConfig {
            account: None,
            endpoint: None,
            budget_ms: 3_000,
            at_once: 4,
            pool: 0,
            routes: None,
            learn_routes: false,
            unrouted_labels: false,
            fallbacks: vec![Fallback::Pool, Fallback::Reroute],
        }
    }
}

impl CarrierConfig {
    /// What can't work, and what to do.
    fn problem(&self, carrier: CarrierCode) -> Option<&'static str> {
        let twice = |step: &&Fallback| self.fallbacks.iter().filter(|other| other == step).count() > 1;
        if self.at_once == 0 {
            Some("at_once = 0 asks nobody: give it 1 or more")
        } else if self.budget_ms == 0 {
            Some("budget_ms = 0 waits for no number: give it some hundred milliseconds")
        } else if self.unrouted_labels && carrier == CarrierCode::Jd {
            Some("JD's labels need their route: name a table as `routes`, and remove `unrouted_labels`")
        } else if self.account.is_none() && carrier == CarrierCode::Jd {
            Some("JD has no account for everybody: name one's own as `account`")
        } else if self.fallbacks.iter().find(twice).is_some() {
            Some("`fallbacks` names one twice: each is tried once")
        } else {
            None
        }
    }
}

/// What is wrong with a config beyond its spelling.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    #[error("place `{place}` names printer `{printer}`, which no [[printer]] has: known are {known}")]
    Printer { place: String, printer: String, known: String },
    #[error(
        "place `{place}` names `{component}` as its printer, and that is a platform's component, which has no paper for our \
         labels: name it in `components`, and a printer of labels in its place"
    )]
    NoLabels { place: String, component: String },
    #[error(
        "place `{place}` names component `{component}`, which no [[printer]] with a component:// url has: known are {known}"
    )]
    Component { place: String, component: String, known: String },
    #[error("place `{place}` has two components of {platform}: which one prints would be a guess, so name one")]
    TwoOfOne { place: String, platform: &'static str },
    #[error("place `{place}` names scanner `{scanner}`, which no [[scanner]] has: known are {known}")]
    Scanner { place: String, scanner: String, known: String },
    #[error("place `{0}` has a backup that is no other printer than its `printer`: name two different ones")]
    Backup(String),
    #[error("place `{place}` {problem}")]
    Place { place: String, problem: &'static str },
    #[error("place `{place}` names scale `{scale}`, which no [[scale]] has: known are {known}")]
    Scale { place: String, scale: String, known: String },
    #[error("scale `{0}` belongs to no place: name it as `scale` of a [[place]]")]
    UnusedScale(String),
    #[error("scanner `{0}` belongs to no place: add it to `scanners` of a [[place]]")]
    Unassigned(String),
    #[error("there are two {what} `{name}`: give each its own name")]
    Twice { what: &'static str, name: String },
    #[error("zone `{0}` is not known: write it like Asia/Shanghai")]
    Zone(String),
    #[error("code `{0}` can't be a station's: use letters, digits and `-`, like SZ-01")]
    Code(String),
    #[error("listen = {0:?} is no address: write it like 127.0.0.1:7081")]
    Listen(String),
    #[error(
        "listen = {0:?} is open to others: it is for this machine's own screen, so write 127.0.0.1 there, and name what tablets and \
         handhelds call as `listen` of [screens]"
    )]
    Open(String),
    #[error("[screens] {0}")]
    Screens(&'static str),
    #[error("account {account}: {problem}")]
    Account { account: AccountName, problem: &'static str },
    #[error("`player` of [sound] names no program: write it like [\"aplay\", \"-q\", \"-D\", \"{{device}}\"]")]
    Player,
    #[error("[[material]]: {0}")]
    Material(#[from] MaterialError),
    #[error("[[reason]] can't be used: {0}")]
    Reasons(String),
    #[error("stale_after_min of [refunds] must be from 0.001 to 44640 minutes, e.g. 30")]
    Refunds,
    #[error("`strict` of [refunds] needs a [hub]: without one nobody tells of refunds")]
    StrictAlone,
    #[error("channel `{0}` stands in two [[min_days]]: keep one of them")]
    MinDays(String),
    #[error("a [[shop]] has no name: write it as its orders do")]
    Nameless,
    #[error("{0}")]
    Device(String),
}

impl StationConfig {
    /// Everything that doesn't fit together, the first of it.
    pub fn check(&self) -> Result<(), Mismatch> {
        if !is_station_code(&self.code) {
            return Err(Mismatch::Code(self.code.clone()));
        }
        if jiff::tz::TimeZone::get(&self.zone).is_err() {
            return Err(Mismatch::Zone(self.zone.clone()));
        }
        if !screens::is_address(&self.listen) {
            return Err(Mismatch::Listen(self.listen.clone()));
        }
        if !screens::is_own(&self.listen) {
            return Err(Mismatch::Open(self.listen.clone()));
        }
        if let Some(problem) = self.screens.problem(&self.hosts, self.hub.is_some()) {
            return Err(Mismatch::Screens(problem));
        }
        if self.refunds.stale_after().is_none() {
            return Err(Mismatch::Refunds);
        }
        if self.refunds.strict && self.hub.is_none() {
            return Err(Mismatch::StrictAlone);
        }
        if self.sound.player.first().is_none_or(|program| program.trim().is_empty()) {
            return Err(Mismatch::Player);
        }
        for printer in &self.printer {
            printer.check().map_err(Mismatch::Device)?;
        }
        let printers: Vec<&str> = self.printer.iter().map(OutletConfig::name).collect();
        let scanners: Vec<&str> = self.scanner.iter().map(|scanner| scanner.name.as_str()).collect();
        let scales: Vec<&str> = self.scale.iter().map(|scale| scale.name.as_str()).collect();
        let places: Vec<&str> = self.place.iter().map(|place| place.name.as_str()).collect();
        let shops: Vec<&str> = self.shop.iter().map(|shop| shop.name.as_str()).collect();
        if let Some(channel) = min_days::twice(&self.min_days) {
            return Err(Mismatch::MinDays(channel.to_owned()));
        }
        material::check(&self.material)?;
        Reasons::of(&self.reason).map_err(|problem| Mismatch::Reasons(problem.to_string()))?;
        if shops.iter().any(|name| name.trim().is_empty()) {
            return Err(Mismatch::Nameless);
        }
        for (account, config) in self.accounts() {
            if let Some(problem) = config.problem(account.carrier) {
                return Err(Mismatch::Account { account, problem });
            }
        }
        let all = [
            ("printers", &printers),
            ("scanners", &scanners),
            ("scales", &scales),
            ("places", &places),
            ("shops", &shops),
        ];
        for (what, names) in all {
            if let Some(name) = twice(names) {
                return Err(Mismatch::Twice { what, name: name.to_owned() });
            }
        }
        for place in &self.place {
            let named = [&place.printer, &place.backup].into_iter().flatten();
            if let Some(printer) = named.into_iter().find(|name| !printers.contains(&name.as_str())) {
                let (place, printer, known) = (place.name.clone(), printer.clone(), known(&printers));
                return Err(Mismatch::Printer { place, printer, known });
            }
            if place.backup.is_some() && (place.printer.is_none() || place.printer == place.backup) {
                return Err(Mismatch::Backup(place.name.clone()));
            }
            self.check_components(place)?;
            if let Some(problem) = place.problem() {
                return Err(Mismatch::Place { place: place.name.clone(), problem });
            }
            if let Some(scanner) = place.scanners.iter().find(|name| !scanners.contains(&name.as_str())) {
                let (place, scanner, known) = (place.name.clone(), scanner.clone(), known(&scanners));
                return Err(Mismatch::Scanner { place, scanner, known });
            }
            if let Some(scale) = place.scale.as_ref().filter(|name| !scales.contains(&name.as_str())) {
                let (place, scale, known) = (place.name.clone(), scale.clone(), known(&scales));
                return Err(Mismatch::Scale { place, scale, known });
            }
        }
        let used = |name: &&&str| self.place.iter().any(|place| place.scale.as_deref() == Some(**name));
        if let Some(name) = scales.iter().find(|name| !used(name)) {
            return Err(Mismatch::UnusedScale((*name).to_owned()));
        }
        let assigned = |name: &&str| self.place.iter().any(|place| place.scanners.iter().any(|of| of == name));
        match scanners.iter().find(|name| !assigned(name)) {
            Some(name) => Err(Mismatch::Unassigned((*name).to_owned())),
            None => Ok(()),
        }
    }

    /// Who a shop's parcels come from.
    pub fn sender(&self, shop: Option<&str>) -> Party {
        let own = self.shop.iter().find(|own| Some(own.name.as_str()) == shop).and_then(|own| own.sender.as_ref());
        own.or(self.sender.as_ref()).cloned().unwrap_or_default()
    }

    /// The program that plays a place's sounds, and its arguments; `None` where nothing is to be heard.
    pub fn player_at(&self, place: &PlaceConfig) -> Option<Vec<String>> {
        let device = match &place.sound {
            PlaceSound::Heard(false) => return None,
            PlaceSound::Heard(true) => &self.sound.device,
            PlaceSound::Device(own) => own,
        };
        self.sound.enabled.then(|| self.player_on(device))
    }

    pub fn player_on(&self, device: &str) -> Vec<String> {
        self.sound.player.iter().map(|argument| argument.replace("{device}", device)).collect()
    }

    /// Every account at a carrier: the station's own, and the shops'.
    pub fn accounts(&self) -> Vec<(AccountName, &CarrierConfig)> {
        let mut all = vec![(None, [&self.sf, &self.zto, &self.jd])];
        all.extend(self.shop.iter().map(|shop| (Some(&shop.name), [&shop.sf, &shop.zto, &shop.jd])));
        let mut accounts = Vec::new();
        for (shop, configs) in all {
            for (carrier, config) in CarrierCode::ALL.into_iter().zip(configs) {
                let name = AccountName { shop: shop.cloned(), ..carrier.into() };
                accounts.extend(config.as_ref().map(|config| (name, config)));
            }
        }
        accounts
    }

    /// Labels of ours and labels of the platforms each come out where they can.
    fn check_components(&self, place: &PlaceConfig) -> Result<(), Mismatch> {
        let names: Vec<&str> = self.components().map(|component| component.name.as_str()).collect();
        let named = [&place.printer, &place.backup].into_iter().flatten();
        if let Some(component) = named.into_iter().find(|name| names.contains(&name.as_str())) {
            return Err(Mismatch::NoLabels { place: place.name.clone(), component: component.clone() });
        }
        if let Some(component) = place.components.iter().find(|name| !names.contains(&name.as_str())) {
            let (place, component, known) = (place.name.clone(), component.clone(), known(&names));
            return Err(Mismatch::Component { place, component, known });
        }
        let of_place = self.components().filter(|component| place.components.contains(&component.name));
        let platforms: Vec<&str> = of_place.filter_map(|component| Some(component.dialect()?.name)).collect();
        match platforms.iter().enumerate().find(|(index, name)| platforms[..*index].contains(name)) {
            Some((_, platform)) => Err(Mismatch::TwoOfOne { place: place.name.clone(), platform }),
            None => Ok(()),
        }
    }

    /// What works otherwise than the config says, and why.
    pub fn warnings(&self) -> Vec<Warning> {
        self.place.iter().filter_map(|place| shared::warning(&self.place, place)).collect()
    }

    /// Those that take our own labels.
    pub fn printers(&self) -> impl Iterator<Item = &PrinterConfig> {
        self.printer.iter().filter_map(|outlet| match outlet {
            OutletConfig::Printer(printer) => Some(printer),
            OutletConfig::Component(_) => None,
        })
    }

    /// Platforms' own.
    pub fn components(&self) -> impl Iterator<Item = &ComponentConfig> {
        self.printer.iter().filter_map(|outlet| match outlet {
            OutletConfig::Component(component) => Some(component),
            OutletConfig::Printer(_) => None,
        })
    }

    /// Why buyers send goods back; what is wrong with a site's own was said by `check`.
    pub fn reasons(&self) -> Reasons {
        Reasons::of(&self.reason).unwrap_or_else(|_| Reasons::builtin())
    }

    /// The places as the bench knows them.
    pub fn places(&self) -> Vec<Place> {
        let media = |name: &String| {
            let printer = self.printers().find(|printer| printer.name == *name)?;
            Some((name.clone(), format!("{}x{}", printer.media.width_mm, printer.media.height_mm)))
        };
        let component = |name: &String| {
            let component = self.components().find(|component| component.name == *name)?;
            Some(Component { name: name.clone(), platform: platform(component.dialect()?.name)? })
        };
        let (reasons, materials) = (Arc::new(self.reasons()), Arc::new(self.material.clone()));
        self.place
            .iter()
            .map(|place| Place {
                station: self.code.as_str().into(),
                name: place.name.as_str().into(),
                role: place.role,
                badges: place.badges,
                scan_back: place.scan_back,
                printer: place.printer.as_ref().and_then(media),
                backup: place.backup.as_ref().and_then(media),
                components: place.components.iter().filter_map(component).collect(),
                shared: shared::printers(&self.place, place),
                home: place.printer.clone(),
                is_down: false,
                window: place.window,
                dividers: place.dividers,
                scale: place.scale.is_some(),
                boxes: place.boxes,
                stamp_only: place.stamp_only,
                slots: place.slots,
                times_limit: place.times_limit,
                reprints_alone: place.reprints_alone,
                handover: place.handover,
                strict_refunds: self.refunds.strict,
                put_back_slips: place.put_back_slips,
                min_days: self.min_days.iter().map(|min| (min.channel.clone(), min.days)).collect(),
                reasons: reasons.clone(),
                materials: materials.clone(),
            })
            .collect()
    }
}

/// Whose labels a component of this dialect opens, as orders name them.
fn platform(dialect: &str) -> Option<WaybillSource> {
    serde_json::from_value(dialect.into()).ok()
}

fn known(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn twice<'a>(names: &[&'a str]) -> Option<&'a str> {
    names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)).map(|(_, name)| *name)
}
