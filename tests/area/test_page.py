# SPDX-License-Identifier: Apache-2.0
"""docs/area.md says what tests/baselines/area.json says, to the letter; and that file is whole."""
import json
import pathlib
import re
import tempfile
import unittest

from verif.area import figures, page, paths

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Page(unittest.TestCase):
    def setUp(self):
        self.figures = figures.load()

    def test_tables(self):
        self.assertEqual(page.current(page.PAGE.read_text(encoding="utf-8")), page.render(self.figures), "out of date: run scripts/bench --update-area")

    def test_a_changed_figure_would_be_seen(self):
        other = json.loads(json.dumps(self.figures))
        other["modules"]["htx_dot"]["own"]["gates"] += 1
        self.assertNotEqual(page.render(other), page.render(self.figures))

    def test_every_module_is_there(self):
        modules = {f.stem for f in (ROOT / "rtl").rglob("*.sv") if not f.stem.endswith("_pkg")}
        self.assertEqual(set(self.figures["modules"]), modules)
        self.assertEqual(set(self.figures["words"]), modules)

    def test_blocks_have_pages(self):
        text = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs/blocks").glob("*.md"))
        self.assertGreater(len(self.figures["blocks"]), 10)
        self.assertEqual([b for b in self.figures["blocks"] if not re.search(rf"\b{b}\b", text)], [])

    def test_known_paths_are_those_of_the_figures(self):
        self.assertEqual({(p["block"], p["input"], p["output"]) for p in self.figures["through"]}, set(paths.known()))

    def test_broken_files_are_one_line(self):
        with tempfile.TemporaryDirectory() as d:
            file = pathlib.Path(d) / "x"
            for text in ("", "{", "[]", '{"modules": {}}'):
                file.write_text(text)
                self.assertRaisesRegex(figures.Bad, "no figures of area", figures.load, file)
            for text in ("[[path]]\nblock = 1", "path = 3", '[[path]]\nblock="a"\ninput="b"\noutput="c"\nreason="x"'):
                file.write_text(text)
                self.assertRaises(paths.Bad, paths.known, file)


if __name__ == "__main__":
    unittest.main()
