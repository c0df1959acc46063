# SPDX-License-Identifier: Apache-2.0
"""A tool that is missing, too old, or says no version is named in one line by each that calls it; scripts/versions.toml is the one source."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENTRIES = tomllib.loads((ROOT / "scripts/versions.toml").read_text(encoding="utf-8"))
TAIL = "(scripts/versions.toml)"


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        (self.dir / "bin").mkdir()

    def fake(self, name, body):
        """A tool of that name, before all others on PATH."""
        path = self.dir / "bin" / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    def only(self, *names):
        """A PATH with these tools alone."""
        for name in names:
            (self.dir / "bin" / name).symlink_to(f"/usr/bin/{name}")
        return str(self.dir / "bin")

    def run_tool(self, *args, path=None, code, env=None):
        env = {**os.environ, "PATH": path or f"{self.dir / 'bin'}:{os.environ['PATH']}", "HTX_BUILD": str(self.dir / "build"), **(env or {})}
        r = subprocess.run([str(a) for a in args], capture_output=True, text=True, env=env, cwd=ROOT, timeout=300)
        self.assertEqual(r.returncode, code, r.stdout + r.stderr)
        return r

    def one_line(self, r, line):
        self.assertEqual(r.stderr.strip().splitlines()[-1:], [line])
        return r


class OneTool(Case):
    def need(self, line, *names, **kw):
        r = self.run_tool(ROOT / "scripts/versions.py", "need", *names, code=2, **kw)
        self.assertEqual(r.stderr, line + "\n")

    def test_too_old(self):
        at = self.fake("verilator", "echo 'Verilator 4.038 2020-07-11 rev v4.036-114'")
        line = f"Verilator 4.038 found at {at}, this project needs 5.006 or newer {TAIL}"
        self.need(line, "verilator")
        r = self.run_tool(ROOT / "scripts/versions.py", "need", "verilator", code=0, env={"HTX_ANY_VERSION": "1"})
        self.assertEqual(r.stderr, f"warning: {line}; HTX_ANY_VERSION is set\n")

    def test_new_enough(self):
        self.fake("yosys", "echo 'Yosys 0.52 (git sha1 fee39a328)'")
        self.fake("verilator", "echo 'Verilator 5.100 2030-01-01 rev v5.100'")
        self.run_tool(ROOT / "scripts/versions.py", "need", "yosys", "verilator", code=0)

    def test_numbers_are_no_decimal_fractions(self):
        at = self.fake("yosys", "echo 'Yosys 0.9 (git sha1 1979e0b)'")  # 0.9 is older than 0.23
        self.need(f"Yosys 0.9 found at {at}, this project needs 0.23 or newer {TAIL}", "yosys")

    def test_missing(self):
        path = self.only("env")
        self.need(f"verilator is missing, this project needs 5.006 or newer {TAIL}; scripts/setup installs verilator", "verilator", path=path)
        self.need(f"z3 is missing: scripts/formal proves all but the divider; this project needs 4.8.12 or newer {TAIL}, apt-get install z3", "z3", path=path)

    def test_says_no_version(self):
        at = self.fake("verilator", "echo 'cannot open display'; exit 3")
        self.need(f"{at} says no version but 'cannot open display' (exit code 3), this project needs 5.006 or newer {TAIL}", "verilator")
        self.fake("verilator", "head -c 300 /dev/zero | tr '\\0' '\\377'")
        self.run_tool(ROOT / "scripts/versions.py", "need", "verilator", code=2)
        self.fake("verilator", "true")
        self.need(f"{at} says no version but 'nothing' (exit code 0), this project needs 5.006 or newer {TAIL}", "verilator")

    def test_cannot_be_run(self):
        at = self.fake("verilator", "")
        at.write_text("#!/nowhere/sh\n")
        self.need(f"{at} cannot be run (No such file or directory), this project needs 5.006 or newer {TAIL}", "verilator")

    def test_never_answers(self):
        at = self.fake("verilator", "exec sleep 60")
        patch = "import sys, subprocess; sys.path.insert(0, 'scripts'); run = subprocess.run\n" \
                "subprocess.run = lambda *a, timeout, **k: run(*a, timeout=timeout / 60, **k)\n" \
                "import versions\ntry: versions.need('verilator')\nexcept versions.Wrong as e: sys.exit(str(e))"
        r = self.run_tool(sys.executable, "-B", "-c", patch, code=1)
        self.assertEqual(r.stderr, f"{at} does not say its version within 30 s, this project needs 5.006 or newer {TAIL}\n")

    def test_an_old_python_cannot_read_the_file(self):
        r = self.run_tool(sys.executable, "-B", "-c", "import sys, runpy; sys.modules['tomllib'] = None; runpy.run_path('scripts/versions.py')", code=2)
        self.assertRegex(r.stderr, rf"\APython \S+ found at \S+, this project needs 3\.11 or newer {re.escape(TAIL)}\n\Z")

    def test_wrong_arguments(self):
        self.need("versions.py: 'verilatr' is no tool of versions.toml", "verilatr")
        self.run_tool(ROOT / "scripts/versions.py", code=2)
        self.run_tool(ROOT / "scripts/versions.py", "found", "fmt", code=2)


class Callers(Case):
    """Each that calls a tool says the same line and stops."""

    def setUp(self):
        super().setUp()
        at = self.fake("verilator", "echo 'Verilator 4.038 2020-07-11'")
        self.line = f"Verilator 4.038 found at {at}, this project needs 5.006 or newer {TAIL}"

    def test_cmake(self):
        r = self.run_tool("cmake", "-S", ROOT, "-B", self.dir / "b", "-G", "Ninja", code=1)
        self.assertIn(f"\n   {self.line}\n", r.stderr)

    def test_cmake_and_a_library(self):
        (self.dir / "fmtConfig.cmake").write_text("set(fmt_FOUND 1)\n")
        (self.dir / "fmtConfigVersion.cmake").write_text('set(PACKAGE_VERSION "8.1.1")\n')
        self.fake("verilator", "exec /usr/bin/verilator \"$@\"")
        r = self.run_tool("cmake", "-S", ROOT, "-B", self.dir / "b", "-G", "Ninja", f"-Dfmt_DIR={self.dir}", code=1)
        self.assertIn(f"\n   Fmt 8.1.1 found at {self.dir}, this project needs 9.1 or newer {TAIL}\n", r.stderr)

    def test_build(self):
        r = self.run_tool("bash", "-c", ". scripts/common.sh; build htx", code=2)
        self.assertEqual(r.stderr, self.line + "\n")

    def test_lint(self):
        self.one_line(self.run_tool("scripts/lint", "--part", "verilator", code=2), f"lint: {self.line}")

    def test_build_rtl(self):
        args = ("scripts/build_rtl", "--out", self.dir / "x.so", "--include", self.dir)
        self.one_line(self.run_tool(*args, code=2), f"build_rtl: {self.line}")

    def test_setup_check(self):
        self.fake("make", '[ "$1" = --version ] && echo "GNU Make 4.3"')  # it builds nothing: Ninja is what CMake is given
        r = self.run_tool("scripts/setup", "--check", code=1)
        self.assertIn(f"NO: {self.line}", r.stdout)
        self.assertEqual(r.stdout.count("NO: "), 1, r.stdout)
        self.assertRegex(r.stdout, r"\nfmt +\S+ +\S.* \d+\.\d\S* at /")


class OneSource(Case):
    def test_setup_installs_what_the_file_says(self):
        r = self.run_tool("bash", "-c", '. scripts/common.sh; printf "%s\\n" "${HTX_PACKAGES[@]}"', code=0)
        self.assertEqual(r.stdout.split(), [e["setup"] for e in ENTRIES.values() if "setup" in e])
        self.assertGreater(len(r.stdout.split()), 10)

    def test_every_entry_is_whole(self):
        for name, e in ENTRIES.items():
            with self.subTest(name):
                self.assertLessEqual(set(e), {"needs", "tried", "ask", "setup", "apt_get", "without", "why"})
                self.assertEqual(("setup" in e) + ("apt_get" in e), 1)
                self.assertTrue(e["why"] and e["tried"])
                self.assertTrue("without" in e or "setup" in e)
                if "needs" in e:  # the oldest accepted was tried
                    oldest = [int(n) for n in e["tried"][0].split(".")]
                    needs = [int(n) for n in e["needs"].split(".")]
                    self.assertEqual(oldest[:len(needs)], needs)

    def test_cmake_states_its_own_minimum(self):
        for path in ("CMakeLists.txt", "cmake/versions/CMakeLists.txt"):
            stated = re.search(r"^cmake_minimum_required\(VERSION (\S+)\)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)[1]
            self.assertEqual(stated, ENTRIES["cmake"]["needs"], path)

    def test_what_cmake_looks_for_is_listed(self):
        text = (ROOT / "cmake/HtxVersions.cmake").read_text(encoding="utf-8")
        libraries = re.search(r"foreach\(library (.*)\)", text)[1].split()
        self.assertEqual(libraries, [n for n, e in ENTRIES.items() if "ask" not in e])


if __name__ == "__main__":
    unittest.main()
