# SPDX-License-Identifier: Apache-2.0
"""Builds the chip with all drawn mutants in it, runs each mutant in lockstep with the golden model, and reports."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

from verif.mutation import draw, operators, rewrite, tiny_gguf

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
CAUGHT, SURVIVED, BROKEN = "caught", "survived", "could not run"


def digest(*parts):
    h = hashlib.sha256()
    for part in parts:
        h.update(part if isinstance(part, bytes) else str(part).encode())
        h.update(b"\0")
    return h.hexdigest()


class Campaign:
    def __init__(self, options):
        self.o = options
        self.work = options.work.resolve()
        self.lock = threading.Lock()
        self.children, self.stopping = set(), False

    # ------------------------------------------------------------ preparing
    def prepare(self):
        o = self.o
        self.work.mkdir(parents=True, exist_ok=True)
        found = draw.without_equivalents(draw.candidates(o.rtl), o.equivalent)
        self.drawn = draw.draw(found, o.seed, o.per_block, o.count, o.blocks)
        self.mutants = [c.json(n) for n, c in enumerate(self.drawn, 1)]
        (self.work / "mutants.json").write_text(json.dumps(self.mutants, indent=1) + "\n", encoding="utf-8")
        self.candidates = len(found)

    def generate(self):
        rewrite.write(self.o.rtl, self.work / "rtl", self.drawn)

    def build_programs(self):
        """htx and random_programs, unless they were named."""
        o = self.o
        if o.targets:
            setup = 'cd "$1"; . scripts/common.sh; shift; build "$@"'  # configures a build folder that is not there yet
            env = {**os.environ, "HTX_BUILD": str(o.build)}
            if subprocess.run(["bash", "-c", setup, "mutants", str(ROOT), *o.targets], env=env, stdout=sys.stderr).returncode:
                raise draw.CampaignError("the programs that run the mutants do not build")
        for program in (o.htx, o.random):
            if not program.exists():
                raise draw.CampaignError(f"{program} is missing")

    def build(self):
        """The library with all mutants; only when what it is made from has changed."""
        parts = []
        for base in (self.work / "rtl", ROOT / "golden/chip", ROOT / "scripts/gen", self.o.build / "generated/htx"):
            for f in sorted(base.rglob("*")):
                if f.suffix in (".sv", ".probe", ".py", ".hpp"):
                    parts += [f.name, f.read_bytes()]
        for f in ("verif/rtl_machine.cpp", "verif/rtl_machine.hpp", "verif/instances.txt", "scripts/build_rtl"):
            parts.append((ROOT / f).read_bytes())
        self.stamp = digest(self.o.lanes, *parts)
        self.library = self.work / f"htx_mutants_L{self.o.lanes}.so"
        mark = self.library.with_suffix(".stamp")
        if self.library.exists() and mark.exists() and mark.read_text() == self.stamp:
            return 0.0
        mark.unlink(missing_ok=True)
        began = time.monotonic()
        cmd = [ROOT / "scripts/build_rtl", "--rtl", self.work / "rtl", "--lanes", str(self.o.lanes), "--out", self.library,
               "--include", self.o.build / "generated", "--jobs", str(self.o.jobs)]
        if subprocess.run(cmd).returncode:
            raise draw.CampaignError("the chip with the mutants in it does not build")
        mark.write_text(self.stamp)
        return time.monotonic() - began

    def load_workloads(self):
        """What every mutant runs, in turn until it is caught: a name, the program and its options, a digest of its input."""
        o, self.workloads = self.o, []
        decode = [str(o.htx), "run"]
        lockstep = ["--engine", "lockstep", "--lanes", str(o.lanes), "--json", "--no-waves"]
        if o.model:
            self.workloads.append(("given", [*decode, str(o.model), "--prompt", o.prompt, "--tokens", str(o.tokens), *lockstep],
                                   digest(o.model.read_bytes())))
            return
        for w in json.loads(o.workloads.read_text(encoding="utf-8")):
            if "model" not in w:
                self.workloads.append((w["name"], [str(o.random), *w["options"]], ""))
                continue
            if isinstance(w["model"], dict):
                model = self.work / f"{w['name']}.gguf"
                model.write_bytes(tiny_gguf.build(**w["model"]))
            else:
                model = ROOT / w["model"]
            self.workloads.append((w["name"], [*decode, str(model), "--prompt", w["prompt"], "--tokens", str(o.tokens or w["tokens"]),
                                               *lockstep, *w.get("options", [])], digest(model.read_bytes())))

    # ------------------------------------------------------------ running
    def command(self, workload, number):
        return [*workload[1], "--rtl-lib", str(self.library), "--plusarg", f"+htx_mutant={number}"]

    def execute(self, workload, number, limit):
        """(verdict, facts, seconds) of one run. Only exit code 1 is a catch, only 0 a survival."""
        began = time.monotonic()
        with self.lock:
            if self.stopping:
                return BROKEN, {"why": "stopped"}, 0.0
            child = subprocess.Popen(self.command(workload, number), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                     start_new_session=True)
            self.children.add(child)
        try:
            out, err = child.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return BROKEN, {"why": f"more than {limit:.0f} s"}, time.monotonic() - began
        finally:
            with self.lock:
                self.children.discard(child)
        seconds = time.monotonic() - began
        if child.returncode == 0:
            return SURVIVED, {}, seconds
        if child.returncode == 1 and (found := facts(out)):
            return CAUGHT, found, seconds
        how = f"exit code {child.returncode}" if child.returncode > 0 else f"signal {-child.returncode}"
        return BROKEN, {"why": f"{how}: {(err or out).strip()[-300:]}"}, seconds

    def baseline(self):
        """Without a mutant every workload must match at every clock; its time sets the limit of the others."""
        self.limits = []
        for w in self.workloads:
            verdict, found, seconds = self.execute(w, 0, 1800)
            if verdict != SURVIVED:
                raise draw.CampaignError(f"without a mutant, workload {w[0]} does not run to its end in lockstep: {found}\n"
                                         + " ".join(self.command(w, 0)))
            self.limits.append(max(120.0, 10 * seconds))
            note(f"no mutant, workload {w[0]}: every clock matches, {seconds:.1f} s")

    def one(self, mutant):
        total = 0.0
        for w, limit in zip(self.workloads, self.limits):
            verdict, found, seconds = self.execute(w, mutant["id"], limit)
            total += seconds
            if verdict != SURVIVED:
                break
        return {"verdict": verdict, "workload": w[0], "seconds": round(total, 2), **found}

    def run(self, only=None):
        state_file = self.work / "state.json"
        programs = sorted({w[1][0] for w in self.workloads})
        stamp = digest(self.stamp, self.workloads, *(pathlib.Path(p).read_bytes() for p in programs))
        state = {"stamp": stamp, "results": {}}
        if state_file.exists() and not self.o.fresh:
            old = json.loads(state_file.read_text(encoding="utf-8"))
            state = old if old.get("stamp") == stamp else state
        results = state["results"]
        wanted = [m for m in self.mutants if only is None or m["id"] == only]
        todo = [m for m in wanted if results.get(m["key"], {}).get("verdict") not in (CAUGHT, SURVIVED)]
        if todo:
            self.baseline()
        began, done = time.monotonic(), 0
        pool = concurrent.futures.ThreadPoolExecutor(self.o.jobs)
        try:
            futures = {pool.submit(self.one, m): m for m in todo}
            for future in concurrent.futures.as_completed(futures):
                mutant = futures[future]
                results[mutant["key"]] = future.result()
                save(state_file, state)
                done += 1
                r = results[mutant["key"]]
                left = (time.monotonic() - began) / done * (len(todo) - done)
                note(f"[{done}/{len(todo)}, {left:.0f} s left] {mutant['id']} {mutant['block']} {mutant['class']}: {r['verdict']}"
                     + where(r))
        except KeyboardInterrupt:
            with self.lock:
                self.stopping = True
                for child in self.children:
                    child.kill()
            pool.shutdown(wait=True, cancel_futures=True)
            note(f"stopped; {len(results)} results are kept in {state_file}, the same command goes on from there")
            raise
        pool.shutdown()
        return [{**m, **results[m["key"]]} for m in wanted]


def save(path, state):
    new = path.with_suffix(".new")
    new.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
    os.replace(new, path)


def note(text):
    print(text, file=sys.stderr, flush=True)


def where(r):
    parts = [f"clock {r['clock']}" if r.get("clock") is not None else "", r.get("signal") or "", r.get("why") or ""]
    text = ", ".join(p for p in parts if p)
    return f" ({text})" if text else ""


def facts(out):
    """How a run with exit code 1 ended, from what `htx run --json` printed: {how, clock, signal}; None when not by a check.

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


