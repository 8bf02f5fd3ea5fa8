"""Reads a receipt printer's answers to DLE EOT 1, 2, 3 and 4: a JSON list of hexadecimal answers, four bytes each, comes in on
stdin; a JSON list comes out, per answer everything that keeps the printer from printing, or null where it is no answer. From
Epson's tables alone."""

import json
import sys

# Per n, the bits that mean trouble.
TROUBLE = [
    {3: "offline"},
    {2: "cover", 5: "paper", 6: "error"},
    {2: "recoverable", 3: "cutter", 5: "unrecoverable", 6: "overheated"},
    {5: "paper", 6: "paper"},
]


def read(answer):
    if len(answer) != 4:
        return None
    words = set()
    for byte, bits in zip(answer, TROUBLE):
        # Every answer is 0xx1xx10.
        if (byte >> 7, byte >> 4 & 1, byte & 3) != (0, 1, 2):
            return None
        words |= {word for bit, word in bits.items() if byte >> bit & 1}
    return sorted(words)


json.dump([read(bytes.fromhex(answer)) for answer in json.load(sys.stdin)], sys.stdout)
