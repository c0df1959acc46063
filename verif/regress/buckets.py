# SPDX-License-Identifier: Apache-2.0
"""Failures with the same text, numbers starred out, are one bucket: one cause to look for, with all its seeds."""
import re

from verif.regress import verdict

NUMBERS = (
    (r"/(?:tmp|var/tmp)/[^\s'\":,;)\]]+", "/tmp/*"),
    (r"0[xX][0-9a-fA-F]+", "*"),
    (r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{6,}\b", "*"),           # a hash, or a word of hex without 0x
    (r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", "*"),
    (r"\d+", "*"),
)


def star(text):
    for pattern, by in NUMBERS:
        text = re.sub(pattern, by, text)
    return re.sub(r"\*(?:[ ,]+\*)+", "*", text)             # however many there were in a row


def group(runs):
    """[{verdict, text, runs}] of all failures, the largest first; runs are the reports' own."""
    found = {}
    for r in runs:
        if r["verdict"] in verdict.FAILED:
            found.setdefault((r["verdict"], star(r["text"])), []).append(r["id"])
    order = {v: n for n, v in enumerate(verdict.ALL)}
    return [{"verdict": v, "text": text, "runs": ids}
            for (v, text), ids in sorted(found.items(), key=lambda item: (-len(item[1]), order[item[0][0]], item[0][1]))]
