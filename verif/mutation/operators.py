# SPDX-License-Identifier: Apache-2.0
"""The operator classes: what a mutant changes. Each class turns one site into zero or more single changes."""
import re

from verif.mutation.rewrite import OUTPUT

CLASSES = {
    "arithmetic": "+ becomes -, or - becomes +",
    "relational": "== and != change places; <, <=, > and >= gain or lose the equal case",
    "logical": "&& and ||, & and | change places; ^ becomes |",
    "negation": "a condition, or one term of it, is inverted",
    "constant": "a number is one too high or too low",
    "bit": "one bit of a result is inverted or lost",
    "handshake": "a valid, ready, enable or busy signal is stuck at 0 or 1",
    "hold": "an assignment is missing: the register, or the value from before, stays",
    "sign": "$signed is lost, or >>> shifts in zeros",
    "shift": "<< and >> change places, or the distance is off by one",
    "swap": "operands, branches, parts of a concatenation, or two ports change places",
    "reset": "a register is reset to another value, or not at all",
    "branch": "a condition is always true, or never",
    "stuck": "a result is all zeros, or all ones",
    "state": "another state of the same enumeration",
    "case": "a case statement takes the arm of the neighbouring value",
    "index": "a bit or part is selected one place off",
    "width": "the upper half of a result is lost",
    "signal": "another register of the same type is read",
}

_HANDSHAKE = re.compile(r"(^|_)(valid|ready|push|pop|we|re|rd|wr|accept|idle|busy|done|go|start|ok|free|take|taken|issue|load|ld|room"
                        r"|pend|clear)(_pre)?(_[qdoi])?$")
_RELATIONAL = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_LOGICAL = {"&&": "||", "||": "&&", "&": "|", "|": "&", "^": "|"}
_NUMBER = re.compile(r"(?:(\d[\d_]*)?'([sS]?[bBoOdDhH]))?([0-9a-fA-F_]+)$")
INPUTS = ("port", "plain")  # of an instance
_BASE = {"b": 2, "o": 8, "d": 10, "h": 16}


class Change:
    """One mutation of one site: `slots` maps (start, end, kind) of the file's text to the text that takes its place, and its site."""

    def __init__(self, site, name, original, mutated, slots):
        self.site, self.name, self.original, self.mutated, self.slots = site, name, original, mutated, slots


class _Expression:
    """The tokens of an expression and which of them must stay: ranges, sizes of casts, counts of replications."""

    def __init__(self, source, first, last):
        self.s, self.t, self.first, self.last = source, source.tokens, first, last
        self.fixed = set()
        for i in range(first, last):
            text, end = self.t[i].text, source.partner.get(i)
            if text == "[" or (text == "(" and self.t[i - 1].text in ("$clog2", "$bits")):
                self.fixed.update(range(i, end + 1))
            elif text == "'":  # N'(x), (A + B)'(x)
                before = source.partner[i - 1] if self.t[i - 1].text == ")" else i - 1
                self.fixed.update(range(before, i))
            elif text == "{":
                inner = i + 1
                while inner < end and self.t[inner].text not in ("{", ","):
                    inner = source.partner[inner] + 1 if self.t[inner].text in ("(", "[") else inner + 1
                if inner < end and self.t[inner].text == "{" and inner > i + 1:
                    self.fixed.update(range(i + 1, inner))

    def free(self):
        return [i for i in range(self.first, self.last) if i not in self.fixed]

    def text(self, first=None, last=None):
        return self.s.span(self.first if first is None else first, self.last if last is None else last)

    def replaced(self, edits):
        """The expression's text with token ranges exchanged: [(first, last, text)]."""
        out, at = [], self.t[self.first].start
        for first, last, text in sorted(edits):
            out += [self.s.text[at:self.t[first].start], text]
            at = self.t[last - 1].end
        return "".join(out) + self.s.text[at:self.t[self.last - 1].end]

    def binary(self, i):
        """Whether the operator at i has a left operand."""
        if i == self.first:
            return False
        before = self.t[i - 1]
        return before.kind in ("id", "num") or before.text in (")", "]", "}")

    def primary_after(self, i):
        """End of the operand that begins at i: name with selections, number, group, concatenation, cast, call; None if none."""
        if i >= self.last or (self.t[i].kind not in ("id", "num", "sys") and self.t[i].text not in ("(", "{")):
            return None
        i = self.s.partner[i] + 1 if self.t[i].text in ("(", "{") else i + 1
        while i < self.last and self.t[i].text in ("[", "(", ".", "::", "'"):
            i = self.s.partner[i] + 1 if self.t[i].text in ("[", "(") else i + 1 if self.t[i].text == "'" else i + 2
        return i

    def primary_before(self, i):
        """Beginning of the operand that ends before i; None if none."""
        j = i - 1
        while j >= self.first:
            if self.t[j].text in (")", "]", "}"):
                j = self.s.partner[j]
                before = self.t[j - 1] if j > self.first else None
                if self.t[j].text == "[" or (self.t[j].text == "(" and before and (before.kind in ("id", "sys") or before.text == "'")):
                    j -= 1
                    continue
            elif self.t[j].text == "'":
                j -= 1
                continue
            elif self.t[j].kind not in ("id", "num", "sys"):
                return None
            if j > self.first and self.t[j - 1].text in (".", "::"):
                j -= 2
                continue
            return j
        return None

    def top_level(self, first, last, separator):
        """Indices of a separator outside brackets."""
        i, found = first, []
        while i < last:
            if self.t[i].text == separator:
                found.append(i)
            i = self.s.partner[i] + 1 if self.t[i].text in ("(", "[", "{") else i + 1
        return found


