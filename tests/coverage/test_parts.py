# SPDX-License-Identifier: Apache-2.0
"""What coverage reads and decides, without a simulation but one elaboration: signals, lists, figures, trend, exports, exit codes."""
import contextlib
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
import xml.etree.ElementTree as ET

from verif.coverage import cli, data, document, export, figures, merge, points, report_json, rtl, trend, waivers

sys.path.insert(0, str(rtl.ROOT / "tests/pkg"))
import registers  # noqa: E402

GOOD = {"module": "m", "kind": "toggle", "match": "a[7:4]", "reason": "unreachable", "why": "nothing is that far away"}
RUNS = """# SystemC::Coverage-3
C '\x01f\x02ROOT/rtl/common/htx_fifo.sv\x01l\x0239\x01n\x025\x01page\x02v_branch/htx_fifo\x01o\x02if\x01S\x0239-41\x01h\x02TOP.a' 3
C '\x01f\x02ROOT/rtl/common/htx_fifo.sv\x01l\x0239\x01n\x026\x01page\x02v_branch/htx_fifo__W7\x01o\x02else\x01S\x0242-45\x01h\x02TOP.b' 0
C '\x01f\x02ROOT/rtl/common/htx_fifo.sv\x01l\x0243\x01n\x026\x01page\x02v_branch/htx_fifo\x01o\x02else\x01h\x02TOP.b' 5
C '\x01f\x02x_cover.sv\x01l\x023\x01n\x026\x01page\x02v_user/htx_fifo_cover__W7\x01o\x02full\x01h\x02TOP.a.u_cover.g_k__BRA__2__KET__.full' 1
T htx_fifo push_i 1 1 1
T htx_fifo level_q 3 7 3
F htx_seq state_q 0 1
F htx_seq state_q 1 1
""".replace("ROOT", str(rtl.ROOT))


def item(name, kind="toggle", hits=0, module="m", **more):
    return merge.Item(module, kind, name, hits=hits, **more)


class Sources(unittest.TestCase):
    def test_every_signal_of_the_simulator_is_known(self):
        """Beyond memories, parameters, variables of procedures and the branches of a generate-if."""
        netlist = registers.elaborate()
        unpacked = {t.get("id") for t in netlist.find("typetable") if t.tag == "unpackarraydtype"}
        found, modules = {}, rtl.modules()
        for m in netlist.findall("module"):
            known = {s.name for s in modules[m.get("origName")].signals}
            for v in m.findall("var"):
                if v.get("param") or v.get("localparam") or v.get("dtype_id") in unpacked or v.get("vartype") in ("genvar", "int", "integer"):
                    continue
                found.setdefault(m.get("origName"), set()).add(v.get("name"))
                self.assertIn(v.get("name"), known, m.get("origName"))
        self.assertGreater(sum(map(len, found.values())), 1500)
        for name, seen in found.items():
            self.assertEqual({s.name for s in modules[name].signals if "." not in s.name} - seen, set(), name)

    def test_state_registers(self):
        machines = {(m.name, f.register): {n for n, _ in f.states} for m in rtl.modules().values() for f in m.fsms}
        declared = waivers.transitions()
        self.assertEqual(set(machines), set(declared))
        for key, pairs in declared.items():
            self.assertEqual({s for pair in pairs for s in pair}, machines[key], f"{key}: every state, and no other, stands in fsm.toml")

    def test_bits_have_the_names_of_fields(self):
        structs = rtl.probes.structs()
        names = rtl.bits(rtl.Signal("req_o", "htx_pkg::mem_req_t", True, 1), 285, structs)
        self.assertEqual((names[0], names[256], names[284], len(names)), ("req_o.wdata[0]", "req_o.addr[0]", "req_o.write", 285))
        self.assertEqual(rtl.bits(rtl.Signal("x", "logic", False, 1), 1, structs), ["x"])

    def test_names_of_points(self):
        self.assertEqual(points.name("htx_dot", "g_kind[1].g_count[3].units"), "units kind=MATVEC 8 bit count=more")
        self.assertEqual(points.name("htx_dot", "back_to_back"), "back_to_back")
        for path in sorted(points.HOME.glob("*.sv")):
            text = path.read_text(encoding="utf-8")
            loops = {w for line in text.splitlines() if "for (genvar" in line for w in [line.split(" : ")[-1].split()[0]]}
            self.assertEqual(loops, set(points.labels(path.stem.removesuffix("_cover"))), f"{path.name}: every loop says what it counts")
            self.assertIn(path.stem.removesuffix("_cover"), rtl.modules())


