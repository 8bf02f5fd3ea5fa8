#!/usr/bin/env python3
"""Writes the channel exports the intake tests read, the way the channels write them. Every person is invented.

    python3 tests/data/make_exports.py

tmall-orders.csv, tmall-lines.csv   GB18030, CRLF, ="…" and ' guards, header names with trailing blanks
douyin.csv                          UTF-8 with byte order mark, tabs before ids, - for empty, sealed receivers
items.csv                           UTF-8, Chinese headers
"""

import csv
import io
import pathlib

HERE = pathlib.Path(__file__).parent


def write(name, header, rows, encoding, newline="\r\n"):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=newline)
    writer.writerow(header)
    writer.writerows(rows)
    (HERE / name).write_bytes(text.getvalue().encode(encoding))


# --- Tmall -----------------------------------------------------------------------------------------------------------
ORDERS = [
    "订单编号", "买家会员名", "买家应付货款", "总金额", "买家实际支付金额", "订单状态", "买家留言", "收货人姓名", "收货地址 ", "联系电话 ",
    "联系手机", "订单创建时间", "订单付款时间 ", "宝贝标题 ", "物流单号 ", "物流公司", "订单备注", "宝贝总数量", "店铺名称", "修改后的收货地址",
]
LINES = ["订单编号", "标题", "价格", "购买数量", "外部系统编号", "商品属性", "备注", "订单状态", "商家编码", "退款状态"]

PAID = "买家已付款，等待卖家发货"


def order(no, amount, name, address, phone, paid, pieces, status=PAID, note="", changed="", message="", waybill="", carrier="", landline=""):
    return [
        f'="{no}"', f"buyer_{no[-4:]}", amount, amount, amount, status, message, name, address, landline, f"'{phone}" if phone else "",
        paid, paid, "宝贝", waybill, carrier, note, pieces, "里程碑旗舰店", changed,
    ]


def line(no, title, price, quantity, sku, status=PAID, refund="没有申请退款"):
    return [f'="{no}"', title, price, quantity, sku, "", "", status, sku, refund]