def width(kind):
    """Bits of a declared type when they are written as numbers; None when not."""
    m = re.fullmatch(r"(?:logic|wire|reg)\s*(?:signed )?\s*(?:\[\s*(\d+)\s*:\s*0\s*\])?", kind)
    return int(m[1]) + 1 if m and m[1] else 1 if m else None


def off_by_one(number):
    """The literals next to a number, of the same size; [] when it is no plain number."""
    m = _NUMBER.fullmatch(number)
    if not m:
        return []
    size, base, digits = m[1], m[2] or "", m[3].replace("_", "")
    value = int(digits, _BASE[base[-1].lower()] if base else 10)
    top = 1 << int(size) if size else None
    near = [v for v in (value + 1, value - 1) if v >= 0 and (top is None or v < top)]
    prefix = (size or "") + "'" + base if base else ""
    digit = {"h": "x", "b": "b", "o": "o"}.get(base[-1:].lower(), "d")
    return [prefix + format(v, digit) for v in near]


def _single_tokens(e):
    """Changes of one operator or number: (class, token, text)."""
    for i in e.free():
        token, text = e.t[i], e.t[i].text
        if token.kind == "num":
            distance = e.t[i - 1].text in ("<<", ">>", "<<<", ">>>") and i > e.first
            for near in off_by_one(text):
                yield ("shift" if distance else "constant"), i, near
        elif token.kind == "sys" and text == "$signed":
            yield "sign", i, "$unsigned"
        elif token.kind != "op":
            continue
        elif text in ("+", "-") and e.binary(i):
            yield "arithmetic", i, "-" if text == "+" else "+"
        elif text in _RELATIONAL:
            yield "relational", i, _RELATIONAL[text]
        elif text in _LOGICAL and (e.binary(i) or text in "&|"):
            yield "logical", i, _LOGICAL[text]
        elif text == "!":
            yield "negation", i, " "
        elif text == "<<" or text == ">>":
            yield "shift", i, ">>" if text == "<<" else "<<"
        elif text == ">>>":
            yield "sign", i, ">>"


def _swaps(e):
    """Exchanges inside an expression: the list of edits of each."""
    for i in e.free():
        text = e.t[i].text
        if e.t[i].kind != "op":
            continue
        if text in ("-", "<", "<=", ">", ">=") and e.binary(i):
            a, b = e.primary_before(i), e.primary_after(i + 1)
            if a is not None and b is not None and e.text(a, i) != e.text(i + 1, b):
                yield [(a, i, e.text(i + 1, b)), (i + 1, b, e.text(a, i))]
        elif text == "?":
            depth, colon, end = 0, None, i + 1
            while end < e.last and e.t[end].text not in (")", "]", "}", ",", ";"):
                if e.t[end].text == "?":
                    depth += 1
                elif e.t[end].text == ":":
                    if depth == 0 and colon is not None:
                        break  # the outer else
                    if depth == 0:
                        colon = end
                    else:
                        depth -= 1
                end = e.s.partner[end] + 1 if e.t[end].text in ("(", "[", "{") else end + 1
            if colon:
                then, other = e.text(i + 1, colon), e.text(colon + 1, end)
                yield [(i + 1, colon, f"({other})"), (colon + 1, end, f"({then})")]
        elif text == "{":
            commas = e.top_level(i + 1, e.s.partner[i], ",")
            if commas:
                second = commas[1] if len(commas) > 1 else e.s.partner[i]
                a, b = e.text(i + 1, commas[0]), e.text(commas[0] + 1, second)
                if a != b:
                    yield [(i + 1, commas[0], b), (commas[0] + 1, second, a)]


