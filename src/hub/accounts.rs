//! The hub's accounts with carriers: for what they push of parcels' ways, for asking, and for numbers that are held for
//! outages. All other numbers and labels are the stations' business.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use crate::carrier::{Carrier, CarrierError, Operation, Secret, SecretSource, Tracked, account};
use crate::domain::account::AccountName;
use crate::domain::order::CarrierCode;
use crate::domain::patience::Patience;

/// Whoever guesses an address of a push must guess as many characters as these.
const SHORTEST_SECRET: usize = 16;

/// `[carriers]` of the config.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Carriers {
    pub sf: Option<CarrierConfig>,
    pub zto: Option<CarrierConfig>,
    pub jd: Option<CarrierConfig>,
    /// Shops and warehouses with accounts of their own.
    pub own: Vec<OwnCarriers>,
}

/// What takes the place of the accounts above for some parcels: a shop's, a warehouse's, or a shop's in a warehouse.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnCarriers {
    pub shop: Option<String>,
    pub warehouse: Option<String>,
    pub sf: Option<CarrierConfig>,
    pub zto: Option<CarrierConfig>,
    pub jd: Option<CarrierConfig>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarrierConfig {
    /// The account's file, as in config/carriers.
    pub account: PathBuf,
    /// In place of the account's own.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// A file with the last part of the address that the carrier pushes to; without it nothing is taken.
    #[serde(default)]
    pub push_secret: Option<PathBuf>,
    /// Whether it is asked about parcels without news.
    #[serde(default = "yes")]
    pub poll: bool,
    /// Whether it is told to push each parcel's way, where it wants to be told.
    #[serde(default = "yes")]
    pub subscribe: bool,
    /// How many numbers for outages are kept free for stations; asked of the carrier where it lends any, else imported.
    #[serde(default)]
    pub pool: u32,
}

fn yes() -> bool {
    true
}

/// `[tracking]` of the config.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tracking {
    /// A parcel without news for this long is asked about.
    pub quiet_minutes: u32,
    /// And not again sooner than this: carriers lock numbers that are asked about too often.
    pub again_minutes: u32,
    /// Between two questions to one carrier.
    pub pace_ms: u64,
    /// A sign in another city sooner than this after the collection isn't believed.
    pub too_soon_minutes: u32,
    /// A box beyond the first is missed when nobody tells of it; else it is followed from its first scan on.
    pub await_boxes: bool,
    pub stale: Patience,
}

impl Default for Tracking {
    fn default() -> Self {
        Tracking {
            quiet_minutes: 240,
            again_minutes: 30,
            pace_ms: 2_000,
            too_soon_minutes: 60,
            // Whether SF tells of each box is in no public document.
            await_boxes: false,
            stale: Patience::default(),
        }
    }
}

pub struct Account {
    pub name: AccountName,
    pub carrier: Box<dyn Carrier>,
    pub push_secret: Option<Secret>,
    pub poll: bool,
    /// Whether it wants to be told, parcel by parcel, what to push here.
    pub subscribe: bool,
    /// How many numbers for outages shall be free.
    pub pool: u32,
}

impl Carriers {
    pub fn configured(&self) -> Vec<(AccountName, &CarrierConfig)> {
        let mut all = vec![(None, None, [&self.sf, &self.zto, &self.jd])];
        all.extend(self.own.iter().map(|own| (own.shop.clone(), own.warehouse.clone(), [&own.sf, &own.zto, &own.jd])));
        let mut accounts = Vec::new();
        for (shop, warehouse, configs) in all {
            for (carrier, config) in CarrierCode::ALL.into_iter().zip(configs) {
                let name = AccountName { carrier, shop: shop.clone(), warehouse: warehouse.clone() };
                accounts.extend(config.as_ref().map(|config| (name, config)));
            }
        }
        accounts
    }

    /// Reads the accounts and their secrets.
    pub fn open(&self) -> anyhow::Result<Vec<Arc<Account>>> {
        let nobodys = |own: &OwnCarriers| own.shop.is_none() && own.warehouse.is_none();
        ensure!(
            !self.own.iter().any(nobodys),
            "a [[carriers.own]] says neither `shop` nor `warehouse`: say whose it is, or write it as [carriers.…]"
        );
        let mut accounts: Vec<Arc<Account>> = Vec::new();
        for (name, config) in self.configured() {
            ensure!(
                accounts.iter().all(|known| known.name != name),
                "there are two accounts {name}: give each `[[carriers.own]]` another shop or warehouse"
            );
            let account = opened(name, config)?;
            let same = |known: &&Arc<Account>| {
                let secret = |account: &Account| account.push_secret.as_ref().map(|secret| secret.expose().to_owned());
                known.name.carrier == account.name.carrier
                    && secret(known).is_some_and(|known| Some(known) == secret(&account))
            };
            if let Some(known) = accounts.iter().find(same) {
                bail!("accounts {} and {} have the same push secret: give each its own", known.name, account.name);
            }
            accounts.push(Arc::new(account));
        }
        Ok(accounts)
    }
}

fn opened(name: AccountName, config: &CarrierConfig) -> anyhow::Result<Account> {
    let read = |path: &Path| std::fs::read_to_string(path);
    let text =
        read(&config.account).with_context(|| format!("read the account at {name}, {}", config.account.display()))?;
    let secret = |source: &SecretSource| source.read(read, |name| std::env::var(name).ok());
    let carrier = account::open(name.carrier, &text, config.endpoint.as_deref(), &secret)?
        .with_context(|| format!("account {name} of the config: this version has no client for it"))?;
    let push_secret = match &config.push_secret {
        Some(path) => Some(push_secret(path).with_context(|| format!("use the secret in {}", path.display()))?),
        None => None,
    };
    let subscribe = config.subscribe && push_secret.is_some() && subscribes(carrier.as_ref());
    Ok(Account { name, carrier, push_secret, poll: config.poll, subscribe, pool: config.pool })
}

/// Some push whatever was booked with them by themselves.
fn subscribes(carrier: &dyn Carrier) -> bool {
    let any = Tracked { waybill_id: "DB1".into(), number: "1".into(), phone_tail: None };
    let request = carrier.request(&Operation::Subscribe(any), jiff::Timestamp::UNIX_EPOCH);
    !matches!(request, Err(CarrierError::Unsupported { .. }))
}

fn push_secret(path: &Path) -> anyhow::Result<Secret> {
    let secret = Secret::new(&std::fs::read_to_string(path)?);
    let fits = secret.expose().bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    ensure!(
        fits && secret.expose().len() >= SHORTEST_SECRET,
        "it is part of an address: use {SHORTEST_SECRET} or more of A-Z, a-z, 0-9, `-` and `_`, as `openssl rand -hex 24` makes them"
    );
    Ok(secret)
}
