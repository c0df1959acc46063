# SPDX-License-Identifier: Apache-2.0
"""Waivers (waivers.toml) and floors (floors.toml): what need not be covered and why, and what a module has to reach.

A waiver that matches nothing, or something that is covered, is an error: the list never outlives its reasons.
"""
import fnmatch
import pathlib
import re
import tomllib

REASONS = ("unreachable", "not-RTL", "unsupported", "external", "low-risk")
KEYS = {"module", "kind", "match", "reason", "why"}
KINDS = ("line", "toggle", "fsm", "point")
HOME = pathlib.Path(__file__).resolve().parent
MOST_WAIVED = 3.0  # percent of a module's bits


class ListError(Exception):
    """The list itself cannot be used: one line."""


def load(path):
    try:
        return tomllib.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except OSError as e:
        raise ListError(f"{path}: cannot be read ({e.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise ListError(f"{path}: is not TOML: {e}") from None


def waivers(path=HOME / "waivers.toml"):
    found = load(path).get("waive", [])
    for number, w in enumerate(found, 1):
        where = f"{path}: waiver {number}"
        if set(w) != KEYS or not all(isinstance(v, str) for v in w.values()):
            raise ListError(f"{where}: needs the texts {', '.join(sorted(KEYS))}, and nothing else")
        if w["kind"] not in KINDS:
            raise ListError(f"{where}: kind '{w['kind']}' is none of {', '.join(KINDS)}")
        if w["reason"] not in REASONS:
            raise ListError(f"{where}: reason '{w['reason']}' is none of {', '.join(REASONS)}")
        if len(w["why"].split()) < 4:
            raise ListError(f"{where}: 'why' has to be a sentence")
        if not w["match"].strip() or not w["match"].strip("*?"):
            raise ListError(f"{where}: 'match' names no signal, line, state or point")
    return found


def pattern(text):
    """Regular expression of a match: * and ? as in file names, [7:4] a range of bits, every other character itself."""
    parts = []
    for part in re.split(r"(\[\d+:\d+\]|\*|\?)", text):
        if bits := re.fullmatch(r"\[(\d+):(\d+)\]", part):
            low, high = sorted(map(int, bits.groups()))
            parts.append(r"\[(?:" + "|".join(map(str, range(low, high + 1))) + r")\]")
        else:
            parts.append({"*": ".*", "?": "."}.get(part, re.escape(part)))
    return re.compile("".join(parts))


def apply(items, found):
    """Marks the waived items; returns what is wrong with the list, a line each."""
    errors = []
    for w in found:
        wanted = pattern(w["match"])
        hits = [i for i in items if i.module == w["module"] and i.kind == w["kind"] and wanted.fullmatch(i.name)]
        title = f"waiver {w['module']} {w['kind']} '{w['match']}'"
        if not hits:
            errors.append(f"{title} matches nothing")
        if done := [i.name for i in hits if i.covered]:
            errors.append(f"{title}: covered now: {', '.join(done[:4])}{' ...' if len(done) > 4 else ''}")
        for i in hits:
            if i.waiver:
                errors.append(f"{title}: {i.name} is waived twice")
            i.waiver = w
    return errors


def floors(path=HOME / "floors.toml"):
    """module -> {kind: percent}."""
    table = load(path)
    for module, kinds in table.items():
        for kind, value in (kinds.items() if isinstance(kinds, dict) else [("?", None)]):
            if kind not in KINDS or isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
                raise ListError(f"{path}: [{module}] {kind}: needs {', '.join(KINDS)} with a percentage each")
    return table


def transitions(path=HOME / "fsm.toml"):
    """(module, register) -> {(from, to)}: the transitions that exist; any other that happens is an error."""
    return {(module, register): {(first, then) for first, after in moves.items() for then in after.split()}
            for module, registers in load(path).items() for register, moves in registers.items()}


def matches(name, globs):
    return any(fnmatch.fnmatchcase(name, g) for g in globs)
