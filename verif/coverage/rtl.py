# SPDX-License-Identifier: Apache-2.0
"""What coverage has to know about a module's source: its signals with their types, and its states."""
import dataclasses
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/gen"))
import probes  # noqa: E402  (the packed structs of the package)

TYPE = r"(?:logic(?:\s+signed)?|(?:\w+::)?\w+_[te])"
PORT = re.compile(rf"^\s*(?:input|output)\s+({TYPE})\s*((?:\[[^\]]*\]\s*)*)(\w+)\s*$", re.S)
DECLARATION = re.compile(rf"(?<![\w$])(?<!localparam )({TYPE})\s+((?:\[[^\]]*\]\s*)*)([A-Za-z_][^;()=]*(?:=[^;]*)?);", re.S)
ENUM = re.compile(r"typedef\s+enum\s+logic\s*(?:\[[^\]]*\])?\s*\{([^}]*)\}\s*(\w+)\s*;", re.S)


@dataclasses.dataclass(frozen=True)
class Signal:
    name: str    # g_x[0].y in a generate loop
    type: str    # logic, or a type's name
    port: bool
    line: int
    packed: str = ""  # packed dimensions of its own


@dataclasses.dataclass(frozen=True)
class Fsm:
    register: str
    states: tuple    # (name, value)


def blank(text, pattern):
    """The text with all matches replaced by blanks, lines kept."""
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.S)


class Module:
    """A module's source. Declarations are read as the house writes them; tests/coverage holds them against the simulator's list."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        text = self.path.read_text(encoding="utf-8")
        self.text = text.splitlines()
        text = blank(blank(text, r"/\*.*?\*/"), r"//[^\n]*")
        self.name = re.search(r"^\s*module\s+(\w+)", text, re.M)[1]
        self.enums = {name: tuple(self.constants(body)) for body, name in ENUM.findall(text)}
        text = blank(blank(text, r"\bfunction\b.*?\bendfunction\b"), r"\btypedef\s+struct\b[^}]*\}")
        head = re.search(r"\bmodule\s+\w+\s*(?:#\s*\((?:[^()]|\([^()]*\))*\)\s*)?\((.*?)\)\s*;", text, re.S)
        self.signals = [*self.ports(head[1], text.count("\n", 0, head.start(1)) + 1), *self.inner(text, head.end())]
        self.clocked = any(s.name == "clk_i" for s in self.signals)
        self.reset = any(s.name == "rst_ni" for s in self.signals)
        self.fsms = list(self.machines(text))

    @staticmethod
    def constants(body):
        value = 0
        for item in body.split(","):
            name, _, number = (w.strip() for w in item.partition("="))
            value = int(re.sub(r"\d*'d", "", number)) if number else value
            yield name, value
            value += 1

    @staticmethod
    def ports(text, line):
        for part in re.split(r",(?![^\[]*\])", text):
            m = PORT.match(part)
            if not m:
                raise ValueError(f"cannot read the port '{part.strip()}'")
            yield Signal(m[3], m[1], True, line + text.count("\n", 0, text.index(part) + part.index(m[3])), m[2].strip())

    def inner(self, text, start):
        """Signals of the body; in a generate loop those of its first turn. Variables of procedural blocks are no signals. What stands in
        a branch of a generate-if is left out, because a monitor could not be bound where that branch is not taken."""
        for m in DECLARATION.finditer(text, start):
            loops = self.scope(text[start:m.start()])
            if loops is None:
                continue
            at = m.start(3)
            for part in re.split(r",(?![^\[{(]*[\]})])", m[3]):
                own = re.match(r"\s*(\w+)\s*((?:\[[^\]]*\]\s*)*)", part)
                if not own[2]:  # an unpacked array is a memory
                    yield Signal("".join(f"{g}[0]." for g in loops) + own[1], m[1], False, text.count("\n", 0, at + own.start(1)) + 1, m[2].strip())
                at += len(part) + 1

    @staticmethod
    def scope(before):
        """The generate loops around the place behind this text; None inside a procedural block or a generate-if."""
        blocks, kind = [], ""
        for m in re.finditer(r"\b(always\w*|initial|final|genvar|if|else|begin|end|case|endcase)\b(?:\s*:\s*(\w+))?|;", before):
            word = m[1] or ";"
            if word.startswith(("always", "initial", "final", "genvar")) or word in ("if", "else") and not kind:
                kind = word
            elif word == "begin":
                blocks.append((kind, m[2]))
                kind = ""
            elif word == "case":
                blocks.append(("case", None))
            elif word in ("end", "endcase") and blocks:
                blocks.pop()
            elif word == ";" and kind != "genvar":
                kind = ""
        return [name for _, name in blocks] if all(k == "genvar" for k, _ in blocks) else None

    def machines(self, text):
        """Registers that are set to the constants of a local enum, or of a list of localparams with one beginning (ST_IDLE, ST_RUN)."""
        groups = list(self.enums.values())
        for body in re.findall(r"\blocalparam\s+logic\s*\[\d+:0\]\s*(\w+\s*=\s*\d+'d\d+\s*(?:,[^;]*)?);", text):
            states = tuple(self.constants(body))
            if len(states) > 2 and len({n.partition("_")[0] for n, _ in states}) == 1:
                groups.append(states)
        for states in groups:
            for register in dict.fromkeys(re.findall(rf"\b(\w+_q)\s*<=\s*(?:[^;=]*[?:]\s*)?(?:{'|'.join(n for n, _ in states)})\b", text)):
                yield Fsm(register, states)

    def toggling(self):
        return [s for s in self.signals if s.name != "clk_i" and not s.name.startswith("unused")]


def modules(folder=ROOT / "rtl"):
    """name -> Module of every module below the folder."""
    found = (Module(f) for f in sorted(pathlib.Path(folder).rglob("*.sv")) if not f.name.endswith("_pkg.sv"))
    return {m.name: m for m in found}


def bits(signal, width, structs):
    """Names of a signal's bits, bit 0 first: name.field[3] in a packed struct, else name[3], name."""
    parts = structs.get(signal.type.split("::")[-1]) if not signal.packed else None
    if parts:
        return [f"{signal.name}.{p.name}" + (f"[{i}]" if p.width > 1 else "") for p in reversed(parts) for i in range(p.width)]
    return [signal.name] if width == 1 else [f"{signal.name}[{i}]" for i in range(width)]
