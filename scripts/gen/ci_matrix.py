#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the matrices of the CI files from tests/catalogue.toml: one job for each build configuration, so that each is built once.

usage: ci_matrix.py [--check] [FILE...]

In .github/workflows/ci.yml, nightly.yml and .gitlab-ci.yml what stands between `# matrix TAG: ...` and `# end of the matrix` is made
here. TAG ci: every test so tagged, with the seeds the catalogue states. TAG nightly: the tests so tagged, with theirs; and, in jobs of
their own, all other tests that take a seed, NIGHTLY_SEEDS times each; without those that call one of OWN_JOB, whose jobs keep
their reports. With --check nothing is written and the exit code is 1 if a file is not what the catalogue
says; 2 when a file cannot be read, or a matrix in it has no end.
"""
import argparse
import math
import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True
from verif.regress import catalogue  # noqa: E402

FILES = [ROOT / name for name in (".github/workflows/ci.yml", ".github/workflows/nightly.yml", ".gitlab-ci.yml")]
NIGHTLY_SEEDS = 20
SETUP_MINUTES = 90     # bound for installing and building on two cores
LONGEST = 350          # GitHub ends a job at 360
BLOCK = re.compile(r"^( *)# matrix (ci|nightly): .*\n(?:.*\n)*?( *)# end of the matrix\n", re.MULTILINE)
OWN_JOB = ("scripts/lint", "scripts/coverage", "scripts/mutate", "scripts/formal")
SCRIPTS = "scripts"    # the tests that need no build, and those that need generated sources only


def rows(cat, tag):
    """(part, tests, seeds or 0, bound in minutes) of each job"""
    parts = {}
    for t in cat.tests:
        if t.command[0].endswith(OWN_JOB):
            continue
        part = t.build if t.build not in ("", "configured") else SCRIPTS
        if tag in t.tags:
            parts.setdefault((part, 0), []).append(t)
        elif tag == "nightly" and t.seeds:
            parts.setdefault((part + "_seeds", NIGHTLY_SEEDS), []).append(t)
    for (part, seeds), tests in parts.items():
        seconds = sum(t.limit * max(1, seeds or t.seeds) for t in tests)
        yield part, [t.name for t in tests], seeds, min(LONGEST, SETUP_MINUTES + math.ceil(seconds / 2 / 60))


def folded(names, indent):
    return textwrap.fill(" ".join(names), 150, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)


def matrix(cat, tag, indent, gitlab):
    keys = ("PART", "SEEDS", "TESTS") if gitlab else ("part", "seeds", "tests")
    lines = [f"{indent}# matrix {tag}: from tests/catalogue.toml by scripts/gen/ci_matrix.py; do not edit"]
    for part, tests, seeds, minutes in rows(cat, tag):
        lines.append(f"{indent}- {keys[0]}: {part}")
        if not gitlab:  # where a matrix cannot set a job's time limit, one limit holds for all
            lines.append(f"{indent}  minutes: {minutes}")
        if tag == "nightly":
            option = f"--seeds {seeds}" if seeds else ""
            lines.append(f'{indent}  {keys[1]}: "{option}"')
        lines += [f"{indent}  {keys[2]}: >-", folded(tests, indent + "    ")]
    return "\n".join([*lines, f"{indent}# end of the matrix\n"])


def render(cat, text, gitlab):
    return BLOCK.sub(lambda m: matrix(cat, m[2], m[1], gitlab), text)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--check", action="store_true")
    p.add_argument("--catalogue", type=pathlib.Path, default=ROOT / "tests/catalogue.toml")
    p.add_argument("files", nargs="*", type=pathlib.Path, default=FILES)
    a = p.parse_args()
    stale = 0
    try:
        cat = catalogue.load(a.catalogue)
        for path in a.files:
            before = path.read_text(encoding="utf-8")
            if len(BLOCK.findall(before)) != before.count("# matrix "):
                raise catalogue.CatalogueError(f"{path}: a matrix without '# end of the matrix'")
            after = render(cat, before, path.name.startswith(".gitlab"))
            if after != before and a.check:
                print(f"{path} is out of date: run scripts/gen/ci_matrix.py", file=sys.stderr)
                stale = 1
            elif after != before:
                path.write_text(after, encoding="utf-8")
    except (catalogue.CatalogueError, OSError) as e:
        print(f"ci_matrix.py: {e}", file=sys.stderr)
        return 2
    return stale


if __name__ == "__main__":
    sys.exit(main())
