# SPDX-License-Identifier: Apache-2.0
"""From the catalogue to runs: which tests, and each with which seeds."""
import dataclasses
import fnmatch
import re
import shlex

from verif.regress import seeds
from verif.regress.catalogue import Test


class SelectionError(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Run:
    test: Test
    seed: int | None = None

    @property
    def id(self):
        return self.test.name if self.seed is None else f"{self.test.name}@{self.seed}"

    def fill(self, places):
        """argv and environment, with the placeholders filled in."""
        values = {**places, "seed": str(self.seed)}

        def put(text):
            return re.sub(r"\{(\w+)\}", lambda m: str(values[m[1]]), text)
        return [put(part) for part in self.test.command], {k: put(v) for k, v in self.test.env.items()}

    def by_hand(self, places):
        """One line for a shell that repeats this run without the runner."""
        argv, env = self.fill(places)
        sets = [f"{k}={shlex.quote(v)}" for k, v in env.items()]
        return " ".join([f"cd {shlex.quote(str(places['source']))} &&", *sets, shlex.join(argv)])


def split_pattern(text):
    """'chip.*@17' is every test of that name with seed 17."""
    glob, at, seed = text.partition("@")
    if at and not (seed.isdigit() and int(seed) < seeds.TOP):
        raise SelectionError(f"'{text}': behind @ stands a seed from 0 to {seeds.TOP - 1}")
    return glob, int(seed) if at else None


def select(catalogue, patterns=(), tags=(), not_tags=()):
    """[(test, seed that was asked for or None)] in the catalogue's order. Without patterns and tags: all but the nightly ones."""
    everything = {tag for t in catalogue.tests for tag in t.tags}
    for tag in [*tags, *not_tags]:
        if tag not in everything:
            raise SelectionError(f"no test has the tag '{tag}'; there are: {', '.join(sorted(everything))}")
    if not patterns and not tags:
        not_tags = [*not_tags, "nightly"]
    wanted = [split_pattern(p) for p in patterns] or [("*", None)]
    for (glob, seed), text in zip(wanted, patterns):
        hits = [t for t in catalogue.tests if fnmatch.fnmatchcase(t.name, glob)]
        if not hits:
            raise SelectionError(f"no test is called '{text}' (scripts/regress --list shows the names)")
        if seed is not None and not any(t.seeds for t in hits):
            raise SelectionError(f"'{text}': the test takes no seed")
    chosen = []
    for t in catalogue.tests:
        if tags and not set(tags) & set(t.tags) or set(not_tags) & set(t.tags):
            continue
        hits = [seed for glob, seed in wanted if fnmatch.fnmatchcase(t.name, glob) and (seed is None or t.seeds)]
        if None in hits:
            chosen.append((t, None))
        chosen += [(t, seed) for seed in dict.fromkeys(hits) if seed is not None]
    return chosen


def expand(chosen, master_seed, count=None):
    """The runs of select()'s choice; count stands in for the number of seeds of every test that takes some."""
    runs = {}
    for test, seed in chosen:
        if seed is not None:
            these = [seed]
        else:
            these = seeds.draw(master_seed, test.name, count or test.seeds) if test.seeds else [None]
        for s in these:
            run = Run(test, s)
            runs.setdefault(run.id, run)
    return list(runs.values())


def repeat(catalogue, report, verdicts=None):
    """The runs of an earlier report with their seeds; only those with one of the verdicts, when given."""
    runs = []
    for old in report["runs"]:
        if verdicts and old["verdict"] not in verdicts:
            continue
        test = catalogue.test(old["name"])
        if test is None:
            raise SelectionError(f"the report has a test '{old['name']}' that {catalogue.path} does not have")
        if (old["seed"] is None) == bool(test.seeds):
            raise SelectionError(f"test '{old['name']}' takes {'a' if test.seeds else 'no'} seed now, unlike in the report")
        runs.append(Run(test, old["seed"]))
    return runs
