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
            self.elaborated = netlist.Netlists(o.rtl.resolve(), o.lanes, o.work / "netlists")
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
        stamp = digest(part.stamp, *(j.inputs for j in chain), *(" ".join(j.command) for j in chain), self.o.benches and build.tests_stamp(),
                       *(pathlib.Path(p).read_bytes() for p in programs if pathlib.Path(p).exists()))
        held = self.state.get(part.name)
        if not held or held["stamp"] != stamp:
            if held:
                note(f"{len(held['results'])} earlier results are of other RTL, programs or tests and do not count ({part.name})")
            held = self.state[part.name] = {"stamp": stamp, "results": {}}
        results = held["results"]
        todo = [m for m in mine if results.get(m["key"], {}).get("verdict") not in (CAUGHT, SURVIVED)]
        if todo:
            self.judge(chain, todo, results)
        left = [m for m in mine if results[m["key"]]["verdict"] == SURVIVED and not results[m["key"]].get("benched")]
        if self.o.benches and left:
            part.build_benches({m["module"] for m in left})
            self.judge(judges.benches(part), left, results)
        return {m["key"]: results[m["key"]] for m in mine}

    def baseline(self, chain):
        """Without a mutant everything must pass; the times say in which order to ask, and what is too long."""
        good = []
        for j in chain:
            verdict, found, seconds = self.runner.execute(j, 0)
            if verdict != SURVIVED and j.lenient:
                note(f"{j.name} does not pass without a mutant over these modules ({found.get('why') or found.get('signal')}): it judges none of them")
                continue
            if verdict != SURVIVED:
                raise CampaignError(f"without a mutant, {j.name} does not run to its end in lockstep: {found}\n{j.paste(0)}")
            j.seconds, j.limit = seconds, max(30.0 if j.lenient else 120.0, 10 * seconds)
            good.append(j)
            note(f"no mutant, {j.name}: every clock matches, {seconds:.1f} s")
        return sorted(good, key=lambda j: j.seconds)

    def one(self, chain, mutant, before):
        """Asks those that can reach the mutant, the quickest first, until one catches it."""
        r = {"verdict": SURVIVED, "workload": "", "tried": [], "seconds": 0.0}
        if before.get("verdict") == SURVIVED:  # by the chip; now the benches
            r.update({k: before[k] for k in ("workload", "tried", "seconds", "replay") if k in before})
        for j in chain:
            if not j.reaches(mutant["module"]):
                continue
            verdict, found, seconds = self.runner.execute(j, mutant["id"])
            r.update(verdict=verdict, workload=j.name, tried=[*r["tried"], j.name], seconds=round(r["seconds"] + seconds, 2), replay=j.paste(mutant["id"]))
            if verdict == BROKEN and j.lenient:
                r["verdict"] = SURVIVED
            elif verdict != SURVIVED:
                r.update(found)
                break
        if any(j.lenient for j in chain) or not chain:
            r["benched"] = True
        return r

    def judge(self, chain, todo, results):
        chain = self.baseline(chain)
        began, done = time.monotonic(), 0
        pool = concurrent.futures.ThreadPoolExecutor(self.o.jobs)
        try:
            futures = {pool.submit(self.one, chain, m, results.get(m["key"], {})): m for m in todo}
            for future in concurrent.futures.as_completed(futures):
                m, r = futures[future], future.result()
                results[m["key"]] = r
                self.save()
                done += 1
                left = (time.monotonic() - began) / done * (len(todo) - done)
                note(f"[{done}/{len(todo)}, {left:.0f} s left] {m['id']} {m['module']} {m['class']}: {r['verdict']}" + where(r))
        except KeyboardInterrupt:
            self.runner.stop()
            pool.shutdown(wait=True, cancel_futures=True)
            note(f"stopped; {sum(len(p['results']) for p in self.state.values())} results are kept in {self.file}, the same command goes on from there")
            raise
        pool.shutdown()


def where(r):
    parts = [r.get("workload", ""), f"clock {r['clock']}" if r.get("clock") is not None else "", r.get("signal") or "", r.get("why") or ""]
    text = ", ".join(p for p in parts if p)
    return f" ({text})" if text else ""
