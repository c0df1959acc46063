# SPDX-License-Identifier: Apache-2.0
"""The Slurm launcher against a real slurmctld, slurmd and munge on this host: an array job out of which a job is cancelled, a wrapper and
then a whole node are killed. Every run must be counted once, also the one whose lost node delivers its result after all."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest
import unittest.mock

from tests.regress.support import ROOT, Case, wait_for
from verif.regress import journal, slurm
from verif.regress.launcher import LauncherError

PACKAGES = "munge slurmctld slurmd slurm-client"
MISSING = [tool for tool in ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel") if not shutil.which(tool)]
TESTS = r'''
[kind.shell]
owner = "runner"
limit = 120
success = "^all is well$"
[[test]]
name = "many"
kind = "shell"
seeds = 6
what = "an array"
command = ["sh", "-c", "echo all is well; echo {seed}"]
[[test]]
name = "wrong"
kind = "shell"
what = "a failure is a failure under every launcher"
command = ["false"]
[[test]]
name = "cancelled"
kind = "shell"
what = "somebody cancels the job"
command = ["sh", "-c", "[ -d {out}/../../attempt-2 ] || sleep 987654; echo all is well"]
[[test]]
name = "killed"
kind = "shell"
what = "somebody kills the wrapper"
command = ["sh", "-c", "[ -d {out}/../../attempt-2 ] || sleep 987654; echo all is well"]
[[test]]
name = "lost"
kind = "shell"
what = "its node is lost, but goes on and delivers in the end"
command = ["sh", "-c", "cd {out}/../..; until [ -d attempt-2 ]; do sleep 0.1; done; sleep 1; echo all is well"]
'''


def processes(*words):
    """Processes whose command line has all of these words in it."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if all(w in line for w in words):
                found.append(int(entry.name))
    return found


def inner_wrapper(folder):
    """The wrapper's inner process. Its number need not be the larger, and what it starts looks the same until it is another program."""
    every = processes("one_run.py", str(folder))
    parent = {p: int(pathlib.Path(f"/proc/{p}/stat").read_text().rpartition(")")[2].split()[1]) for p in every}
    (inner,) = [p for p in every if parent[p] in every and parent[parent[p]] not in every]
    return inner


@unittest.skipIf(MISSING, f"{', '.join(MISSING)} absent (apt-get install {PACKAGES})")
@unittest.skipIf(os.geteuid(), "only root starts a Slurm")
class ArrayJob(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scratch = tempfile.TemporaryDirectory(prefix="htx_slurm_")
        cls.addClassCleanup(scratch.cleanup)
        pathlib.Path(scratch.name).chmod(0o755)  # munged wants its socket within everybody's reach
        cls.state = pathlib.Path(scratch.name, "state")
        settings = {"SLURM_ONE_HOST_CPUS": "12", "SLURM_ONE_HOST_TIMEOUT": "2", "SLURM_ONE_HOST_PORT": str(20000 + os.getpid() % 10000 * 2),
                    "SLURM_CONF": str(cls.state / "slurm.conf")}
        changed = unittest.mock.patch.dict(os.environ, settings)
        changed.start()
        cls.addClassCleanup(changed.stop)
        cls.addClassCleanup(cls.host, "down")
        cls.host("up")

    @classmethod
    def host(cls, what):
        r = subprocess.run([ROOT / "scripts/slurm_one_host", what, cls.state], capture_output=True, text=True, timeout=90)
        if r.returncode:
            raise AssertionError(f"slurm_one_host {what}: {r.stderr}")

    def ask(self, *command):
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout

    def test_every_run_is_counted_once(self):
        out = self.dir / "out"
        child = self.start("--launcher", "slurm", "--out", out, "--seed", 4, catalogue=self.write("tests.toml", TESTS))
        first = {name: out / "runs" / name / "attempt-1" for name in ("cancelled", "killed", "lost")}
        wait_for(lambda: all((f / "log.txt").exists() for f in first.values()) and len(self.sleepers()) == 2, 60, "the array")

        folders = (out / "slurm/1/folders").read_text().splitlines()
        self.assertEqual(len(folders), 10)  # one array has them all
        index = folders.index(str(first["cancelled"]))
        jobs = self.ask("squeue", "--noheader", "--array", "--format=%i").split()
        subprocess.run(["scancel", next(j for j in jobs if j.endswith(f"_{index}"))], check=True)
        os.kill(inner_wrapper(first["killed"]), signal.SIGKILL)
        second = {name: out / "runs" / name / "attempt-2" for name in first}
        wait_for(lambda: all((second[n] / "result.json").exists() for n in ("cancelled", "killed")), 60, "both to run again")

        # The node goes silent: slurmd and what watches the job there are gone, the job itself is not.
        for pid in [int((self.state / "slurmd.pid").read_text()), *processes("slurmstepd")]:
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: "down" in self.ask("sinfo", "-h", "-o", "%T"), 60, "the node to be missed")
        self.host("node")
        text = child.communicate(timeout=90)[0]
        self.assertEqual(child.returncode, 1, text)

        report = self.report(out)
        verdicts = self.counted_once(report)
        self.assertEqual(report["status"], "complete")
        self.assertEqual((report["counts"]["PASS"], report["counts"]["FAIL"]), (9, 1), text)
        self.assertEqual(verdicts["wrong"], "FAIL")
        attempts = {r["id"]: [(a["verdict"], a["text"]) for a in r["attempts"]] for r in report["runs"]}
        for name, words in (("cancelled", "SIGTERM"), ("killed", "wrapper was killed by SIGKILL"), ("lost", "left Slurm's queue")):
            self.assertEqual([v for v, _ in attempts[name]], ["ENVIRONMENT", "PASS"])
            self.assertIn(words, attempts[name][0][1])
        self.assertTrue(all(len(a) == 1 for n, a in attempts.items() if n not in first))
        # The lost one delivered, but too late to be counted.
        wait_for(lambda: (first["lost"] / "result.json").exists(), 30, "the late result")
        finals = [e["run"] for e in journal.read(out)[0] if e["kind"] == "attempt" and e["final"]]
        self.assertCountEqual(finals, list(verdicts))
        self.assertEqual(self.sleepers(), [])

    def test_ctrl_c_empties_the_queue(self):
        out = self.dir / "out"
        child = self.start("--launcher", "slurm", "--out", out, "cancelled", "many", catalogue=self.write("tests.toml", TESTS))
        wait_for(self.sleepers, 60, "the hanging test")
        os.killpg(child.pid, signal.SIGINT)
        text = child.communicate(timeout=60)[0]
        self.assertEqual(child.returncode, 130, text)
        self.assertEqual(self.counted_once(self.report(out))["cancelled"], "NOT RUN")
        self.assertEqual(self.ask("squeue", "--noheader"), "")
        self.assertEqual(self.sleepers(), [])