def _indices(e):
    """Selections with literal bounds, one place off: the edits of each."""
    for i in range(e.first, e.last):
        if e.t[i].text != "[" or i == e.first or e.t[i - 1].kind not in ("id",) and e.t[i - 1].text not in ("]",):
            continue
        inner = e.t[i + 1:e.s.partner[i]]
        texts = [t.text for t in inner]
        if len(texts) not in (1, 3) or not all(t.isdigit() for t in texts[::2]) or (len(texts) == 3 and texts[1] not in (":", "+:")):
            continue
        low = int(texts[2]) if len(texts) == 3 and texts[1] == ":" else int(texts[0])
        step = -1 if low > 0 else 0  # downwards, which never leaves the vector
        if step and texts[1:2] == [":"]:
            yield [(i + 1, i + 2, str(int(texts[0]) - 1)), (i + 3, i + 4, str(low - 1))]
        elif step:
            yield [(i + 1, i + 2, str(low - 1))]


def _names(e, module):
    """Another state of an enumeration, or another register of the same type: (class, token, text)."""
    for i in e.free():
        t = e.t[i]
        if t.kind != "id" or e.t[i - 1].text in (".", "::") or (i + 1 < e.last and e.t[i + 1].text in ("::", "'", "(")):
            continue
        for states in module.enums:
            if t.text in states and len(states) > 1:
                at = states.index(t.text)
                for other in {states[(at + 1) % len(states)], states[at - 1]} - {t.text}:
                    yield "state", i, other
        kind = module.types.get(t.text, "")
        if t.text.endswith("_q") and kind and t.text not in module.inner and not kind.endswith("[]") and not (i + 1 < e.last and e.t[i + 1].text in ("[", ".")):
            same = [n for n, k in module.types.items() if k == kind and n.endswith("_q") and n not in module.inner]
            if len(same) > 1:
                yield "signal", i, same[(same.index(t.text) + 1) % len(same)]


