# SPDX-License-Identifier: Apache-2.0
"""Paths within a clock, bit by bit. A module is summed up once: how far its outputs are from its registers, its registers from its inputs,
and its outputs from its inputs; the module around it puts these in the place of the instance. So the figures are those of the flat netlist.

A path starts at a register (a flip-flop, or the output of a memory) or an input, ends at a register (a flip-flop, or a pin of a memory) or an
output, and is as long as the cells on it. Structure alone counts: a path that no values can take is a path."""
from .netlist import number

LOW_BITS = {"$add", "$sub", "$neg", "$mul", "$alu", "$macc"}  # bit i needs the bits up to i
BITWISE = {"$and", "$or", "$xor", "$xnor", "$not", "$pos", "$mux", "$pmux", "$bwmux"}
NONE = (-1, "")


class Loop(Exception):
    """What has no longest path: a combinational loop, a memory read without a clock, a clock made by gates."""


def longer(a, b):
    """The longer of two (length, name); of two as long, the first by name, so that every run says the same."""
    return a if a[0] > b[0] or (a[0] == b[0] and a[1] <= b[1]) else b


def bits_of(cell, pin):
    return cell["connections"].get(pin, [])


def cell_edges(cell):
    """(output bit, input bits) of a cell without a register."""
    kind, directions = cell["type"], cell["port_directions"]
    ins = [p for p, d in directions.items() if d == "input"]
    outs = [p for p, d in directions.items() if d == "output"]
    for out in outs:
        ys = bits_of(cell, out)
        for i, y in enumerate(ys):
            deps = []
            for pin in ins:
                xs = bits_of(cell, pin)
                if kind in BITWISE and pin != "S":
                    deps += xs[i::len(ys)] if kind == "$pmux" and pin == "B" else xs[min(i, len(xs) - 1):][:1]
                elif kind in LOW_BITS and pin in ("A", "B") and kind != "$macc":
                    deps += xs[:i + 1] if len(xs) > i else xs
                else:
                    deps += xs
            yield y, deps


def is_register(kind):
    return "dff" in kind.lower() or kind in ("$ff", "$_FF_")


class Summary:
    """arrive[output bit], need[input bit], through[input bit] = {output bit: length}; bits are (port, index). worst: kind -> (length, start, end)."""

    def __init__(self):
        self.arrive, self.need, self.through, self.worst = {}, {}, {}, {}

    def longest(self):
        return max(((n, k, s, e) for k, (n, s, e) in self.worst.items()), key=lambda w: (w[0], [-ord(c) for c in w[2] + w[3]]), default=(0, "", "", ""))


