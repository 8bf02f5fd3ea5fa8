//! `hub.toml`: what a site says of its hub. Every option stands, commented out at its default, in `config/hub.toml`.

use std::path::PathBuf;

use serde::Deserialize;

use super::Policy;
use super::accounts::{Carriers, Tracking};
use super::qimen::QimenConfig;
use super::report::ReportConfig;
use super::warehouse::{self, WarehouseRules};
use super::watched::WatchConfig;
use crate::domain::order::CarrierCode;
use crate::domain::reason::{Reason, Reasons};

/// The documented file.
pub const EXAMPLE: &str = include_str!("../../config/hub.toml");

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HubConfig {
    pub data_dir: PathBuf,
    pub listen: String,
    /// Further names the hub is called by.
    pub hosts: Vec<String>,
    /// A proxy that speaks TLS stands before `listen`: leads may log in over the network.
    pub behind_tls: bool,
    /// Files with the keys of integrators and of people's tools, one key a file.
    pub key_files: Vec<PathBuf>,
    pub zone: String,
    /// The warehouse of orders that name none.
    pub warehouse: String,
    /// The carrier of orders that name none, where there are no routing rules.
    pub carrier: CarrierCode,
    /// What waybill ids begin with.
    pub prefix: String,
    /// The station that asks carriers for parcels outside waves; without one, the station that packs asks.
    pub issuer: Option<String>,
    /// Intake rules of the site's own in place of the built-in ones.
    pub intake_rules: Option<PathBuf>,
    /// Rules that choose the carrier of orders that name none; `built-in` is the shipped example.
    pub routing_rules: Option<PathBuf>,
    /// When carriers cut off, what platforms allow, zones, and the waves that are released by themselves.
    pub warehouse_rules: Option<PathBuf>,
    /// Stood here once.
    pub cutoff: Moved,
    /// Where carriers push to; a listener of its own, for it may be reached from outside.
    pub push_listen: Option<String>,
    /// Where ERPs' Qimen messages come in; a listener of its own, for it may be reached from outside.
    pub qimen_listen: Option<String>,
    /// A folder with mappings of channel files in place of or beside the built-in ones.
    pub channels: Option<PathBuf>,
    /// The gifts of the house in place of the built-in ones.
    pub gifts: Option<PathBuf>,
    /// Folders that order files are put into.
    pub watch: Vec<WatchConfig>,
    /// Folders that an ERP reads what was shipped from.
    pub report: Vec<ReportConfig>,
    pub qimen: QimenConfig,
    pub returns: ReturnsConfig,
    pub screens: ScreensConfig,
    /// Why buyers send goods back, in place of the built-in reasons.
    pub reason: Vec<Reason>,
    pub carriers: Carriers,
    pub tracking: Tracking,
}

impl Default for HubConfig {
    fn default() -> Self {
        HubConfig {
            data_dir: "/var/lib/milepost".into(),
            listen: "127.0.0.1:7080".into(),
            hosts: Vec::new(),
            behind_tls: false,
            key_files: Vec::new(),
            zone: "Asia/Shanghai".into(),
            warehouse: "SZ".into(),
            carrier: CarrierCode::Sf,
            prefix: "DB".into(),
            issuer: None,
            intake_rules: None,
            routing_rules: None,
            warehouse_rules: None,
            cutoff: Moved,
            push_listen: None,
            qimen_listen: None,
            channels: None,
            gifts: None,
            watch: Vec::new(),
            report: Vec::new(),
            qimen: QimenConfig::default(),
            returns: ReturnsConfig::default(),
            screens: ScreensConfig::default(),
            reason: Vec::new(),
            carriers: Carriers::default(),
            tracking: Tracking::default(),
        }
    }
}

