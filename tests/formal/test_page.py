# SPDX-License-Identifier: Apache-2.0
"""docs/formal.md says what the catalogue of proofs says: every rule, assumption and cover point, and a line for every proof with a
verdict that its engine can give. Times and depths are those of the last run, and are not compared."""
import re
import unittest

from verif.formal import catalogue, document


class Page(unittest.TestCase):
    def setUp(self):
        self.tasks = catalogue.select(catalogue.load(), [])
        self.text = document.PAGE.read_text(encoding="utf-8")
        self.part = self.text[self.text.index(document.BEGIN):self.text.index(document.END)]

    def test_rules(self):
        self.assertIn("\n".join(document.rules(self.tasks)), self.part, "out of date: run scripts/formal, then scripts/formal --doc")

    def test_table(self):
        rows = re.findall(r"^\| ([a-z]\S*) \| ([^|]+) \| ([^|]+) \|", self.part, re.M)
        rows = [r for r in rows if r[0] != "proof"]
        self.assertEqual([r[0] for r in rows], [t.name for t in self.tasks])
        for (name, engine, holds), task in zip(rows, self.tasks):
            self.assertTrue(engine.startswith(task.proof.mode), name)
            bounded = task.proof.mode == "bmc" or bool(task.proof.bounds)
            self.assertRegex(holds, r"^proven .*to depth \d+" if bounded else "^proven for ever$", name)

    def test_each_is_said_to_be_about_a_block(self):
        for t in self.tasks:
            self.assertTrue((catalogue.ROOT / "docs/blocks" / f"{t.proof.block}.md").exists() or t.proof.block == "common", t.name)


if __name__ == "__main__":
    unittest.main()
