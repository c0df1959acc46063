# SPDX-License-Identifier: Apache-2.0
"""The HTML report in a browser, as wide as a phone: nothing leaves the screen, nothing is loaded. Needs Debian's chromium."""
import html.parser
import importlib.util
import os
import pathlib
import re
import shutil
import struct
import subprocess
import unittest

from tests.regress.support import Case

WIDTH, HEIGHT = 390, 844
NASTY = r'''
[[test]]
name = "page.nasty"
owner = "page"
what = "<script>document.title = 'bitten'</script>"
limit = 20
success = "ok"
command = ["printf", "<b>bold</b> <script>document.title='bitten'</script> &amp; %s\\n", "WORD"]

[[test]]
name = "page.a_test_with_a_name_that_is_as_long_as_names_get_when_nobody_stops_those_who_give_them_to_tests"
owner = "page"
what = "a long name"
limit = 20
seeds = 30
success = "ok"
command = ["sh", "-c", "echo {seed}; false"]
'''.replace("WORD", "w" * 500)


class Outside(html.parser.HTMLParser):
    """Whatever a page would fetch or go to."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found += [(tag, k, v) for k, v in attributes if k in ("src", "href", "srcset", "action", "data", "poster")]
        if tag in ("script", "link", "iframe", "object", "img"):
            self.found.append((tag, "", ""))


@unittest.skipUnless(importlib.util.find_spec("jinja2"), "python3-jinja2 is absent (apt-get install python3-jinja2)")
class Page(Case):
    def setUp(self):
        super().setUp()
        self.catalogue = self.write("nasty.toml", NASTY)
        self.out = self.dir / "out"

    def make(self):
        self.regress("--out", self.out, "--jobs", 4, code=1, catalogue=self.catalogue)
        return (self.out / "report.html").read_text(encoding="utf-8")

    def browse(self, url, *options):
        r = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                            "--timeout=20000", f"--user-data-dir={self.dir}/chromium", *options, url], capture_output=True, text=True,
                           timeout=100, env={**os.environ, "HOME": str(self.dir)})
        self.assertEqual(r.returncode, 0, r.stderr[-1000:])
        return r.stdout

    def test_it_stands_alone_and_shows_text_as_text(self):
        page = self.make()
        outside = Outside()
        outside.feed(page)
        self.assertEqual(outside.found, [])
        self.assertNotRegex(page, r"https?:|@import|url\(")
        self.assertIn("&lt;b&gt;bold&lt;/b&gt;", page)
        self.assertLess(page.index("<h2>Failures"), page.index("<h2>All "))
        for words in ('name="viewport"', "prefers-color-scheme: dark", "<details"):
            self.assertIn(words, page)

    @unittest.skipUnless(shutil.which("chromium"), "chromium is absent (apt-get install chromium)")
    def test_on_a_phone(self):
        page = self.make()
        # A frame of a phone's width round the page, which says how wide the page wants to be with everything opened.
        probe = ("<script>addEventListener('load', () => { document.querySelectorAll('details').forEach(d => d.open = true);"
                 "const e = document.documentElement; parent.postMessage([e.scrollWidth, e.clientWidth, document.title], '*'); })</script>")
        (self.dir / "probed.html").write_text(page.replace("</body>", probe + "</body>"), encoding="utf-8")
        frame = self.write("frame.html", f"<body><iframe src='probed.html' width={WIDTH} height={HEIGHT} style='border:0'></iframe><script>"
                           "addEventListener('message', m => document.body.append('SEEN ' + m.data.join(' ') + ' END'))</script></body>")
        seen = re.search(r"SEEN (\d+) (\d+) (.*?) END", self.browse(frame.as_uri(), "--virtual-time-budget=3000", "--dump-dom"))
        self.assertIsNotNone(seen, "the page said nothing")
        self.assertEqual((int(seen[1]), int(seen[2])), (WIDTH, WIDTH))
        self.assertIn("regression", seen[3])
        kept = os.environ.get("HTX_SCREENSHOT")  # where to leave the picture, for whoever wants to look at it
        picture = pathlib.Path(kept or self.dir / "phone.png")
        self.browse((self.out / "report.html").as_uri(), f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={picture}")
        data = picture.read_bytes()
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", data[16:24])[1], HEIGHT)
        self.assertGreater(len(data), 5000)  # a blank page is smaller
