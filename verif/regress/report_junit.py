# SPDX-License-Identifier: Apache-2.0
"""The report as JUnit XML: a suite for each owner block, a case for each run."""
import re
import xml.etree.ElementTree as xml

from verif.regress import verdict

KIND = {verdict.FAIL: "failure", verdict.TIMEOUT: "failure", verdict.XPASS: "failure", verdict.ENVIRONMENT: "error",
        verdict.NOT_RUN: "error", verdict.XFAIL: "skipped", verdict.SKIPPED: "skipped"}


def clean(text):
    """What XML 1.0 may hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text)


def count(runs, kind):
    return str(sum(KIND.get(r["verdict"]) == kind for r in runs))


def totals(runs):
    return {"tests": str(len(runs)), "failures": count(runs, "failure"), "errors": count(runs, "error"),
            "skipped": count(runs, "skipped"), "time": f"{sum(r['seconds'] for r in runs):.3f}"}


def render(report):
    root = xml.Element("testsuites", {"name": "regress", **{k: v for k, v in totals(report["runs"]).items()}})
    for owner in dict.fromkeys(r["owner"] for r in report["runs"]):
        runs = [r for r in report["runs"] if r["owner"] == owner]
        suite = xml.SubElement(root, "testsuite", {"name": owner, **totals(runs)})
        properties = xml.SubElement(suite, "properties")
        for name in ("master_seed", "status", "revision"):
            xml.SubElement(properties, "property", {"name": name, "value": clean(str(report[name]))})
        for r in runs:
            case = xml.SubElement(suite, "testcase", {"classname": clean(owner), "name": clean(r["id"]), "time": f"{r['seconds']:.3f}"})
            if kind := KIND.get(r["verdict"]):
                what = xml.SubElement(case, kind, {"type": r["verdict"], "message": clean(r["text"].split("\n")[0])})
                what.text = clean(f"{r['text']}\n\n{r['command']}\n\n{r.get('tail', '')}")
    xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"
