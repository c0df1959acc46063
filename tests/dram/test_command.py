#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""htx lpddr5-check as it is typed: findings, JSON, wrong words, broken, empty and large traces, an interrupt; and what docs/lpddr5.md shows of it."""
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HTX = pathlib.Path(os.environ.get("HTX_BUILD", ROOT / "build")) / "htx"
PAGE = (ROOT / "docs/lpddr5.md").read_text(encoding="utf-8")
SHORT = "config density=32 ranks=1 wck=always_on\n1 CAS rank=0 ws_fs\n106 ACT-1 rank=0 bg=1 ba=2 row=7\n107 ACT-2 rank=0 row=7\n120 RD16 rank=0 bg=1 ba=2 col=3\n"


def htx(*args, stdin=None):
    return subprocess.run([HTX, "lpddr5-check", *args], capture_output=True, input=stdin, timeout=300)


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)

    def trace(self, text, name="t.trace"):
        (self.at / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.at / name

    def test_a_finding(self):
        r = htx(self.trace(SHORT))
        self.assertEqual(r.returncode, 1, r.stderr)
        self.assertIn(f"{self.at}/t.trace:5: L5-RCD-01: ck 120 RD16 r0 bg1 ba2: 13 CK after ACT-2 r0 bg1 ba2 at 107, tRCD needs 15\n", r.stdout.decode())
        self.assertIn("4 commands to CK 120: 1 finding\n", r.stdout.decode())

    def test_clean_and_from_standard_input(self):
        clean = SHORT.replace("120 RD16", "122 RD16")
        for r in (htx(self.trace(clean)), htx("-", stdin=clean.encode()), htx(self.trace(clean.replace("\n", "\r\n")))):
            self.assertEqual(r.returncode, 0, r.stderr)
            self.assertIn("4 commands to CK 122: nothing found", r.stdout.decode())

    def test_json(self):
        r = htx(self.trace(SHORT), "--json")
        j = json.loads(r.stdout)
        self.assertEqual((r.returncode, j["ok"], j["commands"], j["last_ck"], j["findings"], j["by_rule"]), (1, False, 4, 120, 1, {"L5-RCD-01": 1}))
        self.assertEqual(j["first"][0], {"rule": "L5-RCD-01", "line": 5, "ck": 120, "command": "RD16 r0 bg1 ba2", "parameter": "tRCD", "have": 13, "need": 15,
                                         "against": {"ck": 107, "command": "ACT-2 r0 bg1 ba2"}, "message": j["first"][0]["message"]})

    def test_limit(self):
        many = SHORT + "".join(f"{200 + 4 * i} RD16 rank=0 bg=0 ba=0 col=0\n" for i in range(50))
        for limit, told in (("0", 0), ("7", 7), ("1000", 51)):
            r = htx(self.trace(many), "--limit", limit)
            self.assertEqual(r.stdout.decode().count("t.trace:"), told + 1)  # and the sum
            self.assertIn("51 findings", r.stdout.decode())
            self.assertRegex(r.stdout.decode(), r"(?m)^ +50  L5-COL-01 ")

    def refused(self, r, words):
        self.assertEqual(r.returncode, 2, r.stdout)
        self.assertEqual(r.stderr.count(b"\n"), 1, r.stderr)
        self.assertIn(words, r.stderr.decode())

    def test_wrong_words(self):
        self.refused(htx(), "trace")
        self.refused(htx("a", "b"), "b")
        self.refused(htx(self.trace(SHORT), "--limit", "x"), "--limit")
        self.refused(htx(self.trace(SHORT), "--nothing"), "--nothing")
        self.refused(htx(self.at / "absent"), "absent: No such file")
        self.refused(htx(self.at), "Is a directory")
        self.refused(htx(self.trace("")), "t.trace:0: empty")
        self.refused(htx(self.trace("\x7fELF\x00\x01")), "t.trace:1: '\\x7fELF\\x00\\x01' is not a clock")
        self.refused(htx(self.trace(SHORT + "121 RD17 rank=0\n")), "t.trace:6: 'RD17': no such command")

    def test_large(self):
        lines = b"".join(b"%d NOP rank=0\n" % (2 * i) for i in range(200000))
        path = self.trace(b"config ranks=1 init=full\n" + lines)
        self.assertEqual(htx(path, "--limit", "1").returncode, 1)  # RESET_n never rose
        with open(path, "ab") as f:
            for _ in range(30):  # some 100 MB more, all at one CK
                f.write(b"400000 NOP rank=0\n" * 200000)
        start = time.monotonic()
        r = htx(path, "--limit", "1", "--json")
        self.assertEqual(json.loads(r.stdout)["commands"], 6200000)
        self.assertLess(time.monotonic() - start, 240)

    def test_interrupt(self):
        p = subprocess.Popen([HTX, "lpddr5-check", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.stdin.write(SHORT.encode())
        p.stdin.write(b"".join(b"%d NOP rank=0\n" % i for i in range(200, 200000)))
        p.stdin.flush()
        time.sleep(1)
        p.send_signal(signal.SIGINT)
        try:
            out, err = p.communicate(b"200001 NOP rank=0\n" * 200000, timeout=120)
        except BrokenPipeError:
            out, err = p.stdout.read(), p.stderr.read()
            p.wait()
        self.assertEqual(p.returncode, 130, err)
        self.assertIn(b"L5-RCD-01", out)
        self.assertIn(b"interrupted after line", err)

    def test_full_disk(self):
        with open("/dev/full", "w") as full:
            r = subprocess.run([HTX, "lpddr5-check", self.trace(SHORT.replace("120 RD16", "122 RD16"))], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(r.returncode, 2)
        self.assertEqual(r.stderr.count(b"\n"), 1)


class Page(unittest.TestCase):
    def test_the_table_of_rules(self):
        table = htx("--rules").stdout.decode()
        self.assertGreater(table.count("\n| L5-"), 50)
        self.assertIn(table.strip(), PAGE, "docs/lpddr5.md: put what htx lpddr5-check --rules prints between its marker lines")

    def test_the_example(self):
        """The trace that the page shows, through the command, is told as the page says."""
        trace, told = re.search(r"```\n(# example\.trace\n.*?)```.*?```\n\$ build/htx lpddr5-check example\.trace\n(.*?)```", PAGE, re.S).groups()
        with tempfile.TemporaryDirectory() as d:
            (pathlib.Path(d) / "example.trace").write_text(trace)
            r = subprocess.run([HTX, "lpddr5-check", "example.trace"], cwd=d, capture_output=True, text=True)
        self.assertEqual(r.stdout, told)
        self.assertEqual(r.returncode, 1)


if __name__ == "__main__":
    unittest.main()
