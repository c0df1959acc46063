# SPDX-License-Identifier: Apache-2.0
"""Takes an AIG apart: for each output, only the logic it depends on, numbered by a walk from the output. Outputs about the
bits of a wide word come out as the same file then, and one proof serves them all.

Binary AIGER: header `aig M I L O A`, a line a latch (next state, perhaps a start value), a line an output, two deltas an AND."""



class Aig:
    def __init__(self, data):
        head, at = data[:data.index(b"\n")].split(), data.index(b"\n") + 1
        if head[0] != b"aig" or len(head) != 6:
            raise ValueError("not a plain binary AIG")
        _, self.inputs, latches, outputs, ands = (int(x) for x in head[1:])
        lines = []
        for _ in range(latches + outputs):
            end = data.index(b"\n", at)
            lines.append(data[at:end].split())
            at = end + 1
        self.latches = [(int(l[0]), int(l[1]) if len(l) > 1 else 0) for l in lines[:latches]]
        self.outputs = [int(l[0]) for l in lines[latches:]]
        self.first_and = self.inputs + latches + 1
        self.ands = []

        def delta():
            nonlocal at
            value = shift = 0
            while True:
                byte = data[at]
                at += 1
                value |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    return value

        for i in range(ands):
            a = 2 * (self.first_and + i) - delta()
            self.ands.append((a, a - delta()))


def cone(aig, output):
    """The binary AIG of one output alone."""
    order, latches, inputs, seen = [], [], [], {0}
    todo = [aig.outputs[output] >> 1]
    while todo:  # one next-state function after the other, latches in the order in which they are met
        walk(aig, todo.pop(0), seen, order, latches, inputs, todo)
    number = {0: 0}
    for i, v in enumerate([*inputs, *latches], 1):
        number[v] = i
    for i, v in enumerate(order, len(number)):
        number[v] = i

    def lit(l):
        return 2 * number[l >> 1] | (l & 1)

    text = [f"aig {len(number) - 1} {len(inputs)} {len(latches)} 1 {len(order)}"]
    for v in latches:
        following, start = aig.latches[v - aig.inputs - 1]
        text.append(f"{lit(following)} {lit(start) if start > 1 else start}")
    text.append(str(lit(aig.outputs[output])))
    body = bytearray("\n".join(text).encode() + b"\n")
    for v in order:
        a, b = sorted((lit(l) for l in aig.ands[v - aig.first_and]), reverse=True)
        for d in (2 * number[v] - a, a - b):
            while d > 127:
                body.append(d & 127 | 128)
                d >>= 7
            body.append(d)
    return bytes(body)


def walk(aig, root, seen, order, latches, inputs, todo):
    """Adds what `root` depends on within a clock: AND gates behind what they read, so that numbers grow from inputs on."""
    stack = [(root, False)]
    while stack:
        v, ready = stack.pop()
        if ready:
            order.append(v)
        elif v not in seen:
            seen.add(v)
            if v <= aig.inputs:
                inputs.append(v)
            elif v < aig.first_and:
                latches.append(v)
                todo.append(aig.latches[v - aig.inputs - 1][0] >> 1)
            else:
                stack.append((v, True))
                stack += [(l >> 1, False) for l in reversed(aig.ands[v - aig.first_and])]
