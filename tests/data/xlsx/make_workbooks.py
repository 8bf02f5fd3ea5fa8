#!/usr/bin/env python3
"""Writes the workbooks the intake tests read, from the CSV exports beside them (Debian: python3-openpyxl, python3-xlwt).

    python3 tests/data/xlsx/make_workbooks.py
"""

import csv
import datetime
import io
import pathlib

import openpyxl
import xlwt

HERE = pathlib.Path(__file__).parent
NUMBERS = {"买家应付货款", "总金额", "买家实际支付金额", "宝贝总数量", "价格", "购买数量", "商品数量", "商品单价", "订单应付金额", "运费", "重量g"}
TIMES = {"订单创建时间", "订单付款时间", "订单提交时间", "支付完成时间"}


def rows(name, encoding):
    text = (HERE.parent / name).read_bytes().decode(encoding).removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text)))


def plain(text):
    """What a person sees in Excel: guards gone."""
    text = text.strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.removeprefix("'")


def value(name, text):
    if name in NUMBERS:
        try:
            return float(text)
        except ValueError:
            return text
    if name in TIMES:
        for form in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M"):
            try:
                return datetime.datetime.strptime(text, form)
            except ValueError:
                pass
    return text


def fill(sheet, table, gap_after=None):
    header = [plain(name) for name in table[0]]
    at = 0
    for index, row in enumerate(table):
        at += 1
        if gap_after is not None and index == gap_after + 1:
            at += 2
        for column, cell in enumerate(row, 1):
            content = cell if index == 0 else value(header[column - 1], plain(cell))
            target = sheet.cell(at, column)
            target.value = content
            if isinstance(content, str) and content.startswith("="):
                target.data_type = "s"


def save(book, name):
    # The same bytes each time.
    book.properties.created = book.properties.modified = datetime.datetime(2026, 2, 18)
    book.save(HERE / name)


orders, lines = rows("tmall-orders.csv", "gb18030"), rows("tmall-lines.csv", "gb18030")
douyin, items = rows("douyin.csv", "utf-8"), rows("items.csv", "utf-8")

for name, table in (("tmall-orders.xlsx", orders), ("tmall-lines.xlsx", lines), ("items.xlsx", items)):
    book = openpyxl.Workbook()
    fill(book.active, table)
    if name == "tmall-orders.xlsx":
        book.active.row_dimensions[2].hidden = True
        book.active.column_dimensions["A"].hidden = True
        book.active.merge_cells("A40:D40")
    save(book, name)

# An empty sheet, notes, then the export with two empty rows in it and remarks beside it.
book = openpyxl.Workbook()
book.create_sheet("说明").append(["本表由店铺后台导出", "请勿修改表头"])
fill(book.create_sheet("订单"), douyin, gap_after=2)
book["订单"].cell(3, len(douyin[0]) + 3).value = "已问过客户"
save(book, "douyin-three-sheets.xlsx")

book = openpyxl.Workbook()
book.active.title = "订单"
fill(book.active, orders)
fill(book.create_sheet("明细"), lines)
save(book, "tmall-two-sheets.xlsx")

book = openpyxl.Workbook()
fill(book.active, douyin)
fill(book.create_sheet("备份"), douyin[:3])
save(book, "douyin-twice.xlsx")

book = openpyxl.Workbook()
book.active.append(["商品", "库存"])
book.create_sheet("其他").append(["a", "b"])
save(book, "no-export.xlsx")

# As after somebody opened the CSV in Excel: the first order's number is a number, the second's sku a date, the third's an error.
book = openpyxl.Workbook()
fill(book.active, douyin)
header = [plain(name) for name in douyin[0]]
seen = []
for row in book.active.iter_rows(min_row=2):
    cells = dict(zip(header, row))
    number = cells["主订单编号"].value
    if number not in seen:
        seen.append(number)
    which = seen.index(number)
    if which == 0:
        cells["主订单编号"].value = int(number)
    elif which == 1:
        cells["商家编码"].value = datetime.datetime(2026, 3, 1)
    elif which == 2:
        cells["商家编码"].value = "#N/A"
        cells["商家编码"].data_type = "e"
save(book, "douyin-spoilt.xlsx")

# Few cells, each so far to the right that 400 rows of this width are more than anybody's export.
book = openpyxl.Workbook()
for row in range(1, 401):
    book.active.cell(row, 16384).value = "x"
save(book, "wide.xlsx")

book = xlwt.Workbook()
sheet = book.add_sheet("orders")
for column, name in enumerate(douyin[0]):
    sheet.write(0, column, name)
book.save(str(HERE / "douyin.xls"))