def _expression_changes(site, bits):
    """(class, mutated expression) of a right-hand side, condition or connection."""
    e = _Expression(site.source, site.first, site.last)
    whole = e.text()
    if site.kind == "case":
        yield "case", f"({whole}) ^ 1'b1"
        return
    if site.kind == "output":
        yield from _output_changes(site, bits)
        return
    bare = re.fullmatch(r"[\w.:'$]+", whole) is not None
    literal = whole.startswith("'") or e.t[site.first].kind == "num" and site.last == site.first + 1
    named = site.reset or whole.startswith("htx_pkg::ERR") or any(whole in states for states in site.module.enums)
    if site.reset:
        if whole in ("'0", "1'b0"):
            yield "reset", whole.replace("0", "1") if whole == "'0" else "1'b1"
        elif whole in ("'1", "1'b1"):
            yield "reset", "'0" if whole == "'1" else "1'b0"
        elif not bare:
            yield "reset", f"({whole}) ^ 1'b1"
    if not (site.reset and literal):
        for name, i, text in _single_tokens(e):
            yield name, e.replaced([(i, i + 1, text)])
        for edits in _swaps(e):
            yield "swap", e.replaced(edits)
    if not site.reset:
        for edits in _indices(e):
            yield "index", e.replaced(edits)
        for name, i, text in _names(e, site.module):
            yield name, e.replaced([(i, i + 1, text)])
    if site.kind == "if":
        yield "negation", f"!({whole})"
        yield from (("branch", always) for always in ("1'b1", "1'b0"))
    elif not literal and not named:
        if bits == 1:
            yield "bit", f"!({whole})"
        elif bits and bits > 1:
            for at in sorted({0, bits // 2, bits - 1}):
                yield "bit", f"({whole}) ^ {bits}'h{1 << at:x}"
            for at in sorted({0, bits // 4}):  # a high bit of a count or address may never be set at all
                yield "bit", f"({whole}) & ~{bits}'h{1 << at:x}"
            yield "width", f"({whole}) & {bits}'h{(1 << bits // 2) - 1:x}"
        elif not bare and not site.module.types.get(site.target, "").endswith("_e"):  # no arithmetic on states
            yield "bit", f"({whole}) ^ 1'b1"
        if bits and bits > 1:
            yield from (("stuck", f"{bits}'h{v:x}") for v in (0, (1 << bits) - 1))
    if site.kind != "if" and not literal and not site.reset and bits in (1, None) and not (bits is None and site.kind not in INPUTS):
        if _HANDSHAKE.search(site.target):
            yield from (("handshake", stuck) for stuck in ("1'b0", "1'b1"))
        elif bits == 1:
            yield from (("stuck", stuck) for stuck in ("1'b0", "1'b1"))


def _output_changes(site, bits):
    """What comes out of an instance: its name stands for it until the file is written."""
    if _HANDSHAKE.search(site.target) and bits in (1, None):
        yield from (("handshake", stuck) for stuck in ("1'b0", "1'b1"))
    if bits and bits > 1:
        yield "bit", f"{OUTPUT} ^ {bits}'h{1 << bits // 2:x}"
        yield "width", f"{OUTPUT} & {bits}'h{(1 << bits // 2) - 1:x}"
    yield "bit", f"{OUTPUT} ^ 1'b1"


# Ports that may change places without any effect: the operands of a commutative unit.
_COMMUTATIVE = {"htx_fmul", "htx_fadd"}


def _port_swaps(module):
    """Two neighbouring inputs of an instance that are connected to signals of one type."""
    by_place = {(s.instance, s.target): s for s in module.sites if s.kind == "port"}
    for unit, name, ports in module.instances:
        plain = [by_place[(unit, name), p] for p, (first, last) in ports.items() if last == first + 1]
        for a, b in zip(plain, plain[1:]):
            kinds = [module.types.get(s.expression) for s in (a, b)]
            if kinds[0] and kinds[0] == kinds[1] and a.expression != b.expression and not a.target.startswith(("clk", "rst")):
                if unit in _COMMUTATIVE and {a.target, b.target} == {"a_i", "b_i"}:
                    continue
                yield a, b


def _shown(site, text):
    if site.kind in (*INPUTS, "output"):
        return f".{site.target}({text.replace(OUTPUT, site.expression)})"
    return {"if": f"if ({text})", "case": f"case ({text})"}.get(site.kind, text)


def changes(module):
    """Every change of a module, in the order of its text."""
    for s in module.sites:
        if s.kind in INPUTS and s.expression in ("clk_i", "rst_ni"):
            continue
        if s.kind in (*INPUTS, "output"):
            bits = width(module.types.get(s.expression, "?")) or (1 if _HANDSHAKE.search(s.target) and s.kind in INPUTS else None)
        else:
            bits = width(module.types.get(s.target, "?")) if s.lhs == s.target else None
        original = _shown(s, s.source.text[s.start:s.end])
        seen = set()
        for name, text in _expression_changes(s, bits):
            if s.kind in ("nonblocking", "blocking", "assign"):
                head = s.source.text[s.start:s.source.tokens[s.first].start]
                text = head + text + ";"
            if text not in seen:
                seen.add(text)
                yield Change(s, name, original, _shown(s, text), {(s.start, s.end, s.kind): (text, s)})
        if s.kind in ("nonblocking", "blocking"):
            yield Change(s, "reset" if s.reset else "hold", original, "", {(s.start, s.end, s.kind): ("", s)})
    for a, b in _port_swaps(module):
        yield Change(a, "swap", f".{a.target}({a.expression}), .{b.target}({b.expression})",
                     f".{a.target}({b.expression}), .{b.target}({a.expression})",
                     {(a.start, a.end, "port"): (b.expression, a), (b.start, b.end, "port"): (a.expression, b)})
