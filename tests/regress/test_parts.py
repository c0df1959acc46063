# SPDX-License-Identifier: Apache-2.0
"""The runner's parts alone: catalogue, seeds, selection, buckets."""
import pathlib
import re
import subprocess
import tempfile
import unittest

from tests.regress.support import MUST_FAIL, ROOT
from verif.regress import buckets, catalogue, report_junit, seeds, selection, verdict

GOOD = '[[test]]\nname = "a.b"\ncommand = ["x"]\nwhat = "w"\nowner = "o"\nlimit = 5\nsuccess = "ok"\n'


class Catalogue(unittest.TestCase):
    def load(self, text):
        with tempfile.TemporaryDirectory() as d:
            path = pathlib.Path(d, "broken.toml")
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            return catalogue.load(path)

    def refuse(self, text, *words):
        with self.assertRaises(catalogue.CatalogueError) as caught:
            self.load(text)
        said = str(caught.exception)
        self.assertNotIn("\n", said)
        for word in ("broken.toml: ", *words):
            self.assertIn(word, said)

    def test_one_line_names_file_test_and_key(self):
        self.refuse(GOOD + "sed = 1\n", "test 'a.b'", "unknown key 'sed'", "seeds")
        self.refuse(GOOD + GOOD, "test 'a.b'", "'name' stands twice", "test 1 and test 2")
        for key, value in (("limit", '"5"'), ("limit", "0"), ("limit", "-1"), ("limit", "true"), ("limit", "inf"), ("command", '"x"'),
                           ("command", "[]"), ("command", "[1]"), ("what", '""'), ("what", "7"), ("success", '"("'), ("success", '""'), ("success", '".*"'),
                           ("success", '"^"')):
            self.refuse(re.sub(rf"^{key} = .*", f"{key} = {value}", GOOD, flags=re.MULTILINE), "test 'a.b'", f"key '{key}'")
        for key, value in (("seeds", "-1"), ("seeds", "1.5"), ("seeds", "true"), ("tags", '"ci"'), ("env", '{ A = 1 }'), ("exit", '"1"'),
                           ("failure", '["["]'), ("failure", '["ok|"]'), ("skip", '"x*"'), ("known_issue", '{ reason = "r", failure = ".*" }'), ("known_issue", '{ reason = "r" }'), ("known_issue", '"it is known"'),
                           ("known_issue", '{ reason = "r", failure = "(" }'), ("build", '"nowhere"'), ("kind", '"unkind"')):
            self.refuse(GOOD + f"{key} = {value}\n", "test 'a.b'", f"'{key}'")
        for key in ("name", "command", "what", "owner", "limit", "success"):
            self.refuse(re.sub(rf"^{key} = .*\n", "", GOOD, flags=re.MULTILINE), "test ", f"'{key}' is missing")

    def test_placeholders_and_seeds_belong_together(self):
        self.refuse(GOOD.replace('["x"]', '["{sed}"]'), "test 'a.b'", "'command'", "{sed}")
        self.refuse(GOOD.replace('["x"]', '["{seed}"]'), "test 'a.b'", "'seeds'")
        self.refuse(GOOD + "seeds = 2\n", "test 'a.b'", "'seeds'")

    def test_names(self):
        for name in ("a/b", "..", "a b", "a@1", "", ".a", "build.x", "a..b"):
            self.refuse(GOOD.replace("a.b", name), "'name'")

    def test_other_tables(self):
        self.refuse("", "no [[test]]")
        self.refuse("test = 1\n", "[test]")
        self.refuse("test = [1]\n", "test 1")
        self.refuse("[suite]\n" + GOOD, "unknown key 'suite'")
        self.refuse("[build.b]\ntarget = ['x']\n" + GOOD, "[build.b]", "unknown key 'target'")
        self.refuse("[build.b]\nwhat = 'x'\n" + GOOD, "[build.b]", "'targets'")
        self.refuse("[build.'../b']\ntargets = ['x']\n" + GOOD, "[build.../b]")
        self.refuse("[kind.k]\nname = 'x'\n" + GOOD, "[kind.k]", "unknown key 'name'")
        self.refuse("kind = 3\n" + GOOD, "[kind]")
        self.refuse("[signs]\nfailure = 'x'\n" + GOOD, "[signs]", "'failure'")

    def test_what_is_no_toml(self):
        self.refuse("[[test]\n", "is not TOML", "line 1")
        self.refuse(b"\xff\xfe", "is not TOML")
        self.refuse(GOOD + 'name = "again"\n', "is not TOML")

    def test_a_kind_gives_what_the_test_leaves_out(self):
        text = '[kind.k]\nlimit = 7\nsuccess = "fine"\nowner = "o"\n' \
               '[[test]]\nname = "t"\nkind = "k"\ncommand = ["x"]\nwhat = "w"\nlimit = 9\n'
        t = self.load(text).tests[0]
        self.assertEqual((t.limit, t.success, t.owner), (9, "fine", "o"))


