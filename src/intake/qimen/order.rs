//! deliveryorder.create to an order. What can be read and not sent is a doubt of the order, which waits with it.

use jiff::Timestamp;
use jiff::civil::Date;

use super::form::{Fields, Form};
use super::{Element, Unusable, Whose, is_yes, needed, unusable};
use crate::domain::hold::Hold;
use crate::domain::order::{
    CarrierCode, Line, LineStatus, Order, Party, SealedReceiver, SuppliedWaybill, WaybillSource,
};
use crate::intake::gifts::Gifts;
use crate::intake::receiver::Written;
use crate::intake::value;

/// An order with what its ERP wants to hear with every answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub order: Order,
    pub order_type: String,
    /// The ERP's code of the warehouse.
    pub warehouse: String,
    pub owner: Option<String>,
}

pub fn delivery(request: &Element, form: &Form, gifts: &Gifts, whose: &Whose<'_>) -> Result<Delivery, Unusable> {
    let head = request.child("deliveryOrder").ok_or(Unusable::Missing("deliveryOrder"))?;
    let order_no = needed(head, "deliveryOrderCode")?;
    let warehouse = needed(head, "warehouseCode")?;
    let given = request.listed("orderLines", "orderLine").collect::<Vec<_>>();
    let mut lines = given.iter().map(|line| self::line(line, form)).collect::<Result<Vec<_>, _>>()?;
    if lines.is_empty() {
        return Err(Unusable::Missing("orderLines"));
    }
    let mut doubts = Vec::new();
    let note = head.text_of("sellerMessage").unwrap_or_default();
    let in_note = gifts.in_note(note, &form.gift_note).unwrap_or_else(|code| {
        doubts.push(Hold::Gift { code });
        Vec::new()
    });
    let amount_fen = amount(head, &lines, &form.fields)?;
    let gift_set = gifts.settle(in_note, &mut lines);
    let waybill = waybill(head, form).unwrap_or_else(|doubt| {
        doubts.push(doubt);
        None
    });
    let (receiver, receiver_sealed) = receiver(head, form, order_no)?;
    let text = |name: &str| head.text_of(name).map(str::to_owned);
    let order = Order {
        order_no: order_no.into(),
        revision: 0,
        channel: form.channel.clone(),
        shop: whose.shop.or(head.first_of(&form.fields.shop).map(|(_, shop)| shop)).unwrap_or(&form.channel).to_owned(),
        paid_at: paid_at(head, form)?,
        ship_by: None,
        buyer: text("buyerNick"),
        receiver,
        receiver_sealed,
        lines,
        gift_set,
        amount_fen,
        tags: Vec::new(),
        buyer_note: text("buyerMessage"),
        seller_note: text("sellerMessage"),
        warehouse: whose.warehouse_of(warehouse, form)?,
        carrier: carrier(head, form),
        service: None,
        services: Vec::new(),
        merge_key: None,
        waybill,
        doubts,
    };
    let owner = head.text_of("ownerCode").or_else(|| given.iter().find_map(|line| line.text_of("ownerCode")));
    Ok(Delivery {
        order,
        order_type: needed(head, "orderType")?.to_owned(),
        warehouse: warehouse.to_owned(),
        owner: owner.map(str::to_owned),
    })
}

fn line(given: &Element, form: &Form) -> Result<Line, Unusable> {
    let (sku, quantity) = (needed(given, "itemCode")?, needed(given, "planQty")?);
    let price = match given.first_of(&form.fields.price) {
        Some((field, text)) => Some(value::fen(text).ok_or_else(|| unusable(field, text, "amount in yuan"))?),
        None => None,
    };
    let expires_on = given
        .text_of("expireDate")
        .map(|text| Date::strptime("%Y-%m-%d", text).map_err(|_| unusable("expireDate", text, "date like 2026-02-18")));
    Ok(Line {
        line_no: given.text_of("orderLineNo").map(str::to_owned),
        sku: sku.into(),
        name: given.text_of("itemName").unwrap_or(sku).to_owned(),
        quantity: value::count(quantity).ok_or_else(|| unusable("planQty", quantity, "whole number"))?,
        price_fen: price.unwrap_or(0),
        gift: price == Some(0) || given.first_of(&form.fields.gift).is_some_and(|(_, text)| is_yes(text)),
        status: LineStatus::Open,
        bin: None,
        lot: given.first_of(&form.fields.lot).map(|(_, lot)| lot.to_owned()),
        expires_on: expires_on.transpose()?,
    })
}

