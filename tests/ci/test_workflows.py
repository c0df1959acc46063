# SPDX-License-Identifier: Apache-2.0
"""The CI files keep the rules of workflows.py, call only scripts that exist and take these arguments, and run what the catalogue says;
each rule is seen to find what is planted."""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

import yaml

from tests.ci import workflows as w
from verif.regress import catalogue

MATRIX = w.ROOT / "scripts/gen/ci_matrix.py"
CATALOGUE = catalogue.load(w.ROOT / "tests/catalogue.toml")


def read(path):
    text = path.read_text(encoding="utf-8")
    doc = w.load(text)
    return text, doc, (w.github if "jobs" in doc else w.gitlab)(doc)


def findings(text):
    """All that the rules say of one file, without the scripts' own words."""
    doc = w.load(text)
    jobs = (w.github if "jobs" in doc else w.gitlab)(doc)
    return w.graph(jobs) + w.limits(jobs) + w.artifacts(jobs) + w.pinned(jobs) + w.harmless(doc, text)


class Files(unittest.TestCase):
    def test_rules(self):
        for path in (*w.GITHUB, *w.GITLAB):
            with self.subTest(path.name):
                self.assertEqual(findings(path.read_text(encoding="utf-8")), [])

    def test_what_they_call(self):
        lines = w.called([j for path in (*w.GITHUB, *w.GITLAB) for j in read(path)[2]])
        self.assertGreater(len(lines), 15)
        self.assertEqual(w.commands(lines), [])

    def test_both_services_call_the_same(self):
        def calls(paths):
            return {re.sub(r"--(out|json) \S+", "", c) for p in paths for j in read(p)[2] for c in j.commands}
        self.assertEqual(calls(w.GITHUB), calls(w.GITLAB))

    def test_they_say_that_they_were_not_run(self):
        for path in (*w.GITHUB, *w.GITLAB):
            self.assertIn("not run there yet", "".join(read(path)[0].splitlines(keepends=True)[:4]), path.name)

    def test_every_test_is_in_the_matrix_once(self):
        for path, job, tag in ((w.GITHUB[0], "regress", "ci"), (w.GITHUB[1], "regress", "nightly"), (w.GITLAB[0], "regress", "ci"),
                               (w.GITLAB[0], "nightly-regress", "nightly")):
            jobs = read(path)[2]
            rows = next(j for j in jobs if j.name == job).rows
            names = [n for r in rows for n in (r.get("tests") or r.get("TESTS")).split()]
            wanted = [t for t in CATALOGUE.tests if tag in t.tags or (tag == "nightly" and t.seeds)]
            own = {t.name for t in wanted if t.command[0] in {"{source}/" + c.split()[0] for j in jobs if j.name != job for c in j.commands}}
            self.assertEqual(sorted(names), sorted(t.name for t in wanted if t.name not in own), f"{path.name}: {job}")
            self.assertLess(len(own), 5)

    def test_the_runner_takes_each_row(self):
        for path in (*w.GITHUB, *w.GITLAB):
            for line in w.called(read(path)[2]):
                if line.startswith("scripts/regress"):
                    with tempfile.TemporaryDirectory() as d:
                        words = [f"{d}/out" if x.startswith("build/") else x for x in shlex.split(line)]
                        r = subprocess.run([*words, "--dry-run"], cwd=w.ROOT, capture_output=True, text=True)
                    self.assertEqual(r.returncode, 0, f"{line}\n{r.stderr}")
                    self.assertRegex(r.stdout, r"\n[1-9]\d* runs; master seed ")