class Seeds(unittest.TestCase):
    def test_stated_hash(self):  # docs/regress.md states it; a change would make old reports' seeds unrepeatable
        self.assertEqual([seeds.derive(1, "chip.lockstep_1_lane", n) for n in range(2)], [3189227436, 4049945555])

    def test_more_seeds_begin_with_the_same(self):
        few, many = seeds.draw(5, "t", 3), seeds.draw(5, "t", 50)
        self.assertEqual(few, many[:3])
        self.assertEqual(len(set(many)), 50)
        self.assertTrue(all(0 <= s < 1 << 32 for s in many))

    def test_a_selection_changes_no_seed(self):
        cat = catalogue.load(MUST_FAIL)

        def ids(*patterns, master=9):
            return [r.id for r in selection.expand(selection.select(cat, patterns), master) if r.seed is not None]
        self.assertEqual(ids("PASS.seeds") + ids("FAIL.wrong_result"), ids("*"))
        self.assertNotEqual(ids("PASS.seeds"), ids("PASS.seeds", master=10))


class Selection(unittest.TestCase):
    def names(self, *patterns, **options):
        return [r.id for r in selection.expand(selection.select(catalogue.load(MUST_FAIL), patterns, **options), 1)]

    def test_names_and_tags(self):
        self.assertEqual(self.names("XPASS.*", "XFAIL.*"), ["XFAIL.known", "XPASS.known"])  # the catalogue's order
        self.assertEqual({n.split("@")[0] for n in self.names(tags=["smoke"])}, {"PASS.plain", "PASS.seeds"})
        self.assertEqual(self.names(tags=["smoke"], not_tags=["seeds"]), ["PASS.plain"])
        self.assertNotIn("FAIL.nightly_only", self.names())
        self.assertEqual(self.names(tags=["nightly"]), ["FAIL.nightly_only"])
        self.assertEqual(self.names("FAIL.nightly*"), ["FAIL.nightly_only"])

    def test_a_run_stands_once(self):
        self.assertEqual(self.names("PASS.plain", "PASS.p*"), ["PASS.plain"])
        self.assertEqual(self.names("PASS.seeds@5", "PASS.*@5"), ["PASS.seeds@5"])


class Buckets(unittest.TestCase):
    def test_numbers_are_starred_out(self):
        for one, other in (("at clock 17 in x", "at clock 6230 in x"), ("acc=0x1f2", "acc=0XDEADBEEF"), ("row bdb8f024", "row 00b8f022"),
                           ("off by -1.5e-7", "off by 3"), ("/tmp/tmpab12x/m.gguf: no", "/tmp/zz9/m.gguf: no"), ("L1", "L8"),
                           ("lanes 1, 2", "lanes 1, 2, 3")):
            self.assertEqual(buckets.star(one), buckets.star(other))
        for one, other in (("in htx_dot", "in htx_seq"), ("decade", "facade")):
            self.assertNotEqual(buckets.star(one), buckets.star(other))


class Reports(unittest.TestCase):
    def test_xml_holds_no_control_characters(self):
        self.assertEqual(report_junit.clean("a\x00b\x1b[1m\tc\nd\ufffe\U0001f600"), "a?b?[1m\tc\nd?\U0001f600")


