# SPDX-License-Identifier: Apache-2.0
"""The catalogue: every regression test as data, read from TOML and checked before anything runs."""
import dataclasses
import hashlib
import pathlib
import re
import tomllib

PLACEHOLDERS = ("seed", "build", "source", "out")


class CatalogueError(Exception):
    """One line: file, where in it, and what is wrong."""


@dataclasses.dataclass(frozen=True)
class Build:
    name: str
    what: str = ""
    targets: tuple = ()       # CMake targets
    command: tuple = ()       # instead of CMake, for catalogues of another kind


@dataclasses.dataclass(frozen=True)
class Test:
    name: str
    command: tuple            # argv with {seed}, {build}, {source}, {out}
    what: str                 # what it is for, one sentence
    owner: str                # block
    limit: float              # seconds
    success: str              # regular expression: the sign without which nothing passes
    build: str = ""
    tags: tuple = ()
    seeds: int = 0            # runs, each with a seed of its own; 0: the test takes none
    failure: tuple = ()       # signs of failure besides the catalogue's own; the first in this list that is found is the failure's text
    skip: str = ""            # the test says that it cannot run here
    notice: str = ""          # shown in the reports though the run passed
    exit: int = 0
    env: dict = dataclasses.field(default_factory=dict)
    known_issue: dict = dataclasses.field(default_factory=dict)  # reason, failure: the sign that it is this one


@dataclasses.dataclass(frozen=True)
class Catalogue:
    path: pathlib.Path
    digest: str
    builds: dict              # name -> Build
    tests: tuple
    failure: tuple            # signs of failure of every test
    environment: tuple        # signs that the tool failed, not the design

    def test(self, name):
        return next((t for t in self.tests if t.name == name), None)


TEXT, NUMBER, COUNT, LIST, TABLE, REGEX, REGEXES = "a text", "a number above 0", "a whole number from 0", "a list of texts", \
    "a table of texts", "a regular expression that an empty text does not fit", "a list of regular expressions that an empty text does not fit"
TEST_KEYS = {"name": TEXT, "kind": TEXT, "command": LIST, "what": TEXT, "owner": TEXT, "limit": NUMBER, "success": REGEX, "build": TEXT,
             "tags": LIST, "seeds": COUNT, "failure": REGEXES, "skip": REGEX, "notice": REGEX, "exit": COUNT, "env": TABLE,
             "known_issue": TABLE}
KIND_KEYS = {k: v for k, v in TEST_KEYS.items() if k not in ("name", "kind")}
BUILD_KEYS = {"what": TEXT, "targets": LIST, "command": LIST}
SIGN_KEYS = {"failure": REGEXES, "environment": REGEXES}
TOP_KEYS = {"signs": "a table", "kind": "tables [kind.NAME]", "build": "tables [build.NAME]", "test": "tables [[test]]"}
NAME = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")


def is_regex(text):
    """One that an empty text fits would be a sign of nothing: with `.*` for success, a test that does nothing passes."""
    try:
        return bool(text) and not re.search(text, "", re.MULTILINE)
    except re.error:
        return False


FITS = {
    TEXT: lambda v: isinstance(v, str) and v.strip(),
    NUMBER: lambda v: isinstance(v, (int, float)) and not isinstance(v, bool) and 0 < v < float("inf"),
    COUNT: lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0,
    LIST: lambda v: isinstance(v, list) and v and all(isinstance(s, str) and s for s in v),
    TABLE: lambda v: isinstance(v, dict) and v and all(isinstance(s, str) for s in v.values()),
    REGEX: lambda v: isinstance(v, str) and is_regex(v),
    REGEXES: lambda v: isinstance(v, list) and v and all(isinstance(s, str) and is_regex(s) for s in v),
}


