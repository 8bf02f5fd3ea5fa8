//! Routing data as SF prints it: by province, and the same every time for the same address.

use md5::{Digest, Md5};
use serde_json::{Value, json};

/// The area code of a province, `000` for a place SF's simulator doesn't know.
pub(super) fn area(province: &str, address: &str) -> &'static str {
    let table = include_str!("routes.csv").lines().skip(1).filter_map(|line| line.split_once(','));
    let place = if province.is_empty() { address } else { province };
    table.into_iter().find(|(name, _)| place.starts_with(name)).map_or("000", |(_, code)| code)
}

/// `routeLabelData` of one parcel.
pub(super) fn label(number: &str, from: &Value, to: &Value, express_type_id: u64) -> Value {
    let text = |party: &Value, key: &str| party[key].as_str().unwrap_or_default().to_owned();
    let area_of = |party: &Value| area(&text(party, "province"), &text(party, "address"));
    let place = ["city", "county", "address"].map(|key| text(to, key)).concat();
    let hash = Md5::digest(&place);
    let letter = |byte: u8| char::from(b'A' + byte % 26);
    let transfer = format!("{}W", area_of(to));
    let outlet = format!("{}{}", letter(hash[0]), letter(hash[1]));
    let team = format!("{:03}", u16::from(hash[2]) * 3 + 1);
    let product = if express_type_id == 1 { "T4" } else { "T6" };
    let check = Md5::digest(number).iter().take(4).map(|byte| format!("{byte:02x}")).collect::<String>();
    let outlet_code = format!("{}{outlet}", area_of(to));
    json!({
        "waybillNo": number,
        "sourceTransferCode": format!("{}W", area_of(from)),
        "destTransferCode": transfer,
        "destDeptCode": outlet_code,
        "destTeamCode": team,
        "destRouteLabel": format!("{transfer}-{outlet}-{team}"),
        "codingMapping": format!("{}{:02}", letter(hash[3]), hash[4] % 100),
        "codingMappingOut": format!("{}{}", hash[5] % 10, letter(hash[6])),
        "proCode": product,
        "limitTypeCode": product,
        "proName": super::message(&express_type_id.to_string()),
        "abFlag": if hash[7].is_multiple_of(2) { "A" } else { "" },
        "xbFlag": "0",
        "printIcon": "00000000",
        "printFlag": "000000000",
        "twoDimensionCode": format!(
            "MMM={{'k1':'{transfer}','k2':'{outlet_code}','k3':'{team}','k4':'{product}','k5':'{number}','k6':'','k7':'{check}'}}"
        ),
        "checkCode": check,
    })
}