class Module:
    """The graph of one module, its instances replaced by their summaries."""

    def __init__(self, module, children, cost=1):
        self.ins, self.outs, self.edges, self.starts, self.ends, self.inner, self.clocks = {}, {}, {}, {}, [], [], []
        self.names = names(module)
        for port, p in module["ports"].items():
            side = self.ins if p["direction"] == "input" else self.outs
            for i, b in enumerate(p["bits"]):
                if not isinstance(b, str):
                    side.setdefault(b, []).append((port, i)) if side is self.outs else side.__setitem__(b, (port, i))
        for name, cell in sorted(module["cells"].items()):
            if cell["type"] in children:
                self.instance(name, cell, children[cell["type"]])
            elif is_register(cell["type"]):
                for i, q in enumerate(bits_of(cell, "Q")):
                    self.start(q, 0, self.name(q))
                own = [self.name(q) for q in bits_of(cell, "Q")]
                self.clocks += [x for pin in ("C", "CLK") for x in bits_of(cell, pin)]
                for pin in ("D", "E", "EN", "R", "SRST", "ARST", "AD", "ALOAD", "SET", "CLR"):
                    xs = bits_of(cell, pin)
                    for i, x in enumerate(xs):
                        self.end(x, 0, own[i] if len(xs) == len(own) else own[0])
            elif cell["type"] == "$mem_v2":
                self.memory(name, cell)
            else:
                for y, deps in cell_edges(cell):
                    self.edges.setdefault(y, []).extend((x, cost) for x in dict.fromkeys(deps) if not isinstance(x, str))
        for c in self.clocks:
            if c in self.edges:
                raise Loop(f"{self.name(c)}: a clock made by gates")

    def name(self, bit):
        return self.names.get(bit, f"net {bit}")

    def start(self, bit, length, name):
        self.starts[bit] = longer((length, name), self.starts.get(bit, NONE))

    def end(self, bit, length, name):
        if not isinstance(bit, str):
            self.ends.append((bit, length, name))

    def memory(self, name, cell):
        name = cell["parameters"]["MEMID"].lstrip("\\") if name.startswith("$") else name
        name = "table" if name.startswith("$") else name
        width = number(cell["parameters"]["WIDTH"])
        clocked = cell["parameters"]["RD_CLK_ENABLE"][::-1]
        for i, q in enumerate(bits_of(cell, "RD_DATA")):
            if clocked[i // width] != "1":
                raise Loop(f"{name} is read without a clock")
            self.start(q, 0, name)
        for pin, d in cell["port_directions"].items():
            if d == "input" and not pin.endswith("_CLK"):
                for x in bits_of(cell, pin):
                    self.end(x, 0, name)

    def instance(self, name, cell, child):
        wire = lambda at: bits_of(cell, at[0])[at[1]] if at[1] < len(bits_of(cell, at[0])) else "x"
        for at, (length, start) in child.arrive.items():
            self.start(wire(at), length, f"{name}.{start}")
        for at, (length, end) in child.need.items():
            self.end(wire(at), length, f"{name}.{end}")
        for at, outs in child.through.items():
            if not isinstance(wire(at), str):
                for out, length in outs.items():
                    self.edges.setdefault(wire(out), []).append((wire(at), length))
        if "register to register" in child.worst:
            length, start, end = child.worst["register to register"]
            self.inner.append((length, f"{name}.{start}", f"{name}.{end}"))

    def order(self):
        """Bits that something drives through cells, each behind all that it needs."""
        done, busy, out = set(), set(), []
        for root in sorted(self.edges, key=str):
            stack = [(root, False)]
            while stack:
                bit, ready = stack.pop()
                if ready:
                    busy.discard(bit)
                    done.add(bit)
                    out.append(bit)
                elif bit not in done:
                    if bit in busy:
                        raise Loop(f"{self.name(bit)}: a combinational loop")
                    busy.add(bit)
                    stack.append((bit, True))
                    stack += [(x, False) for x, _ in self.edges.get(bit, ()) if x not in done]
        return [b for b in out if b in self.edges]


def names(module):
    """The shortest name that the source gives a bit; a port's only where there is no other."""
    best = {}
    for name, net in module["netnames"].items():
        for i, b in enumerate(net["bits"]):
            if not isinstance(b, str):
                text = (f"{name}[{i + net.get('offset', 0)}]" if len(net["bits"]) > 1 else name)
                key = (net["hide_name"], name in module["ports"], name.count("."), len(name), text)
                if b not in best or key < best[b]:
                    best[b] = key
    return {b: k[4] for b, k in best.items()}


def summarise(module, children, cost=1):
    m, s = Module(module, children, cost), Summary()
    order = m.order()
    of_register, of_input = dict(m.starts), {b: (0, f"{p}" + (f"[{i}]" if len(module["ports"][p]["bits"]) > 1 else "")) for b, (p, i) in m.ins.items()}
    for table in (of_register, of_input):
        for bit in order:
            best = table.get(bit, NONE)
            for x, cost in m.edges[bit]:
                if x in table:
                    best = longer((table[x][0] + cost, table[x][1]), best)
            if best[0] >= 0:
                table[bit] = best

    def note(kind, length, start, end):
        was = s.worst.get(kind)
        if was is None or (-length, start, end) < (-was[0], *was[1:]):
            s.worst[kind] = (length, start, end)

    for length, start, end in m.inner:
        note("register to register", length, start, end)
    for bit, more, end in m.ends:
        for table, kind in ((of_register, "register to register"), (of_input, "input to register")):
            if bit in table:
                note(kind, table[bit][0] + more, table[bit][1], end)
    for bit, ports in m.outs.items():
        for port, i in ports:
            label = port + (f"[{i}]" if len(module["ports"][port]["bits"]) > 1 else "")
            if bit in of_register:
                s.arrive[port, i] = of_register[bit]
                note("register to output", *of_register[bit], label)
            if bit in of_input:
                note("input to output", *of_input[bit], label)
    needs(m, order, s)
    crossings(m, order, s)
    return s


def needs(m, order, s):
    """How far the registers are from each input: the same walk from the other end."""
    need = {}
    for bit, length, name in m.ends:
        need[bit] = longer((length, name), need.get(bit, NONE))
    for bit in reversed(order):
        if bit in need:
            for x, cost in m.edges[bit]:
                need[x] = longer((need[bit][0] + cost, need[bit][1]), need.get(x, NONE))
    s.need = {at: need[b] for b, at in m.ins.items() if b in need}


def crossings(m, order, s):
    """Outputs that depend on inputs within the clock, and how far they are."""
    cone = set(m.outs)
    for bit in reversed(order):
        if bit in cone:
            cone.update(x for x, _ in m.edges[bit])
    onward, place = {}, {b: i for i, b in enumerate(order)}
    for bit in order:
        if bit in cone:
            for x, cost in m.edges[bit]:
                onward.setdefault(x, []).append((bit, cost))
    for bit, at in sorted(m.ins.items(), key=lambda x: x[1]):
        if bit not in cone:
            continue
        met, todo = {bit}, [bit]
        while todo:
            fresh = {y for y, _ in onward.get(todo.pop(), ())} - met
            met |= fresh
            todo += fresh
        far = {bit: 0}
        for x in [bit, *sorted(met - {bit}, key=place.__getitem__)]:
            for y, cost in onward.get(x, ()):
                far[y] = max(far.get(y, -1), far[x] + cost)
        outs = {out: far[b] for b, ports in m.outs.items() if b in far for out in ports}
        if outs:
            s.through[at] = outs


def chip(design):
    """Summaries of all modules, by name."""
    done = {}

    def visit(name):
        if name not in done:
            below = sorted({c["type"] for c in design[name]["cells"].values()} & design.keys())
            for b in below:
                visit(b)
            done[name] = summarise(design[name], {b: done[b] for b in below})

    for name in sorted(design):
        visit(name)
    return done
