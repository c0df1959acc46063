# SPDX-License-Identifier: Apache-2.0
"""What a mutant is run through, and what counts as a catch: only a difference to the golden model, or an assertion of the RTL."""
import json
import os
import pathlib
import re
import subprocess
import threading
import time

from verif.mutation import rewrite, tiny_gguf
from verif.mutation.common import CampaignError, digest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAUGHT, SURVIVED, BROKEN = "caught", "survived", "could not run"


class Judge:
    """One command. `facts` reads what it printed with exit code 1: how a check failed, or None when no check did."""

    def __init__(self, name, command, facts, inputs="", modules=None, lenient=False):
        self.name, self.command, self.facts, self.inputs = name, [str(c) for c in command], facts, inputs
        self.modules = modules  # None: the whole chip
        self.lenient = lenient  # what cannot run here is judged by the next
        self.seconds, self.limit = 0.0, 1800.0

    def reaches(self, module):
        return self.modules is None or module in self.modules

    def paste(self, number):
        return f"{rewrite.VARIABLE}={number} " + " ".join(self.command)


def chip(options, library):
    """The workloads in lockstep, over the chip."""
    o, found = options, []
    lockstep = ["--engine", "lockstep", "--lanes", o.lanes, "--json", "--no-waves", "--rtl-lib", library]
    if o.model:
        return [Judge("given", [o.htx, "run", o.model, "--prompt", o.prompt, "--tokens", o.tokens or 4, *lockstep], chip_facts,
                      digest(o.model.read_bytes()))]
    try:
        workloads = json.loads(o.workloads.read_text(encoding="utf-8"))
    except ValueError as e:
        raise CampaignError(f"{o.workloads}: {e}") from None
    for w in workloads:
        if "model" not in w:
            found.append(Judge(w["name"], [o.random, *w["options"], "--rtl-lib", library], chip_facts))
            continue
        if isinstance(w["model"], dict):
            model = o.work / f"{w['name']}.gguf"
            model.write_bytes(tiny_gguf.build(**w["model"]))
        else:
            model = ROOT / w["model"]
        found.append(Judge(w["name"], [o.htx, "run", model, "--prompt", w["prompt"], "--tokens", o.tokens or w["tokens"], *lockstep,
                                       *w.get("options", [])], chip_facts, digest(model.read_bytes())))
    return found


def benches(part):
    return [Judge(b.name, [b.program, "--gtest_fail_fast", "--gtest_brief=1"], bench_facts, modules=b.modules, lenient=True)
            for b in part.benches]


def chip_facts(out):
    """{how, clock, signal} from what `htx run --json` or random_programs printed; None when no check failed.

    Golden and RTL may also agree on stopping with an error: no check caught that, so it is no catch.
    """
    try:
        report = json.loads(out[out.index("{\n"):])["report"]  # behind what the simulator may say of a failed assertion
    except (ValueError, KeyError, TypeError):
        return None
    if m := re.match(r"DIVERGENCE at clock (\d+) in (\w+)( of lane \d+)?\s+signals\s+(\S+)", report):
        return {"how": "divergence", "clock": int(m[1]), "signal": f"{m[2]}.{m[4]}"}
    if m := re.match(r"ASSERTION of the RTL at clock (\d+): (?:\S*/)?([\w.]+:\d+)", report):
        return {"how": "assertion", "clock": int(m[1]), "signal": m[2]}
    return None


def bench_facts(out):
    """{how, signal} of a GoogleTest program that failed; an assertion of the RTL ends it by a signal."""
    if m := re.search(r"^\[  FAILED  \] ([\w./]+)", out, re.M):
        return {"how": "test", "clock": None, "signal": m[1]}
    if m := re.search(r"%Error: (?:\S*/)?([\w.]+:\d+): Assertion failed", out):
        return {"how": "assertion", "clock": None, "signal": m[1]}
    return None


class Runner:
    """Starts judges, each in a process group of its own, and ends them all at once when asked to."""

    def __init__(self):
        self.lock, self.children, self.stopping = threading.Lock(), set(), False

    def execute(self, judge, number):
        """(verdict, facts, seconds) of one run."""
        began = time.monotonic()
        with self.lock:
            if self.stopping:
                return BROKEN, {"why": "stopped"}, 0.0
            child = subprocess.Popen(judge.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
                                     start_new_session=True, env={**os.environ, rewrite.VARIABLE: str(number)})
            self.children.add(child)
        try:
            out, err = child.communicate(timeout=judge.limit)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return BROKEN, {"why": f"more than {judge.limit:.0f} s"}, time.monotonic() - began
        finally:
            with self.lock:
                self.children.discard(child)
        seconds = time.monotonic() - began
        if child.returncode == 0:
            return SURVIVED, {}, seconds
        found = judge.facts(out + err if judge.lenient else out)
        if found and (child.returncode == 1 or judge.lenient and found["how"] == "assertion"):
            return CAUGHT, found, seconds
        how = f"exit code {child.returncode}" if child.returncode > 0 else f"signal {-child.returncode}"
        return BROKEN, {"why": f"{how}: {(err or out).strip()[-300:]}"}, seconds

    def stop(self):
        with self.lock:
            self.stopping = True
            for child in self.children:
                child.kill()
