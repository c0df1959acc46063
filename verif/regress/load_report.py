# SPDX-License-Identifier: Apache-2.0
"""Earlier regressions: their report.json, or their journal where nobody came to write one."""
import json
import pathlib

from verif.regress import journal, record, reports, verdict


class ReportError(Exception):
    pass


def load(path):
    path = pathlib.Path(path)
    path = path / "report.json" if path.is_dir() else path
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise ReportError(f"{path}: {e.strerror}") from None
    except ValueError as e:
        raise ReportError(f"{path}: is no JSON: {e}") from None
    if not isinstance(report, dict) or report.get("format") != record.FORMAT:
        raise ReportError(f"{path}: is no report of this runner (format '{record.FORMAT}')")
    if report["status"] == record.RUNNING and (path.parent / journal.NAME).exists():
        report = from_journal(path.parent)[0]  # it may be over since, and it may have been killed
    return report


def wanted(failed, unfinished):
    """The verdicts that the options ask for; None: all."""
    return (verdict.FAILED if failed else ()) + ((verdict.NOT_RUN,) if unfinished else ()) or None


def from_journal(folder):
    """(report, folder, remark), with the reports written again."""
    folder = pathlib.Path(folder).resolve()
    try:
        events, damaged, alive = journal.read(folder)
    except OSError as e:
        raise ReportError(f"{folder / journal.NAME}: {e.strerror}") from None
    if (known := record.replay(events)) is None:
        raise ReportError(f"{folder / journal.NAME}: holds no plan; the regression ended before it began")
    report = known.summary(alive, damaged)
    remark = "" if alive else reports.write(folder, report)
    return report, folder, remark
