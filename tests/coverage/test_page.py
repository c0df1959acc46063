# SPDX-License-Identifier: Apache-2.0
"""The pages stand alone, lead from the table to the source line, and read on a phone (in headless Chromium)."""
import os
import re
import shutil
import subprocess
import unittest

from tests.coverage.test_parts import RUNS, Command
from tests.regress.test_page import HEIGHT, WIDTH, Outside


class Page(Command):
    def make(self):
        self.call("--from", self.regression({"one.test": ("PASS", RUNS), "another.test": ("PASS", RUNS)}))
        return self.out

    def test_pages_stand_alone_and_lead_to_each_other(self):
        out = self.make()
        pages = {p.name: p.read_text(encoding="utf-8") for p in out.glob("*.html")}
        self.assertIn("htx_fifo.html", pages)
        for name, text in pages.items():
            outside = Outside()
            outside.feed(text)
            for tag, key, value in outside.found:
                self.assertEqual((tag, key), ("a", "href"), name)
                page, _, anchor = value.partition("#")
                self.assertIn(page or name, pages)
                self.assertTrue(not anchor or f'id="{anchor}"' in pages[page or name], (name, value))
            self.assertNotRegex(text, r"https?:|@import|url\(")

    def test_a_module_shows_lines_bits_and_tests(self):
        page = (self.make() / "htx_fifo.html").read_text(encoding="utf-8")
        hit, missed = (re.search(rf'<tr class="(\w+)" id="L{n}">(.*?)</tr>', page)[1] for n in (39, 42))
        self.assertEqual((hit, missed), ("hit", "miss"))
        self.assertIn("one.test, another.test", page)
        self.assertIn("never fell: 2", page)  # level_q[2] rose only
        self.assertIn("full k=2", page)

    @unittest.skipUnless(shutil.which("chromium"), "chromium is absent (apt-get install chromium)")
    def test_on_a_phone(self):
        out = self.make()
        probe = ("<script>addEventListener('load', () => { document.querySelectorAll('details').forEach(d => d.open = true);"
                 "const e = document.documentElement; parent.postMessage([e.scrollWidth, e.clientWidth, document.title], '*'); })</script>")
        for name in ("index.html", "htx_fifo.html"):
            (self.dir / "probed.html").write_text((out / name).read_text(encoding="utf-8").replace("</body>", probe + "</body>"), encoding="utf-8")
            frame = self.dir / "frame.html"
            frame.write_text(f"<body><iframe src='probed.html' width={WIDTH} height={HEIGHT} style='border:0'></iframe><script>"
                             "addEventListener('message', m => document.body.append('SEEN ' + m.data.join(' ') + ' END'))</script></body>", encoding="utf-8")
            r = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--timeout=20000",
                                f"--user-data-dir={self.dir}/chromium", "--virtual-time-budget=3000", "--dump-dom", frame.as_uri()],
                               capture_output=True, text=True, timeout=200, env={**os.environ, "HOME": str(self.dir)})
            seen = re.search(r"SEEN (\d+) (\d+) (.*?) END", r.stdout)
            self.assertIsNotNone(seen, f"{name} said nothing: {r.stderr[-500:]}")
            self.assertEqual((int(seen[1]), int(seen[2])), (WIDTH, WIDTH), name)
            self.assertIn("coverage", seen[3])


def load_tests(loader, _, __):
    """Not the inherited ones again."""
    suite = unittest.TestSuite()
    for name in sorted(n for n in vars(Page) if n.startswith("test_")):
        suite.addTest(Page(name))
    return suite


if __name__ == "__main__":
    unittest.main()
