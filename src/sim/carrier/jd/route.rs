//! How JD sorts a parcel: the same every time for the same address.

use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::word;

/// The end marks of a province's, a city's and a district's name.
const PROVINCE: char = '\u{7701}';
const CITY: char = '\u{5e02}';
const DISTRICT: char = '\u{533a}';

/// `presortResult` and `faceSheetInfo` of a parcel between two full addresses.
pub(super) fn of(from: &str, to: &str) -> (Value, Value) {
    let [source, target] = [from, to].map(city);
    let [leaves, arrives] = [from, to].map(|address| Md5::digest(city(address)));
    let place = Md5::digest(to);
    let station = district(to);
    let station = format!("{target}{station}{}", word("station"));
    let road = format!("{:03}", u16::from(place[0]) % 200 + 1);
    let presort = json!({
        "startStationNo": format!("{:06}", u32::from(leaves[0]) * 1_000 + u32::from(leaves[1])),
        "endStationNo": format!("{:06}", u32::from(place[1]) * 1_000 + u32::from(place[2])),
        "endStationName": station,
        "endRoadArea": road,
        "endAoiCode": format!("{:03}", place[3]),
    });
    let cross = |hash: &[u8]| format!("{}-{}", u16::from(hash[2]) * 3 + 10, hash[3] % 40 + 1);
    let trolley = |hash: &[u8]| format!("{:02}-S{}", hash[4] % 30, hash[5] % 9 + 1);
    let sheet = json!({
        "sourceSortCenterName": format!("{source}{}", word("centre")),
        "originalCrossCode": cross(&leaves),
        "originalTabletrolleyCode": trolley(&leaves),
        "targetSortCenterName": format!("{target}{}", word("centre")),
        "destinationCrossCode": cross(&arrives),
        "destinationTabletrolleyCode": trolley(&arrives),
        "endSiteName": station,
        "road": road,
        "collectionAddress": format!("{target}{}", word("bag")),
        "distributeCode": "",
        "coverCode": if place[4].is_multiple_of(2) { "T" } else { "" },
        "agingName": word("aging"),
        "transType": "1",
        "isHideName": 1,
        "isHideContractNumbers": 1,
        "qrcodeUrl": format!("https://qr.example/{:02x}{:02x}{:02x}", place[5], place[6], place[7]),
    });
    (presort, sheet)
}

/// 深圳 of 广东省深圳市南山区…, 上海 of 上海市闵行区…; a few characters of what has no such name.
fn city(address: &str) -> String {
    let behind = address.split_once(PROVINCE).map_or(address, |(_, rest)| rest);
    match behind.split_once(CITY) {
        Some((city, _)) => city.to_owned(),
        None => behind.chars().take(3).collect(),
    }
}

fn district(address: &str) -> String {
    let behind = address.split_once(CITY).map_or(address, |(_, rest)| rest);
    behind.split_once(DISTRICT).map_or_else(String::new, |(district, _)| district.to_owned())
}
