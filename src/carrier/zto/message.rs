//! What ZTO is asked, as its JSON bodies (ZTO open platform, zto.open.createOrder and its neighbours). Of getOrderInfo,
//! the balance and the interception no request is published: they carry what names the parcel, and nothing else.

use serde::Serialize;

use super::{Account, WHOLE_NET};
use crate::carrier::fields::{self, Phone, wrong};
use crate::carrier::{CarrierError, Operation, ShipmentRequest, number, order_id};
use crate::domain::order::{CarrierCode, Party};

/// ZTO publishes no lengths; what SF and JD take is enough for a label, too.
const LONGEST_ADDRESS: usize = 200;
/// Value-added services that need no amount.
const PRODUCTS: [&str; 4] = ["standardExpress", "vip", "twoHour", "receiveReturnService"];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreateOrder<'a> {
    partner_type: &'a str,
    order_type: &'a str,
    partner_order_code: &'a str,
    account_info: AccountInfo<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bill_code: Option<&'a str>,
    sender_info: Sender<'a>,
    receive_info: Receiver<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_vas_list: Option<[Service<'a>; 1]>,
    /// Without their weights: ours is the parcel's, and ZTO weighs it itself.
    order_items: Vec<Item<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountInfo<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    account_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    account_password: &'a str,
    r#type: u32,
    #[serde(skip_serializing_if = "str::is_empty")]
    customer_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sender<'a> {
    sender_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_mobile: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_phone: Option<String>,
    sender_province: &'a str,
    sender_city: &'a str,
    sender_district: &'a str,
    sender_address: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Receiver<'a> {
    receiver_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver_mobile: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver_phone: Option<String>,
    receiver_province: &'a str,
    receiver_city: &'a str,
    receiver_district: &'a str,
    receiver_address: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Service<'a> {
    vas_type: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    name: &'a str,
    quantity: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GetOrder<'a> {
    partner_order_code: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CancelOrder<'a> {
    cancel_type: &'a str,
    bill_code: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Intercept<'a> {
    bill_code: &'a str,
    /// The same for every try, so that one parcel is stopped once.
    request_id: &'a str,
}

#[derive(Serialize)]
struct Mark<'a> {
    /// ZTO's name for a request's own id.
    #[serde(rename = "unionCode")]
    union_code: &'a str,
    send_province: &'a str,
    send_city: &'a str,
    send_district: &'a str,
    send_address: String,
    receive_province: &'a str,
    receive_city: &'a str,
    receive_district: &'a str,
    receive_address: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Balance<'a> {
    account_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Track<'a> {
    bill_code: &'a str,
    /// The last four digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_phone: Option<&'a str>,
}

/// The path that does it, and its body.
pub(super) fn of<'a>(
    account: &'a Account,
    account_password: &str,
    operation: &Operation,
) -> Result<(&'a str, String), CarrierError> {
    let id = operation.waybill_id().map(order_id).transpose()?.unwrap_or_default();
    let unsupported =
        |instead| CarrierError::Unsupported { carrier: CarrierCode::Zto, operation: operation.name(), instead };
    let (path, text) = match operation {
        Operation::Create(shipment) => {
            let order = create(account, account_password, id, shipment)?;
            (&account.create_path, serde_json::to_string(&order))
        }
        Operation::Query { .. } => (&account.query_path, serde_json::to_string(&GetOrder { partner_order_code: id })),
        Operation::Cancel { .. } if account.order_type == WHOLE_NET => {
            return Err(unsupported(
                "leave the number unused, ZTO takes it back after 30 to 60 days; stop a parcel on its way by intercepting it",
            ));
        }
        Operation::Cancel { waybill_id, number } => {
            let problem = || "is missing: ZTO cancels by number, so ask for it by the waybill id first".to_owned();
            let bill_code = number.as_deref().ok_or_else(|| CarrierError::Field {
                id: waybill_id.clone(),
                field: "number".to_owned(),
                problem: problem(),
            })?;
            let cancel = CancelOrder { cancel_type: &account.cancel_type, bill_code };
            (&account.cancel_path, serde_json::to_string(&cancel))
        }
        Operation::Intercept { number, .. } => {
            (&account.intercept_path, serde_json::to_string(&Intercept { bill_code: number, request_id: id }))
        }
        Operation::Route(shipment) => {
            fields::check(CarrierCode::Zto, shipment, LONGEST_ADDRESS)?;
            (&account.route_path, serde_json::to_string(&mark(id, shipment)))
        }
        Operation::Track(tracked) | Operation::Subscribe(tracked) => {
            let track = Track { bill_code: &tracked.number, mobile_phone: tracked.phone_tail.as_deref() };
            let only_once = matches!(operation, Operation::Track(_));
            (if only_once { &account.track_path } else { &account.subscribe_path }, serde_json::to_string(&track))
        }
        Operation::Balance => {
            (&account.balance_path, serde_json::to_string(&Balance { account_id: &account.account_id }))
        }
        Operation::Update(_) => return Err(unsupported("cancel or intercept it, and send the parcel under a new id")),
        Operation::Prefetch { .. } => return Err(unsupported("import the numbers that ZTO's outlet gave you")),
    };
    Ok((path, text.expect("messages hold text and numbers only, so they serialise")))
}

