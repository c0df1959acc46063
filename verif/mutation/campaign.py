# SPDX-License-Identifier: Apache-2.0
"""Sets a campaign up (what is drawn, what is built) and runs each mutant until something catches it; keeps results as they come."""
import concurrent.futures
import json
import os
import pathlib
import time

from verif.mutation import build, draw, judges, netlist
from verif.mutation.common import CampaignError, digest, note
from verif.mutation.judges import BROKEN, CAUGHT, SURVIVED


class Campaign:
    def __init__(self, options):
        self.o = options
        self.runner = judges.Runner()
        self.elaborated = None

    # ------------------------------------------------------------ what is drawn
    def prepare(self):
        """Candidates, and of them the campaign's mutants."""
        o = self.o
        o.work = o.work.resolve()
        o.work.mkdir(parents=True, exist_ok=True)
        argued = draw.Equivalents(o.equivalent)
        found = draw.candidates(o.rtl) if "source" in o.engines else []
        self.possible = {"source": len(found)} if found else {}
        quoted = None
        if "netlist" in o.engines:
            self.elaborated = netlist.Netlists(o.rtl.resolve(), o.lanes, o.columns, o.work / "netlists")
            quoted = self.elaborated.quoted
            some = self.elaborated.elaborate().candidates(o.seed, o.sample)
            self.possible["netlist"] = len(some)
            found += some
        found = argued.without(found, quoted)
        names = {c.module for c in found if c.engine == "netlist"}
        self.netlists = draw.netlist_modules(names, o.seed) if o.one_build and "source" in o.engines else names
        if o.one_build:
            found = [c for c in found if (c.engine == "netlist") == (c.module in self.netlists)]
        available = {(draw.block_of(c.module), c.engine) for c in found}
        blocks = list(o.blocks or draw.BLOCKS)
        if o.count:
            wanted = draw.deal(o.count, blocks, available)
        else:
            wanted = {(b, e): o.per_block for b in blocks for e in draw.ENGINES if (b, e) in available}
        self.drawn = draw.draw(found, o.seed, wanted)
        self.mutants = [draw.describe(c, n) for n, c in enumerate(self.drawn, 1)]

    def parts(self):
        """The builds: one for everything, or one for each engine."""
        numbered = list(enumerate(self.drawn, 1))
        if self.o.one_build:
            return [build.Part("mixed", numbered, {c.module for c in self.drawn if c.engine == "netlist"}, self.o)]
        found = []
        for engine, nets in (("source", set()), ("netlist", self.netlists)):
            mine = [(n, c) for n, c in numbered if c.engine == engine]
            if mine:
                found.append(build.Part(engine, mine, nets, self.o))
        return found

    # ------------------------------------------------------------ results
    def load(self):
        self.file = self.o.work / "state.json"
        self.state = {}
        if self.file.exists() and not self.o.fresh:
            try:
                self.state = json.loads(self.file.read_text(encoding="utf-8"))
                assert all(isinstance(v["stamp"], str) and isinstance(v["results"], dict) for v in self.state.values())
            except (ValueError, AssertionError, AttributeError, TypeError, KeyError):
                raise CampaignError(f"{self.file} is damaged; --fresh forgets it and begins anew") from None

    def save(self):
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.state, indent=1) + "\n", encoding="utf-8")
        os.replace(new, self.file)

    # ------------------------------------------------------------ running
    def run(self, part, only=None):
        """A part's mutants, first over the chip, then what survives in the benches of its blocks: results by key."""
        mine = [m for m in self.mutants if (only is None or m["id"] == only) and m["id"] in {n for n, _ in part.numbered}]
        chain = judges.chip(self.o, part.library)
        programs = sorted({j.command[0] for j in chain})
        stamp = digest(part.stamp, *(j.inputs for j in chain), *(" ".join(j.command) for j in chain),
                       *(pathlib.Path(p).read_bytes() for p in programs if pathlib.Path(p).exists()))
        held = self.state.get(part.name)
        if not held or held["stamp"] != stamp:
            if held:
                note(f"{len(held['results'])} earlier results are of other RTL, programs or tests and do not count ({part.name})")
            held = self.state[part.name] = {"stamp": stamp, "results": {}}
        results = held["results"]
        if self.o.benches and held.get("tests") != (tests := build.tests_stamp()):
            self.forget_benches(results, {j.name for j in chain if not j.long})
            held["tests"] = tests
        for name in ("chip", "benches", "long"):
            left = [m for m in mine if (r := results.get(m["key"], {})).get("verdict") != CAUGHT
                    and (name == "chip" or r["verdict"] == SURVIVED) and name not in r.get("asked", ())]
            if not left or (name == "benches" and not self.o.benches):
                continue
            if name == "benches":
                part.build_benches({m["module"] for m in left})
            self.judge(name, judges.benches(part) if name == "benches" else [j for j in chain if j.long == (name == "long")], left, results)
        return {m["key"]: results[m["key"]] for m in mine}

    @staticmethod
    def forget_benches(results, quick):
        """What was asked before the benches stays; the benches are others now, and they and what comes after them are asked again."""
        for r in results.values():
            if set(r.get("tried", ())) - quick:
                r.update(verdict=SURVIVED, workload="", tried=[n for n in r["tried"] if n in quick], asked=["chip"])
                for k in ("how", "clock", "signal"):
                    r.pop(k, None)

    def passes(self, j):
        """Without a mutant a judge must pass, before it is asked for the first time; a bench that does not judges none."""
        with j.lock:
            if j.passes is None:
                verdict, found, seconds = self.runner.execute(j, 0)
                if verdict != SURVIVED and not j.lenient:
                    raise CampaignError(f"without a mutant, {j.name} does not run to its end in lockstep: {found}\n{j.paste(0)}")
                j.passes, j.limit = verdict == SURVIVED, 60 + int(10 * seconds)
                note(f"no mutant, {j.name}: every clock matches, {seconds:.1f} s" if j.passes else
                     f"{j.name} does not pass without a mutant over these modules ({found.get('why') or found.get('signal')}): it judges none of them")
        return j.passes

    def one(self, name, chain, mutant, before):
        """Asks those that can reach the mutant, in turn, until one catches it."""
        r = {"verdict": SURVIVED, "workload": "", "tried": [], "seconds": 0.0, "asked": []}
        if before.get("verdict") == SURVIVED:  # by those asked earlier
            r.update({k: before[k] for k in (*r, "replay") if k in before})
        for j in chain:
            if not j.reaches(mutant["module"]) or not self.passes(j):
                continue
            verdict, found, seconds = self.runner.execute(j, mutant["id"])
            r.update(verdict=verdict, workload=j.name, tried=[*r["tried"], j.name], seconds=round(r["seconds"] + seconds, 2), replay=j.paste(mutant["id"]))
            if verdict == BROKEN and j.lenient:
                r["verdict"] = SURVIVED
            elif verdict != SURVIVED:
                r.update(found)
                break
        if r["verdict"] != BROKEN:
            r["asked"] = [*r["asked"], name]
        return r

    def judge(self, name, chain, todo, results):
        began, done = time.monotonic(), 0
        pool = concurrent.futures.ThreadPoolExecutor(self.o.jobs)
        try:
            futures = {pool.submit(self.one, name, chain, m, results.get(m["key"], {})): m for m in todo}
            for future in concurrent.futures.as_completed(futures):
                m, r = futures[future], future.result()
                results[m["key"]] = r
                self.save()
                done += 1
                left = (time.monotonic() - began) / done * (len(todo) - done)
                note(f"[{name}: {done}/{len(todo)}, {left:.0f} s left] {m['id']} {m['module']} {m['class']}: {r['verdict']}" + where(r))
        except (KeyboardInterrupt, CampaignError) as e:
            self.runner.stop()
            pool.shutdown(wait=True, cancel_futures=True)
            if isinstance(e, KeyboardInterrupt):
                note(f"stopped; {sum(len(p['results']) for p in self.state.values())} results are kept in {self.file}, the same command goes on from there")
            raise
        pool.shutdown()


def where(r):
    parts = [r.get("workload", ""), f"clock {r['clock']}" if r.get("clock") is not None else "", r.get("signal") or "", r.get("why") or ""]
    text = ", ".join(p for p in parts if p)
    return f" ({text})" if text else ""
