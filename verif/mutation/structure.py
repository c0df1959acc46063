# SPDX-License-Identifier: Apache-2.0
"""Finds the statements of a module that may be changed, and leaves out those that nothing but assertions can see.

Only as much of SystemVerilog is understood as the RTL's own rules allow (docs/architecture.md); anything else is an error,
never a silent gap. Not looked into: packages, parameters, declarations, for headers, assertions.
"""
from verif.mutation.tokens import SourceError

_DECLARATIONS = {"localparam", "parameter", "typedef", "logic", "wire", "reg", "bit", "int", "integer", "genvar", "import", "enum",
                 "struct", "byte", "shortint", "longint", "automatic", "static", "const", "var", "signed", "unsigned", "timeunit"}
_ASSERTIONS = {"assert", "assume", "cover", "restrict"}
_DIRECTIONS = {"input", "output", "inout"}
_TYPE_WORDS = {"logic", "wire", "reg", "bit", "int", "integer", "signed", "unsigned", "var"}

NAMELESS = ("if", "case", "port", "plain", "output")  # sites that assign nothing


class Site:
    """A piece of text that can be exchanged: one slot of a rewritten file.

    kind: `nonblocking`, `blocking` or `assign` (a whole statement), `if` (a condition), `case` (what is distinguished), `port` or
    `output` (what an input or output of an instance is connected to), `plain` (an input written as .name alone). first..last are the token range of the right-hand side,
    condition or connection.
    """

    def __init__(self, source, module, kind, start, end, first, last, target, lhs="", reset=False, instance=None, implicit=False):
        self.implicit, self.span = implicit, None  # .port alone, its signal of the same name; the instance's place in the text
        self.source, self.module, self.kind = source, module, kind
        self.start, self.end, self.first, self.last = start, end, first, last
        self.target = target      # base name of what is assigned; port name; '' for a condition
        self.lhs = lhs            # left-hand side as written
        self.reset = reset        # in the branch of a reset
        self.instance = instance  # (module, instance) of a port

    @property
    def line(self):
        return self.source.line(self.start)

    @property
    def expression(self):
        return self.source.span(self.first, self.last)


class Module:
    def __init__(self, name):
        self.name, self.sites, self.outputs, self.types = name, [], set(), {}
        self.instances = []  # (module, name, {port: (first, last)})
        self.inner = set()   # names declared in a block of generated items
        self.enums = []      # names of the states of each enumeration declared here
        self.reads = []      # (owner target or None, identifier)


