//! singleitem.synchronize to an item. What Qimen has no field for, such as how an item is checked, stays as it was.

use super::{Element, Unusable, is_yes, needed, unusable};
use crate::domain::order::{Barcode, Item, ItemCheck, ItemTracks};

/// `known` is the item as it is here already.
pub fn item(request: &Element, known: Option<Item>) -> Result<Item, Unusable> {
    let action = needed(request, "actionType")?;
    if !["add", "update"].contains(&action) {
        return Err(unusable("actionType", action, "action: it is add or update"));
    }
    let given = request.child("item").ok_or(Unusable::Missing("item"))?;
    let sku = needed(given, "itemCode")?;
    let codes = needed(given, "barCode")?.split(';').map(str::trim).filter(|code| !code.is_empty());
    // A carton's barcode is known from elsewhere: here each stands for one piece.
    let cartons = known.iter().flat_map(|item| &item.barcodes).filter(|barcode| barcode.quantity > 1).cloned();
    let mut barcodes: Vec<Barcode> = cartons.collect();
    for code in codes {
        if !barcodes.iter().any(|barcode| barcode.code == code) {
            barcodes.push(Barcode { code: code.to_owned(), quantity: 1 });
        }
    }
    let tracks = tracks(given);
    let check = match known.as_ref().map(|item| item.check) {
        _ if tracks == ItemTracks::Serial => ItemCheck::Serial,
        None | Some(ItemCheck::Serial) => ItemCheck::Each,
        Some(check) => check,
    };
    Ok(Item {
        sku: sku.into(),
        barcodes,
        name: needed(given, "itemName")?.to_owned(),
        short_name: given.text_of("shortName").map(str::to_owned),
        weight_g: thousandths(given, "grossWeight", "weight in kilograms")?,
        tolerance_g: None,
        volume_cm3: thousandths(given, "volume", "volume in litres")?,
        check,
        tracks,
        parts: known.and_then(|item| item.parts),
    })
}

/// The strictest of what the ERP manages; a serial number says more than a lot, a lot more than a date.
fn tracks(given: &Element) -> ItemTracks {
    let managed = |name: &str| given.text_of(name).is_some_and(is_yes);
    if managed("isSNMgmt") {
        ItemTracks::Serial
    } else if managed("isBatchMgmt") {
        ItemTracks::Lot
    } else if managed("isShelfLifeMgmt") {
        ItemTracks::Expiry
    } else {
        ItemTracks::None
    }
}

/// Kilograms to grams, litres to cubic centimetres; nothing says that it isn't known.
fn thousandths(given: &Element, name: &'static str, what: &'static str) -> Result<Option<u32>, Unusable> {
    let Some(text) = given.text_of(name) else { return Ok(None) };
    let value: f64 = text.parse().map_err(|_| unusable(name, text, what))?;
    if !(0.0..=1_000_000.0).contains(&value) {
        return Err(unusable(name, text, what));
    }
    let whole = (value * 1000.0).round() as u32;
    Ok((whole > 0).then_some(whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::qimen::read;

    fn read_item(fields: &str, known: Option<Item>) -> Result<Item, Unusable> {
        let text = format!(
            "<request><actionType>update</actionType><warehouseCode>W1</warehouseCode><item><itemCode>T01</itemCode>\
             <itemName>红茶</itemName>{fields}</item></request>"
        );
        item(&read(text.as_bytes()).expect("XML"), known)
    }

    #[test]
    fn barcodes_weights_and_what_is_tracked_are_read() {
        let fields = "<barCode>6901;6902 ;6901</barCode><grossWeight>0.305</grossWeight><isBatchMgmt>Y</isBatchMgmt>\
                      <isShelfLifeMgmt>Y</isShelfLifeMgmt><isSNMgmt>N</isSNMgmt>";
        let item = read_item(fields, None).expect("good");
        let codes: Vec<_> = item.barcodes.iter().map(|barcode| (barcode.code.as_str(), barcode.quantity)).collect();
        assert_eq!(codes, [("6901", 1), ("6902", 1)]);
        assert_eq!((item.weight_g, item.tracks, item.check), (Some(305), ItemTracks::Lot, ItemCheck::Each));
        let serial = read_item("<barCode>6901</barCode><isSNMgmt>Y</isSNMgmt>", None).expect("good");
        assert_eq!((serial.weight_g, serial.tracks, serial.check), (None, ItemTracks::Serial, ItemCheck::Serial));
    }

    #[test]
    fn what_qimen_has_no_field_for_stays() {
        let mut known = read_item("<barCode>6901</barCode>", None).expect("good");
        known.check = ItemCheck::OnceAndCount;
        known.barcodes.push(Barcode { code: "16901".into(), quantity: 6 });
        let item = read_item("<barCode>6903</barCode>", Some(known)).expect("good");
        let codes: Vec<_> = item.barcodes.iter().map(|barcode| (barcode.code.as_str(), barcode.quantity)).collect();
        assert_eq!((item.check, codes), (ItemCheck::OnceAndCount, vec![("16901", 6), ("6903", 1)]));
    }

    #[test]
    fn what_cant_be_read_names_its_field() {
        for (fields, says) in [
            ("", "barCode is missing"),
            ("<barCode>1</barCode><grossWeight>heavy</grossWeight>", "grossWeight `heavy` is no weight in kilograms"),
            ("<barCode>1</barCode><grossWeight>-1</grossWeight>", "grossWeight `-1` is no weight"),
        ] {
            let error = read_item(fields, None).expect_err(says).to_string();
            assert!(error.starts_with(says), "{error}");
        }
    }
}
