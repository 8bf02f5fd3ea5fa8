//! `config/qimen.toml`: what of Qimen's messages a site may correct. A site's own file is laid over the built-in one.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::milestone::Milestone;
use crate::domain::order::CarrierCode;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    pub channel: String,
    pub method_prefix: String,
    pub version: String,
    pub zone: String,
    pub any_warehouse: Vec<String>,
    pub any_carrier: Vec<String>,
    pub inventory_type: String,
    pub gift_note: String,
    pub lack_reasons: Vec<String>,
    pub lack_reason: String,
    pub carriers: BTreeMap<String, CarrierCode>,
    pub fields: Fields,
    pub process: Process,
    pub confirm: Confirm,
    pub returns: Returns,
    pub codes: Codes,
}

/// Names of elements; the first that is there counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    pub paid_at: Vec<String>,
    pub shop: Vec<String>,
    pub amount: Vec<String>,
    pub price: Vec<String>,
    pub gift: Vec<String>,
    pub phone: Vec<String>,
    pub sealed: Vec<String>,
    pub lot: Vec<String>,
}

/// What `processStatus` is at each step; an empty one isn't reported.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    pub accepted: String,
    pub printed: String,
    pub picked: String,
    pub checked: String,
    pub packed: String,
    pub weighed: String,
    pub shipped: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    pub shipped: String,
}

/// Of returnorder.confirm.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returns {
    pub order_type: String,
    pub good: String,
    pub faulty: String,
    pub damaged: String,
    pub again: bool,
}

/// `code` of what we answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    pub success: String,
    pub signature: String,
    pub unreadable: String,
    pub refused: String,
    pub failed: String,
}

#[derive(Debug, thiserror::Error)]
pub enum FormError {
    #[error("it is no TOML: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("zone `{0}` is not known: use a name like Asia/Shanghai")]
    Zone(String),
    #[error("carrier `{0}` has two logistics codes, and one must be told: name it once in [carriers]")]
    Carrier(&'static str),
}

impl Form {
    pub const BUILTIN: &str = include_str!("../../../config/qimen.toml");

    pub fn builtin() -> Form {
        Form::over("").expect("the built-in file is read by a test")
    }

    /// The built-in form with what a site's file says in its place.
    pub fn over(text: &str) -> Result<Form, FormError> {
        let mut table: toml::Table = toml::from_str(Form::BUILTIN)?;
        let own: toml::Table = toml::from_str(text)?;
        for (key, value) in own {
            match (table.get_mut(&key), value) {
                // Its carriers are all there are; of other tables it may name single values.
                (Some(toml::Value::Table(known)), toml::Value::Table(own)) if key != "carriers" => known.extend(own),
                (_, value) => drop(table.insert(key, value)),
            }
        }
        let form: Form = table.try_into()?;
        jiff::tz::TimeZone::get(&form.zone).map_err(|_| FormError::Zone(form.zone.clone()))?;
        for carrier in CarrierCode::ALL {
            if form.carriers.values().filter(|known| **known == carrier).count() > 1 {
                return Err(FormError::Carrier(carrier.as_str()));
            }
        }
        Ok(form)
    }

    pub fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.zone).expect("looked up when the form was read")
    }

    /// The logistics code of a carrier, by its own name where the form has none.
    pub fn logistics_code(&self, carrier: CarrierCode) -> String {
        let found = self.carriers.iter().find(|(_, known)| **known == carrier);
        found.map_or_else(|| carrier.as_str().to_ascii_uppercase(), |(code, _)| code.clone())
    }

    /// What a milestone is called, where it is reported.
    pub fn status(&self, milestone: Milestone) -> Option<&str> {
        let word = match milestone {
            Milestone::Printed => &self.process.printed,
            Milestone::Picked => &self.process.picked,
            Milestone::Checked => &self.process.checked,
            Milestone::Packed => &self.process.packed,
            Milestone::Shipped => &self.process.shipped,
            _ => return None,
        };
        (!word.is_empty()).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sites_file_replaces_what_it_names_and_nothing_else() {
        let own = "channel = \"erp\"\n[carriers]\nSFEXPRESS = \"sf\"\n[process]\nprinted = \"\"\n";
        let (form, builtin) = (Form::over(own).expect("a good file"), Form::builtin());
        assert_eq!(form.logistics_code(CarrierCode::Sf), "SFEXPRESS");
        assert_eq!(form.logistics_code(CarrierCode::Zto), "ZTO");
        assert_eq!((form.status(Milestone::Printed), form.status(Milestone::Packed)), (None, Some("PACKAGE")));
        assert_eq!((form.channel.as_str(), form.fields), ("erp", builtin.fields));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        for (own, says) in [
            ("chanel = \"erp\"", "unknown field `chanel`"),
            ("zone = \"Mars\"", "zone `Mars` is not known"),
            ("[carriers]\nSF = \"sf\"\nSFEXPRESS = \"sf\"", "carrier `sf` has two logistics codes"),
        ] {
            let error = Form::over(own).expect_err("a bad file").to_string();
            assert!(error.contains(says), "{own}: {error}");
        }
    }
}