orders = [
    # Space-separated levels, postcode, guards; a rare surname.
    order("1930679858170001", "128.00", "𠮷野㛃", "吉林省 通化市 柳河县 柳河镇紫御府   七号楼    3单元   201室(135300)", "13800000001", "2026/2/18 9:02", 2),
    # 599 and more with its gift set in the note; the changed address wins.
    order("1930679858170002", "699.00", "买买提·艾力", "浙江省杭州市西湖区文三路1号", "13800000002", "2026-02-18 09:05:11", 2,
          note="赠品组合:A01+A02", changed="新疆维吾尔自治区 喀什地区 喀什市 人民西路2号"),
    # 599 and more without a gift set: held.
    order("1930679858170003", "599.00", "张三", "上海 上海市 闵行区 申贵路1500号", "13800000003", "2026-02-18 09:10:00", 1),
    # Two orders to one receiver: candidates for one parcel. A virtual number.
    order("1930679858170004", "59.90", "李四", "广东省 东莞市 南城街道 鸿福路14号", "13800000004-1234", "2026-02-18 09:15:00", 1),
    order("1930679858170005", "39.90", "李四", "广东省 东莞市 南城街道 鸿福路14号", "13800000004-1234", "2026-02-18 09:16:00", 1),
    # Skipped: unpaid, closed, shipped.
    order("1930679858170006", "10.00", "王五", "北京 北京市 朝阳区 三里屯1号", "13800000006", "", 1, status="等待买家付款"),
    order("1930679858170007", "10.00", "王五", "北京 北京市 朝阳区 三里屯1号", "13800000006", "2026-02-17 08:00:00", 1, status="交易关闭"),
    order("1930679858170008", "10.00", "王五", "北京 北京市 朝阳区 三里屯1号", "13800000006", "2026-02-17 08:00:00", 1, status="卖家已发货，等待买家确认"),
    # A refunded line in an order that still goes; an urgent one.
    order("1930679858170009", "88.00", "赵六", "湖北省 仙桃市 干河街道钱沟路12号", "", "2026-02-18 09:20:00", 2, note="加急", landline="0728-3200000"),
    # All lines refunded: skipped.
    order("1930679858170010", "45.00", "赵六", "湖北省 仙桃市 干河街道钱沟路12号", "13800000010", "2026-02-18 09:21:00", 1),
    # Sealed, with the platform's waybill: accepted, stays sealed.
    order("1930679858170011", "66.00", "钱**", "浙江省 杭州市 余杭区 文一西路***", "*******0011", "2026-02-18 09:25:00", 1, waybill="78312345678901", carrier="中通快递"),
    # Sealed without waybill: held.
    order("1930679858170012", "66.00", "孙**", "浙江省 杭州市 余杭区 文一西路***", "*******0012", "2026-02-18 09:26:00", 1),
    # No district: held with the reason.
    order("1930679858170013", "66.00", "周七", "浙江省杭州市文一西路969号", "13800000013", "2026-02-18 09:27:00", 1),
    # The same row twice is one order.
    order("1930679858170014", "20.00", "吴八", "四川省成都市武侯区天府大道14号", "13800000014", "2026-02-18 09:30:00", 1),
    order("1930679858170014", "20.00", "吴八", "四川省成都市武侯区天府大道14号", "13800000014", "2026-02-18 09:30:00", 1),
]
lines = [
    line("1930679858170001", "婴儿湿巾 80抽", "64.00", 2, "WIPE-80"),
    line("1930679858170002", "安全座椅", "699.00", 1, "SEAT-01"),
    line("1930679858170002", "遮阳帘", "0.00", 1, "SHADE-01"),
    line("1930679858170003", "婴儿推车", "599.00", 1, "CART-01"),
    line("1930679858170004", "奶瓶 240ml", "59.90", 1, "BOTTLE-240"),
    line("1930679858170005", "奶嘴", "39.90", 1, "NIPPLE-M"),
    line("1930679858170006", "奶嘴", "10.00", 1, "NIPPLE-M", status="等待买家付款"),
    line("1930679858170007", "奶嘴", "10.00", 1, "NIPPLE-M", status="交易关闭"),
    line("1930679858170008", "奶嘴", "10.00", 1, "NIPPLE-M", status="卖家已发货，等待买家确认"),
    line("1930679858170009", "婴儿湿巾 80抽", "44.00", 1, "WIPE-80"),
    line("1930679858170009", "奶嘴", "44.00", 1, "NIPPLE-M", refund="退款成功"),
    line("1930679858170010", "奶嘴", "45.00", 1, "NIPPLE-M", refund="退款成功"),
    line("1930679858170011", "奶嘴", "66.00", 1, "NIPPLE-M"),
    line("1930679858170012", "奶嘴", "66.00", 1, "NIPPLE-M"),
    line("1930679858170013", "奶嘴", "66.00", 1, "NIPPLE-M"),
    line("1930679858170014", "奶嘴", "20.00", 1, "NIPPLE-M"),
    line("9999999999990001", "别的日子", "20.00", 1, "NIPPLE-M"),
]
write("tmall-orders.csv", ORDERS, orders, "gb18030")
write("tmall-lines.csv", LINES, lines, "gb18030")

# --- Douyin ----------------------------------------------------------------------------------------------------------
DOUYIN = [
    "主订单编号", "子订单编号", "选购商品", "商品规格", "商品数量", "商品ID", "商家编码", "商品单价", "订单应付金额", "运费", "优惠总金额", "收件人",
    "收件人手机号", "省", "市", "区", "街道", "详细地址", "买家留言", "订单提交时间", "支付完成时间", "商家备注", "订单完成时间", "订单状态", "售后状态",
    "取消原因", "发货时间", "快递信息", "达人ID", "达人昵称",
]