class Points(unittest.TestCase):
    def test_no_point_leans_on_a_clocking_block(self):
        """Verilator 5.006 deletes a clocking block and remembers the clock in it: builds that grow by a line fail with internal errors."""
        for path in sorted(points.HOME.glob("*.sv")):
            self.assertNotIn("clocking", path.read_text(encoding="utf-8"), path.name)


class Reading(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as d:
            path = pathlib.Path(d, "coverage-1.dat")
            path.write_text(text, encoding="utf-8")
            return data.read(path, rtl.ROOT)

    def test_points_of_all_kinds(self):
        d = self.read(RUNS)
        self.assertEqual({(w.line, w.kind, n) for w, n in d.lines.items()}, {(39, "if", 3), (39, "else", 0), (43, "else", 5)})
        self.assertEqual(d.points, {("htx_fifo", "g_k[2].full"): 1})
        self.assertEqual(d.toggles[("htx_fifo", "level_q")], [3, 7, 3])
        self.assertEqual(d.states, {("htx_seq", "state_q"): {(0, 1), (1, 1)}})

    def test_a_damaged_file_is_refused(self):
        for text in ("", "something else\n", RUNS[:-8], RUNS + "Z\n", RUNS.replace("v_branch", "v_what"), RUNS + "T htx_fifo x 1\n"):
            with self.assertRaises(data.DataError):
                self.read(text)

    def test_merged(self):
        m = merge.Merged(rtl.modules(), rtl.probes.structs())
        m.add("one", self.read(RUNS))
        m.add("two", self.read(RUNS.replace("level_q 3 7 3", "level_q 3 0 4").replace("else\x01S\x0242-45\x01h\x02TOP.b' 0", "else\x01S\x0242-45\x01h\x02TOP.b' 2")))
        items = {(i.kind, i.name): i for i in m.items(waivers.transitions(), points.name)}
        self.assertTrue(items["toggle", "level_q[2]"].covered)
        self.assertEqual(items["toggle", "level_q[2]"].tests, 3)
        self.assertFalse(items["fsm", "state_q S_DECODE"].covered)
        self.assertEqual([i.tests for k, i in items.items() if k[0] == "line" and i.note == "else"], [2])


class Lists(unittest.TestCase):
    def load(self, text, reader):
        with tempfile.TemporaryDirectory() as d:
            path = pathlib.Path(d, "list.toml")
            path.write_text(text, encoding="utf-8")
            return reader(path)

    def test_a_waiver_takes_what_it_names_out_of_the_figures(self):
        items = [item(f"a[{i}]", hits=2 if i < 4 else 0) for i in range(8)]
        self.assertEqual(figures.figures(items)["m"]["toggle"]["percent"], 50)
        self.assertEqual(waivers.apply(items, [GOOD]), [])
        self.assertEqual(figures.figures(items)["m"]["toggle"], {"covered": 4, "total": 8, "waived": 4, "percent": 100})

    def test_a_waiver_that_outlived_its_reason(self):
        items = [item(f"a[{i}]", hits=2 if i == 5 else 0) for i in range(8)]
        self.assertEqual(waivers.apply(items, [GOOD]), ["waiver m toggle 'a[7:4]': covered now: a[5]"])
        self.assertIn("matches nothing", waivers.apply(items, [{**GOOD, "match": "b[7:4]"}])[0])
        self.assertIn("waived twice", " ".join(waivers.apply([item("a[6]")], [GOOD, {**GOOD, "match": "a[*]"}])))
        self.assertIn("matches nothing", waivers.apply([item("a[6]", module="n")], [GOOD])[0])

    def test_lists_that_say_too_little(self):
        def text(**change):
            return "[[waive]]\n" + "".join(f'{k} = "{v}"\n' for k, v in {**GOOD, **change}.items())
        self.assertEqual(len(self.load(text(), waivers.waivers)), 1)
        for change in ({"reason": "too hard"}, {"why": "because"}, {"match": "*"}, {"kind": "branch"}, {"line": "17"}):
            with self.assertRaises(waivers.ListError):
                self.load(text(**change), waivers.waivers)
        for wrong in ("[m]\nline = 101\n", "[m]\nlines = 10\n", "m = 3\n", "[m\n", "[m]\nline = true\n"):
            with self.assertRaises(waivers.ListError):
                self.load(wrong, waivers.floors)

    def test_patterns(self):
        for match, name, fits in (("a[7:4]", "a[4]", True), ("a[7:4]", "a[3]", False), ("r.x[*]", "r.x[12]", True), ("r.x[*]", "rax[1]", False),
                                  ("S_A -> S_B", "S_A -> S_B", True), ("if (a[2])", "if (a[2])", True)):
            self.assertEqual(bool(waivers.pattern(match).fullmatch(name)), fits, (match, name))

    def test_findings(self):
        items = [item(f"a[{i}]", hits=2) for i in range(90)] + [item(f"b[{i}]") for i in range(10)]
        table = figures.figures(items)
        self.assertEqual(figures.findings(items, table, {"m": {"toggle": 90}}), [])
        self.assertEqual(len(figures.findings(items, table, {"m": {"toggle": 90.5}})), 1)
        self.assertIn("nothing of it was measured", figures.findings(items, table, {"n": {"line": 1}})[0])
        waivers.apply(items, [{**GOOD, "match": "b[3:0]"}])
        self.assertIn("4 of 100 bits waived", figures.findings(items, figures.figures(items), {})[0])
        stray = [item("state_q S_A -> S_D", "fsm", 1, note="not declared")]
        self.assertIn("not declared", figures.findings(stray, figures.figures(stray), {})[0])

    def test_floors_are_raised_never_lowered(self):
        table = figures.figures([item("a", hits=2), item("b"), item("x", "line", 1)])
        raised = figures.floors_text(table, {"m": {"toggle": 75}, "gone": {"line": 3}}, "nightly")
        for words in ("[m]\nline = 100\ntoggle = 75\n", "[gone]\nline = 3\n"):
            self.assertIn(words, raised)

    def test_almost_all_is_not_all(self):
        self.assertEqual(figures.percent(99999, 100000), 99.99)

    def test_the_lists_that_ship_can_be_read(self):
        waivers.waivers(), waivers.transitions()
        for profile in waivers.load(waivers.HOME / "profiles.toml").values():
            self.assertTrue(waivers.floors(waivers.HOME / profile["floors"]), "a profile whose floors are none")
            self.assertTrue(all(m in rtl.modules() for m in waivers.floors(waivers.HOME / profile["floors"])))


class Document(unittest.TestCase):
    def test_the_page_shows_the_floors(self):
        page = document.PAGE.read_text(encoding="utf-8")
        self.assertEqual(document.renewed(page), page, "run scripts/coverage --from DIR --raise-floors, or document.py's table is stale")
        with self.assertRaises(waivers.ListError):
            document.renewed("no table")


class Reports(unittest.TestCase):
    def report(self, *items, profile="nightly"):
        table = figures.figures(items)
        return report_json.build({"profile": profile, "revision": "r"}, table, figures.total(table), items, ["t"])

    def test_trend(self):
        old, new = self.report(item("a"), item("b", hits=2)), self.report(item("a", hits=2), item("b", hits=2), item("x", "line", 1))
        rows = trend.compare(old, new, "old")
        self.assertEqual(rows[:2], [("m", "line", None, 100.0), ("m", "toggle", 50.0, 100.0)])
        self.assertEqual(trend.compare(new, new, "same"), [])
        with self.assertRaises(report_json.ReportError):
            trend.compare(self.report(item("a"), profile="ci"), new, "old")

    def test_reports_that_are_none(self):
        good = self.report(item("a", hits=2))
        for change in (lambda r: r.update(version=7), lambda r: r.pop("all"), lambda r: r["all"]["line"].pop("total"),
                       lambda r: r["modules"]["m"]["toggle"].update(covered=9), lambda r: r.update(modules=3)):
            broken = json.loads(json.dumps(good))
            change(broken)
            with tempfile.TemporaryDirectory() as d:
                path = pathlib.Path(d, "r.json")
                path.write_text(json.dumps(broken), encoding="utf-8")
                with self.assertRaises(report_json.ReportError):
                    report_json.load(path)

    def lines(self):
        return [item("if (a) b;", "line", 3, "htx_fifo", place=(30, 31), note="if"), item("if (a) b;", "line", 0, "htx_fifo", place=(30,), note="no else"),
                item("x <= y;", "line", 0, "htx_fifo", place=(33,), note="block"), item("z;", "line", 0, "htx_fifo", place=(35,), waiver=GOOD)]

    def test_lcov(self):
        text = export.lcov(self.lines(), rtl.modules())
        for line in ("SF:rtl/common/htx_fifo.sv", "DA:30,3", "DA:31,3", "DA:33,0", "LF:3", "LH:2", "BRDA:30,0,0,3", "BRDA:30,0,1,0", "end_of_record"):
            self.assertIn(line + "\n", text)
        self.assertNotIn("DA:35", text)

    @unittest.skipUnless(shutil.which("lcov"), "lcov is absent (scripts/setup)")
    def test_lcov_reads_it(self):
        with tempfile.TemporaryDirectory() as d:
            pathlib.Path(d, "coverage.info").write_text(export.lcov(self.lines(), rtl.modules()), encoding="utf-8")
            r = subprocess.run(["lcov", "--summary", "coverage.info", "--rc", "lcov_branch_coverage=1"], cwd=d, capture_output=True, text=True)
            self.assertIn("66.7% (2 of 3 lines)", r.stdout + r.stderr)
            self.assertIn("50.0% (1 of 2 branches)", r.stdout + r.stderr)

    def test_cobertura(self):
        root = ET.fromstring(export.cobertura(self.lines(), rtl.modules(), 1))
        self.assertEqual((root.tag, root.get("lines-valid"), root.get("lines-covered"), root.get("line-rate")), ("coverage", "3", "2", "0.6667"))
        self.assertEqual([e.tag for e in root], ["sources", "packages"])
        (own,) = root.findall("packages/package/classes/class")
        self.assertEqual([e.tag for e in own], ["methods", "lines"])
        self.assertEqual([(e.get("number"), e.get("hits"), e.get("branch"), e.get("condition-coverage")) for e in own.find("lines")],
                         [("30", "3", "true", "50% (1/2)"), ("31", "3", "false", None), ("33", "0", "false", None)])
        for element in [root, *root.iter("package"), *root.iter("class")]:  # what the DTD asks of each
            self.assertTrue({"line-rate", "branch-rate", "complexity"} <= set(element.keys()), element.tag)


class Command(unittest.TestCase):
    """The whole command over a regression that was made by hand."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        self.number = 0

    def regression(self, runs, status="complete"):
        where = self.dir / "regression"
        shutil.rmtree(where, ignore_errors=True)
        rows = []
        for name, (verdict, text) in runs.items():
            at = where / "runs" / name / "attempt-1"
            at.mkdir(parents=True)
            if text is not None:
                (at / "coverage-1.dat").write_text(text, encoding="utf-8")
            rows.append({"id": name, "name": name, "verdict": verdict, "log": f"runs/{name}/attempt-1/log.txt"})
        (where / "report.json").write_text(json.dumps({"status": status, "runs": rows, "master_seed": 1}), encoding="utf-8")
        return where

    def call(self, *arguments):
        self.number += 1
        self.out = self.dir / f"out{self.number}"
        words = io.StringIO()
        with unittest.mock.patch("sys.argv", ["coverage", "--out", str(self.out), *map(str, arguments)]), \
                contextlib.redirect_stdout(words), contextlib.redirect_stderr(words):
            try:
                return cli.main(), words.getvalue()
            except SystemExit as e:
                return e.code, words.getvalue()

    def test_good(self):
        code, text = self.call("--from", self.regression({"a": ("PASS", RUNS)}))
        self.assertEqual(code, 0, text)
        for name in ("report.json", "report.txt", "index.html", "htx_fifo.html", "coverage.info", "coverage.xml"):
            self.assertTrue((self.out / name).is_file(), name)
        self.assertIn("htx_fifo", text)

    def test_what_did_not_pass_or_left_nothing_does_not_count(self):
        for runs in ({"a": ("PASS", RUNS), "b": ("FAIL", RUNS)}, {"a": ("PASS", RUNS), "b": ("PASS", None)}, {"a": ("FAIL", RUNS)},
                     {"a": ("PASS", RUNS), "b": ("TIMEOUT", None)}, {"a": ("PASS", RUNS[:-8])}):
            self.assertEqual(self.call("--from", self.regression(runs))[0], 2, runs)
        code, text = self.call("--from", self.regression({"a": ("PASS", RUNS.replace("push_i 1 1 1", "push_i 1 0 0")), "b": ("FAIL", RUNS)}))
        self.assertIn("toggle push_i", text)  # still a hole
        self.assertEqual(self.call("--from", self.regression({"a": ("PASS", RUNS)}, "killed"))[0], 2)

    def test_undeclared_transition(self):
        code, text = self.call("--from", self.regression({"a": ("PASS", RUNS + "F htx_seq state_q 0 5\n")}))
        self.assertEqual(code, 1)
        self.assertIn("FINDING htx_seq: state_q S_IDLE -> S_TCHECK happened", text)

    def test_trend_of_the_command(self):
        good = self.regression({"a": ("PASS", RUNS)})
        self.call("--from", good)
        old = self.out / "report.json"
        self.assertIn("nothing changed", self.call("--from", good, "--trend", old)[1])
        worse = self.regression({"a": ("PASS", RUNS.replace("push_i 1 1 1", "push_i 1 0 0"))})
        self.assertRegex(self.call("--from", worse, "--trend", old)[1], r"htx_fifo +toggle .* -> ")
        self.assertEqual(self.call("--from", worse, "--trend", self.dir / "absent.json")[0], 2)

    def test_a_whole_profile_is_held_against_its_floors(self):
        floors = self.dir / "floors.toml"
        floors.write_text("[htx_fifo]\ntoggle = 100\n", encoding="utf-8")
        profile = {"tests": ["fp.units"], "omits": "most", "floors": str(floors)}
        with unittest.mock.patch("verif.coverage.run.profile", lambda name: profile), unittest.mock.patch("verif.coverage.waivers.waivers", list):
            whole = self.regression({"fp.units": ("PASS", RUNS)})
            code, text = self.call("--from", whole)
            self.assertEqual(code, 1)
            self.assertRegex(text, r"FINDING htx_fifo: toggle .* is below its floor of 100 %")
            code, text = self.call("--from", self.regression({"fp.units": ("PASS", RUNS), "dot.block": ("PASS", RUNS)}))
            self.assertEqual(code, 0, text)  # other tests than the profile's: no floors
            floors.write_text("[htx_fifo]\ntoggle = 1\n", encoding="utf-8")
            code, text = self.call("--from", self.regression({"fp.units": ("PASS", RUNS)}), "--raise-floors")
            self.assertEqual(code, 0, text)
            self.assertIn("toggle = 75", floors.read_text(encoding="utf-8"))
            code, text = self.call("--from", self.regression({"fp.units": ("PASS", RUNS.replace("push_i 1 1 1", "push_i 1 0 0"))}))
            self.assertEqual(code, 1, text)  # what was raised holds

    def test_wrong_calls(self):
        for arguments in (["--profile", "no"], ["--what"], ["--seeds", "0"], ["--from", self.dir / "absent"], ["--jobs", "x"]):
            code, text = self.call(*arguments)
            self.assertEqual(code, 2, arguments)
            self.assertNotIn("Traceback", text)
        code, text = self.call("--raise-floors", "--from", self.regression({"a": ("PASS", RUNS)}))
        self.assertEqual(code, 2)


if __name__ == "__main__":
    unittest.main()
