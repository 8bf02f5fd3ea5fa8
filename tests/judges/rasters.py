"""Draws what a printer would, for the languages no renderer here draws right: a JSON list of {language, job, png} comes in on
stdin, the PNG files are written. Written from the makers' documents alone, with nothing of ours. Anything a job holds beyond
pictures and the set-up around them is an error; so is a byte left over."""

import json
import sys

from PIL import Image, ImageChops

BLACK_IS_ONE, BLACK_IS_ZERO = 0x00, 0xFF


class Job:
    def __init__(self, data):
        self.data, self.at = data, 0

    def left(self):
        return self.at < len(self.data)

    def take(self, count):
        piece = self.data[self.at : self.at + count]
        if len(piece) != count:
            raise ValueError(f"{count} bytes are due at {self.at}, {len(piece)} are left")
        self.at += count
        return piece

    def take_if(self, start):
        if not self.data.startswith(start, self.at):
            return False
        self.at += len(start)
        return True

    def until(self, ends):
        """Up to one of these bytes, and that byte."""
        start = self.at
        while self.data[self.at] not in ends:
            self.at += 1
        self.at += 1
        return self.data[start : self.at - 1].decode("ascii"), self.data[self.at - 1]


class Paper:
    def __init__(self, width, height):
        self.image = Image.new("1", (width, height), 1)

    def draw(self, x, y, stride, rows, bits, polarity):
        """A PIL bit of 1 is white."""
        white = bytes(byte ^ polarity ^ 0xFF for byte in bits)
        picture = Image.frombytes("1", (stride * 8, rows), white)
        box = (x, y, x + stride * 8, y + rows)
        under = self.image.crop(box)
        self.image.paste(ImageChops.logical_and(under, picture), box)


def escpos(job):
    """ESC @ resets; GS a sets what is sent unasked; GS v 0 prints a picture (m, bytes a row, rows, both low byte first) below
    the one before; ESC d feeds lines, GS FF to the next label; GS r asks for status."""
    pictures = []
    while job.left():
        if job.take_if(b"\x1b@"):
            pass
        elif job.take_if(b"\x1dv0"):
            mode, x_low, x_high, y_low, y_high = job.take(5)
            if mode != 0:
                raise ValueError(f"GS v 0 enlarges the picture: m = {mode}")
            stride, rows = x_low + 256 * x_high, y_low + 256 * y_high
            if rows > 256:
                raise ValueError(f"a picture of {rows} rows")
            pictures.append((stride, rows, job.take(stride * rows)))
        elif job.take_if(b"\x1da") or job.take_if(b"\x1dr") or job.take_if(b"\x1bd"):
            job.take(1)
        elif not job.take_if(b"\x1d\x0c"):
            raise ValueError(f"no command is known at {job.at}: {job.data[job.at : job.at + 8]!r}")
    paper = Paper(8 * max(stride for stride, _, _ in pictures), sum(rows for _, rows, _ in pictures))
    y = 0
    for stride, rows, bits in pictures:
        paper.draw(0, y, stride, rows, bits, BLACK_IS_ONE)
        y += rows
    return paper.image


def epl(job):
    """q is the width, Q the height and the gap, GW x,y,bytes a row,rows and then the bytes, P1 prints."""
    width = height = 0
    pictures, printed = [], 0
    while job.left():
        if job.take_if(b"GW"):
            x, y, stride, rows = (int(job.until(b",\n")[0]) for _ in range(4))
            pictures.append((x, y, stride, rows, job.take(stride * rows)))
            continue
        line = job.until(b"\n")[0].rstrip("\r")
        if line == "N":
            pictures = []
        elif line[:1] == "q":
            width = int(line[1:])
        elif line[:1] == "Q":
            height, _ = (int(number) for number in line[1:].split(","))
        elif line == "P1":
            printed += 1
        elif line not in ("", "ZT"):
            raise ValueError(f"{line!r} is not known")
    if printed != 1:
        raise ValueError(f"{printed} labels")
    paper = Paper(width, height)
    for picture in pictures:
        paper.draw(*picture, BLACK_IS_ZERO)
    return paper.image


def cpcl(job):
    """`! offset 200 200 height copies` begins, behind an empty line at most; EG and CG w h x y hold the dots, in hexadecimal or,
    after one space, in bytes; PRINT ends."""
    job.take_if(b"\r\n")
    bang, _, across, down, height, copies = job.until(b"\n")[0].split()
    if (bang, across, down, copies) != ("!", "200", "200", "1"):
        raise ValueError("no session of one label")
    pictures, width, open_ = [], None, True
    while job.left():
        if not open_:
            raise ValueError("something stands behind PRINT")
        if job.take_if(b"CG "):
            stride, rows, x, y = (int(job.until(b" ")[0]) for _ in range(4))
            pictures.append((x, y, stride, rows, job.take(stride * rows)))
            continue
        words = job.until(b"\n")[0].split()
        if words[:1] == ["PAGE-WIDTH"]:
            width = int(words[1])
        elif words[:1] == ["EG"]:
            stride, rows, x, y = (int(word) for word in words[1:5])
            bits = bytes.fromhex(words[5])
            if len(bits) != stride * rows:
                raise ValueError(f"EG: {len(bits)} bytes for {stride} × {rows}")
            pictures.append((x, y, stride, rows, bits))
        elif words == ["PRINT"]:
            open_ = False
        elif words not in ([], ["FORM"]):
            raise ValueError(f"{words} are not known")
    if open_:
        raise ValueError("no PRINT")
    paper = Paper(width, int(height))
    for picture in pictures:
        paper.draw(*picture, BLACK_IS_ONE)
    return paper.image


for task in json.load(sys.stdin):
    with open(task["job"], "rb") as file:
        image = {"escpos": escpos, "epl": epl, "cpcl": cpcl}[task["language"]](Job(file.read()))
    image.convert("L").save(task["png"])
