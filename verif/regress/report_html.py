# SPDX-License-Identifier: Apache-2.0
"""The report as one static page: nothing is loaded from elsewhere, and it reads on a phone."""
import pathlib
import time

from verif.regress import verdict
from verif.regress.report_junit import clean

HERE = pathlib.Path(__file__).resolve().parent
MISSING = "python3-jinja2 is missing (apt-get install python3-jinja2)"


def render(report):
    """The page; raises ImportError without jinja2."""
    import jinja2
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True,
                             undefined=jinja2.StrictUndefined)
    env.filters["day"] = lambda t: time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(t))
    env.filters["css"] = lambda v: v.lower().replace(" ", "_")
    runs = {r["id"]: r for r in report["runs"]}
    order = {v: n for n, v in enumerate(verdict.ALL)}
    rows = sorted(report["runs"], key=lambda r: (order[r["verdict"]], r["id"]))
    return clean(env.get_template("report.html.j2").render(r=report, runs=runs, rows=rows, meaning=verdict.MEANING, good=verdict.GOOD,
                                                     passed=verdict.PASS))