fn amount(head: &Element, lines: &[Line], fields: &Fields) -> Result<i64, Unusable> {
    if let Some((field, text)) = head.first_of(&fields.amount) {
        return value::fen(text).ok_or_else(|| unusable(field, text, "amount in yuan"));
    }
    let sum = lines.iter().try_fold(0_i64, |sum, line| {
        line.price_fen.checked_mul(i64::from(line.quantity)).and_then(|amount| sum.checked_add(amount))
    });
    sum.ok_or_else(|| unusable("orderLines", "", "amount in yuan"))
}

fn paid_at(head: &Element, form: &Form) -> Result<Timestamp, Unusable> {
    let (field, text) = head.first_of(&form.fields.paid_at).ok_or(Unusable::Missing("payTime"))?;
    super::time(text, form).ok_or_else(|| unusable(field, text, "time like 2026-02-18 14:22:05"))
}

/// The one the ERP wants, if it names one of ours; others come with a number and are a doubt of it.
fn carrier(head: &Element, form: &Form) -> Option<CarrierCode> {
    form.carriers.get(head.text_of("logisticsCode")?).copied()
}

fn waybill(head: &Element, form: &Form) -> Result<Option<SuppliedWaybill>, Hold> {
    let code = head.text_of("logisticsCode").unwrap_or_default();
    let is_free = code.is_empty() || form.any_carrier.iter().any(|any| any == code);
    match (head.text_of("expressCode"), form.carriers.get(code)) {
        (Some(number), Some(&carrier)) => Ok(Some(SuppliedWaybill {
            carrier,
            number: number.to_owned(),
            source: WaybillSource::Erp,
            routing: None,
            print: None,
        })),
        (None, Some(_)) => Ok(None),
        (None, None) if is_free => Ok(None),
        // Another carrier than the ERP's is nobody's to choose.
        (_, None) => Err(Hold::WaybillCarrier { carrier: code.to_owned() }),
    }
}

