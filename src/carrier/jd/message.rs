//! What JD Logistics is asked, as its bodies: an array with one object (JD Logistics open platform, express orders
//! `/ecap/v1/orders/…`).

use serde_json::{Map, Value, json};

use super::Account;
use crate::carrier::{CarrierError, Operation, ShipmentRequest, number, order_id};
use crate::domain::order::{CarrierCode, Party};

const LONGEST_NAME: usize = 50;
const LONGEST_ADDRESS: usize = 200;
const LONGEST_CARGO_NAME: usize = 200;
/// JD prints no more of a remark.
const LONGEST_REMARK: usize = 50;
/// Numbers a call gives at most.
const MOST_NUMBERS: u32 = 500;
/// JD counts a parcel's packages with three digits.
const MOST_PIECES: u32 = 999;

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
    if !(1..=MOST_NUMBERS).contains(&count) {
        return Err(CarrierError::Count { carrier: CarrierCode::Jd, asked: count, most: MOST_NUMBERS });
    }
    let origin = account.order_origin;
    Ok(if account.clinic_code.is_empty() {
        json!({ "orderOrigin": origin, "customerCode": account.customer_code, "sum": count })
    } else {
        json!({ "orderOrigin": origin, "clinicCode": account.clinic_code, "sum": count })
    })
}

fn order(account: &Account, order_id: &str, shipment: &ShipmentRequest) -> Result<Value, CarrierError> {
    let refused = |field: &str, problem: &str| {
        let problem = problem.to_owned();
        Err(CarrierError::Field { id: shipment.waybill_id.clone(), field: field.to_owned(), problem })
    };
    if shipment.weight_g == 0 {
        return refused("weight_g", "is zero: weigh the parcel or give its items weights");
    }
    if !(1..=MOST_PIECES).contains(&shipment.pieces) {
        return refused("pieces", "must be from 1 to 999: split the parcel");
    }
    let names: Vec<String> = shipment.cargo.iter().map(|cargo| plain(&cargo.name)).collect();
    let cargo = first(&names.join(","), LONGEST_CARGO_NAME);
    if names.iter().all(|name| name.trim().is_empty()) {
        return refused("cargo", "is empty, or of characters JD refuses: name what is in the parcel");
    }
    let held = shipment.number.as_deref().map(number::of_package);
    if held.is_some_and(|held| !number::is_from(CarrierCode::Jd, held)) {
        return refused("number", "is no JD waybill number: take one that JD gave to this account");
    }
    let mut order = json!({
        "orderId": order_id,
        "senderContact": contact("sender", shipment, &shipment.sender)?,
        "receiverContact": contact("receiver", shipment, &shipment.receiver)?,
        "productsReq": { "productCode": shipment.product.as_deref().unwrap_or(&account.product) },
        "settleType": account.settle_type,
        // One entry for the whole parcel; its quantity is the count of packages.
        "cargoes": [{
            "name": cargo,
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
    let town = party.town.as_deref().unwrap_or_default();
    // 上海市 is its own province.
    let city = if party.city == party.province { "" } else { party.city.as_str() };
    let address = [party.province.as_str(), city, &party.district, town, &party.detail].concat();
    let fields = [
        ("name", party.name.as_str(), LONGEST_NAME),
        ("phone", &party.phone, LONGEST_ADDRESS),
        ("province", &party.province, LONGEST_ADDRESS),
        ("city", &party.city, LONGEST_ADDRESS),
        ("detail", &party.detail, LONGEST_ADDRESS),
        ("address", &address, LONGEST_ADDRESS),
    ];
    let problem = fields.into_iter().find_map(|(field, text, longest)| {
        Some(match text {
            text if text.trim().is_empty() => (field, "is empty: fill it in".to_owned()),
            text if text.contains('*') => (field, "is masked with `*`, which JD refuses: give it in full".to_owned()),
            text if text.chars().any(is_refused) => {
                (field, "has an emoji or a rare character, which JD refuses: write it in other characters".to_owned())
            }
            text if text.chars().count() > longest => {
                (field, format!("has more than {longest} characters: shorten it"))
            }
            _ => return None,
        })
    });
    if let Some((field, problem)) = problem {
        let field = format!("{side}.{field}");
        return Err(CarrierError::Field { id: shipment.waybill_id.clone(), field, problem });
    }
    let mut contact = Map::new();
    contact.insert("name".to_owned(), json!(party.name));
    // A virtual number is dialled with its extension, which only `phone` has room for.
    let is_mobile = party.phone.len() == 11 && party.phone.starts_with('1');
    match &party.phone_extension {
        Some(extension) => contact.insert("phone".to_owned(), json!(format!("{}-{extension}", party.phone))),
        None => contact.insert(if is_mobile { "mobile" } else { "phone" }.to_owned(), json!(party.phone)),
    };
    if let Some(company) = &party.company {
        contact.insert("company".to_owned(), json!(plain(company)));
    }
    contact.insert("fullAddress".to_owned(), json!(address));
    Ok(Value::Object(contact))
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

fn first(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}
