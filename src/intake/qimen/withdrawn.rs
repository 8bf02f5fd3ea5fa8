//! order.cancel, and returnorder.create to a return that is expected. Nothing of who sends the goods back is kept.

use serde::{Deserialize, Serialize};

use super::{Element, Unusable, needed, unusable};
use crate::domain::id::{OrderNo, Sku};
use crate::intake::value;

/// What an ERP takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// Of an order or of an expected return.
    pub code: String,
    pub reason: String,
}

/// Goods that a buyer sends back, as the ERP announces them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedReturn {
    pub return_no: String,
    /// The order that they were sent with.
    pub order_no: OrderNo,
    /// The ERP's code of the warehouse.
    pub warehouse: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_type: Option<String>,
    /// As the ERP writes it: others than ours bring parcels back too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub lines: Vec<ExpectedLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedLine {
    pub sku: Sku,
    pub quantity: u32,
}

/// Of a whole order; a part of one would be cancelled whole by whoever reads no further.
pub fn cancel(request: &Element) -> Result<Cancel, Unusable> {
    let code = needed(request, "orderCode")?;
    if let Some(part) = request.listed("subSourceOrders", "subSourceOrder").next() {
        let part = part.text_of("subSourceOrderCode").unwrap_or_default();
        return Err(unusable(
            "subSourceOrders",
            part,
            "thing to cancel alone: cancel the whole order, and send a new one",
        ));
    }
    Ok(Cancel { code: code.to_owned(), reason: request.text_of("cancelReason").unwrap_or_default().to_owned() })
}

pub fn expected_return(request: &Element) -> Result<ExpectedReturn, Unusable> {
    let head = request.child("returnOrder").ok_or(Unusable::Missing("returnOrder"))?;
    let line = |given: &Element| {
        let quantity = needed(given, "planQty")?;
        let quantity = value::count(quantity).ok_or_else(|| unusable("planQty", quantity, "whole number"))?;
        Ok(ExpectedLine { sku: needed(given, "itemCode")?.into(), quantity })
    };
    let lines = request.listed("orderLines", "orderLine").map(line).collect::<Result<Vec<_>, Unusable>>()?;
    if lines.is_empty() {
        return Err(Unusable::Missing("orderLines"));
    }
    let text = |name: &str| head.text_of(name).map(str::to_owned);
    Ok(ExpectedReturn {
        return_no: needed(head, "returnOrderCode")?.to_owned(),
        order_no: needed(head, "preDeliveryOrderCode")?.into(),
        warehouse: needed(head, "warehouseCode")?.to_owned(),
        return_type: text("orderType"),
        carrier: text("logisticsCode"),
        number: text("expressCode"),
        reason: text("returnReason"),
        lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::qimen::read;

    #[test]
    fn a_part_of_an_order_is_not_cancelled() {
        let request = |more: &str| {
            let text = format!("<request><orderCode>D1</orderCode><cancelReason>退款</cancelReason>{more}</request>");
            cancel(&read(text.as_bytes()).expect("XML"))
        };
        assert_eq!(request(""), Ok(Cancel { code: "D1".into(), reason: "退款".into() }));
        let part = "<subSourceOrders><subSourceOrder><subSourceOrderCode>9</subSourceOrderCode></subSourceOrder></subSourceOrders>";
        let error = request(part).expect_err("a part").to_string();
        assert!(error.starts_with("subSourceOrders `9` is no thing to cancel alone"), "{error}");
    }

    #[test]
    fn a_return_is_read_without_who_sends_it() {
        let text = "<request><returnOrder><returnOrderCode>R1</returnOrderCode><warehouseCode>W1</warehouseCode>\
            <preDeliveryOrderCode>D1</preDeliveryOrderCode><logisticsCode>YTO</logisticsCode><expressCode>YT9</expressCode>\
            <senderInfo><name>王小明</name><mobile>13800001234</mobile></senderInfo></returnOrder>\
            <orderLines><orderLine><itemCode>T01</itemCode><planQty>1</planQty></orderLine></orderLines></request>";
        let found = expected_return(&read(text.as_bytes()).expect("XML")).expect("good");
        assert_eq!((found.return_no.as_str(), found.order_no.as_str()), ("R1", "D1"));
        assert_eq!(
            (found.carrier.as_deref(), found.number.as_deref(), found.lines.len()),
            (Some("YTO"), Some("YT9"), 1)
        );
        let kept = serde_json::to_string(&found).expect("plain data");
        assert!(!kept.contains("王小明") && !kept.contains("1380000"), "{kept}");
        let bare = text.replace("<preDeliveryOrderCode>D1</preDeliveryOrderCode>", "");
        let error = expected_return(&read(bare.as_bytes()).expect("XML")).expect_err("bare").to_string();
        assert!(error.starts_with("preDeliveryOrderCode is missing"), "{error}");
    }
}