class Matrix(unittest.TestCase):
    def call(self, *args, code):
        r = subprocess.run([sys.executable, "-B", MATRIX, *map(str, args)], capture_output=True, text=True)
        self.assertEqual(r.returncode, code, r.stderr)
        return r.stderr

    def test_it_is_up_to_date(self):
        self.call("--check", code=0)

    def test_the_check_notices_an_edit(self):
        with tempfile.TemporaryDirectory() as d:
            cat, file = pathlib.Path(d, "c.toml"), pathlib.Path(d, "ci.yml")
            test = '[build.b]\ntargets = ["x"]\n[[test]]\nname = "a.b"\ncommand = ["x", "{seed}"]\nwhat = "w"\nowner = "o"\nlimit = 60\n' \
                   'success = "ok"\nseeds = 2\nbuild = "b"\n'
            cat.write_text(test)
            file.write_text("x:\n  # matrix nightly: soon\n  # end of the matrix\ny: 1\n")
            self.assertIn("out of date", self.call("--check", "--catalogue", cat, file, code=1))
            self.call("--catalogue", cat, file, code=0)
            self.call("--check", "--catalogue", cat, file, code=0)
            doc = w.load(file.read_text())
            self.assertEqual(doc, {"x": [{"part": "b_seeds", "minutes": 100, "seeds": "--seeds 20", "tests": "a.b"}], "y": 1})
            cat.write_text(test.replace("a.b", "a.c"))
            self.call("--check", "--catalogue", cat, file, code=1)
            file.write_text("x:\n  # matrix nightly: soon\ny: 1\n")
            self.assertIn("without '# end of the matrix'", self.call("--catalogue", cat, file, code=2))


class Planted(unittest.TestCase):
    """What must not be, and the words that say so."""

    def plant(self, path, old, new, *words, count=1):
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        found = findings(text.replace(old, new, count))
        self.assertTrue(found)
        for word in words:
            self.assertIn(word, "\n".join(found))

    def test_graph(self):
        self.plant(w.GITHUB[0], "needs: [lint, smoke]", "needs: [lint, smok]", "lockstep: needs 'smok', which is no job")
        self.plant(w.GITHUB[0], "  smoke:\n", "  smoke:\n    needs: mutation\n", "smoke: needs itself", "mutation: needs itself")

    def test_time_limits(self):
        self.plant(w.GITHUB[0], "    timeout-minutes: 30\n", "", "lint: time limit of 0 minutes")
        self.plant(w.GITHUB[1], "timeout-minutes: 300", "timeout-minutes: 400", "time limit of 400 minutes")
        self.plant(w.GITLAB[0], "  timeout: 3 hours\n", "", "time limit of 0 minutes")

    def test_artefacts(self):
        self.plant(w.GITHUB[0], "path: build/ci-coverage", "path: build/ci-cover", "keeps build/ci-cover, which nothing writes",
                   "writes build/ci-coverage, which is not kept")
        self.plant(w.GITHUB[0], "name: mutation\n          path", "name: coverage\n          path", "another artefact has the name coverage")
        self.plant(w.GITHUB[0], "name: regress-${{ matrix.part }}", "name: regress", "rows of the matrix share")
        self.plant(w.GITLAB[0], "junit: build/ci-report", "junit: build/report", "reads build/report/junit.xml of nothing that is kept")

    def test_actions(self):
        for action in ("actions/checkout@main", "actions/checkout@v5.0", "someone/else@v1", "actions/checkout"):
            self.plant(w.GITHUB[0], "actions/checkout@v5", action, f"{action} is not one of")

    def test_rights(self):
        self.plant(w.GITHUB[0], "  contents: read\n", "  contents: write\n", "permissions")
        self.plant(w.GITHUB[1], "permissions:\n  contents: read\n", "", "permissions")
        self.plant(w.GITHUB[0], "scripts/lint\n", "scripts/lint ${{ secrets.KEY }}\n", "'secrets.'", "is not one of the expressions")
        self.plant(w.GITHUB[0], "scripts/lint\n", "scripts/lint ${{ github.event.issue.title }}\n", "'github.event'")
        self.plant(w.GITLAB[0], "scripts/lint\n", "scripts/bench --update-baselines\n", "'--update-baselines'")

    def test_a_key_that_stands_twice(self):
        text = w.GITLAB[0].read_text(encoding="utf-8")
        with self.assertRaisesRegex(yaml.YAMLError, "'smoke'.* stands twice"):
            w.load(text + "\nsmoke:\n  script: [scripts/lint]\n")

    def test_commands(self):
        for line, word in (("apt-get install x", "is not one call"), ("scripts/lint && rm x", "is not one call"), ("scripts/lint | tee x", "is not one call"),
                           ("scripts/lnt", "does not exist"), ("scripts/common.sh", "cannot be run"), ("scripts/lint --prt all", "has no option --prt"),
                           ("scripts/lint --part al", "invalid choice: 'al'"), ("scripts/regress --seeds x", "'x' is not a whole number")):
            with self.subTest(line):
                self.assertIn(word, "\n".join(w.commands([line])))


if __name__ == "__main__":
    unittest.main()
