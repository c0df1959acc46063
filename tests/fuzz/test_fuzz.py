# SPDX-License-Identifier: Apache-2.0
"""scripts/fuzz itself, with programs that stand for libFuzzer: a finding, an interrupt, a change of the sources, wrong words."""
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import pathlib
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts/fuzz"


def load(build):
    loader = importlib.machinery.SourceFileLoader("fuzz_script", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("fuzz_script", loader))
    loader.exec_module(module)
    module.BUILD = pathlib.Path(build)
    return module


class Search(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.build = pathlib.Path(self.folder.name)
        self.fuzz = load(self.build)

    def program(self, text):
        path = self.build / "build/tests/fuzz/fuzz_model"
        path.parent.mkdir(parents=True)
        path.write_text(f"#!{sys.executable}\n{text}")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def search(self):
        account, said = self.fuzz.Account(), io.StringIO()
        with contextlib.redirect_stdout(said):
            clean = self.fuzz.search("model", 0.01, account)
        return clean, said.getvalue()

    WORK = "import time\nend = time.process_time() + 1.2\nwhile time.process_time() < end: pass\n"

    def test_minutes_without_a_finding_add_up(self):
        self.program(self.WORK + "print('stat::number_of_executed_units: 123')")
        for turn in (1, 2):
            clean, said = self.search()
            self.assertTrue(clean)
            self.assertIn("model  nothing found: 123 inputs", said)
            self.assertGreaterEqual(self.fuzz.Account().seconds("model"), turn)

    def test_a_finding_is_told_and_begins_the_minutes_again(self):
        self.program(self.WORK)
        self.search()
        self.assertGreater(self.fuzz.Account().seconds("model"), 0)
        (self.build / "build/tests/fuzz/fuzz_model").write_text(
            f"#!{sys.executable}\nprint('==1== ERROR: AddressSanitizer: heap-buffer-overflow')\nprint('Test unit written to findings/model-crash-1')\nraise SystemExit(77)")
        clean, said = self.search()
        self.assertFalse(clean)
        for words in ("model  FOUND", "AddressSanitizer: heap-buffer-overflow", "fuzz_model findings/model-crash-1"):
            self.assertIn(words, said)
        self.assertEqual(self.fuzz.Account().seconds("model"), 0)

    def test_other_sources_begin_the_minutes_again(self):
        self.program(self.WORK)
        self.search()
        self.fuzz.sources = lambda target: "other"
        self.assertEqual(self.fuzz.Account().seconds("model"), 0)

    def test_an_interrupt_keeps_the_minutes(self):
        self.program("import time\nend = time.process_time() + 60\nwhile time.process_time() < end: pass")
        timer = threading.Timer(2.5, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with self.assertRaises(KeyboardInterrupt):
            self.search()
        self.assertGreater(self.fuzz.Account().seconds("model"), 0)

    def test_every_target_says_what_it_reads(self):
        self.assertEqual(set(self.fuzz.READS), set(self.fuzz.TARGETS))
        self.assertEqual(len({self.fuzz.sources(t) for t in self.fuzz.TARGETS}), len(self.fuzz.TARGETS))

    def test_a_broken_account_counts_as_nothing(self):
        (self.build / "account.json").write_text("{")
        self.assertEqual(self.fuzz.Account().seconds("model"), 0)

    def test_wrong_words(self):
        for words, line in ((["nothing"], "fuzz: 'nothing' is no target (case, dram, image, model, text are)"), (["--minutes", "0"], "fuzz: --minutes takes a number above 0"),
                            (["--no-such"], "fuzz: unrecognized arguments: --no-such (try --help)")):
            r = subprocess.run([SCRIPT, *words], capture_output=True, text=True)
            self.assertEqual((r.returncode, r.stderr), (2, line + "\n"))


class Replay(unittest.TestCase):
    """HTX_BUILD names the build."""

    @unittest.skipUnless(os.environ.get("HTX_BUILD"), "HTX_BUILD names no build")
    def test_the_replay_names_the_file_that_breaks(self):
        program = pathlib.Path(os.environ["HTX_BUILD"], "tests/fuzz/fuzz_replay_text")
        for folder, words in (([], "usage"), (["/no/such"], "No such file")):
            r = subprocess.run([program, *folder], capture_output=True, text=True)
            self.assertEqual(r.returncode, 2)
            self.assertIn(words, r.stderr)


if __name__ == "__main__":
    unittest.main()
