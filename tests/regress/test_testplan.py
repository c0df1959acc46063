# SPDX-License-Identifier: Apache-2.0
"""docs/testplan.md is what the catalogue says, and the check notices when it is not."""
import subprocess
import sys

from tests.regress.support import ROOT, Case

SCRIPT = ROOT / "scripts/gen/testplan.py"


class Testplan(Case):
    def run_script(self, *args, code=0):
        r = subprocess.run([sys.executable, SCRIPT, *args], capture_output=True, text=True)
        self.assertEqual(r.returncode, code, r.stderr)
        return r.stderr

    def test_the_document_is_up_to_date(self):
        self.run_script("--check")

    def test_the_check_notices_an_edit(self):
        source = self.write("c.toml", '[[test]]\nname = "a.b"\ncommand = ["x"]\nwhat = "one | two"\nowner = "o"\nlimit = 5\n'
                                      'success = "ok"\n')
        plan = self.dir / "plan.md"
        self.assertIn("out of date", self.run_script("--check", source, plan, code=1))
        self.run_script(source, plan)
        self.run_script("--check", source, plan)
        self.assertIn("one \\| two", plan.read_text())
        source.write_text(source.read_text().replace("limit = 5", "limit = 6"))
        self.run_script("--check", source, plan, code=1)
        source.write_text("[[test]]\n")
        self.assertIn("c.toml", self.run_script("--check", source, plan, code=2))
