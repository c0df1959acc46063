# SPDX-License-Identifier: Apache-2.0
"""The container file installs by scripts/setup alone, with all files that it needs, and ends as an ordinary user; the script that
tries another Debian deletes nothing that is not its own, and leaves nothing behind when it is interrupted."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRY = ROOT / "scripts/try_debian"


def instructions(text):
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


class Container(unittest.TestCase):
    def setUp(self):
        self.lines = instructions((ROOT / "Containerfile").read_text(encoding="utf-8"))

    def test_what_it_is(self):
        self.assertRegex(self.lines[0][1], r"^debian:12")
        self.assertEqual([v for k, v in self.lines if k == "USER"][-1], "engineer")
        self.assertEqual(self.lines[-1], ("ENTRYPOINT", '["/bin/bash"]'))
        self.assertNotRegex("\n".join(v for _, v in self.lines), r"apt-get|apt |curl|wget|pip|http")

    def test_setup_has_all_the_files_it_needs(self):
        copied, folder = next(v for k, v in self.lines if k == "COPY").rsplit(None, 1)
        self.assertTrue(folder.endswith("/scripts/"))
        with tempfile.TemporaryDirectory() as d:
            (pathlib.Path(d) / "scripts").mkdir()
            for name in copied.split():
                shutil.copy2(ROOT / name, pathlib.Path(d) / "scripts")
            r = subprocess.run([f"{d}/scripts/setup", "--help"], capture_output=True, text=True)
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertIn(" verilator ", r.stdout)


@unittest.skipUnless(os.geteuid() == 0, "root alone may make mounts and roots")
class TryDebian(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        self.root = self.dir / "root"

    def run_it(self, *args, code, before=""):
        """Called in a mount namespace of its own, so that what `before` mounts is gone with it."""
        r = subprocess.run(["unshare", "--mount", "--propagation", "private", "bash", "-c", f'{before} exec "$@"', "_", TRY, *args, "--root", self.root],
                           capture_output=True, text=True, timeout=120)
        self.assertEqual(r.returncode, code, r.stdout + r.stderr)
        return r.stderr

    def test_it_deletes_only_its_own(self):
        self.root.mkdir()
        (self.root / "mine").touch()
        self.assertIn("was not made by this script: not deleted", self.run_it("trixie", "--remove", code=2))
        self.assertIn("is not empty", self.run_it("trixie", code=2))
        self.assertTrue((self.root / "mine").exists())
        (self.root / ".htx-debian").write_text("whole\n")
        self.run_it("trixie", "--remove", code=0)
        self.assertFalse(self.root.exists())

    def test_it_never_deletes_through_a_bind(self):
        (self.root / "inside").mkdir(parents=True)
        (self.root / ".htx-debian").write_text("whole\n")
        precious = self.dir / "precious"
        precious.mkdir()
        (precious / "file").touch()
        bind = f"mount --bind {precious} {self.root}/inside || exit 99;"
        self.assertIn(f"{self.root}/inside is mounted: not deleted", self.run_it("trixie", "--remove", code=2, before=bind))
        self.assertTrue((precious / "file").exists())

    def test_interrupted(self):
        """A debootstrap that mounts, forks and waits; then Ctrl-C."""
        (self.dir / "bin").mkdir()
        fake = self.dir / "bin/debootstrap"
        fake.write_text(f"#!/bin/sh\nmkdir -p $3/proc\nmount --bind {ROOT} $3/proc\nsleep 1234567 &\ntouch {self.dir}/started\nwait\n")
        fake.chmod(0o755)
        env = {**os.environ, "PATH": f"{self.dir / 'bin'}:{os.environ['PATH']}"}
        p = subprocess.Popen([TRY, "trixie", "--root", self.root], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        for _ in range(600):
            if (self.dir / "started").exists() or p.poll() is not None:
                break
            time.sleep(0.1)
        self.assertTrue((self.dir / "started").exists())
        os.killpg(p.pid, signal.SIGINT)
        _, said = p.communicate(timeout=60)
        self.assertEqual(p.returncode, 130, said)
        self.assertIn("interrupted", said)
        time.sleep(0.5)
        running = subprocess.run(["pgrep", "-f", "sleep 1234567"], capture_output=True, text=True).stdout
        self.assertEqual(running, "")
        self.assertNotIn(str(self.root), pathlib.Path("/proc/self/mountinfo").read_text())
        self.assertEqual((self.root / ".htx-debian").read_text(), "part\n")
        self.run_it("trixie", "--remove", code=0)
        self.assertTrue((ROOT / "README.md").exists())

    def test_wrong_arguments(self):
        for args in ((), ("Trixie",), ("trixie", "nostep"), ("trixie", "--cxx", "icc"), ("trixie", "--rot")):
            r = subprocess.run([TRY, *args], capture_output=True, text=True)
            self.assertEqual(r.returncode, 2, args)
            self.assertEqual(len(r.stderr.splitlines()), 1, r.stderr)


if __name__ == "__main__":
    unittest.main()
