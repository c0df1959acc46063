# SPDX-License-Identifier: Apache-2.0
"""What is known of a regression: the sum of its journal's events. The same code serves the running regression and `--report DIR`."""
import copy

from verif.regress import buckets, verdict

FORMAT = "htx-regress 1"
COMPLETE, INTERRUPTED, STOPPED, RUNNING, KILLED = "complete", "interrupted", "stopped", "running", "killed"


class Record:
    def __init__(self):
        self.plan = None
        self.runs, self.order = {}, []
        self.builds, self.batches = [], []
        self.end = None
        self.last = 0.0
        self.twice = 0

    def apply(self, event):
        self.last = max(self.last, event["time"])
        kind = event["kind"]
        if kind == "plan":
            self.plan = event
            for r in event["runs"]:
                self.order.append(r["id"])
                self.runs[r["id"]] = {**r, "verdict": verdict.NOT_RUN, "text": "", "seconds": 0.0, "attempts": [], "started": False}
        elif kind == "build":
            self.builds.append({k: v for k, v in event.items() if k not in ("kind", "time")})
        elif kind == "batch":
            self.batches.append(event["name"])
        elif kind == "start":
            self.runs[event["run"]]["started"] = True
        elif kind == "attempt":
            self.attempt(self.runs[event["run"]], event)
        elif kind == "end":
            self.end = event

    def attempt(self, run, event):
        if run.get("final"):  # cannot happen; if it does, the first counts and the report says so
            self.twice += 1
            return
        run["attempts"].append({k: v for k, v in event.items() if k not in ("kind", "time", "run", "final")})
        if event["final"]:
            run.update(final=True, verdict=event["verdict"], text=event["text"], seconds=event["seconds"], log=event.get("log", ""),
                       tail=event.get("tail", ""), command=event.get("command", run["command"]))

    def done(self):
        return sum(1 for r in self.runs.values() if r.get("final"))

    def status(self, alive):
        if self.end:
            return self.end["status"], self.end["why"]
        if alive:
            return RUNNING, "this regression is not over, or its runner was killed (then `scripts/regress --report` says so)"
        why = "its runner ended without a word (killed, or the machine went down)"
        if self.batches:
            why += f"; its jobs may still be queued: scancel --name={','.join(self.batches)}"
        return KILLED, why

    def summary(self, alive=False, damaged=0):
        """The report, as it stands in report.json."""
        status, why = self.status(alive)
        runs = []
        for key in self.order:
            r = copy.deepcopy(self.runs[key])
            started = r.pop("started")
            if not r.pop("final", False):
                r["text"] = "was running when the regression ended" if started else "was not started"
                if status == RUNNING:
                    r["text"] = "is running" if started else "waits"
            runs.append(r)
        counts = {v: sum(r["verdict"] == v for r in runs) for v in verdict.ALL}
        plan = {k: v for k, v in self.plan.items() if k not in ("kind", "time", "runs")}
        good = status == COMPLETE and all(r["verdict"] in verdict.GOOD for r in runs)
        return {"format": FORMAT, "status": status, "why": why, "good": good, "counts": counts, "damaged_lines": damaged,
                "counted_twice": self.twice, "began": self.plan["time"], "seconds": round(max(self.last - self.plan["time"], 0), 1),
                **plan, "builds_made": self.builds, "buckets": buckets.group(runs), "runs": runs}


def replay(events):
    """The record of a journal's events; None when it holds no plan."""
    record = Record()
    for event in events:
        if record.plan or event["kind"] == "plan":
            record.apply(event)
    return record if record.plan else None
