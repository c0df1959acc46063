# SPDX-License-Identifier: Apache-2.0
"""What the runner's tests share: the runner as a process, its journal and reports, and what it may have left running."""
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
MUST_FAIL = HERE / "must_fail.toml"
TOKEN = "HTX_REGRESS_TOKEN"  # in the environment of all that a test's runner starts


def wait_for(condition, seconds=30, what="it"):
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)
    return value


class Case(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="htx_regress_")
        self.addCleanup(scratch.cleanup)
        self.dir = pathlib.Path(scratch.name)
        self.build = self.dir / "build"
        self.build.mkdir()

    def env(self):
        return {**os.environ, TOKEN: str(self.dir)}

    def sleepers(self):
        """Processes of hanging tests that are alive."""
        found, mine = [], f"{TOKEN}={self.dir}".encode()
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if (entry / "comm").read_text() == "sleep\n" and mine in (entry / "environ").read_bytes().split(b"\0"):
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found

    def command(self, *args, catalogue=MUST_FAIL):
        return [str(ROOT / "scripts/regress"), "--catalogue", str(catalogue), "--build", str(self.build), *map(str, args)]

    def regress(self, *args, code=0, catalogue=MUST_FAIL, env=None):
        r = subprocess.run(self.command(*args, catalogue=catalogue), capture_output=True, text=True, timeout=120,
                           stdin=subprocess.DEVNULL, env={**self.env(), **(env or {})})
        self.assertEqual(r.returncode, code, r.stdout[-3000:] + r.stderr[-3000:])
        return r

    def start(self, *args, catalogue=MUST_FAIL):
        child = subprocess.Popen(self.command(*args, catalogue=catalogue), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                 stdin=subprocess.DEVNULL, start_new_session=True, env=self.env())
        self.addCleanup(child.stdout.close)
        self.addCleanup(lambda: child.poll() is None and child.kill())
        return child

    def write(self, name, text):
        path = self.dir / name
        path.write_text(text, encoding="utf-8")
        return path

    def report(self, out):
        return json.loads((pathlib.Path(out) / "report.json").read_text(encoding="utf-8"))

    def counted_once(self, report):
        """Every run of the plan stands in the report once, and the counts add up."""
        ids = [r["id"] for r in report["runs"]]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(sum(report["counts"].values()), len(ids))
        self.assertEqual(report["counted_twice"], 0)
        return {r["id"]: r["verdict"] for r in report["runs"]}


def quick(count, command="sleep 0.1; echo all is well", limit=30):
    """A catalogue of many runs of one test."""
    return (f'[[test]]\nname = "q.run"\nowner = "runner"\nwhat = "one of many"\nlimit = {limit}\nseeds = {count}\nsuccess = "all is well"\n'
            f'command = ["sh", "-c", "{command}; true {{seed}}"]\n')
