#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Versions of tools and libraries against scripts/versions.toml.

usage: versions.py need NAME...                      one line and exit code 2 for the first tool that is missing or too old
       versions.py found NAME=VERSION@PLACE...       the same for what CMake found; an empty version: it found none
       versions.py list [NAME=VERSION@PLACE...]      a table of all; exit code 1 if one is missing or too old that the build needs

With HTX_ANY_VERSION=1 in the environment a version that is too old is said and goes on; what is missing still stops.
From Python: versions.need("yosys", "z3").
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

FILE = pathlib.Path(__file__).resolve().parent / "versions.toml"
SOURCE = "(scripts/versions.toml)"
try:
    import tomllib
except ModuleNotFoundError:  # the file that names the oldest Python cannot be read by an older one
    oldest = re.search(r'\[python\]\nneeds = "(.*)"', FILE.read_text(encoding="utf-8"))[1]
    print(f"Python {sys.version.split()[0]} found at {sys.executable}, this project needs {oldest} or newer {SOURCE}", file=sys.stderr)
    sys.exit(2)


class Wrong(Exception):
    """One line: what is here, and what is needed."""


def load(path=FILE):
    return tomllib.loads(path.read_text(encoding="utf-8"))


def number(text):
    """(5, 6) of "5.006"."""
    return tuple(int(part) for part in text.split("."))


def first_number(text):
    m = re.search(r"(?<![\w.])v?(\d+(?:\.\d+)+)", text)
    return m[1] if m else None


def wanted(entry):
    return f"this project needs {entry['needs']} or newer {SOURCE}" if "needs" in entry else f"this project needs it {SOURCE}"


def missing(name, entry):
    if "without" in entry:
        install = f"apt-get install {entry['apt_get']}" if "apt_get" in entry else "scripts/setup installs it"
        return Wrong(f"{name} is missing: {entry['without']}; {wanted(entry)}, {install}")
    return Wrong(f"{name} is missing, {wanted(entry)}; scripts/setup installs {entry['setup']}")


def ask(name, entry):
    """(version, place) of a tool as PATH finds it."""
    place = shutil.which(entry["ask"][0])
    if not place:
        raise missing(name, entry)
    try:
        r = subprocess.run([place, *entry["ask"][1:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    except subprocess.TimeoutExpired:
        raise Wrong(f"{place} does not say its version within 30 s, {wanted(entry)}") from None
    except OSError as e:
        raise Wrong(f"{place} cannot be run ({e.strerror}), {wanted(entry)}") from None
    said = r.stdout.decode("utf-8", "replace").strip()
    if "ModuleNotFoundError" in said:
        raise missing(name, entry)
    version = first_number(said)
    if r.returncode or not version:
        line = said.splitlines()[-1][:60] if said else "nothing"
        raise Wrong(f"{place} says no version but '{line}' (exit code {r.returncode}), {wanted(entry)}")
    return version, place


def judge(name, entry, version, place):
    if "needs" in entry and number(version) < number(entry["needs"]):
        line = f"{name.capitalize() if name.islower() else name} {version} found at {place}, {wanted(entry)}"
        if not os.environ.get("HTX_ANY_VERSION"):
            raise Wrong(line)
        print(f"warning: {line}; HTX_ANY_VERSION is set", file=sys.stderr)


def need(*names, entries=None):
    """Raises Wrong, with one line, for the first tool that is missing, too old, or says no version."""
    entries = entries or load()
    for name in names:
        judge(name, entries[name], *ask(name, entries[name]))


def parse(items, entries):
    """{NAME: (VERSION, PLACE)} of what CMake found."""
    result = {}
    for item in items:
        m = re.fullmatch(r"(\w+)=([^@]*)@(.*)", item)
        if not m or m[1] not in entries:
            raise Wrong(f"versions.py: '{item}' is not NAME=VERSION@PLACE with a NAME of versions.toml")
        result[m[1]] = (m[2], m[3])
    return result


def given(name, entry, version, place):
    if not version:
        raise missing(name, entry)
    if not first_number(version):
        raise Wrong(f"{name} at {place} says no version but '{version}', {wanted(entry)}")
    return first_number(version), place


def found(items, entries):
    for name, (version, place) in parse(items, entries).items():
        judge(name, entries[name], *given(name, entries[name], version, place))


def table(items, entries):
    seen, bad = parse(items, entries), False
    print(f"{'':<15}{'needs':<9}{'tried':<16}here")
    for name, entry in entries.items():
        try:
            if name not in seen and "ask" not in entry:
                here = "not looked for, because CMake did not run"
            else:
                version, place = given(name, entry, *seen[name]) if name in seen else ask(name, entry)
                here = f"{version} at {place}"
                if number(version)[:2] > max(number(t)[:2] for t in entry["tried"]):
                    here += " (newer than any that was tried)"
                judge(name, entry, version, place)
        except Wrong as e:
            here, bad = f"NO: {e}", bad or "without" not in entry
        print(f"{name:<15}{entry.get('needs', 'any'):<9}{', '.join(entry['tried']):<16}{here}")
    return 1 if bad else 0


def main(args):
    entries = load()
    if args[:1] in (["-h"], ["--help"]):
        print(__doc__)
    elif args[:1] == ["need"] and len(args) > 1:
        unknown = [n for n in args[1:] if "ask" not in entries.get(n, {})]
        if unknown:
            raise Wrong(f"versions.py: '{unknown[0]}' is no tool of versions.toml")
        need(*args[1:], entries=entries)
    elif args[:1] == ["found"]:
        found(args[1:], entries)
    elif args[:1] == ["list"]:
        return table(args[1:], entries)
    else:
        raise Wrong("versions.py: need, found or list (try --help)")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Wrong as e:
        print(e, file=sys.stderr)
        sys.exit(2)