fn create<'a>(
    account: &'a Account,
    account_password: &'a str,
    id: &'a str,
    shipment: &'a ShipmentRequest,
) -> Result<CreateOrder<'a>, CarrierError> {
    fields::check(CarrierCode::Zto, shipment, LONGEST_ADDRESS)?;
    if shipment.pieces != 1 {
        return Err(wrong(shipment, "pieces", "must be 1, ZTO knows no children: announce each piece by itself"));
    }
    let held = shipment.number.as_deref();
    if held.is_some_and(|held| !number::is_from(CarrierCode::Zto, held)) {
        return Err(wrong(shipment, "number", "is none of ZTO's: register one that ZTO gave you"));
    }
    let product = shipment.product.as_deref();
    if product.is_some_and(|product| !PRODUCTS.contains(&product)) {
        let problem = format!("is no ZTO service: give one of {} as the order's `service`", PRODUCTS.join(", "));
        return Err(wrong(shipment, "product", problem));
    }
    let (sender_mobile, sender_phone) = phones(&shipment.sender);
    let (receiver_mobile, receiver_phone) = phones(&shipment.receiver);
    Ok(CreateOrder {
        partner_type: &account.partner_type,
        order_type: if held.is_some() { &account.held_order_type } else { &account.order_type },
        partner_order_code: id,
        account_info: AccountInfo {
            account_id: &account.account_id,
            account_password,
            r#type: account.account_type,
            customer_id: &account.customer_id,
        },
        bill_code: held,
        sender_info: Sender {
            sender_name: &shipment.sender.name,
            sender_mobile,
            sender_phone,
            sender_province: &shipment.sender.province,
            sender_city: &shipment.sender.city,
            sender_district: &shipment.sender.district,
            sender_address: fields::address(&shipment.sender),
        },
        receive_info: Receiver {
            receiver_name: &shipment.receiver.name,
            receiver_mobile,
            receiver_phone,
            receiver_province: &shipment.receiver.province,
            receiver_city: &shipment.receiver.city,
            receiver_district: &shipment.receiver.district,
            receiver_address: fields::address(&shipment.receiver),
        },
        order_vas_list: product.map(|vas_type| [Service { vas_type }]),
        order_items: shipment.cargo.iter().map(|cargo| Item { name: &cargo.name, quantity: cargo.quantity }).collect(),
        remark: shipment.remark.as_deref(),
    })
}

fn phones(party: &Party) -> (Option<&str>, Option<String>) {
    match fields::phone(party) {
        Phone::Mobile(mobile) => (Some(mobile), None),
        Phone::Other(phone) => (None, Some(phone)),
    }
}

fn mark<'a>(id: &'a str, shipment: &'a ShipmentRequest) -> Mark<'a> {
    let ShipmentRequest { sender, receiver, .. } = shipment;
    Mark {
        union_code: id,
        send_province: &sender.province,
        send_city: &sender.city,
        send_district: &sender.district,
        send_address: fields::address(sender),
        receive_province: &receiver.province,
        receive_city: &receiver.city,
        receive_district: &receiver.district,
        receive_address: fields::address(receiver),
    }
}
