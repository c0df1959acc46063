# SPDX-License-Identifier: Apache-2.0
"""What a run says: a line that moves on a terminal, a table at the end, counterexamples in English, JSON beside it."""
import json
import os
import sys
import time

from . import engine


def verdict(r):
    """What a reader may believe now."""
    if r["verdict"] == engine.PARTLY:
        return f"proven for ever, but to depth {r['depth']} clocks: {', '.join(r['bounds'])}"
    return {engine.PROVEN: "proven for ever", engine.BOUNDED: f"proven to depth {r['depth']} clocks"}.get(r["verdict"], r["verdict"])


class Progress:
    """On a terminal one line that moves; elsewhere a line for each proof that ends."""

    def __init__(self, total, stream=None):
        self.stream = stream or sys.stderr
        self.live, self.total, self.done, self.running, self.began = self.stream.isatty(), total, 0, {}, time.monotonic()

    def begins(self, task):
        self.running[task.name] = time.monotonic()

    def ends(self, task, result):
        self.running.pop(task.name, None)
        self.done += 1
        if self.live:
            self.stream.write("\r\033[K")
        bad = result["verdict"] not in engine.GOOD
        if bad or not self.live:
            self.stream.write(f"[{self.done}/{self.total}] {task.name}: {verdict(result)}, {result['seconds']:.1f} s{' (known)' if result['cached'] else ''}\n")
            self.stream.flush()

    def tick(self):
        if not self.live:
            return
        now = time.monotonic()
        text = f"[{self.done}/{self.total}] {now - self.began:.0f} s  " + "  ".join(f"{n} {now - t:.0f} s" for n, t in sorted(self.running.items()))
        self.stream.write("\r\033[K" + text[:os.get_terminal_size(self.stream.fileno()).columns - 1])
        self.stream.flush()

    def clear(self):
        if self.live:
            self.stream.write("\r\033[K")


def table(results):
    rows = [("proof", "engine", "depth", "rules", "seconds", "verdict")]
    rows += [(r["name"], r["engine"], str(r["depth"]), str(r["rules"]), f"{r['seconds']:.1f}", verdict(r) + (" (known)" if r["cached"] else ""))
             for r in results]
    widths = [max(len(row[i]) for row in rows) for i in range(6)]
    right = (2, 3, 4)
    return "\n".join("  ".join(c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths))).rstrip() for row in rows)


def details(results, short):
    """Everything that is not proven, a paragraph each."""
    out = []
    for r in results:
        if r["verdict"] in engine.GOOD:
            continue
        out.append(f"{r['verdict']}  {r['name']}: {r['why']}")
        for f in r["failing"]:
            out.append(f"  {f['text']}")
        p = r["replay"]
        if p and p["ok"]:
            out.append(f"  again  scripts/formal --replay {short(p['folder'])}" + (f" --rtl {short(r['rtl'])}" if r["rtl"] else ""))
            out.append(f"  test   {short(p['test'])}  (fails in clock {p['step']}: {p['text']})")
            out.append(f"  waves  {short(p['fst'])}")
        elif p:
            out.append(f"  no replay: {p['why']}")
    return "\n".join(out)


def write_json(path, results, interrupted):
    data = {"interrupted": interrupted, "proofs": results}
    new = path.with_name(path.name + ".tmp") if path.is_file() or not path.exists() else path  # a device or pipe is written as it is
    new.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    if new != path:
        new.replace(path)


def exit_code(results, interrupted):
    """0: all proven; 1: a rule fails, says nothing, or was not decided; 2: a tool failed, or not all were run."""
    verdicts = {r["verdict"] for r in results}
    if verdicts & {engine.FAILED, engine.VACUOUS, engine.UNDECIDED}:
        return 1
    return 2 if interrupted or verdicts - set(engine.GOOD) else 0
