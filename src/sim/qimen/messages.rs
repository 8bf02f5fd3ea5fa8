//! The messages an ERP sends, as the platform's pages write them.

/// A line of an order, or goods that come back.
#[derive(Clone, Debug)]
pub struct Goods {
    pub sku: String,
    pub name: String,
    pub quantity: u32,
    /// Of one piece, in yuan.
    pub price: String,
}

/// An order to be delivered.
#[derive(Clone, Debug)]
pub struct Shipment {
    pub code: String,
    pub warehouse: String,
    pub lines: Vec<Goods>,
    /// In yuan.
    pub total: String,
    /// logisticsCode and expressCode.
    pub waybill: Option<(String, String)>,
    pub receiver: Receiver,
}

#[derive(Clone, Debug)]
pub struct Receiver {
    pub name: String,
    pub mobile: String,
    pub province: String,
    pub city: String,
    pub area: String,
    pub detail: String,
}

fn document(inside: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<request>{inside}</request>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// deliveryorder.create
pub fn order(shipment: &Shipment) -> String {
    let lines: String = shipment.lines.iter().enumerate().map(|(index, goods)| line(index + 1, goods)).collect();
    let waybill = shipment.waybill.as_ref().map_or(String::new(), |(carrier, number)| {
        format!("<logisticsCode>{carrier}</logisticsCode><expressCode>{number}</expressCode>")
    });
    let Receiver { name, mobile, province, city, area, detail } = &shipment.receiver;
    document(&format!(
        "<deliveryOrder><deliveryOrderCode>{}</deliveryOrderCode><orderType>JYCK</orderType><warehouseCode>{}</warehouseCode>\
         <createTime>2026-02-18 14:30:00</createTime><placeOrderTime>2026-02-18 14:20:00</placeOrderTime>\
         <payTime>2026-02-18 14:22:05</payTime><shopNick>sim shop</shopNick><totalAmount>{}</totalAmount>{waybill}\
         <receiverInfo><name>{}</name><mobile>{mobile}</mobile><province>{province}</province><city>{city}</city>\
         <area>{area}</area><detailAddress>{}</detailAddress></receiverInfo></deliveryOrder>\
         <orderLines>{lines}</orderLines>",
        escaped(&shipment.code),
        shipment.warehouse,
        shipment.total,
        escaped(name),
        escaped(detail)
    ))
}

fn line(number: usize, goods: &Goods) -> String {
    format!(
        "<orderLine><orderLineNo>{number}</orderLineNo><ownerCode>sim-owner</ownerCode><itemCode>{}</itemCode>\
         <itemName>{}</itemName><planQty>{}</planQty><actualPrice>{}</actualPrice></orderLine>",
        goods.sku,
        escaped(&goods.name),
        goods.quantity,
        goods.price
    )
}

/// order.cancel
pub fn cancel(code: &str, reason: &str) -> String {
    let reason = escaped(reason);
    document(&format!(
        "<warehouseCode>W1</warehouseCode><orderCode>{code}</orderCode><orderType>JYCK</orderType><cancelReason>{reason}</cancelReason>"
    ))
}

/// singleitem.synchronize; `grams` as kilograms.
pub fn goods(sku: &str, name: &str, barcodes: &str, grams: u32) -> String {
    let name = escaped(name);
    document(&format!(
        "<actionType>add</actionType><warehouseCode>W1</warehouseCode><ownerCode>sim-owner</ownerCode><item>\
         <itemCode>{sku}</itemCode><itemName>{name}</itemName><barCode>{barcodes}</barCode><itemType>ZC</itemType>\
         <grossWeight>{:.3}</grossWeight></item>",
        f64::from(grams) / 1000.0
    ))
}

/// returnorder.create
pub fn returned(code: &str, of: &str, carrier: &str, number: &str, goods: &Goods) -> String {
    document(&format!(
        "<returnOrder><returnOrderCode>{code}</returnOrderCode><warehouseCode>W1</warehouseCode><orderType>THRK</orderType>\
         <preDeliveryOrderCode>{of}</preDeliveryOrderCode><logisticsCode>{carrier}</logisticsCode>\
         <expressCode>{number}</expressCode><senderInfo><name>sim sender</name><mobile>13900000000</mobile></senderInfo>\
         </returnOrder><orderLines><orderLine><itemCode>{}</itemCode><planQty>{}</planQty></orderLine></orderLines>",
        goods.sku, goods.quantity
    ))
}
