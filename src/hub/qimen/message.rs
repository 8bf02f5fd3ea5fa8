//! What an ERP is told, as XML: orderprocess.report (apiId 26003), itemlack.report (27275), and deliveryorder.confirm, whose page
//! is not public but whose fields stand in deliveryorder.query's answer (24690) and in the platform's generated clients.

use jiff::Timestamp;

use super::lack::Lack;
use crate::domain::id::Sku;
use crate::domain::order::{CarrierCode, Line, LineStatus};
use crate::intake::qimen::Form;

/// An order as its ERP knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct About {
    pub order_no: String,
    pub customer: String,
    pub order_type: String,
    pub warehouse: String,
    pub owner: Option<String>,
}

/// A parcel that left.
pub(super) struct Left {
    pub parcel_id: String,
    pub carrier: CarrierCode,
    pub number: String,
    pub weight_g: Option<u32>,
    pub at_us: i64,
    pub operator: Option<String>,
    /// What of the order it carries.
    pub goods: Vec<(Sku, u32)>,
}

/// XML that is being written; whatever stands in it is escaped.
struct Xml(String);

impl Xml {
    fn text(&mut self, name: &str, value: &str) {
        // XML has no place for control characters, not even escaped.
        let value: String = value.chars().filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r')).collect();
        let value = quick_xml::escape::escape(value.as_str());
        self.0.push_str(&format!("<{name}>{value}</{name}>"));
    }

