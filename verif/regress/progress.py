# SPDX-License-Identifier: Apache-2.0
"""What is shown while a regression runs: one line that changes on a terminal, a line a result elsewhere."""
import shutil
import sys
import time

from verif.regress import verdict

COLOURS = {verdict.PASS: "32", verdict.SKIPPED: "33", verdict.XFAIL: "33", verdict.NOT_RUN: "33"}


class Progress:
    def __init__(self, stream=None, quiet=False):
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty() and not quiet
        self.drawn, self.began, self.last = 0, time.monotonic(), 0.0
        self.doing = ""

    def colour(self, name, width=0):
        text = f"{name:<{width}}"
        return f"\033[1;{COLOURS.get(name, '31')}m{text}\033[0m" if self.stream.isatty() else text

    def write(self, text):
        try:
            if self.drawn:
                self.stream.write("\r\033[K")
                self.drawn = 0
            self.stream.write(text)
            self.stream.flush()
        except OSError:  # nobody reads; the reports still are
            self.live = False

    def line(self, text):
        self.write(text + "\n")

    def building(self, name):
        self.doing = f"building {name}"
        if not self.live:
            self.line(self.doing)

    def built(self, name, facts):
        self.doing = ""
        if facts["verdict"] != verdict.PASS:
            self.line(f"{self.colour(facts['verdict'], 11)} build {name}: {facts['text']}")
        elif not self.live:
            self.line(f"built {name} in {facts['seconds']:.1f} s")

    def result(self, run_id, final, facts, record):
        again = "" if final else ", runs again"
        if self.live and final and facts["verdict"] == verdict.PASS:
            return
        first = next(iter(facts["text"].splitlines()), "")
        text = f"  {first[:160]}" if first else ""
        count = f"[{record.done():>{len(str(len(record.runs)))}}/{len(record.runs)}] "
        self.line(f"{count}{self.colour(facts['verdict'], 11)} {run_id}  {facts['seconds']:.1f} s{again}{text}")

    def tick(self, record, active):
        if not self.live or time.monotonic() - self.last < 0.2:
            return
        self.last = time.monotonic()
        counts = {v: sum(1 for r in record.runs.values() if r.get("final") and r["verdict"] == v) for v in verdict.ALL}
        parts = [f"{n} {v}" for v, n in counts.items() if n]
        spent = int(self.last - self.began)
        text = f"[{record.done()}/{len(record.runs)}] {spent // 60}:{spent % 60:02} " + ", ".join(parts)
        if self.doing:
            text += f"  {self.doing}"
        elif active:
            text += f"  running {len(active)}: " + " ".join(active)
        text = text[:shutil.get_terminal_size().columns - 1]
        self.write(text)
        self.drawn = len(text)
