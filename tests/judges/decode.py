"""Reads barcodes with zxing-cpp: PNG paths come in on stdin, one a line; a JSON list comes out, per file a list of
{format, text, aim}."""

import json
import sys

import zxingcpp
from PIL import Image

answers = []
for line in sys.stdin:
    image = Image.open(line.rstrip("\n")).convert("L")
    found = zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)
    answers.append(
        [{"format": str(code.format), "text": code.text, "aim": code.symbology_identifier} for code in found]
    )
json.dump(answers, sys.stdout)
