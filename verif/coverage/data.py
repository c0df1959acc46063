# SPDX-License-Identifier: Apache-2.0
"""Reads one run's data file: the simulator's points (its own format, 5.006 and later) and the monitors' lines (runtime.cpp)."""
import dataclasses
import pathlib
import re


class DataError(Exception):
    """One line: file, line, what is wrong."""


@dataclasses.dataclass(frozen=True)
class Line:
    """A block of statements, or a branch that may hold none."""
    file: str      # below the repository
    line: int
    column: int
    kind: str      # block, if, else, elsif, case
    lines: tuple   # the source lines it holds


@dataclasses.dataclass
class Data:
    lines: dict = dataclasses.field(default_factory=dict)    # Line -> count
    points: dict = dataclasses.field(default_factory=dict)   # (module, point) -> count
    toggles: dict = dataclasses.field(default_factory=dict)  # (module, signal) -> [width, rise, fall]
    states: dict = dataclasses.field(default_factory=dict)   # (module, register) -> {(from, to)}


POINT = re.compile(r"C '(.*)' (\d+)$")
COVER = "_cover"  # verif/coverage/points/htx_x_cover.sv


def plain(name):
    """Instance and signal names as they are written: [0] and dots."""
    return name.replace("__BRA__", "[").replace("__KET__", "]").replace("__DOT__", ".")


def signal(name):
    return re.sub(r"_I(\d+)(?=_D|$)", r"[\1]", name).replace("_D", ".") if "_D" in name else name


def spans(text):
    """"3,5-7" -> 3 5 6 7."""
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def below(path, root):
    path = pathlib.Path(path)
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def point(data, body, count, root):
    keys = dict(part.split("\x02", 1) for part in body.split("\x01")[1:])
    page, _, module = keys["page"].partition("/")
    if page in ("v_line", "v_branch"):
        where = Line(below(keys["f"], root), int(keys["l"]), int(keys["n"]), keys["o"], tuple(spans(keys.get("S", ""))))
        data.lines[where] = data.lines.get(where, 0) + count
    elif page == "v_user":
        owner, name = module.split("__")[0].removesuffix(COVER), plain(keys["h"])
        own = (owner, name.partition(".u_cover.")[2] or name.rpartition(".")[2])
        data.points[own] = data.points.get(own, 0) + count
    elif page != "v_toggle":  # the simulator's own toggle counts do not know rising from falling: htx_toggle.sv measures
        raise ValueError(f"kind of point '{page}'")


def monitor(data, words):
    if words[0] == "T":
        _, module, name, width, rise, fall = words
        own = data.toggles.setdefault((module, signal(name)), [0, 0, 0])
        own[:] = [max(own[0], int(width)), own[1] | int(rise, 16), own[2] | int(fall, 16)]
    else:
        _, module, name, first, then = words
        data.states.setdefault((module, name), set()).add((int(first), int(then)))


def read(path, root, data=None):
    """Adds the file to `data`; a file that is cut off or of another kind is refused."""
    data = data if data is not None else Data()
    try:
        with open(path, encoding="utf-8") as f:
            if not f.readline().startswith("# SystemC::Coverage-3"):
                raise DataError(f"{path}:1: this is no coverage data")
            for number, text in enumerate(f, 2):
                try:
                    if match := POINT.match(text):
                        point(data, match[1], int(match[2]), root)
                    elif text[:2] in ("T ", "F ") and text.endswith("\n"):
                        monitor(data, text.split())
                    else:
                        raise ValueError("not a point")
                except (ValueError, KeyError) as e:
                    raise DataError(f"{path}:{number}: cannot be read ({e})") from None
    except (OSError, UnicodeDecodeError) as e:
        raise DataError(f"{path}: cannot be read ({getattr(e, 'strerror', None) or 'no text'})") from None
    return data
