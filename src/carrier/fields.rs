//! A shipment's fields as every carrier wants them: in full, and no longer than it takes. What a carrier would refuse
//! isn't sent, and no message repeats a field's content.

use super::{CarrierError, ShipmentRequest};
use crate::domain::order::{CarrierCode, Party};

/// What is wrong with one field of a shipment.
pub(super) fn wrong(shipment: &ShipmentRequest, field: impl Into<String>, problem: impl Into<String>) -> CarrierError {
    CarrierError::Field { id: shipment.waybill_id.clone(), field: field.into(), problem: problem.into() }
}

/// Whether both parties, the cargo and the weight can be sent. `longest_address` counts characters, the town included.
pub(super) fn check(
    carrier: CarrierCode,
    shipment: &ShipmentRequest,
    longest_address: usize,
) -> Result<(), CarrierError> {
    if shipment.cargo.is_empty() {
        return Err(wrong(shipment, "cargo", "is empty: name what is in the parcel"));
    }
    if shipment.weight_g == 0 {
        return Err(wrong(shipment, "weight_g", "is zero: weigh the parcel or give its items weights"));
    }
    for (side, party) in [("sender", &shipment.sender), ("receiver", &shipment.receiver)] {
        if let Some((name, problem)) = problem(carrier, party, longest_address) {
            return Err(wrong(shipment, format!("{side}.{name}"), problem));
        }
    }
    Ok(())
}

fn problem(carrier: CarrierCode, party: &Party, longest_address: usize) -> Option<(&'static str, String)> {
    let address = address(party);
    let texts = [
        ("name", &party.name),
        ("phone", &party.phone),
        ("province", &party.province),
        ("city", &party.city),
        ("detail", &address),
    ];
    for (name, text) in texts {
        if text.trim().is_empty() {
            return Some((name, "is empty: fill it in".to_owned()));
        }
        if text.contains('*') {
            let carrier = carrier.as_str().to_uppercase();
            return Some((name, format!("is masked with `*`, which {carrier} refuses: give it in full")));
        }
    }
    let too_long = address.chars().count() > longest_address;
    too_long.then(|| ("detail", format!("has more than {longest_address} characters with its town: shorten it")))
}

/// The town has no field of its own at carriers: it stands before the street.
pub(super) fn address(party: &Party) -> String {
    [party.town.as_deref().unwrap_or_default(), &party.detail].concat()
}

/// Carriers keep mobile phones apart from other ones.
pub(super) enum Phone<'a> {
    Mobile(&'a str),
    /// A virtual number too: it is dialled with its extension, which the field for mobiles has no room for.
    Other(String),
}

pub(super) fn phone(party: &Party) -> Phone<'_> {
    match &party.phone_extension {
        Some(extension) => Phone::Other(format!("{}-{extension}", party.phone)),
        None if party.phone.len() == 11 && party.phone.starts_with('1') => Phone::Mobile(&party.phone),
        None => Phone::Other(party.phone.clone()),
    }
}

/// A text that may be cut, such as a remark.
pub(super) fn first(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}