def sub(no, n, title, quantity, sku, price, amount, name, phone, levels, detail, status="待发货", after="-", express="-", paid="2026-02-18 10:00:00", note="-"):
    return [
        f"\t{no}", f"\t{no}{n}", title, "默认", quantity, "\t3300", f"\t{sku}", price, amount, "0.00", "0.00", name, phone, *levels, detail, "-",
        "2026-02-18 09:59:00", paid, note, "-", status, after, "-", "-", express, "-", "-",
    ]


HZ = ("浙江省", "杭州市", "余杭区", "仓前街道")
SH = ("上海", "上海市", "浦东新区", "-")
douyin = [
    # Three lines, one a gift at price 0: the gift set comes from it.
    sub("6917926768823643001", 1, "安全座椅", 1, "SEAT-01", "560.00", "560.00", "郑九", "13900000001", HZ, "文一西路969号"),
    sub("6917926768823643001", 2, "奶瓶 240ml", 1, "BOTTLE-240", "59.90", "59.90", "郑九", "13900000001", HZ, "文一西路969号"),
    sub("6917926768823643001", 3, "车载挂钩", 1, "B01", "0.00", "0.00", "郑九", "13900000001", HZ, "文一西路969号"),
    # Sealed by ciphertext, with the platform's number: accepted.
    sub("6917926768823643002", 1, "奶嘴", 2, "NIPPLE-M", "19.90", "39.80", "##Zx8f0Q==##", "$$3kfjQ==$$", SH, "##u8Yq1A==##", express="SF1234567890123-顺丰速运"),
    # Sealed by ciphertext, without a number: held.
    sub("6917926768823643003", 1, "奶嘴", 2, "NIPPLE-M", "19.90", "39.80", "##Zx8f0Q==##", "$$3kfjQ==$$", SH, "##u8Yq1A==##"),
    # A refund is being asked for: tagged.
    sub("6917926768823643004", 1, "奶嘴", 1, "NIPPLE-M", "19.90", "19.90", "冯十", "13900000004", SH, "世纪大道1号", after="售后处理中"),
    # One sub-order is closed already, the other goes.
    sub("6917926768823643005", 1, "奶嘴", 1, "NIPPLE-M", "19.90", "19.90", "陈一", "13900000005", HZ, "文一西路970号", status="已关闭"),
    sub("6917926768823643005", 2, "湿巾", 1, "WIPE-80", "9.90", "9.90", "陈一", "13900000005", HZ, "文一西路970号"),
    # Skipped.
    sub("6917926768823643006", 1, "湿巾", 1, "WIPE-80", "9.90", "9.90", "陈一", "13900000005", HZ, "文一西路970号", status="待支付", paid="-"),
    sub("6917926768823643007", 1, "湿巾", 1, "WIPE-80", "9.90", "9.90", "陈一", "13900000005", HZ, "文一西路970号", status="已完成", express="78312345678999-中通快递"),
]
write("douyin.csv", DOUYIN, douyin, "utf-8-sig")

# --- Items -----------------------------------------------------------------------------------------------------------
write(
    "items.csv",
    ["商家编码", "商品名称", "简称", "条码", "重量g", "验货方式", "批次管理", "组合明细"],
    [
        ["WIPE-80", "婴儿湿巾 80抽", "湿巾80", "6901234567892;16901234567899*12", "420", "逐件", "效期", ""],
        ["SEAT-01", "安全座椅", "座椅", "6901234567808", "7400", "序列号", "不管理", ""],
        ["SHADE-01", "遮阳帘", "遮阳帘", "2000000000015", "150", "扫一件点数", "", ""],
        ["A01", "安抚巾", "", "", "40", "免扫", "", ""],
        ["SET-A", "赠品组合 A01+A02", "", "", "-", "逐件", "", "A01*1;A02*1"],
        ["CART-01", "", "", "6901234567815", "", "", "", ""],
        ["SET-A", "赠品组合 另一个", "", "", "-", "逐件", "", "A01*1"],
    ],
    "utf-8",
    "\n",
)
