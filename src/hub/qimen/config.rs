//! `[qimen]` of hub.toml, and what is opened of it at start: the form of the messages, the secret, the gifts of the house.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use serde::Deserialize;

use crate::carrier::Secret;
use crate::intake::Gifts;
use crate::intake::qimen::{Form, Whose};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QimenConfig {
    /// Ours at the platform, by which both sides sign.
    pub app_key: String,
    /// A file with the secret of that key.
    pub secret: Option<PathBuf>,
    /// Where messages to ERPs go; without one nothing is told.
    pub endpoint: Option<String>,
    /// How far the time of a message may be from ours.
    pub skew_s: u64,
    /// What of the messages' form differs from the built-in one.
    pub form: Option<PathBuf>,
    pub customer: Vec<CustomerConfig>,
}

impl Default for QimenConfig {
    fn default() -> Self {
        QimenConfig {
            app_key: String::new(),
            secret: None,
            endpoint: None,
            skew_s: 600,
            form: None,
            customer: Vec::new(),
        }
    }
}

/// A `[[qimen.customer]]`: whose messages are taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerConfig {
    pub customer_id: String,
    /// In place of the shop that its messages name.
    #[serde(default)]
    pub shop: Option<String>,
    /// Ours, where a message leaves it open.
    #[serde(default)]
    pub warehouse: Option<String>,
    /// The ERP's codes and our warehouses; without any every code is good.
    #[serde(default)]
    pub warehouses: BTreeMap<String, String>,
}

impl CustomerConfig {
    pub(super) fn whose(&self) -> Whose<'_> {
        Whose { shop: self.shop.as_deref(), warehouse: self.warehouse.as_deref(), warehouses: &self.warehouses }
    }
}

/// The other side, as both directions need it.
#[derive(Debug)]
pub(in crate::hub) struct Partner {
    pub config: QimenConfig,
    pub secret: Secret,
    pub form: Form,
    pub gifts: Gifts,
}

impl Partner {
    /// Everything that may be wrong is said before anything is served.
    pub fn open(config: &QimenConfig, gifts: Option<&PathBuf>) -> anyhow::Result<Partner> {
        ensure!(
            !config.app_key.is_empty(),
            "`qimen_listen` is set without an `app_key` in [qimen]: write the one of your application"
        );
        let path = config.secret.as_ref().context("[qimen] has no `secret`: name the file that holds it")?;
        let text = std::fs::read_to_string(path).with_context(|| format!("read the secret in {}", path.display()))?;
        let secret = Secret::new(&text);
        ensure!(!secret.expose().is_empty(), "the secret in {} is empty: write the one of `app_key`", path.display());
        ensure!(
            !config.customer.is_empty(),
            "[qimen] has no customer: name one in [[qimen.customer]], or nobody's messages are taken"
        );
        for (index, customer) in config.customer.iter().enumerate() {
            let twice = config.customer[..index].iter().any(|other| other.customer_id == customer.customer_id);
            ensure!(!twice, "there are two [[qimen.customer]] `{}`: put them into one", customer.customer_id);
        }
        let form = match &config.form {
            None => Form::builtin(),
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
                Form::over(&text).with_context(|| format!("use the form in {}", path.display()))?
            }
        };
        let gifts = match gifts {
            None => Gifts::builtin(),
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
                Gifts::from_toml(&text).with_context(|| format!("use the gifts in {}", path.display()))?
            }
        };
        Ok(Partner { config: config.clone(), secret, form, gifts })
    }

    pub fn customer(&self, id: &str) -> Option<&CustomerConfig> {
        self.config.customer.iter().find(|customer| customer.customer_id == id)
    }
}
