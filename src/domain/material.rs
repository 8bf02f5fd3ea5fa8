//! Packing material: cartons, bags and fillings by a code of their own. What was used of it on a parcel counts into what the
//! parcel should weigh.

use serde::{Deserialize, Serialize};

use super::number::looks_like;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// As `@@M:` holds it, or the article number on it.
    pub code: String,
    pub name: String,
    pub weight_g: u32,
}

/// Nothing that is used on a parcel weighs more.
const HEAVIEST_G: u32 = 50_000;

/// So much of one that was used on a parcel, as it weighed then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    pub code: String,
    pub quantity: u32,
    /// Of one piece.
    pub weight_g: u32,
    /// How many scans of goods came before it: what UNDO takes back first.
    pub after: usize,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MaterialError {
    #[error("material `{0}` can't be printed or scanned: use 2 to 24 letters, digits and -, like BOX-3")]
    Code(String),
    #[error("material `{0}` looks like a carrier's number: a waybill would be taken for it, so give it another code")]
    Number(String),
    #[error("material `{0}` has no name: write what packers call it")]
    Name(String),
    #[error("material `{0}` weighs nothing or more than 50 kg: weight_g is that of one, in grams")]
    Weight(String),
    #[error("two materials are called `{0}`: give each its own code")]
    Twice(String),
}

/// What is wrong with a site's own, the first of it.
pub fn check(materials: &[Material]) -> Result<(), MaterialError> {
    for (at, material) in materials.iter().enumerate() {
        let code = &material.code;
        if !(2..=24).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(MaterialError::Code(code.clone()));
        }
        if !looks_like(code).is_empty() {
            return Err(MaterialError::Number(code.clone()));
        }
        if material.name.trim().is_empty() {
            return Err(MaterialError::Name(code.clone()));
        }
        if !(1..=HEAVIEST_G).contains(&material.weight_g) {
            return Err(MaterialError::Weight(code.clone()));
        }
        if materials[..at].iter().any(|other| other.code == *code) {
            return Err(MaterialError::Twice(code.clone()));
        }
    }
    Ok(())
}

/// What all that was used weighs.
pub fn weight_g(used: &[Used]) -> u32 {
    used.iter().fold(0, |sum, used| sum.saturating_add(used.weight_g.saturating_mul(used.quantity)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn material(code: &str, name: &str) -> Material {
        Material { code: code.into(), name: name.into(), weight_g: 120 }
    }

    #[test]
    fn what_is_wrong_with_a_material_is_said() {
        let good = material("BOX-3", "box");
        assert_eq!(check(&[good.clone(), material("6901234567892", "bag")]), Ok(()));
        for (materials, says) in [
            (vec![material("箱", "box")], "can't be printed or scanned"),
            (vec![material("B", "box")], "can't be printed or scanned"),
            (vec![material("SF1234567890123", "box")], "looks like a carrier's number"),
            (vec![material("BAG-1", " ")], "has no name"),
            (vec![good.clone(), good], "two materials are called `BOX-3`"),
        ] {
            let error = check(&materials).expect_err(says).to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn material_weighs_what_all_of_it_weighs() {
        let used = |quantity, weight_g| Used { code: "BOX-3".into(), quantity, weight_g, after: 0 };
        assert_eq!(weight_g(&[used(1, 120), used(3, 15)]), 165);
        assert_eq!(weight_g(&[used(u32::MAX, 2)]), u32::MAX, "nonsense stops nothing");
    }
}
