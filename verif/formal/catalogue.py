# SPDX-License-Identifier: Apache-2.0
"""proofs.toml: what is proven, for which parameters, how. A mistake in it is one line naming the place, never a crash."""
import dataclasses
import pathlib
import re
import tomllib

from . import properties

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODES = ("pdr", "induction", "smt", "bmc")
KEYS = {"block": str, "what": str, "mode": str, "depth": int, "cover": int, "limit": int, "quick": bool, "params": list,
        "bounded": str, "properties": str, "cut": list, "bounds": dict, "joint": bool, "rtl_asserts": bool}


class Bad(Exception):
    """The catalogue, or a file it names, cannot be used; the text says where."""


@dataclasses.dataclass(frozen=True)
class Task:
    """One proof with one choice of parameters: what a solver is run on."""
    proof: "Proof"
    params: tuple  # of (name, value)

    @property
    def parameters(self):
        """Those of the property module."""
        return tuple(p for p in self.params if p[0] in self.proof.rules.parameters)

    @property
    def sizes(self):
        """Constants of the RTL's packages, given another value."""
        return tuple(p for p in self.params if p[0] not in self.proof.rules.parameters)

    @property
    def name(self):
        return self.proof.name + "".join(f".{k}{v}" for k, v in self.params)


@dataclasses.dataclass(frozen=True)
class Proof:
    name: str
    block: str      # page under docs/blocks that says what must hold, or the folder of rtl/
    what: str       # one sentence
    mode: str       # pdr: for ever; induction, smt: for ever, by depth clocks; bmc: depth clocks after the start
    depth: int
    cover: int      # clocks within which every cover point must be reached
    limit: int      # seconds
    quick: bool
    params: tuple   # of tables: parameters of the property module, and constants of the packages to be replaced
    bounded: str    # why not for ever, of mode bmc or of `bounds`
    cut: tuple      # modules whose outputs are anything in every clock: what is proven then holds whatever they do
    bounds: dict    # mode pdr: assertions (a rule's label, or part of an assertion's place) proven only so many clocks deep
    rtl_asserts: bool  # prove the RTL's own assertions too
    joint: bool     # mode pdr: all assertions are one, and each may be used to prove the others
    file: pathlib.Path
    rules: properties.Properties

    @property
    def top(self):
        return self.file.stem

    def tasks(self):
        return [Task(self, tuple(p.items())) for p in self.params] or [Task(self, ())]


def load(path=None, folder=None):
    """All proofs of the catalogue at `path`; property files lie in `folder` (default: beside it)."""
    path = pathlib.Path(path or HERE / "proofs.toml")
    folder = pathlib.Path(folder or path.parent)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise Bad(f"{path}: {e.strerror}") from e
    except tomllib.TOMLDecodeError as e:
        raise Bad(f"{path}: {e}") from e
    unknown = sorted(set(data) - {"defaults", "proof"})
    if unknown:
        raise Bad(f"{path}: unknown table {unknown[0]}")
    if not data.get("proof"):
        raise Bad(f"{path}: no proof in it")
    defaults = data.get("defaults", {})
    return [one(path, folder, name, {**defaults, **entry}) for name, entry in data["proof"].items()]


def one(path, folder, name, entry):
    where = f"{path.name}: proof {name}"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise Bad(f"{where}: a name is lower-case letters, digits and _")
    for key, value in entry.items():
        if key not in KEYS:
            raise Bad(f"{where}: unknown key {key}")
        if not isinstance(value, KEYS[key]) or (KEYS[key] is int and isinstance(value, bool)):
            raise Bad(f"{where}: {key} must be a {KEYS[key].__name__}")
    for key in ("block", "what", "mode", "cover", "limit"):
        if key not in entry:
            raise Bad(f"{where}: {key} is missing")
    mode = entry["mode"]
    if mode not in MODES:
        raise Bad(f"{where}: mode {mode} is none of {', '.join(MODES)}")
    if (mode == "pdr") == ("depth" in entry):
        raise Bad(f"{where}: mode {mode} {'takes no' if mode == 'pdr' else 'needs a'} depth")
    bounds = entry.get("bounds", {})
    if bounds and mode != "pdr" or not all(isinstance(v, int) and v > 0 for v in bounds.values()):
        raise Bad(f"{where}: `bounds` gives depths of single rules, in mode pdr alone")
    if (mode == "bmc" or bool(bounds)) != ("bounded" in entry):
        raise Bad(f"{where}: `bounded` says why a proof has mode bmc or `bounds`, and belongs to no other")
    if entry.get("joint") and (mode != "pdr" or bounds):
        raise Bad(f"{where}: joint belongs to mode pdr, without `bounds`")
    cut = entry.get("cut", [])
    if not all(isinstance(c, str) for c in cut):
        raise Bad(f"{where}: cut is a list of module names")
    file = folder / f"{entry.get('properties', name)}_props.sv"
    if not file.exists():
        raise Bad(f"{where}: {file.name} does not exist")
    try:
        rules = properties.read(file)
    except properties.Bad as e:
        raise Bad(f"{where}: {e}") from e
    params = tuple(entry.get("params", ()))
    for p in params:
        if not isinstance(p, dict) or not all(isinstance(v, int) for v in p.values()):
            raise Bad(f"{where}: params is a list of tables of numbers")
        for k in p:
            if k not in rules.parameters and not re.fullmatch("[A-Z][A-Z0-9_]*", k):
                raise Bad(f"{where}: {file.name} has no parameter {k}")
    return Proof(name, entry["block"], entry["what"], mode, entry.get("depth", 0), entry["cover"], entry["limit"],
                 entry.get("quick", False), params, entry.get("bounded", ""), tuple(cut), bounds, entry.get("rtl_asserts", True), entry.get("joint", False), file, rules)


def select(proofs, names, quick=False):
    """Tasks that the command line asks for: a proof's name, or a task's with its parameters."""
    tasks = [t for p in proofs for t in p.tasks() if p.quick or not quick]
    if not names:
        return tasks
    picked = []
    for n in names:
        found = [t for t in tasks if n in (t.name, t.proof.name)]
        if not found and any(n in (t.name, t.proof.name) for p in proofs for t in p.tasks()):
            raise Bad(f"{n} is not among the quick proofs")
        if not found:
            raise Bad(f"no proof is called {n}; --list shows them")
        picked += [t for t in found if t not in picked]
    return picked