impl HubConfig {
    /// Every folder that files come or go through; a report's own files would come in as orders.
    pub fn folders(&self) -> anyhow::Result<Vec<String>> {
        let watched = self.watch.iter().map(|watch| &watch.folder);
        let folders: Vec<&PathBuf> = watched.chain(self.report.iter().map(|report| &report.folder)).collect();
        for (index, folder) in folders.iter().enumerate() {
            let (twice, path) = (folders[..index].contains(folder), folder.display());
            anyhow::ensure!(!twice, "{path} stands in two of [[watch]] and [[report]]: give each a folder of its own");
        }
        Ok(folders.iter().map(|folder| folder.display().to_string()).collect())
    }

    /// With the warehouse's rules as they were read; the routing rules are read where the store is opened.
    pub fn policy_with(&self, warehouse_rules: WarehouseRules) -> Result<Policy, jiff::Error> {
        let zone = jiff::tz::TimeZone::get(&self.zone)?;
        let pools = self.carriers.configured().into_iter();
        Ok(Policy {
            warehouse: self.warehouse.clone(),
            carrier: self.carrier,
            routing: None,
            prefix: self.prefix.clone(),
            cutoffs: warehouse_rules.timetable(zone.clone()),
            warehouse_rules,
            zone,
            issuer: self.issuer.clone(),
            tracking: self.tracking.clone(),
            accounts: self.carriers.configured().into_iter().map(|(name, _)| name).collect(),
            returns: self.returns.clone(),
            login: self.login(),
            reasons: Reasons::of(&self.reason).unwrap_or_else(|_| Reasons::builtin()).into(),
            pools: pools.filter(|(_, config)| config.pool > 0).map(|(name, config)| (name, config.pool)).collect(),
        })
    }

    fn login(&self) -> Login {
        let host = self.listen.rsplit_once(':').map_or(self.listen.as_str(), |(host, _)| host);
        let ip: Option<std::net::IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        match ip.map_or(host == "localhost", |ip| ip.is_loopback()) {
            _ if self.behind_tls => Login::Secure,
            true => Login::Here,
            false => Login::Never,
        }
    }

    /// What can be said without reading a file.
    pub fn policy(&self) -> Result<Policy, jiff::Error> {
        self.policy_with(WarehouseRules::default())
    }

    /// The file `warehouse_rules` names.
    pub fn read_warehouse_rules(&self) -> anyhow::Result<WarehouseRules> {
        self.warehouse_rules.as_deref().map_or_else(|| Ok(WarehouseRules::default()), warehouse::read)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReturnsConfig {
    /// Announced so long ago and not here: an exception.
    pub overdue_days: u32,
    /// So long photos are kept.
    pub photo_days: u32,
}

impl Default for ReturnsConfig {
    fn default() -> Self {
        ReturnsConfig { overdue_days: 10, photo_days: 90 }
    }
}

/// What the hub's own authority signs certificates for, beside private addresses and names of the inside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScreensConfig {
    pub domains: Vec<String>,
}

/// Where leads may log in: a badge that crosses a network in clear is everybody's who listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// Only this machine calls.
    Here,
    /// Over TLS.
    Secure,
    Never,
}

/// An option that stands in another file now: whoever still has it here is told where.
#[derive(Clone, Debug, Default)]
pub struct Moved;

impl<'de> Deserialize<'de> for Moved {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom(
            "[[cutoff]] stands in warehouse.toml now: move it there as it is, and name that file here as warehouse_rules = \
             \"/etc/milepost/warehouse.toml\"",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_crosses_no_network_in_clear() {
        let login =
            |listen: &str, behind_tls| HubConfig { listen: listen.into(), behind_tls, ..HubConfig::default() }.login();
        for own in ["127.0.0.1:7080", "[::1]:7080", "localhost:7080"] {
            assert_eq!(login(own, false), Login::Here, "{own}");
        }
        for open in ["0.0.0.0:7080", "10.0.0.7:7080", "[::]:7080", "hub.example:7080"] {
            assert_eq!((login(open, false), login(open, true)), (Login::Never, Login::Secure), "{open}");
        }
        assert_eq!(login("127.0.0.1:7080", true), Login::Secure, "the proxy is on this machine");
    }
}
