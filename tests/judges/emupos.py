"""The milepost binary against emupos, somebody else's receipt printer, counter scale and serial scanner. Its argument is
the binary; says in cargo's words how each case went."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from PIL import Image, ImageChops

MILEPOST = Path(sys.argv[1]).resolve()
EMUPOS = Path(sys.executable).with_name("emupos")
API = "http://127.0.0.1:18765"
PRINTER = "tcp://127.0.0.1:19100"
TEMPLATE = "sf-76x130"
LONG = 20
MOST_DOUBLED = 20

# As wide as a waybill; its own printers are as wide as a receipt.
PROFILE = """type: printer
name: a roll as wide as a waybill
dpi: 203
width_dots: 832
font_a: { width: 12, height: 24 }
font_b: { width: 9, height: 17 }
code_pages: { 0: PC437 }
default_code_page: 0
drawer_sensor_open_level: high
serial: { baud: 9600, data_bits: 8, parity: none, stop_bits: 1 }
"""
DEVICES = """schema: 1
api: { host: 127.0.0.1, port: 18765 }
devices:
  - { id: desk, type: printer, profile: ./wide.yaml, connections: [{ tcp: { port: 19100 } }], receipts_dir: ./receipts }
  - { id: deli, type: scale, profile: toledo8217-15kg, connections: [{ serial: { pty: true } }] }
  - { id: gun, type: scanner, mode: serial, connections: [{ serial: { pty: true } }] }
"""


def wait_for(what, look):
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {LONG} s in vain for {what}")


def emupos(*words):
    subprocess.run([EMUPOS, *words], check=True, capture_output=True, env={**os.environ, "EMUPOS_API": API})


def printed():
    command = [MILEPOST, "label", "print", TEMPLATE, "--profile", "escpos", "--json", "--printer", PRINTER]
    return json.loads(subprocess.run(command, capture_output=True, check=False).stdout)


def receipts():
    return sorted(Path("receipts").glob("*.png"))


def black(path):
    """The picture's black dots, without white to the right of what was drawn."""
    picture = Image.open(path).convert("L").point(lambda grey: 255 if grey < 128 else 0)
    return picture.crop((0, 0, *picture.getbbox()[2:]))


def a_label_comes_out_dot_for_dot_and_proved():
    before = len(receipts())
    assert printed() == {"outcome": "confirmed", "evidence": "processed"}
    picture = wait_for("the receipt", lambda: receipts()[before:])[-1]
    subprocess.run([MILEPOST, "label", "render", TEMPLATE, "--language", "png", "-o", "own.png"], check=True)
    theirs, ours = black(picture), black("own.png")
    assert theirs.size == ours.size, f"{theirs.size} and {ours.size}"
    # A lone dot before certain others would be a command (DLE) and is made two dots wide.
    missing = ImageChops.subtract(ours, theirs).getbbox()
    assert missing is None, f"dots are missing in {missing}"
    added = ImageChops.subtract(theirs, ours)
    assert ImageChops.subtract(added, ImageChops.offset(ours, 1, 0)).getbbox() is None, "dots that stand beside none"
    assert added.histogram()[255] <= MOST_DOUBLED, f"{added.histogram()[255]} dots are doubled"


def its_faults_are_told_and_nothing_is_sent():
    # Offline without a reason is a fault without a name.
    for fault, told in [("paper-out", "paper_out"), ("cover-open", "cover_open"), ("offline", "other")]:
        before = len(receipts())
        emupos("fault", "set", "desk", fault)
        outcome = printed()
        emupos("fault", "clear", "desk", fault)
        assert outcome["outcome"] == "refused" and told in json.dumps(outcome), f"{fault}: {outcome}"
        assert printed()["outcome"] == "confirmed", f"{fault} is over"
        assert len(wait_for("one receipt", lambda: receipts()[before:])) == 1, f"{fault}: only the second one"


def paper_near_its_end_still_prints():
    emupos("fault", "set", "desk", "paper-near-end")
    outcome = printed()
    emupos("fault", "clear", "desk", "paper-near-end")
    assert outcome["outcome"] == "confirmed", outcome


class Station:
    def __enter__(self):
        Path("station.toml").write_text("""code = "EM-01"
data_dir = "data"
listen = "127.0.0.1:0"
[[place]]
name = "bench"
badges = false
scanners = ["gun"]
scale = "deli"
[[scanner]]
name = "gun"
url = "serial://%s"
[[scale]]
name = "deli"
url = "serial://%s"
profile = "toledo-8217"
""" % (port("gun"), port("deli")))
        self.child = subprocess.Popen(
            [MILEPOST, "station", "--config", "station.toml"], stdout=subprocess.PIPE, stderr=sys.stderr, text=True
        )
        ready = next(line for line in self.child.stdout if line.startswith("ready "))
        self.place = ready.split()[1] + "/v1/places/bench"
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait()

    def screen(self):
        with urllib.request.urlopen(self.place, timeout=LONG) as answer:
            return json.load(answer)


def port(device):
    """The pseudo-terminal that it made, as it tells."""
    return re.search(rf"serial (\S*/{device}) ", Path("emupos.log").read_text())[1]


def its_scale_is_read_and_only_when_it_stands_still():
    with Station() as station:
        for weight, grams in [("1.235kg", 1235), ("0g", 0), ("14.995kg", 14995)]:
            emupos("scale", "set", weight)
            shown = lambda: (station.screen()["scale"] or {}).get("grams")
            wait_for(f"{grams} g on the screen", lambda: shown() == grams)
        # Below zero is no weight; the one before it doesn't stay.
        emupos("scale", "set", "--", "-100g")
        wait_for("no weight on the screen", lambda: (station.screen()["scale"] or {}).get("grams") is None)


def its_scanner_is_heard():
    with Station() as station:
        for code in ["SF7444000000001", "6901234567892"]:
            emupos("scan", "--device", "gun", "--countdown", "0", code)
            wait_for(f"{code} on the screen", lambda: any(code in scan["code"] for scan in station.screen()["scans"]))


CASES = [
    a_label_comes_out_dot_for_dot_and_proved,
    its_faults_are_told_and_nothing_is_sent,
    paper_near_its_end_still_prints,
    its_scale_is_read_and_only_when_it_stands_still,
    its_scanner_is_heard,
]


def main():
    os.chdir(tempfile.mkdtemp(prefix="emupos-"))
    Path("wide.yaml").write_text(PROFILE)
    Path("emupos.yaml").write_text(DEVICES)
    with open("emupos.log", "w") as log:
        devices = subprocess.Popen([EMUPOS, "run"], stdout=log, stderr=log)
    failed = 0
    try:
        wait_for("emupos", lambda: "gun   connection.opened" in Path("emupos.log").read_text())
        for case in CASES:
            try:
                case()
                word = "ok"
            except Exception as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
                failed, word = failed + 1, "FAILED"
            print(f"test judges::emupos::{case.__name__} ... {word}", flush=True)
    finally:
        devices.send_signal(signal.SIGINT)
        # How it ends is its own affair; every case was judged before.
        try:
            devices.wait(timeout=LONG)
        except subprocess.TimeoutExpired:
            devices.kill()
    word = "FAILED" if failed else "ok"
    print(f"test result: {word}. {len(CASES) - failed} passed; {failed} failed; 0 ignored")
    return 1 if failed else 0


sys.exit(main())