class Shipped(unittest.TestCase):
    """tests/catalogue.toml itself."""

    def test_every_test_program_is_in_it(self):
        cat = catalogue.load(ROOT / "tests/catalogue.toml")
        commands = " ".join(" ".join(t.command) for t in cat.tests)
        targets = {t for b in cat.builds.values() for t in b.targets}
        for cmake in sorted(ROOT.glob("tests/*/CMakeLists.txt")):
            text = cmake.read_text(encoding="utf-8")
            for name in re.findall(r"gtest_discover_tests\((\S+?)[\s)]", text):
                size = re.search(r"\$\{(\w+)\}", name)
                for value in re.search(rf"foreach\({size[1]} ([\d ]+)\)", text)[1].split() if size else [""]:
                    program = name.replace(size[0], value) if size else name
                    path = f"{{build}}/tests/{cmake.parent.name}/{program}"
                    self.assertTrue(path in commands, f"{cmake}: {path} is the command of no test in tests/catalogue.toml")
                    self.assertTrue(program in targets, f"{cmake}: {program} is in no build configuration of tests/catalogue.toml")

    def test_every_script_is_in_it(self):
        commands = " ".join(" ".join(t.command) for t in catalogue.load(ROOT / "tests/catalogue.toml").tests)
        for cmake in sorted(ROOT.glob("tests/*/CMakeLists.txt")):
            for name in re.findall(r"add_test\([^)]*?CURRENT_SOURCE_DIR\}/(\w+\.py)", cmake.read_text(encoding="utf-8")):
                path = f"{{source}}/tests/{cmake.parent.name}/{name}"
                self.assertTrue(path in commands, f"{cmake}: {path} is the command of no test in tests/catalogue.toml")

    def test_the_documents_name_tests_that_there_are(self):
        cat, found = catalogue.load(ROOT / "tests/catalogue.toml"), 0
        for page in (ROOT / "README.md", *ROOT.glob("docs/**/*.md")):
            for name in re.findall(r"`scripts/regress '?([a-z][\w.*]*)'?`", page.read_text(encoding="utf-8")):
                with self.subTest(page=page.relative_to(ROOT).as_posix()):
                    found += bool(selection.select(cat, [name], [], []))  # raises for a name that no test has
        self.assertGreater(found, 10)

    def test_a_missing_tool_is_no_failure_of_the_design(self):
        cat = catalogue.load(ROOT / "tests/catalogue.toml")
        named = "verilator is missing, this project needs 5.006 or newer (scripts/versions.toml); scripts/setup installs verilator"
        for line in (f"lint: {named}", named, "formal: z3 is missing; to prove div: apt-get install z3", "c++: fatal error: Killed signal terminated program cc1plus",
                     "Verilator 4.038 found at /opt/bin/verilator, this project needs 5.006 or newer (scripts/versions.toml)"):
            self.assertEqual(verdict.raw(cat.tests[0], cat, {"exit": 2}, f"some words\n{line}\n", 9)[0], verdict.ENVIRONMENT, line)
        for line in (f"AssertionError: 'x' != '{named}'", f"- {named}", "AssertionError: 'x' is missing; y", "error: key 'x' is missing"):
            self.assertEqual(verdict.raw(cat.tests[0], cat, {"exit": 1}, f"{line}\n", 9)[0], verdict.FAIL, line)

    def test_every_case_from_outside_is_in_it(self):
        cmake = (ROOT / "tests/e2e/CMakeLists.txt").read_text(encoding="utf-8")
        cases = re.search(r"set\(cases([^)]*)\)", cmake)[1].split()
        names = {t.name for t in catalogue.load(ROOT / "tests/catalogue.toml").tests}
        self.assertEqual({f"e2e.{c}" for c in cases} - names, set(), "tests/e2e has cases that tests/catalogue.toml does not have")


class Scripts(unittest.TestCase):
    def test_a_wrong_argument_is_one_line(self):
        for call in ("regress --bogus", "coverage --bogus", "formal --bogus", "formal --timeout 0", "faults --bogus", "faults --rtl /nowhere", "bench --runs 0", "lint --bogus",
                     "lint --rtl /nowhere", "fuzz --bogus", "lockstep --bogus", "demo --bogus", "demo --tokens", "setup --bogus", "coverage --raise-floors dot.block"):
            with self.subTest(call):
                script, *arguments = call.split()
                r = subprocess.run([ROOT / "scripts" / script, *arguments], capture_output=True, text=True, timeout=60)
                self.assertEqual((r.returncode, r.stdout, len(r.stderr.splitlines())), (2, "", 1), r.stderr)
                self.assertTrue(r.stderr.startswith(f"{script}: "), r.stderr)