    fn maybe(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    fn within(&mut self, name: &str, write: impl FnOnce(&mut Xml)) {
        self.0.push_str(&format!("<{name}>"));
        write(self);
        self.0.push_str(&format!("</{name}>"));
    }
}

fn document(root: &str, write: impl FnOnce(&mut Xml)) -> String {
    let mut xml = Xml("<?xml version=\"1.0\" encoding=\"utf-8\"?>".to_owned());
    xml.within(root, write);
    xml.0
}

/// What a message of theirs is answered with.
pub(super) fn answer(flag: &str, code: &str, message: &str, more: &[(&str, &str)]) -> String {
    document("response", |xml| {
        xml.text("flag", flag);
        xml.text("code", code);
        xml.text("message", message);
        more.iter().for_each(|(name, value)| xml.text(name, value));
    })
}

/// A time as Qimen writes it, without a zone.
pub(super) fn time(at_us: i64, form: &Form) -> String {
    let at = Timestamp::from_microsecond(at_us).unwrap_or_default();
    at.to_zoned(form.zone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

pub(super) fn process(about: &About, form: &Form, status: &str, operator: Option<&str>, at_us: i64) -> String {
    document("request", |xml| {
        xml.within("order", |xml| {
            xml.text("orderCode", &about.order_no);
            xml.text("orderId", &about.order_no);
            xml.text("orderType", &about.order_type);
            xml.text("warehouseCode", &about.warehouse);
            xml.maybe("ownerCode", about.owner.as_deref());
        });
        xml.within("process", |xml| {
            xml.text("processStatus", status);
            xml.maybe("operatorCode", operator);
            xml.text("operateTime", &time(at_us, form));
        });
    })
}

pub(super) fn lack(about: &About, form: &Form, lacks: &[Lack], id: &str, at_us: i64) -> String {
    document("request", |xml| {
        xml.text("warehouseCode", &about.warehouse);
        xml.text("deliveryOrderCode", &about.order_no);
        xml.text("deliveryOrderId", &about.order_no);
        xml.text("createTime", &time(at_us, form));
        xml.text("outBizCode", id);
        xml.within("items", |xml| {
            for lack in lacks {
                xml.within("item", |xml| {
                    xml.text("itemCode", lack.sku.as_str());
                    xml.text("inventoryType", &form.inventory_type);
                    xml.text("planQty", &lack.planned.to_string());
                    xml.text("lackQty", &lack.lacking.to_string());
                    xml.text("reason", &form.lack_reason);
                });
            }
        });
    })
}

/// All parcels of the order have left, so this confirmation is the last one.
pub(super) fn confirm(about: &About, form: &Form, left: &[Left], lines: &[Line]) -> String {
    let last = left.iter().max_by_key(|left| left.at_us).expect("an order that left has a parcel");
    let at = time(last.at_us, form);
    document("request", |xml| {
        xml.within("deliveryOrder", |xml| {
            xml.text("deliveryOrderCode", &about.order_no);
            xml.text("deliveryOrderId", &about.order_no);
            xml.text("warehouseCode", &about.warehouse);
            xml.text("orderType", &about.order_type);
            xml.text("status", &form.confirm.shipped);
            xml.text("outBizCode", &format!("{}-{}", about.order_no, left[0].parcel_id));
            xml.text("confirmType", "0");
            xml.text("orderConfirmTime", &at);
            xml.maybe("operatorCode", last.operator.as_deref());
            xml.text("operateTime", &at);
        });
        xml.within("packages", |xml| {
            left.iter().for_each(|left| xml.within("package", |xml| package(xml, form, left)));
        });
        xml.within("orderLines", |xml| {
            let lines = lines.iter().enumerate();
            lines.for_each(|(index, line)| xml.within("orderLine", |xml| sent_line(xml, about, form, index, line)));
        });
    })
}

/// A return that was inspected.
pub(super) struct Back<'a> {
    pub return_no: &'a str,
    pub order_type: &'a str,
    pub warehouse: &'a str,
    pub order_no: &'a str,
    pub carrier: Option<&'a str>,
    pub number: Option<&'a str>,
    pub reason: Option<&'a str>,
    pub operator: Option<&'a str>,
    pub at_us: i64,
    /// Under which this confirmation is known: another one of the same return has another.
    pub id: &'a str,
    pub lines: Vec<BackLine<'a>>,
}

pub(super) struct BackLine<'a> {
    pub sku: &'a Sku,
    pub inventory_type: &'a str,
    pub planned: u32,
    pub found: u32,
}

/// returnorder.confirm
pub(super) fn returned(form: &Form, back: &Back<'_>) -> String {
    document("request", |xml| {
        xml.within("returnOrder", |xml| {
            xml.text("returnOrderCode", back.return_no);
            xml.text("returnOrderId", back.return_no);
            xml.text("warehouseCode", back.warehouse);
            xml.text("outBizCode", back.id);
            xml.text("orderType", back.order_type);
            xml.text("orderConfirmTime", &time(back.at_us, form));
            xml.maybe("logisticsCode", back.carrier);
            xml.maybe("expressCode", back.number);
            xml.maybe("returnReason", back.reason);
            xml.maybe("operatorCode", back.operator);
        });
        xml.within("orderLines", |xml| {
            for (index, line) in back.lines.iter().enumerate() {
                xml.within("orderLine", |xml| {
                    xml.text("orderLineNo", &(index + 1).to_string());
                    xml.text("sourceOrderCode", back.order_no);
                    xml.text("itemCode", line.sku.as_str());
                    xml.text("inventoryType", line.inventory_type);
                    xml.text("planQty", &line.planned.to_string());
                    xml.text("actualQty", &line.found.to_string());
                });
            }
        });
    })
}

fn package(xml: &mut Xml, form: &Form, left: &Left) {
    xml.text("logisticsCode", &form.logistics_code(left.carrier));
    xml.text("expressCode", &left.number);
    xml.text("packageCode", &left.parcel_id);
    // Kilograms, in grams' precision.
    let weight = left.weight_g.map(|grams| format!("{}.{:03}", grams / 1000, grams % 1000));
    xml.maybe("weight", weight.as_deref());
    xml.within("items", |xml| {
        for (sku, quantity) in &left.goods {
            xml.within("item", |xml| {
                xml.text("itemCode", sku.as_str());
                xml.text("quantity", &quantity.to_string());
            });
        }
    });
}

fn sent_line(xml: &mut Xml, about: &About, form: &Form, index: usize, line: &Line) {
    let actual = if line.status == LineStatus::Open { line.quantity } else { 0 };
    xml.text("orderLineNo", line.line_no.as_deref().unwrap_or(&(index + 1).to_string()));
    xml.maybe("ownerCode", about.owner.as_deref());
    xml.text("itemCode", line.sku.as_str());
    xml.text("itemName", &line.name);
    xml.text("inventoryType", &form.inventory_type);
    xml.text("planQty", &line.quantity.to_string());
    xml.text("actualQty", &actual.to_string());
    xml.maybe("batchCode", line.lot.as_deref());
}