class _Parser:
    def __init__(self, source):
        self.s, self.t, self.i, self.depth = source, source.tokens, 0, 0
        self.modules, self.m = [], None

    def fail(self, what):
        at = self.t[min(self.i, len(self.t) - 1)]
        raise SourceError(f"{self.s.name}:{self.s.line(at.start)}: {what} at '{at.text}'")

    def peek(self, ahead=0):
        i = self.i + ahead
        return self.t[i].text if i < len(self.t) else ""

    def kind(self, ahead=0):
        i = self.i + ahead
        return self.t[i].kind if i < len(self.t) else ""

    def expect(self, text):
        if self.peek() != text:
            self.fail(f"expected '{text}'")
        self.i += 1

    def group(self):
        """Skips a bracketed group; returns the token range inside it."""
        close = self.s.partner[self.i]
        inside = (self.i + 1, close)
        self.i = close + 1
        return inside

    def until(self, *ends):
        """Moves to the next of `ends` outside brackets."""
        while self.peek() not in ends:
            if self.peek() in ("", ";"):
                self.fail("expected one of " + " ".join(ends))
            if self.peek() in ("(", "[", "{"):
                self.group()
            else:
                self.i += 1

    def read(self, first, last, owner=None):
        self.m.reads += [(owner, t.text) for t in self.t[first:last] if t.kind == "id"]

    # ------------------------------------------------------------ files and modules
    def file(self):
        while self.i < len(self.t):
            if self.peek() == "module":
                self.module()
            elif self.peek() == "package":
                while self.peek() != "endpackage":
                    self.i += 1
                self.i += 1
                self.label()
            elif self.peek() == ";":
                self.i += 1
            elif self.peek() == "import":
                self.until(";")
            else:
                self.fail("expected a module or a package")
        return self.modules

    def label(self):
        if self.peek() == ":":
            self.i += 2

    def module(self):
        self.i += 1
        self.m = Module(self.peek())
        self.modules.append(self.m)
        self.i += 1
        if self.peek() == "#":
            self.i += 1
            self.group()
        if self.peek() == "(":
            self.ports(*self.group())
        self.expect(";")
        while self.peek() != "endmodule":
            self.item()
        self.i += 1
        self.label()

    def ports(self, first, last):
        kind, i = "", first
        while i < last:
            end = i
            while end < last and self.t[end].text != ",":
                end = self.s.partner[end] + 1 if self.t[end].text in ("(", "[", "{") else end + 1
            words = self.t[i:end]
            if words and words[0].text in _DIRECTIONS:
                direction, words = words[0].text, words[1:]
                kind = "".join(w.text + " " for w in words[:-1]).strip()
            if words:
                self.m.types[words[-1].text] = kind
                if direction != "input":
                    self.m.outputs.add(words[-1].text)
            i = end + 1

    def declare(self):
        """A declaration: notes the type of each name; initial values are no sites."""
        first = self.i
        self.until(";")
        words = self.t[first:self.i]
        self.i += 1
        if [w.text for w in words[:2]] == ["typedef", "enum"]:
            inner = words[[w.text for w in words].index("{") + 1:-2]
            self.m.enums.append([w.text for w, before in zip(inner, [None, *inner]) if w.kind == "id" and (not before or before.text == ",")])
        if words[0].text in ("localparam", "parameter", "typedef", "genvar", "import"):
            return
        i = 0  # the type: words, ranges, package names
        while i < len(words):
            if words[i].text == "[":
                end = self.s.partner[first + i] - first + 1
                self.read(first + i, first + end)
                i = end
            elif words[i].text in _TYPE_WORDS:
                i += 1
            elif i + 1 < len(words) and words[i + 1].text == "::":
                i += 3
            elif words[i].kind == "id" and i == 0:
                i += 1
            else:
                break
        kind = " ".join(w.text for w in words[:i])
        while i < len(words):
            name, i = words[i].text, i + 1
            begin, plain = i, True
            while i < len(words) and words[i].text != ",":
                plain = plain and words[i].text != "["
                i = self.s.partner[first + i] - first + 1 if words[i].text in ("(", "[", "{") else i + 1
            self.read(first + begin, first + i)
            self.m.types[name] = kind if plain else kind + " []"
            if self.depth:
                self.m.inner.add(name)
            i += 1

    def item(self):
        word = self.peek()
        if word == "assign":
            self.i += 1
            self.assignment("assign", ("=",), False)
        elif word in ("always_ff", "always", "always_comb", "always_latch"):
            self.i += 1
            if self.peek() == "@":
                self.i += 1
                self.group() if self.peek() == "(" else self.expect("*")
            self.statement(False, True)
        elif word in ("initial", "final"):
            self.i += 1
            self.statement(False, False)
        elif word in ("function", "task"):
            self.function(word)
        elif word in ("generate", "endgenerate", ";"):
            self.i += 1
        elif word == "begin":
            self.i += 1
            self.label()
            self.depth += 1
            while self.peek() != "end":
                self.item()
            self.depth -= 1
            self.i += 1
            self.label()
        elif word == "for":
            self.i += 1
            self.read(*self.group())
            self.item()
        elif word == "if":
            self.i += 1
            self.read(*self.group())
            self.item()
            if self.peek() == "else":
                self.i += 1
                self.item()
        elif word in _ASSERTIONS:
            self.assertion()
        elif word in _DECLARATIONS:
            self.declare()
        elif self.kind() == "sys":
            self.until(";")
            self.i += 1
        elif self.kind() == "id" and (self.peek(1) == "#" or (self.kind(1) == "id" and self.peek(2) in ("(",))):
            self.instantiate()
        elif self.kind() == "id" and (self.kind(1) == "id" or self.peek(1) in ("::", "[")):
            self.declare()
        else:
            self.fail("cannot read this module item")

    def function(self, word):
        """A function's statements are sites. Names that two functions share have no known width."""
        outside = dict(self.m.types)
        while self.peek(1) not in ("(", ";"):
            self.i += 1
        name, self.i = self.peek(), self.i + 1
        if self.peek() == "(":
            self.ports(*self.group())
        self.expect(";")
        while self.peek() != "end" + word:
            self.statement(False, True)
        self.i += 1
        self.label()
        for own, kind in list(self.m.types.items()):
            if outside.get(own, kind) != kind:
                self.m.types[own] = "?"
        self.m.types[name] = "?"

    def instantiate(self):
        module, ports, mine, begin = self.peek(), {}, [], self.t[self.i].start
        self.i += 1
        if self.peek() == "#":
            self.i += 1
            self.read(*self.group())
        name = self.peek()
        self.i += 1
        if self.peek() != "(":
            self.fail("expected the ports of an instance")
        i, last = self.group()
        self.expect(";")
        while i < last:
            if self.t[i].text == ",":
                i += 1
            elif self.t[i].text == "." and self.t[i + 1].kind == "id":
                port = self.t[i + 1].text
                i += 2
                if i < last and self.t[i].text == "(":
                    first, end = i + 1, self.s.partner[i]
                    i = end + 1
                    self.read(first, end)
                    if end > first and port.endswith(("_i", "_o")):
                        if port.endswith("_i"):
                            ports[port] = (first, end)
                        mine.append(Site(self.s, self.m, "port" if port.endswith("_i") else "output", self.t[first].start, self.t[end - 1].end,
                                         first, end, port, instance=(module, name)))
                else:
                    self.m.reads.append((None, port))
                    if port.endswith(("_i", "_o")):
                        mine.append(Site(self.s, self.m, "plain" if port.endswith("_i") else "output", self.t[i - 1].start, self.t[i - 1].end,
                                         i - 1, i, port, instance=(module, name), implicit=True))
            else:
                self.i = i
                self.fail("expected .port(connection)")
        for site in mine:
            site.span = (begin, self.t[self.i - 1].end)
        self.m.sites += mine
        self.m.instances.append((module, name, ports))

    # ------------------------------------------------------------ statements
    def assertion(self):
        self.i += 1
        if self.peek() in ("#", "final", "property"):
            self.i += 1
            if self.kind() == "num":
                self.i += 1
        self.group()
        if self.peek() == ";":
            self.i += 1
            return
        if self.peek() != "else":
            self.statement(False, False)
        if self.peek() == "else":
            self.i += 1
            self.statement(False, False)

    def statement(self, reset, sites):
        """Reads one statement; returns True when it does more than assert."""
        word = self.peek()
        if word == "begin":
            self.i += 1
            self.label()
            acts = False
            while self.peek() != "end":
                acts = self.statement(reset, sites) or acts
            self.i += 1
            self.label()
            return acts
        if word == ";":
            self.i += 1
            return False
        if word in ("unique", "unique0", "priority"):
            self.i += 1
            return self.statement(reset, sites)
        if word == "if":
            self.i += 1
            first, last = self.group()
            texts = [t.text for t in self.t[first:last]]
            in_reset = any(a == "!" and b == "rst_ni" for a, b in zip(texts, texts[1:]))
            at = len(self.m.sites)
            acts = self.statement(reset or in_reset, sites)
            if self.peek() == "else":
                self.i += 1
                acts = self.statement(reset, sites) or acts
            if acts:
                self.read(first, last)
                if sites and texts not in (["!", "rst_ni"], ["rst_ni"]):
                    self.m.sites.insert(at, Site(self.s, self.m, "if", self.t[first].start, self.t[last - 1].end, first, last, ""))
            return acts
        if word in ("case", "casez", "casex"):
            self.i += 1
            subject, acts, at = self.group(), False, len(self.m.sites)
            if self.peek() == "inside":
                self.i += 1
            while self.peek() != "endcase":
                first = self.i
                self.until(":")
                self.read(first, self.i)
                self.i += 1
                acts = self.statement(reset, sites) or acts
            self.i += 1
            if acts:
                self.read(*subject)
                first, last = subject
                if sites:
                    self.m.sites.insert(at, Site(self.s, self.m, "case", self.t[first].start, self.t[last - 1].end, first, last, ""))
            return acts
        if word == "for":
            self.i += 1
            header = self.group()
            acts = self.statement(reset, sites)
            if acts:
                self.read(*header)
            return acts
        if word in _ASSERTIONS:
            self.assertion()
            return False
        if self.kind() == "sys" or word in ("return", "break", "continue", "disable"):
            self.until(";")
            self.i += 1
            return False
        if word in _DECLARATIONS or (self.kind() == "id" and self.kind(1) == "id"):
            self.declare()
            return False
        if self.kind() == "id" or word == "{":
            self.assignment("", ("=", "<="), reset, sites)
            return True
        return self.fail("cannot read this statement")

    def assignment(self, kind, operators, reset, sites=True):
        begin = self.i - (kind == "assign")
        left = self.i
        self.until(*operators)
        operator, right = self.i, self.i + 1
        self.until(";")
        end = self.i
        self.i += 1
        kind = kind or ("nonblocking" if self.t[operator].text == "<=" else "blocking")
        target = next(t.text for t in self.t[left:operator] if t.kind == "id")
        self.read(right, end, target if self.t[left].text != "{" else None)
        self.m.reads += [(None, t.text) for t in self.t[left + 1:operator] if t.kind == "id"]  # indices, or names of a concatenation
        if sites:
            self.m.sites.append(Site(self.s, self.m, kind, self.t[begin].start, self.t[end].end, right, end, target,
                                     self.s.span(left, operator), reset))


def modules(source):
    """The modules of a file, each with the sites whose effect can leave it."""
    found = _Parser(source).file()
    for m in found:
        dead = set()
        while True:  # what only assertions, or other dead names, read
            read = {name for owner, name in m.reads if owner is None or (owner not in dead and owner != name)}
            more = {s.target for s in m.sites if s.kind not in NAMELESS} - read - m.outputs - dead
            if not more:
                break
            dead |= more
        m.sites = [s for s in m.sites if s.kind in NAMELESS or s.target not in dead]
    return found
