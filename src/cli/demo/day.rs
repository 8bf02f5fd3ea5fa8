//! A sample day in the channels' own export format: what a shop's staff would download. Every person is invented; times
//! are relative to the start, so that the day is always today's.

use std::fmt::Write;

use jiff::Zoned;
use milepost::intake::SourceFile;

/// Sku, barcode, name, short name, weight in grams.
const GOODS: &[(&str, &str, &str, &str, u32)] = &[
    ("T01", "6901234567892", "云上滇红茶 特级 200g", "红茶", 230),
    ("T02", "6901234567908", "云上龙井绿茶 明前 100g", "绿茶", 120),
    ("T03", "6901234567915", "云上福鼎白茶 寿眉 350g", "白茶", 380),
    ("T04", "6901234567960", "云上茉莉花茶 150g", "花茶", 170),
    ("A01", "6901234567922", "安抚巾", "安抚巾", 40),
    ("A02", "6901234567939", "收纳袋", "收纳袋", 60),
];

const NAMES: &[&str] = &["王小明", "李婷", "赵𠮷", "欧阳娜娜", "阿依古丽·买买提", "陈㛃", "周杰", "吴桐"];
const ADDRESSES: &[&str] = &[
    "浙江省 杭州市 余杭区 文一西路969号3幢201室(311121)",
    "上海 上海市 闵行区 申贵路1500号7楼702室(201101)",
    "广东省 广州市 天河区 体育西路123号A座1802(510620)",
    "四川省 成都市 武侯区 天府大道北段1700号2单元903(610041)",
    "北京 北京市 朝阳区 建国路88号1号楼2502(100022)",
    "新疆维吾尔自治区 乌鲁木齐市 天山区 解放北路15号601(830002)",
];

/// What becomes of an order beyond being packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Plain,
    /// Closed by the buyer before the export: never comes in.
    Closed,
    /// No gift set at 599 yuan: held.
    NoGiftSet,
    /// Cancelled before it is packed.
    RefundedInTime,
    /// Cancelled between packing and the dock.
    RefundedLate,
    /// Its lines change in a second export.
    Revised,
}

#[derive(Clone, Debug)]
pub struct DayOrder {
    pub order_no: String,
    pub fate: Fate,
    /// Its label is printed in a wave, before picking.
    pub wave: bool,
    /// It needs one piece of goods, which chooses it at the bench.
    pub single: bool,
    /// The number the ERP already holds for it.
    pub number: Option<String>,
    buyer: usize,
    lines: Vec<(usize, u32)>,
    paid_minutes_ago: i64,
}

pub struct Day {
    pub orders: Vec<DayOrder>,
    now: Zoned,
}

impl Day {
    /// `count` orders, the same ones every time but for their dates.
    pub fn new(count: usize, now: Zoned) -> Day {
        let mut orders = Vec::with_capacity(count);
        for index in 0..count {
            let fate = match index % 30 {
                3 => Fate::Closed,
                7 => Fate::NoGiftSet,
                11 => Fate::RefundedInTime,
                17 => Fate::RefundedLate,
                23 => Fate::Revised,
                _ => Fate::Plain,
            };
            // Each tenth order is the one before it once more: one buyer, one address, one parcel.
            let buyer = if index % 10 == 9 { index - 1 } else { index };
            let mut lines = vec![(index % 4, 1 + (index % 3) as u32)];
            if index % 3 == 0 {
                lines.push(((index + 1) % 4, 1));
            }
            if index % 6 == 0 {
                lines.push(((index + 2) % 4, 2));
            }
            let single = index % 10 == 5;
            if single {
                lines = vec![(index % 4, 1)];
            }
            let wave = index % 2 == 0;
            let supplied = index % 20 == 4;
            orders.push(DayOrder {
                order_no: format!("{}{index:06}", now.strftime("19%y%m%d")),
                fate,
                wave,
                single,
                number: supplied.then(|| format!("SF1{:012}", 500_000 + index)),
                buyer,
                lines,
                paid_minutes_ago: 360 - (index * 355 / count) as i64,
            });
        }
        Day { orders, now }
    }