class Asking(Case):
    """What is concluded from the queue, with a queue of our own in place of Slurm's."""

    def launcher(self, queue=(0, "", "")):
        self.asked = []
        tools = unittest.mock.patch("shutil.which", lambda tool: tool)
        answers = {"scontrol": (0, "MaxArraySize            = 4\n", ""), "sbatch": (0, "7\n", ""), "squeue": queue, "scancel": (0, "", "")}

        def ask(*command, timeout=0):
            self.asked.append(command)
            return answers[command[0]]
        for patch in (tools, unittest.mock.patch("verif.regress.slurm.ask", ask), unittest.mock.patch("verif.regress.slurm.POLL", 0)):
            patch.start()
            self.addCleanup(patch.stop)
        one = slurm.Slurm()
        one.folder = self.dir
        return one, answers

    def folders(self, count):
        made = [self.dir / f"job{n}" for n in range(count)]
        for f in made:
            f.mkdir()
            (f / "job.json").write_text('{"limit": 5.0}')
        return [str(f) for f in made]

    def test_arrays_are_no_larger_than_the_cluster_takes(self):
        one, _ = self.launcher()
        self.assertEqual(len(set(one.submit(self.folders(6)))), 2)
        self.assertEqual([a for c in self.asked for a in c if a.startswith("--array=")], ["--array=0-3", "--array=0-1"])

    def test_a_refused_array_is_told_of_each_job(self):
        one, answers = self.launcher()
        answers["sbatch"] = (1, "", "sbatch: error: no such\n partition")
        folders = self.folders(2)
        one.submit(folders)
        self.assertIn("scancel", [c[0] for c in self.asked])  # it may have been taken all the same
        self.assertEqual(list(one.poll()), [(f, {"error": "sbatch: sbatch: error: no such partition"}) for f in folders])
        self.assertEqual(list(one.poll()), [])

    def test_a_controller_that_does_not_answer_proves_nothing(self):
        one, answers = self.launcher((1, "", "Unable to contact slurm controller"))
        one.submit(self.folders(1))
        self.assertEqual(list(one.poll()), [])
        one.heard -= slurm.SILENCE + 1
        with self.assertRaises(LauncherError):
            list(one.poll())

    def test_a_node_that_keeps_silent_past_the_limit(self):
        one, answers = self.launcher((0, "0|RUNNING|None\n", ""))
        folders = self.folders(1)
        one.submit(folders)
        self.assertEqual(list(one.poll()), [])
        one.tasks[0].running -= 5 + slurm.OVERDUE + 1
        self.assertEqual([f for f, outcome in one.poll() if "time limit" in outcome["error"]], folders)
        self.assertIn("scancel", [c[0] for c in self.asked])

    def test_a_result_counts_whatever_the_queue_says(self):
        one, answers = self.launcher((0, "0|NODE_FAIL|None\n", ""))
        folders = self.folders(1)
        one.submit(folders)
        (self.dir / "job0/result.json").write_text('{"exit": 0}')
        self.assertEqual(list(one.poll()), [(folders[0], {"exit": 0})])
        self.assertEqual(list(one.poll()), [])


class Absent(Case):
    def test_without_slurm(self):
        r = self.regress("--launcher", "slurm", "--out", self.dir / "out", code=2, env={"PATH": str(self.dir)})
        self.assertEqual(r.stderr, "regress: sbatch is missing (Debian: apt-get install slurm-client)\n")
        self.assertFalse((self.dir / "out").exists())