fn receiver(head: &Element, form: &Form, order_no: &str) -> Result<(Option<Party>, Option<SealedReceiver>), Unusable> {
    let Some(given) = head.child("receiverInfo") else { return Err(Unusable::Missing("receiverInfo")) };
    let text = |name: &str| given.text_of(name).unwrap_or_default().to_owned();
    let written = Written {
        name: text("name"),
        phone: given.first_of(&form.fields.phone).map_or(String::new(), |(_, phone)| phone.to_owned()),
        province: text("province"),
        city: text("city"),
        district: text("area"),
        town: text("town"),
        address: text("detailAddress"),
    };
    if let Some((_, token)) = given.first_of(&form.fields.sealed) {
        let sealed = written.sealed(&form.channel, order_no);
        return Ok((None, Some(SealedReceiver { token: token.to_owned(), ..sealed })));
    }
    if written.is_sealed() {
        return Ok((None, Some(written.sealed(&form.channel, order_no))));
    }
    let company = given.text_of("company").map(str::to_owned);
    let postcode = given.text_of("zipCode").map(str::to_owned);
    let party = written.open();
    Ok((Some(Party { company, postcode: postcode.or(party.postcode.clone()), ..party }), None))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::intake::qimen::read;

    const HEAD: &str = "<deliveryOrderCode>D1</deliveryOrderCode><orderType>JYCK</orderType><warehouseCode>W1</warehouseCode>\
        <payTime>2026-02-18 14:22:05</payTime><shopNick>云上茶</shopNick><totalAmount>12.50</totalAmount>\
        <receiverInfo><name>王小明</name><mobile>13800001234</mobile><province>浙江省</province><city>杭州市</city>\
        <area>余杭区</area><detailAddress>文一西路969号3幢201室</detailAddress></receiverInfo>";
    const LINE: &str = "<orderLine><orderLineNo>7</orderLineNo><ownerCode>O1</ownerCode><itemCode>T01</itemCode>\
        <itemName>红茶</itemName><planQty>2</planQty><actualPrice>6.25</actualPrice></orderLine>";

    fn read_order(head: &str, lines: &str) -> Result<Delivery, Unusable> {
        let text = format!("<request><deliveryOrder>{head}</deliveryOrder><orderLines>{lines}</orderLines></request>");
        let warehouses = BTreeMap::from([("W1".to_owned(), "SZ".to_owned())]);
        let whose = Whose { shop: None, warehouse: Some("HZ"), warehouses: &warehouses };
        delivery(&read(text.as_bytes()).expect("XML"), &Form::builtin(), &Gifts::builtin(), &whose)
    }

    #[test]
    fn an_order_is_read_with_its_lines_money_and_warehouse() {
        let gift = LINE.replace("T01", "A01").replace("6.25", "0.00").replace(">7<", ">8<");
        let Delivery { order, order_type, warehouse, owner } =
            read_order(HEAD, &format!("{LINE}{gift}")).expect("good");
        assert_eq!((order_type.as_str(), warehouse.as_str(), owner.as_deref()), ("JYCK", "W1", Some("O1")));
        assert_eq!(order.paid_at.to_string(), "2026-02-18T06:22:05Z");
        assert_eq!((order.amount_fen, order.shop.as_str(), order.warehouse.as_deref()), (1250, "云上茶", Some("SZ")));
        let lines: Vec<_> =
            order.lines.iter().map(|l| (l.line_no.as_deref(), l.quantity, l.price_fen, l.gift)).collect();
        assert_eq!(lines, [(Some("7"), 2, 625, false), (Some("8"), 2, 0, true)]);
        assert_eq!(order.gift_set.as_deref(), Some("A01"));
        assert_eq!(order.all_doubts(), []);
        let anywhere = read_order(&HEAD.replace("W1", "OTHER"), LINE).expect("good").order;
        assert_eq!(anywhere.warehouse.as_deref(), Some("HZ"));
    }

    #[test]
    fn a_number_comes_with_its_carrier_or_the_order_waits() {
        let with = |more: &str| read_order(&format!("{HEAD}{more}"), LINE).expect("it is read").order;
        let sf = with("<logisticsCode>SF</logisticsCode><expressCode>SF0000000000001</expressCode>");
        let waybill = sf.waybill.expect("supplied");
        assert_eq!((waybill.carrier, waybill.number.as_str()), (CarrierCode::Sf, "SF0000000000001"));
        let wanted = with("<logisticsCode>JD</logisticsCode>");
        assert_eq!((wanted.carrier, wanted.waybill, wanted.doubts), (Some(CarrierCode::Jd), None, vec![]));
        let free = with("<logisticsCode>OTHER</logisticsCode>");
        assert_eq!((free.carrier, free.waybill, free.doubts), (None, None, vec![]));
        let other = with("<logisticsCode>YTO</logisticsCode><expressCode>YT1</expressCode>");
        assert_eq!((other.waybill, other.doubts), (None, vec![Hold::WaybillCarrier { carrier: "YTO".into() }]));
    }

    #[test]
    fn what_cant_be_read_names_its_field() {
        for (head, lines, says) in [
            (HEAD.replace("D1", ""), LINE.to_owned(), "deliveryOrderCode is missing"),
            (HEAD.replace("W1", "W9"), LINE.to_owned(), "warehouseCode `W9` is none of this customer's"),
            (HEAD.replace("14:22:05", "later"), LINE.to_owned(), "payTime `2026-02-18 later` is no time"),
            (HEAD.replace("12.50", "12.505"), LINE.to_owned(), "totalAmount `12.505` is no amount in yuan"),
            (HEAD.to_owned(), String::new(), "orderLines is missing"),
            (HEAD.to_owned(), LINE.replace("T01", ""), "itemCode is missing"),
            (HEAD.to_owned(), LINE.replace(">2<", ">two<"), "planQty `two` is no whole number"),
            (HEAD.to_owned(), LINE.replace("6.25", "six"), "actualPrice `six` is no amount in yuan"),
            (HEAD.replace("receiverInfo", "to"), LINE.to_owned(), "receiverInfo is missing"),
        ] {
            let error = read_order(&head, &lines).expect_err(says).to_string();
            assert!(error.starts_with(says), "{error}");
        }
    }

    #[test]
    fn a_sealed_receiver_stays_sealed() {
        let sealed = HEAD.replace("王小明", "王**").replace("<name>", "<oaid>1f2e</oaid><name>");
        let order = read_order(&sealed, LINE).expect("good").order;
        let receiver = order.receiver_sealed.expect("sealed");
        assert_eq!((receiver.token.as_str(), receiver.masked.name.as_str(), order.receiver), ("1f2e", "王**", None));
    }
}
