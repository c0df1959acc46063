# SPDX-License-Identifier: Apache-2.0
"""From the data of many runs to one list of items a module, each with the tests that reached it."""
import dataclasses

from verif.coverage import rtl


@dataclasses.dataclass
class Item:
    """What can be covered: a block of lines, a bit, a state or transition, a functional point."""
    module: str
    kind: str            # line, toggle, fsm, point
    name: str            # beat_q[3], S_A -> S_B, g_kind[2].wait; a line's text
    place: tuple = ()    # lines of the source that it stands for
    hits: int = 0        # how often; bits: 0 none, 1 rose or fell, 2 both
    tests: int = 0       # bit i: the i-th test reached it
    note: str = ""       # what a bit lacks, a branch's kind
    waiver: object = None

    @property
    def covered(self):
        return self.hits >= (2 if self.kind == "toggle" else 1)


class Merged:
    """Runs come in one by one, with add(); items() when all are there."""

    def __init__(self, modules, structs):
        self.modules, self.structs = modules, structs  # name -> rtl.Module; packed structs of the package
        self.by_file = {}
        self.tests = []      # names
        self.lines, self.points, self.toggles, self.states = {}, {}, {}, {}

    def add(self, test, data):
        """Seeds of a test are one test."""
        if test not in self.tests:
            self.tests.append(test)
        bit = 1 << self.tests.index(test)
        for mine, its in ((self.lines, data.lines), (self.points, data.points)):
            for key, count in its.items():
                own = mine.setdefault(key, [0, 0])
                own[0] += count
                own[1] |= bit if count else 0
        for key, (width, rise, fall) in data.toggles.items():
            own = self.toggles.setdefault(key, {"width": 0})
            own["width"] = max(own["width"], width)
            first = own.setdefault(bit, [0, 0])
            first[0] |= rise
            first[1] |= fall
        for key, pairs in data.states.items():
            for pair in pairs:
                self.states.setdefault(key, {}).setdefault(pair, 0)
                self.states[key][pair] |= bit

    def items(self, transitions, names):
        """All items. `transitions`: (module, register) -> {(from, to)} by name; `names`: readable name of (module, point)."""
        yield from self.line_items()
        yield from self.toggle_items()
        yield from self.fsm_items(transitions)
        for (module, point), (hits, tests) in self.points.items():
            yield Item(module, "point", names(module, point), hits=hits, tests=tests)

    def line_items(self):
        owner = {}
        for m in self.modules.values():
            owner[rtl_path(m)] = m
        for where, (hits, tests) in self.lines.items():
            module = owner.get(where.file)
            if module:
                text = module.text[where.line - 1].strip() if where.line <= len(module.text) else ""
                yield Item(module.name, "line", text, where.lines or (where.line,), hits, tests, where.kind if where.lines else f"no {where.kind}")

    def toggle_items(self):
        for (module, name), seen in self.toggles.items():
            signal = next((s for s in self.modules[module].signals if s.name == name), None) if module in self.modules else None
            if signal is None:
                continue
            runs = [(bit, r, f) for bit, (r, f) in ((k, v) for k, v in seen.items() if k != "width")]
            for i, bit_name in enumerate(rtl.bits(signal, seen["width"], self.structs)):
                rose, fell = any(r >> i & 1 for _, r, _ in runs), any(f >> i & 1 for _, _, f in runs)
                tests = sum(bit for bit, r, f in runs if (r | f) >> i & 1)
                yield Item(module, "toggle", bit_name, (signal.line,), rose + fell, tests,
                           "" if rose and fell else "never rose" if fell else "never fell" if rose else "")

    def fsm_items(self, transitions):
        """States and declared transitions; a transition that happens without being declared comes with the note 'not declared'."""
        for m in self.modules.values():
            for f in m.fsms:
                seen = self.states.get((m.name, f.register))
                if seen is None:
                    continue
                label = {v: n for n, v in f.states}
                reached, moved = {}, {}
                for (first, then), tests in seen.items():
                    for s in (first, then):
                        reached[label.get(s, s)] = reached.get(label.get(s, s), 0) | tests
                    if first != then:
                        moved[label.get(first, first), label.get(then, then)] = tests
                for s in [n for n, _ in f.states] + [s for s in reached if isinstance(s, int)]:
                    yield Item(m.name, "fsm", f"{f.register} {s}", (), int(s in reached), reached.get(s, 0), "not declared" if isinstance(s, int) else "")
                declared = transitions.get((m.name, f.register), set())
                for pair in sorted(declared | set(moved), key=str):
                    yield Item(m.name, "fsm", f"{f.register} {pair[0]} -> {pair[1]}", (), int(pair in moved), moved.get(pair, 0),
                               "" if pair in declared else "not declared")


def rtl_path(module):
    return str(module.path.relative_to(rtl.ROOT)) if module.path.is_relative_to(rtl.ROOT) else str(module.path)
