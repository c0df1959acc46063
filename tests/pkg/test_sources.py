#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every source says its licence in its first line, or right below the line that names its interpreter; every port of the
RTL says what it means."""
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MARK = {".sv": "//", ".cpp": "//", ".hpp": "//", ".vlt": "//", ".py": "#", ".sh": "#"}
LICENCE = "SPDX-License-Identifier: Apache-2.0"


def unmarked(paths):
    found = []
    for path in paths:
        with open(path, "rb") as f:
            lines = f.read(400).decode("utf-8", "replace").splitlines()
        script = bool(lines) and lines[0].startswith("#!")
        if script or path.suffix in MARK:
            at = lines[1 if script else 0:][:1]
            if at != [f"{MARK.get(path.suffix, '#')} {LICENCE}"]:
                found.append(str(path))
    return found


def unpacked():
    """All files of an archive that was unpacked, where git knows nothing; build folders left out."""
    return [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if not p.relative_to(ROOT).parts[0].startswith((".", "build"))]


class Licence(unittest.TestCase):
    def test_every_source(self):
        r = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True)
        names = r.stdout.split("\0") if r.returncode == 0 else unpacked()
        paths = [ROOT / name for name in names if name]
        sources = [p for p in paths if p.is_file() and not p.is_symlink()]
        self.assertGreater(len(sources), 300)
        self.assertEqual(unmarked(sources), [])

    def test_it_would_be_seen(self):
        with tempfile.TemporaryDirectory() as d:
            d = pathlib.Path(d)
            texts = {"a.sv": "module a;\n", "b.py": f"# {LICENCE}\n", "c": f"#!/bin/sh\n# {LICENCE}\n", "d": "#!/bin/sh\ntrue\n", "e.txt": "text\n",
                     "f.hpp": f"# {LICENCE}\n"}
            for name, text in texts.items():
                (d / name).write_text(text)
            self.assertEqual([pathlib.Path(p).name for p in unmarked(sorted(d.iterdir()))], ["a.sv", "d", "f.hpp"])


class Ports(unittest.TestCase):
    def test_meanings(self):
        count = 0
        for path in sorted((ROOT / "rtl").rglob("*.sv")):
            for line in path.read_text(encoding="utf-8").splitlines():
                m = re.match(r"  (?:input|output)\s+(?:logic|htx_pkg::\w+)(?:\s+signed)?(?:\s*\[[^\]]+\])*\s+(\w+),?\s*(.*)", line)
                if m and m[1] not in ("clk_i", "rst_ni"):
                    count += 1
                    self.assertRegex(m[2], r"///<? \S", f"{path.relative_to(ROOT)}: {m[1]}")
        self.assertGreater(count, 700)


if __name__ == "__main__":
    unittest.main()
