# SPDX-License-Identifier: Apache-2.0
"""The report on the terminal: buckets with their paste-ready commands, then one line that counts."""
from verif.regress import verdict


def table(head, rows):
    rows = [[str(c) for c in r] for r in [head, *rows]]
    widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip() for r in rows)


def describe(report, again="", most=5):
    """again: the beginning of a command of this script that repeats one run, e.g. 'scripts/regress'."""
    runs = {r["id"]: r for r in report["runs"]}
    lines = []
    for number, bucket in enumerate(report["buckets"], 1):
        lines.append(f"bucket {number}: {bucket['verdict']}, {len(bucket['runs'])} run(s)")
        lines += ["    " + line for line in bucket["text"].splitlines()]
        for key in bucket["runs"][:most]:
            r = runs[key]
            attempts = f", {len(r['attempts'])} attempts" if len(r["attempts"]) > 1 else ""
            lines += [f"  {key}  {r['seconds']:.1f} s{attempts}, log {report['out']}/{r['log']}"]
            lines += [f"    {r['text'].splitlines()[0]}"] if r["text"] != bucket["text"] else []
            lines += [f"    {r['command']}", f"    {again} '{key}'"]
        if len(bucket["runs"]) > most:
            lines.append(f"  and {len(bucket['runs']) - most} more: " + " ".join(bucket["runs"][most:most + 20]))
        lines.append("")
    for r in report["runs"]:
        if r["verdict"] in (verdict.XFAIL, verdict.SKIPPED) or r["verdict"] == verdict.PASS and r["text"]:
            lines.append(f"{r['verdict']:<11} {r['id']}: {r['text'].splitlines()[0]}")
        elif r["verdict"] == verdict.PASS and len(r["attempts"]) > 1:
            lines.append(f"{r['verdict']:<11} {r['id']}: in attempt {len(r['attempts'])}; before: {r['attempts'][0]['text']}")
    counts = ", ".join(f"{n} {v}" for v, n in report["counts"].items() if n)
    lines.append(f"{len(report['runs'])} runs: {counts or 'none'}; {report['seconds']:.1f} s; master seed {report['master_seed']}")
    if report["status"] != "complete":
        lines.append(f"NOT COMPLETE: {report['why']}")
    return "\n".join(lines)
