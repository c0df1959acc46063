# SPDX-License-Identifier: Apache-2.0
"""Plants seeded single bugs in every block of the RTL and counts which the tests catch.

Mutants are made from the sources (statements, conditions, connections) and from Yosys' netlists of the elaborated modules. Many
share one build of the chip; the environment variable HTX_MUTANT selects one. Each is run in lockstep with the golden model,
quickest judge first, until a check fails. Interrupted, the same command goes on where it stopped.

Exit code: 0 every mutant caught or proven equivalent, 1 some survived, 2 the campaign, or a mutant's run, could not be carried out.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import sys
import time

from verif import command_line
from verif.mutation import build, campaign, draw, equivalence, report
from verif.mutation.common import CampaignError, note
from verif.mutation.judges import BROKEN, SURVIVED
from verif.mutation.tokens import SourceError

ROOT = build.ROOT
# What each profile means, as options; those given on the command line go before it.
PROFILES = {
    "ci": {"count": 60, "one_build": True, "benches": True, "prove": False},  # one seed: what is equivalent in it is argued
    "nightly": {"per_block": 18, "one_build": False, "benches": True, "prove": True},
}


def names(known):
    def read(text):
        for n in text.split(","):
            if n not in known:
                raise argparse.ArgumentTypeError(f"'{n}' is none of: {', '.join(known)}")
        return text.split(",")
    return read


def positive(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 up")
    return int(text)


def parser():
    classes = "\n".join(f"  {n:<11} {what}" for n, what in draw.CLASSES.items())
    p = command_line.Parser(__doc__, prog="mutate", epilog="classes of mutants:\n" + classes)
    p.add_argument("--profile", choices=PROFILES, default="ci",
                   help="ci (default): 60 mutants of both engines in one build of the chip; nightly: 18 of each engine in every block, a build for each, and proofs")
    p.add_argument("--seed", type=int, default=1, help="which mutants are drawn (default 1)")
    p.add_argument("--per-block", type=positive, help="mutants of each engine in every block")
    p.add_argument("--count", type=positive, help="mutants in all, dealt to blocks and engines in turn (instead of --per-block)")
    p.add_argument("--engines", type=names(draw.ENGINES), default=list(draw.ENGINES), help="source, netlist, or both with a comma (default)")
    p.add_argument("--blocks", type=names(draw.BLOCKS), help="only these blocks, separated by commas: " + ", ".join(draw.BLOCKS))
    p.add_argument("--one-build", action=argparse.BooleanOptionalAction,
                   help="netlists of some modules and sources of the others in one build, instead of a build for each engine")
    p.add_argument("--benches", action=argparse.BooleanOptionalAction, help="the tests of single blocks judge what survives the chip (default)")
    p.add_argument("--prove", action=argparse.BooleanOptionalAction,
                   help="try to prove that survivors change nothing (default in nightly)")
    p.add_argument("--list", action="store_true", help="print the drawn mutants and stop")
    p.add_argument("--only", type=positive, metavar="N", help="run only mutant N of the draw")
    p.add_argument("--fresh", action="store_true", help="forget the results of an earlier run")
    p.add_argument("--jobs", type=positive, default=os.cpu_count(), help="runs beside each other (default: all processors)")
    p.add_argument("--lanes", type=positive, choices=range(1, 9), default=3,
                   help="lanes of the chip (default 3: queues fill, and nothing divides evenly)")
    p.add_argument("--columns", type=positive, choices=range(1, 9), default=2, help="columns of a lane (default 2)")
    p.add_argument("--model", type=pathlib.Path, help="run this GGUF file instead of the workloads")
    p.add_argument("--prompt", default="Once", help="with --model (default 'Once')")
    p.add_argument("--tokens", type=positive, help="tokens to decode (default: as the workload says; 4 with --model)")
    p.add_argument("--rtl", type=pathlib.Path, default=ROOT / "rtl", help="RTL to mutate (default rtl/)")
    p.add_argument("--build", type=pathlib.Path, default=pathlib.Path(os.environ.get("HTX_BUILD", ROOT / "build")),
                   help="build folder (default build/)")
    p.add_argument("--htx", type=pathlib.Path, help="the tool (default BUILD/htx, which is then built)")
    p.add_argument("--random", type=pathlib.Path, help="the other stimulus (default BUILD/random_programs, which is then built)")
    p.add_argument("--work", type=pathlib.Path, help="where RTL, libraries, state and report go (default BUILD/mutate)")
    p.add_argument("--workloads", type=pathlib.Path, default=ROOT / "verif/mutation/workloads.json")
    p.add_argument("--equivalent", type=pathlib.Path, default=ROOT / "verif/mutation/equivalent.json",
                   help="mutants that change nothing, argued one by one")
    p.add_argument("--opt", default="-O1", help="compiler options of the chip (default -O1: building costs more than running)")
    p.add_argument("--json", type=pathlib.Path, help="the report (default WORK/report.json)")
    return p


def options(words=None):
    o = parser().parse_args(words)
    if o.per_block and o.count:
        parser().error("--per-block and --count exclude each other")
    profile = dict(PROFILES[o.profile])
    if o.per_block or o.count:
        profile.pop("count", None), profile.pop("per_block", None)
    for k, v in profile.items():
        if getattr(o, k) is None:
            setattr(o, k, v)
    o.sample = 40  # of every elaborated module; the draw takes from these
    o.targets = [t for t, given in (("htx", o.htx), ("random_programs", o.random)) if given is None]
    o.htx = o.htx or o.build / "htx"
    o.random = o.random or o.build / "random_programs"
    o.work = o.work or o.build / "mutate"
    o.json = o.json or o.work / "report.json"
    return o


def run(o):
    began = time.monotonic()
    c = campaign.Campaign(o)
    c.prepare()
    possible = ", ".join(f"{n} {e}" for e, n in c.possible.items())
    if o.only and o.only > len(c.mutants):
        raise CampaignError(f"there are only {len(c.mutants)} mutants")
    if o.list:
        print(report.table([[m["id"], m["block"], m["class"], f"{m['file']}:{m['line']}", m["original"], m["mutated"]] for m in c.mutants],
                           ["id", "block", "class", "place", "original", "mutated"]))
        print(f"{len(c.mutants)} mutants of {possible}, seed {o.seed}")
        return 0
    build.programs(o)
    c.load()
    results, building = {}, 0.0
    for part in c.parts():
        if o.only and o.only not in {n for n, _ in part.numbered}:
            continue
        part.generate(c.elaborated)
        part.build()
        results.update(c.run(part, o.only))
        building += part.seconds
    rows = [{**m, **results[m["key"]]} for m in c.mutants if m["key"] in results]
    if o.prove:
        equivalence.judge(o, c, rows)
    spent = sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
    summary = {"seed": o.seed, "lanes": o.lanes, "columns": o.columns, "profile": o.profile, "possible": c.possible, "build_seconds": round(building, 1),
               "seconds": round(time.monotonic() - began, 1), "processor_seconds": round(spent, 1), "mutants": rows}
    o.json.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    print(report.describe(rows))
    print(f"{summary['seconds']:.0f} s, {building:.0f} of them building, {spent:.0f} s of processor time; seed {o.seed}; report: {o.json}")
    verdicts = {r["verdict"] for r in rows}
    return 2 if BROKEN in verdicts else 1 if SURVIVED in verdicts else 0


def main(words=None):
    o = options(words)
    try:
        return run(o)
    except (CampaignError, SourceError) as e:
        print(f"mutate: {e}", file=sys.stderr)
    except OSError as e:
        free = shutil.disk_usage(o.work if o.work.exists() else ROOT).free
        print(f"mutate: {e}" + (" (the disk is full)" if free < 1 << 20 else ""), file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 2