    /// The barcode of the one piece that an order needs, if it needs no more.
    pub fn single_goods(&self, order_no: &str) -> Option<&'static str> {
        let order = self.orders.iter().find(|order| order.single && order.order_no == order_no)?;
        Some(GOODS[order.lines[0].0].1)
    }

    /// The barcode of goods by what a screen calls them.
    pub fn barcode(short_name: &str) -> Option<&'static str> {
        GOODS.iter().find(|goods| goods.3 == short_name).map(|goods| goods.1)
    }

    pub fn items_csv(&self) -> SourceFile {
        let mut text = String::from("sku,barcodes,name,short_name,weight_g\n");
        for (sku, barcode, name, short, weight) in GOODS {
            let _ = writeln!(text, "{sku},{barcode},{name},{short},{weight}");
        }
        SourceFile { name: "items.csv".into(), bytes: text.into_bytes() }
    }

    /// Tmall's two files in GB18030. `revised` is the second export of the day.
    pub fn exports(&self, revised: bool) -> Vec<SourceFile> {
        let mut orders = String::from(
            "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,买家留言,收货人姓名,收货地址 ,运送方式,联系手机,订单创建时间,订单付款时间 ,物流单号 ,物流公司,订单备注,宝贝总数量,店铺名称\r\n",
        );
        let mut lines = String::from("订单编号,标题,价格,购买数量,外部系统编号,商品属性,备注,订单状态,商家编码\r\n");
        for order in self.orders.iter().filter(|order| !revised || order.fate == Fate::Revised) {
            self.write(&mut orders, &mut lines, order, revised);
        }
        let encoded = |name: &str, text: &str| SourceFile {
            name: name.into(),
            bytes: encoding_rs::GB18030.encode(text).0.into_owned(),
        };
        vec![encoded("ExportOrderList.csv", &orders), encoded("ExportOrderDetailList.csv", &lines)]
    }

    fn write(&self, orders: &mut String, lines: &mut String, order: &DayOrder, revised: bool) {
        let mut goods = order.lines.clone();
        if revised {
            goods.push((3, 1));
        }
        let price = |index: usize| 50 + 30 * index as u32;
        let mut amount: u32 = goods.iter().map(|(index, quantity)| price(*index) * quantity).sum();
        let mut remark = String::new();
        if order.fate == Fate::NoGiftSet {
            amount = 699;
        } else if order.buyer.is_multiple_of(8) {
            amount = amount.max(650);
            remark = "赠品组合:A01+A02".into();
        }
        let status = if order.fate == Fate::Closed { "交易关闭" } else { "买家已付款，等待卖家发货" };
        let paid = self.now.checked_sub(jiff::Span::new().minutes(order.paid_minutes_ago)).unwrap_or(self.now.clone());
        let paid = paid.strftime("%Y-%m-%d %H:%M:%S");
        let pieces: u32 = goods.iter().map(|(_, quantity)| quantity).sum();
        let _ = write!(
            orders,
            "=\"{no}\",buyer{buyer},{amount}.00,{amount}.00,{status},,{name},{address},快递,'138{phone:08},{paid},{paid},,,{remark},{pieces},云上茶旗舰店\r\n",
            no = order.order_no,
            buyer = order.buyer,
            name = NAMES[order.buyer % NAMES.len()],
            address = ADDRESSES[order.buyer % ADDRESSES.len()],
            phone = 10_000_000 + order.buyer,
        );
        for (index, quantity) in goods {
            let (sku, _, name, ..) = GOODS[index];
            let _ = write!(
                lines,
                "=\"{no}\",{name},{price}.00,{quantity},{sku},默认,,{status},{sku}\r\n",
                no = order.order_no,
                price = price(index),
            );
        }
    }
}
