//! What JD Logistics is asked, as its bodies: an array with one object (JD Logistics open platform, express orders
//! `/ecap/v1/orders/…`).

use serde_json::{Value, json};

use super::Account;
use crate::carrier::fields::{self, Phone, first, wrong};
use crate::carrier::{CarrierError, Operation, ShipmentRequest, number, order_id, prefetch};
use crate::domain::order::{CarrierCode, Party};

const LONGEST_NAME: usize = 50;
const LONGEST_ADDRESS: usize = 200;
const LONGEST_CARGO_NAME: usize = 200;
/// JD prints no more of a remark.
const LONGEST_REMARK: usize = 50;

/// The path that does it, and the exact body.
pub(super) fn of<'a>(account: &'a Account, operation: &Operation) -> Result<(&'a str, String), CarrierError> {
    let id = operation.waybill_id().map(order_id).transpose()?.unwrap_or_default();
    let (path, message) = match operation {
        Operation::Create(shipment) => ("/ecap/v1/orders/create", order(account, id, shipment)?),
        Operation::Update(shipment) => ("/ecap/v1/orders/modify", order(account, id, shipment)?),
        Operation::Route(shipment) => ("/ecap/v1/orders/precheck", order(account, id, shipment)?),
        Operation::Query { .. } => (account.query_path.as_str(), about(account, json!({ "orderId": id }))),
        Operation::Cancel { number, .. } => {
            let mut named = json!({ "orderId": id, "cancelReason": account.cancel_reason });
            if let Some(number) = number {
                named["waybillCode"] = json!(number::of_package(number));
            }
            ("/ecap/v1/orders/cancel", about(account, named))
        }
        // What cancels before the pickup intercepts after it.
        Operation::Intercept { number, .. } => {
            let number = number::of_package(number);
            let named = json!({ "orderId": id, "waybillCode": number, "cancelReason": account.cancel_reason });
            ("/ecap/v1/orders/cancel", about(account, named))
        }
        Operation::Track(tracked) => {
            let number = number::of_package(&tracked.number);
            ("/ecap/v1/orders/trace/query", about(account, json!({ "waybillCode": number })))
        }
        Operation::Subscribe(tracked) => {
            let mut named = json!({ "waybillCode": number::of_package(&tracked.number) });
            if let Some(tail) = &tracked.phone_tail {
                named["mobile"] = json!(tail);
            }
            ("/ecap/v1/orders/trace/subscribe", about(account, named))
        }
        Operation::Prefetch { count } => ("/ecap/v1/orders/pregetwaybillcodes", numbers(account, *count)?),
        Operation::Balance => {
            let instead = "JD settles by contract and counts no numbers";
            return Err(CarrierError::Unsupported { carrier: CarrierCode::Jd, operation: operation.name(), instead });
        }
    };
    Ok((path, Value::Array(vec![message]).to_string()))
}

/// Every message says whose order it is about.
fn about(account: &Account, mut named: Value) -> Value {
    named["orderOrigin"] = json!(account.order_origin);
    if !account.customer_code.is_empty() {
        named["customerCode"] = json!(account.customer_code);
    }
    named
}

/// The customer code gives general numbers, the clinic code preset ones; never both.
fn numbers(account: &Account, count: u32) -> Result<Value, CarrierError> {
    if !(1..=prefetch::MOST).contains(&count) {
        return Err(CarrierError::Count { carrier: CarrierCode::Jd, asked: count, most: prefetch::MOST });
    }
    let origin = account.order_origin;
    Ok(if account.clinic_code.is_empty() {
        json!({ "orderOrigin": origin, "customerCode": account.customer_code, "sum": count })
    } else {
        json!({ "orderOrigin": origin, "clinicCode": account.clinic_code, "sum": count })
    })
}