# ---------------------------------------------------------------- report
def table(rows, head):
    rows = [head] + [[str(c) for c in r] for r in rows]
    widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip() for r in rows]
    return "\n".join([lines[0], "  ".join("-" * w for w in widths)] + lines[1:])


def tally(results, field, order):
    rows = []
    for name in [n for n in order if any(r[field] == n for r in results)]:
        mine = [r for r in results if r[field] == name]
        rows.append([name, len(mine)] + [sum(r["verdict"] == v for r in mine) for v in (CAUGHT, SURVIVED, BROKEN)])
    return rows


def describe(results):
    head = ["mutants", CAUGHT, SURVIVED, BROKEN]
    text = [table([[r["id"], r["block"], r["class"], f"{r['file']}:{r['line']}", r["verdict"], r["workload"], r.get("clock", ""),
                    r.get("signal") or r.get("why", "")] for r in results],
                  ["id", "block", "class", "place", "verdict", "workload", "clock", "signal"]), "",
            table(tally(results, "block", draw.BLOCKS), ["block"] + head), "",
            table(tally(results, "class", operators.CLASSES), ["class"] + head), ""]
    caught = sum(r["verdict"] == CAUGHT for r in results)
    for r in results:
        if r["verdict"] != CAUGHT:
            text += [f"{r['verdict']}: {r['id']} {r['module']} {r['file']}:{r['line']} {r['class']}" + where(r),
                     f"    {r['original']}", f"    {r['mutated']}"]
    text.append(f"{caught} of {len(results)} mutants caught")
    return "\n".join(text)
