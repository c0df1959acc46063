# SPDX-License-Identifier: Apache-2.0
"""What a mutant is run through, and what counts as a catch: only a difference to the golden model, or an assertion of the RTL."""
import contextlib
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import tempfile
import threading

from verif.mutation import rewrite, tiny_gguf
from verif.mutation.common import CampaignError, digest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAUGHT, SURVIVED, BROKEN = "caught", "survived", "could not run"


class Judge:
    """One command. `facts` reads what it printed with exit code 1: how a check failed, or None when no check did."""

    def __init__(self, name, command, facts, inputs="", modules=None, lenient=False, long=False):
        self.name, self.command, self.facts, self.inputs = name, [str(c) for c in command], facts, inputs
        self.modules = modules  # None: the whole chip
        self.lenient = lenient  # what cannot run here is judged by the next
        self.long = long        # asked after the benches
        self.limit, self.wall = 600, 3600.0  # seconds of processor time, and of time
        self.passes, self.lock = None, threading.Lock()  # without a mutant

    def reaches(self, module):
        return self.modules is None or module in self.modules

    def paste(self, number):
        return f"{rewrite.VARIABLE}={number} " + " ".join(self.command)


def chip(options, library):
    """The workloads in lockstep, over the chip."""
    o, found = options, []
    lockstep = ["--engine", "lockstep", "--lanes", o.lanes, "--columns", o.columns, "--json", "--no-waves", "--rtl-lib", library]
    if o.model:
        return [Judge("given", [o.htx, "run", o.model, "--prompt", o.prompt, "--tokens", o.tokens or 4, *lockstep], chip_facts,
                      digest(o.model.read_bytes()))]
    try:
        workloads = json.loads(o.workloads.read_text(encoding="utf-8"))
    except ValueError as e:
        raise CampaignError(f"{o.workloads}: {e}") from None
    for w in workloads:
        if "model" not in w:
            words = [x.replace("{root}", str(ROOT)) for x in w["options"]]
            cases = digest(*(pathlib.Path(x).read_bytes() for x in words if x.endswith(".json")))
            found.append(Judge(w["name"], [o.random, *words, "--rtl-lib", library], chip_facts, cases, long=w.get("long", False)))
            continue
        if isinstance(w["model"], dict):
            model = o.work / f"{w['name']}.gguf"
            model.write_bytes(tiny_gguf.build(**w["model"]))
        else:
            model = ROOT / w["model"]
        found.append(Judge(w["name"], [o.htx, "run", model, "--prompt", w["prompt"], "--tokens", o.tokens or w["tokens"], *lockstep,
                                       *w.get("options", [])], chip_facts, digest(model.read_bytes()), long=w.get("long", False)))
    return found


def benches(part):
    return [Judge(b.name, [b.program, "--gtest_fail_fast", "--gtest_brief=1"], bench_facts, modules=b.modules, lenient=True)
            for b in sorted(part.benches, key=lambda b: len(b.modules))]


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
        """(verdict, facts, seconds of processor time) of one run. The limit is processor time, so that a busy machine changes no verdict."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            with self.lock:
                if self.stopping:
                    return BROKEN, {"why": "stopped"}, 0.0
                child = subprocess.Popen(judge.command, stdout=out, stderr=err, start_new_session=True, env={**os.environ, rewrite.VARIABLE: str(number)})
                resource.prlimit(child.pid, resource.RLIMIT_CPU, (judge.limit, judge.limit + 5))
                self.children.add(child.pid)
            asleep = threading.Timer(judge.wall, end, [child.pid])
            asleep.start()
            status, used = os.wait4(child.pid, 0)[1:]
            asleep.cancel()
            with self.lock:
                self.children.discard(child.pid)
            child.returncode = os.waitstatus_to_exitcode(status)
            seconds = used.ru_utime + used.ru_stime
            out.seek(0), err.seek(0)
            out, err = (f.read().decode(errors="replace") for f in (out, err))
        if child.returncode == 0:
            return SURVIVED, {}, seconds
        found = judge.facts(out + err if judge.lenient else out)
        if found and (child.returncode == 1 or judge.lenient and found["how"] == "assertion"):
            return CAUGHT, found, seconds
        if child.returncode == -signal.SIGXCPU:
            return BROKEN, {"why": f"more than {judge.limit} s of processor time"}, seconds
        how = f"exit code {child.returncode}" if child.returncode > 0 else f"signal {-child.returncode}"
        return BROKEN, {"why": f"{how}: {(err or out).strip()[-300:]}"}, seconds

    def stop(self):
        with self.lock:
            self.stopping = True
            for pid in self.children:
                end(pid)


def end(pid):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
