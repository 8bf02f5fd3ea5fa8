//! What SF is asked, as its `msgData` JSON (SF open platform, EXP_RECE_CREATE_ORDER and its neighbours).

use serde::Serialize;

use super::Account;
use crate::carrier::fields::{self, Phone, first, wrong};
use crate::carrier::{Cargo, CarrierError, Operation, ShipmentRequest, order_id};
use crate::domain::order::{CarrierCode, Party};

/// A mother number and its 306 children.
const MOST_PIECES: u32 = 307;
const LONGEST_CARGO_NAME: usize = 128;
const LONGEST_ADDRESS: usize = 200;
const LONGEST_REMARK: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreateOrder<'a> {
    language: &'a str,
    order_id: &'a str,
    cargo_details: Vec<CargoDetail>,
    contact_info_list: [Contact<'a>; 2],
    express_type_id: u32,
    pay_method: u8,
    parcel_qty: u32,
    /// Kilograms.
    total_weight: f64,
    is_return_routelabel: u8,
    is_unified_waybill_no: u8,
    is_docall: u8,
    #[serde(skip_serializing_if = "str::is_empty")]
    monthly_card: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_gen_waybill_no: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waybill_no_info_list: Option<[WaybillNo<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cust_reference_no: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
}

#[derive(Serialize)]
struct CargoDetail {
    name: String,
    count: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Contact<'a> {
    /// 1 sender, 2 receiver
    contact_type: u8,
    contact: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tel: Option<String>,
    country: &'static str,
    province: &'a str,
    city: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    county: &'a str,
    address: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WaybillNo<'a> {
    /// 1 mother
    waybill_type: u8,
    waybill_no: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SearchOrder<'a> {
    language: &'a str,
    order_id: &'a str,
    /// "1": parcels on their way out, not back
    search_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UpdateOrder<'a> {
    language: &'a str,
    order_id: &'a str,
    /// 1 confirm, 2 cancel
    deal_type: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    waybill_no_info_list: Option<[WaybillNo<'a>; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SearchRoutes<'a> {
    language: &'a str,
    /// 1 by waybill number, 2 by order id
    tracking_type: u8,
    tracking_number: [&'a str; 1],
    /// 1 all of it
    method_type: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    check_phone_no: Option<&'a str>,
}

/// The service that does it, and its message.
pub(super) fn of(account: &Account, operation: &Operation) -> Result<(&'static str, String), CarrierError> {
    let id = operation.waybill_id().map(order_id).transpose()?.unwrap_or_default();
    let language = account.language.as_str();
    let unsupported =
        |instead| Err(CarrierError::Unsupported { carrier: CarrierCode::Sf, operation: operation.name(), instead });
    let (service, text) = match operation {
        Operation::Create(shipment) => {
            ("EXP_RECE_CREATE_ORDER", serde_json::to_string(&create(account, id, shipment)?))
        }
        Operation::Query { .. } => (
            "EXP_RECE_SEARCH_ORDER_RESP",
            serde_json::to_string(&SearchOrder { language, order_id: id, search_type: "1" }),
        ),
        Operation::Cancel { number, .. } => {
            let waybill_no_info_list = number.as_deref().map(mother);
            let update = UpdateOrder { language, order_id: id, deal_type: 2, waybill_no_info_list };
            ("EXP_RECE_UPDATE_ORDER", serde_json::to_string(&update))
        }
        Operation::Track(tracked) => {
            let routes = SearchRoutes {
                language,
                tracking_type: 1,
                tracking_number: [&tracked.number],
                method_type: 1,
                check_phone_no: tracked.phone_tail.as_deref(),
            };
            ("EXP_RECE_SEARCH_ROUTES", serde_json::to_string(&routes))
        }
        Operation::Update(_) => return unsupported("cancel the order and announce the parcel under a new waybill id"),
        Operation::Intercept { .. } => return unsupported("ask SF to intercept it, in its console or by phone"),
        Operation::Route(_) => return unsupported("the routing comes with the answer to create"),
        Operation::Subscribe(_) => return unsupported("SF pushes the routes of all orders of this account by itself"),
        Operation::Prefetch { .. } => return unsupported("import the numbers that SF's sales gave you"),
        Operation::Balance => return unsupported("SF settles monthly and counts no numbers"),
    };
    Ok((service, text.expect("messages hold text and numbers only, so they serialise")))
}

fn mother(number: &str) -> [WaybillNo<'_>; 1] {
    [WaybillNo { waybill_type: 1, waybill_no: number }]
}

fn create<'a>(
    account: &'a Account,
    order_id: &'a str,
    shipment: &'a ShipmentRequest,
) -> Result<CreateOrder<'a>, CarrierError> {
    fields::check(CarrierCode::Sf, shipment, LONGEST_ADDRESS)?;
    if !(1..=MOST_PIECES).contains(&shipment.pieces) {
        return Err(wrong(shipment, "pieces", format!("must be from 1 to {MOST_PIECES}: split the parcel")));
    }
    let express_type_id = match shipment.product.as_deref().map(str::parse) {
        None => account.express_type_id,
        Some(Ok(product)) => product,
        Some(Err(_)) => {
            let problem = "is no SF product: give its expressTypeId as the order's `service`, e.g. \"2\"";
            return Err(wrong(shipment, "product", problem));
        }
    };
    let held = shipment.number.as_deref();
    Ok(CreateOrder {
        language: &account.language,
        order_id,
        cargo_details: shipment.cargo.iter().map(detail).collect(),
        contact_info_list: [contact(1, &shipment.sender), contact(2, &shipment.receiver)],
        express_type_id,
        pay_method: account.pay_method,
        parcel_qty: shipment.pieces,
        total_weight: f64::from(shipment.weight_g) / 1000.0,
        is_return_routelabel: 1,
        is_unified_waybill_no: u8::from(account.unified_waybill_no),
        is_docall: u8::from(account.is_docall),
        monthly_card: &account.monthly_card,
        is_gen_waybill_no: held.map(|_| 0),
        waybill_no_info_list: held.map(mother),
        cust_reference_no: shipment.reference.as_deref(),
        remark: shipment.remark.as_deref().map(|remark| first(remark, LONGEST_REMARK)),
    })
}

fn detail(cargo: &Cargo) -> CargoDetail {
    CargoDetail { name: first(&cargo.name, LONGEST_CARGO_NAME), count: cargo.quantity }
}

fn contact(contact_type: u8, party: &Party) -> Contact<'_> {
    let (mobile, tel) = match fields::phone(party) {
        Phone::Mobile(mobile) => (Some(mobile), None),
        Phone::Other(tel) => (None, Some(tel)),
    };
    Contact {
        contact_type,
        contact: &party.name,
        company: party.company.as_deref(),
        mobile,
        tel,
        country: "CN",
        province: &party.province,
        city: &party.city,
        county: &party.district,
        address: fields::address(party),
    }
}