class Reader:
    """Turns the parsed TOML into values; every refusal names the file, the place and the key."""

    def __init__(self, path):
        self.path = path

    def refuse(self, where, text):
        raise CatalogueError(f"{self.path}: {where}: {text}")

    def keys(self, where, table, known):
        if not isinstance(table, dict):
            self.refuse(where, "must be a table")
        for key, value in table.items():
            if key not in known:
                self.refuse(where, f"unknown key '{key}' (there are: {', '.join(known)})")
            if known[key] in FITS and not FITS[known[key]](value):
                self.refuse(where, f"key '{key}' must be {known[key]}, not {value!r}")

    def test(self, number, raw, data):
        named = isinstance(raw, dict) and isinstance(raw.get("name"), str)
        where = f"test '{raw['name']}'" if named else f"test {number}"
        self.keys(where, raw, TEST_KEYS)
        kinds = data.get("kind", {})
        if "kind" in raw and raw["kind"] not in kinds:
            self.refuse(where, f"key 'kind': no [kind.{raw['kind']}] (there are: {', '.join(kinds) or 'none'})")
        merged = {**kinds.get(raw.get("kind"), {}), **{k: v for k, v in raw.items() if k != "kind"}}
        for field in dataclasses.fields(Test):
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING and field.name not in merged:
                self.refuse(where, f"key '{field.name}' is missing")
        if not NAME.fullmatch(merged["name"]):
            self.refuse(where, "key 'name' must be letters, digits, _ and single dots between them")
        if merged["name"].startswith("build."):
            self.refuse(where, "key 'name': 'build.' is kept for the build configurations")
        t = Test(**{k: tuple(v) if isinstance(v, list) else v for k, v in merged.items()})
        if t.build and t.build not in data.get("build", {}):
            self.refuse(where, f"key 'build': no [build.{t.build}] (there are: {', '.join(data.get('build', {})) or 'none'})")
        for used in re.findall(r"\{(\w+)\}", " ".join([*t.command, *t.env.values()])):
            if used not in PLACEHOLDERS:
                self.refuse(where, f"key 'command': no placeholder {{{used}}} (there are: {', '.join(PLACEHOLDERS)})")
        takes_seed = any("{seed}" in part for part in [*t.command, *t.env.values()])
        if bool(t.seeds) != takes_seed:
            self.refuse(where, f"key 'seeds' is {t.seeds}, but the command has {'a' if takes_seed else 'no'} {{seed}}")
        if t.known_issue and set(t.known_issue) != {"reason", "failure"}:
            self.refuse(where, "key 'known_issue' must hold reason and failure, nothing else")
        if t.known_issue and not is_regex(t.known_issue["failure"]):
            self.refuse(where, "key 'known_issue': failure must be a regular expression that an empty text does not fit")
        return t

    def read(self):
        try:
            content = self.path.read_bytes()
            data = tomllib.loads(content.decode())
        except OSError as e:
            self.refuse("cannot be read", e.strerror)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
            self.refuse("is not TOML", str(e))
        self.keys("top level", data, TOP_KEYS)
        signs = data.get("signs", {})
        self.keys("[signs]", signs, SIGN_KEYS)
        for section, known in (("kind", KIND_KEYS), ("build", BUILD_KEYS)):
            tables = data.get(section, {})
            if not isinstance(tables, dict):
                self.refuse(f"[{section}]", f"must be {TOP_KEYS[section]}")
            for name, table in tables.items():
                self.keys(f"[{section}.{name}]", table, known)
        builds = {n: Build(n, b.get("what", ""), tuple(b.get("targets", ())), tuple(b.get("command", ())))
                  for n, b in data.get("build", {}).items()}
        for b in builds.values():
            if not NAME.fullmatch(b.name):
                self.refuse(f"[build.{b.name}]", "the name must be letters, digits, _ and single dots between them")
            if bool(b.targets) == bool(b.command):
                self.refuse(f"[build.{b.name}]", "needs either the key 'targets' or the key 'command'")
        if not isinstance(data.get("test", []), list):
            self.refuse("[test]", f"must be {TOP_KEYS['test']}")
        tests = [self.test(n, raw, data) for n, raw in enumerate(data.get("test", []), 1)]
        for n, t in enumerate(tests, 1):
            first = next(m for m, other in enumerate(tests, 1) if other.name == t.name)
            if first != n:
                self.refuse(f"test '{t.name}'", f"key 'name' stands twice, as test {first} and test {n}")
        if not tests:
            self.refuse("top level", "there is no [[test]]")
        return Catalogue(self.path, hashlib.sha256(content).hexdigest()[:16], builds, tuple(tests), tuple(signs.get("failure", ())),
                         tuple(signs.get("environment", ())))


def load(path):
    return Reader(pathlib.Path(path)).read()
