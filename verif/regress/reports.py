# SPDX-License-Identifier: Apache-2.0
"""Writes all reports of a record into its folder, each as a whole."""
import json
import pathlib

from verif.regress import atomic, report_html, report_junit


def write(folder, report):
    """Returns a remark when one of them could not be made."""
    folder = pathlib.Path(folder)
    atomic.write(folder / "report.json", json.dumps(report, indent=1) + "\n")
    atomic.write(folder / "junit.xml", report_junit.render(report))
    try:
        page = report_html.render(report)
    except ImportError:
        return f"no report.html: {report_html.MISSING}"
    atomic.write(folder / "report.html", page)
    return ""