fn order(account: &Account, order_id: &str, shipment: &ShipmentRequest) -> Result<Value, CarrierError> {
    fields::check(CarrierCode::Jd, shipment, LONGEST_ADDRESS)?;
    // JD counts the packages of one number; their labels' codes come from another of its services.
    if shipment.pieces != 1 {
        return Err(wrong(shipment, "pieces", "must be 1: split the parcel"));
    }
    let names: Vec<String> = shipment.cargo.iter().map(|cargo| plain(&cargo.name)).collect();
    if names.iter().all(|name| name.trim().is_empty()) {
        return Err(wrong(shipment, "cargo", "has only characters that JD refuses: name what is in the parcel"));
    }
    let held = shipment.number.as_deref().map(number::of_package);
    if held.is_some_and(|held| !number::is_from(CarrierCode::Jd, held)) {
        return Err(wrong(shipment, "number", "is no JD waybill number: take one that JD gave to this account"));
    }
    let mut order = json!({
        "orderId": order_id,
        "senderContact": contact("sender", shipment, &shipment.sender)?,
        "receiverContact": contact("receiver", shipment, &shipment.receiver)?,
        "productsReq": { "productCode": shipment.product.as_deref().unwrap_or(&account.product) },
        "settleType": account.settle_type,
        // One entry for the whole parcel; its quantity is the count of packages.
        "cargoes": [{
            "name": first(&names.join(","), LONGEST_CARGO_NAME),
            "quantity": shipment.pieces,
            "weight": f64::from(shipment.weight_g) / 1000.0,
            "volume": account.volume_cm3,
        }],
        "pickupType": account.pickup_type,
    });
    let mut channel = json!({ "channelCode": account.channel_code });
    if let Some(reference) = &shipment.reference {
        channel["channelOrderCode"] = json!(plain(reference));
    }
    // With a capital C, as JD's samples have it.
    order["CommonChannelInfo"] = channel;
    if let Some(remark) = &shipment.remark {
        order["remark"] = json!(first(&plain(remark), LONGEST_REMARK));
    }
    if let Some(held) = held {
        order["waybillCode"] = json!(held);
    }
    Ok(about(account, order))
}

fn contact(side: &str, shipment: &ShipmentRequest, party: &Party) -> Result<Value, CarrierError> {
    // 上海市 is its own province.
    let city = if party.city == party.province { "" } else { party.city.as_str() };
    let address = [party.province.as_str(), city, &party.district, &fields::address(party)].concat();
    let refused = |field: &str, problem: String| Err(wrong(shipment, format!("{side}.{field}"), problem));
    for (field, text, longest) in [("name", &party.name, LONGEST_NAME), ("detail", &address, LONGEST_ADDRESS)] {
        if text.chars().any(is_refused) {
            let problem = "has an emoji or a rare character, which JD refuses: write it in other characters";
            return refused(field, problem.to_owned());
        }
        if text.chars().count() > longest {
            return refused(field, format!("has more than {longest} characters as JD counts: shorten it"));
        }
    }
    let mut contact = json!({ "name": party.name, "fullAddress": address });
    match fields::phone(party) {
        Phone::Mobile(mobile) => contact["mobile"] = json!(mobile),
        Phone::Other(phone) => contact["phone"] = json!(phone),
    }
    if let Some(company) = &party.company {
        contact["company"] = json!(plain(company));
    }
    Ok(contact)
}

/// Emoji and rare ideographs, which JD's documents refuse without a list: everything beyond the basic plane, its
/// symbols that are drawn as emoji, its private use and its rare ideographs (extension A).
fn is_refused(c: char) -> bool {
    matches!(c,
        '\u{10000}'.. | '\u{3400}'..='\u{4dbf}' | '\u{e000}'..='\u{f8ff}' | '\u{2600}'..='\u{27bf}'
        | '\u{2b00}'..='\u{2bff}' | '\u{fe00}'..='\u{fe0f}' | '\u{200d}' | '\u{20e3}')
        || c.is_control()
}

/// Goods, remarks and references are told as well without such characters; a name or an address isn't.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !is_refused(*c)).collect()
}
