# SPDX-License-Identifier: Apache-2.0
"""What scripts/bench calls: --paths, --area, --update-area."""
import json
import sys

from scripts import versions
from verif.bench import baselines

from . import figures, netlist, page, paths, timing


def short(f):
    """The table for a terminal."""
    head = f"{'module':<20}{'copies':>7}{'flip-flops':>12}{'gates':>11}{'memory bits':>13}{'longest':>9}  from, to"
    lines = [head]
    for name, m in sorted(f["modules"].items()):
        o, p = m["own"], m["path"]
        lines.append(f"{name:<20}{m['copies']:>7,}{o['flip_flops']:>12,}{o['gates']:>11,}{o['memory_bits'] + o['table_bits']:>13,}{p['gates']:>9}  {p['from']}, {p['to']}")
    t = f["modules"]["htx_chip"]["one"]
    return "\n".join([*lines, f"{'the chip':<20}{'':>7}{t['flip_flops']:>12,}{t['gates']:>11,}{t['memory_bits'] + t['table_bits']:>13,}"])


def verdict(lines, good):
    print("\n".join(lines) if lines else good)
    return 1 if lines else 0


def different(version, was):
    return f"figures: NOT COMPARED, they were recorded with Yosys {was['yosys']} and this is {version}"


def check_paths(a, version):
    """Paths through a block against the list; and whether the recorded figures are of this RTL."""
    listed = paths.known()
    words, _ = netlist.make(a.rtl)
    summaries = timing.chip(words)
    lines = paths.findings(words, summaries, listed)
    was, compared = figures.load(), "the figures of area are this RTL's"
    if version == was["yosys"]:
        lines += [f"OTHER NETLIST of {l.split(':')[0]} than docs/area.md was made of; if that is meant: {figures.UPDATE}, and the commit says why"
                  for l in figures.differences(was["words"], figures.digests(words))]
    else:
        compared = "the figures of area were not compared"
        print(different(version, was))
    return verdict(lines, f"{len(paths.blocks(words))} blocks, {len(listed)} known paths through one, no other; {compared}")


def measured(a, version):
    print("synthesizing the chip module by module: some minutes", file=sys.stderr, flush=True)
    words, gates = netlist.make(a.rtl, gates=True)
    f = figures.measure(gates, words, version)
    if a.json:
        a.json.write_text(json.dumps(f, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(short(f))
    return f


def area(a, version):
    was = figures.load()
    if version != was["yosys"]:
        print(different(version, was))
        measured(a, version)
        return 2
    lines = figures.differences(was, measured(a, version))
    return verdict([*lines, *([f"{len(lines)} figures differ from {figures.FILE.name}; if that is meant: {figures.UPDATE}, and the commit says why"] if lines else [])],
                   f"{len(figures.flat(was))} figures, each as in {figures.FILE.name}")


def update(a, version):
    if baselines.in_ci():
        print("bench: CI is set in the environment; figures are an engineer's to record", file=sys.stderr)
        return 2
    f = measured(a, version)
    figures.write(f)
    page.write(f)
    print(f"written: {figures.FILE}, {page.PAGE}")
    return 0


def main(a, what):
    try:
        versions.need("yosys")
        version, _ = versions.ask("yosys", versions.load()["yosys"])
        return {"paths": check_paths, "area": area, "update": update}[what](a, version)
    except (versions.Wrong, netlist.Failed, timing.Loop, paths.Bad, figures.Bad, baselines.Bad, OSError) as e:
        print(f"bench: {e}", file=sys.stderr)
        return 2
