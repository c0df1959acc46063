# SPDX-License-Identifier: Apache-2.0
"""Puts the instances of a netlist back into their generate loops.

Yosys flattens `for .. begin : g_column` into instances called \\g_column[0].u_col, and Verilator makes another path of such a name than of
the loop's: probes would not find them. So a loop is written around one instance of each name; its ports are slices of wires that hold all copies'.
"""
import re

from verif.mutation.common import CampaignError

_INSTANCE = re.compile(r"^  (\S+(?: #\(.*?\))?) \\(\w+)\[(\d+)\]\.(\w+)\s+\(\n(.*?)\n  \);\n", re.S | re.M)


def regroup(body, ports):
    """`body` of a module with its loops of instances again. ports(what an instance calls) = {port: (direction, width)}."""
    loops = {}
    for what, loop, index, name, text in _INSTANCE.findall(body):
        connections = dict(re.findall(r"^    \.(\w+)\((.*)\),?$", text, re.M))
        loops.setdefault(loop, {}).setdefault(name, []).append((int(index), what, connections))
    if not loops:
        return body
    added = []
    for loop, instances in loops.items():
        inside = []
        for name, copies in instances.items():
            copies.sort()
            kinds = {what for _, what, _ in copies}
            if [i for i, _, _ in copies] != list(range(len(copies))) or len(kinds) != 1:
                raise CampaignError(f"the copies of {loop}.{name} differ in more than their number")
            what = kinds.pop()
            pins = []
            for port, (direction, width) in ports(what).items():
                values = [c.get(port, "") for _, _, c in reversed(copies)]
                if not all(values):
                    pins.append(f".{port}()")
                    continue
                if direction == "input" and len(set(values)) == 1:  # clock and reset above all
                    pins.append(f".{port}({values[0]})")
                    continue
                wires = f"{loop}__{name}__{port}"
                all_copies = "{ " + ", ".join(values) + " }"
                added.append(f"  wire [{width * len(copies) - 1}:0] {wires};\n")
                added.append(f"  assign {wires} = {all_copies};\n" if direction == "input" else f"  assign {all_copies} = {wires};\n")
                pins.append(f".{port}({wires}[{width}*i +: {width}])")
            inside.append(f"    {what} {name} ({', '.join(pins)});\n")
        counts = {len(copies) for copies in instances.values()}
        if len(counts) != 1:
            raise CampaignError(f"the loop {loop} has an instance more often than another")
        added.append(f"  for (genvar i = 0; i < {counts.pop()}; i++) begin : {loop}\n{''.join(inside)}  end\n")
    return _INSTANCE.sub("", body) + "".join(added)
