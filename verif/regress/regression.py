# SPDX-License-Identifier: Apache-2.0
"""One regression from its plan to its end: builds, runs, attempts; every step is in the journal before it counts."""
import collections
import json
import os
import pathlib
import signal
import time

from verif.regress import builder, reports, verdict
from verif.regress.launcher import LauncherError
from verif.regress.local import Local
from verif.regress.record import COMPLETE, INTERRUPTED, STOPPED
from verif.regress.selection import Run

LOG_LIMIT = 64 << 20
TAIL_LINES, TAIL_BYTES = 60, 8000
TICK, REFRESH = 0.05, 5.0  # seconds


class Interrupted(Exception):
    pass


class Regression:
    def __init__(self, options, catalogue, runs, launcher, journal, record, show):
        self.o, self.catalogue, self.runs, self.launcher = options, catalogue, runs, launcher
        self.journal, self.record, self.show = journal, record, show
        self.places = {"build": options.build, "source": options.source}
        self.signal, self.written = None, time.monotonic()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.on_signal)

    def log(self, kind, **facts):
        try:
            event = self.journal.add(kind, **facts)
        except OSError:  # what is known already is saved in the space put aside; then the regression ends
            self.journal.release()
            self.record.apply(self.journal.add(kind, **facts))
            raise
        self.record.apply(event)
        if time.monotonic() - self.written > REFRESH:
            self.write()

    def write(self):
        """The reports as of now; says so when one is missing."""
        self.written = time.monotonic()
        return reports.write(self.o.out, self.record.summary(alive=True))

    def on_signal(self, number, _):
        self.signal = self.signal or number

    # ------------------------------------------------------------ one attempt
    def prepare(self, run, attempt, parent):
        """A fresh folder with job.json: no attempt ever sees another's files."""
        folder = self.o.out / "runs" / run.id / f"attempt-{attempt}"
        (folder / "out").mkdir(parents=True)
        argv, env = run.fill({**self.places, "out": folder / "out"})
        job = {"argv": argv, "cwd": str(self.o.source), "env": {**env, "HTX_RUN_FOLDER": str(folder)}, "limit": self.limit(run), "log_limit": LOG_LIMIT, "parent": parent}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        return folder

    def limit(self, run):
        return run.test.limit * self.o.time_factor

    def over(self, run, attempt, folder, outcome):
        """Judges an attempt that ended: (whether the run is over with it, its facts for the journal)."""
        log = verdict.read_log(folder)
        result, text = verdict.judge(run.test, self.catalogue, outcome, log, self.limit(run))
        final = result != verdict.ENVIRONMENT or attempt > self.o.reruns
        facts = {k: outcome[k] for k in ("exit", "signal", "cpu_seconds", "memory_kib", "host") if outcome.get(k) is not None}
        facts.update(attempt=attempt, verdict=result, text=text, seconds=outcome.get("seconds", 0.0),
                     log=os.path.relpath(folder / "log.txt", self.o.out),
                     command=run.by_hand({**self.places, "out": folder / "out"}))
        if result not in (verdict.PASS, verdict.SKIPPED):
            facts["tail"] = "\n".join(log[-TAIL_BYTES:].splitlines()[-TAIL_LINES:])
        return final, facts

    # ------------------------------------------------------------ many
    def drive(self, launcher, runs, started, finished):
        """Runs each to its final attempt, as many at a time as the launcher has room for."""
        waiting, active = collections.deque((r, 1) for r in runs), {}
        try:
            while waiting or active:
                batch = []
                while waiting and len(batch) < launcher.room():
                    run, attempt = waiting.popleft()
                    folder = self.prepare(run, attempt, launcher.parent())
                    active[str(folder)] = (run, attempt)
                    started(run, attempt)
                    batch.append(str(folder))
                if batch:
                    for name in launcher.submit(batch) or ():
                        self.log("batch", name=name)
                self.collect(launcher, active, waiting, finished)
                if self.signal:
                    raise Interrupted
                self.show.tick(self.record, [r.id for r, _ in active.values()])
                time.sleep(TICK)
        except BaseException:
            launcher.stop()
            self.collect(launcher, active, waiting, finished, stopping=True)
            raise

    def collect(self, launcher, active, waiting, finished, stopping=False):
        for folder, outcome in launcher.poll():
            run, attempt = active.pop(folder)
            if stopping and (outcome.get("stopped") or outcome.get("error") or outcome.get("signal")):
                continue  # ended because the regression did: NOT RUN
            final, facts = self.over(run, attempt, pathlib.Path(folder), outcome)
            finished(run, final, facts)
            if not final:
                waiting.append((run, attempt + 1))

    def build(self):
        """Returns {configuration: (verdict, text)} of those that could not be made."""
        broken = {}
        if self.o.no_build:
            return broken
        steps = {f"build.{b.name}": b.name for b in builder.needed(self.catalogue, self.runs)}
        for b in builder.needed(self.catalogue, self.runs):
            step = Run(builder.as_test(b, self.places))

            def finished(run, final, facts):
                if facts["verdict"] == verdict.FAIL:
                    log = verdict.read_log(self.o.out / "runs" / run.id / f"attempt-{facts['attempt']}")
                    facts["text"] = verdict.sign((builder.ERRORS,), log) or facts["text"]
                name = steps[run.id]
                if final:
                    self.log("build", name=name, **facts)
                    self.show.built(name, facts)
                    if facts["verdict"] != verdict.PASS:
                        broken[name] = (facts["verdict"], f"the build configuration {name} cannot be made: {facts['text']}")
            self.show.building(b.name)
            self.drive(Local(1), [step], lambda run, attempt: None, finished)
        return broken

    def all(self):
        broken = self.build()
        ready = []
        for run in self.runs:
            if run.test.build in broken:
                result, text = broken[run.test.build]
                self.finished(run, True, {"attempt": 0, "verdict": result, "text": text, "seconds": 0.0,
                                          "log": f"runs/build.{run.test.build}/attempt-1/log.txt"})
            else:
                ready.append(run)
        # the longest first, so that none of them is alone at the end
        ready.sort(key=lambda r: -r.test.limit)
        self.drive(self.launcher, ready, lambda run, attempt: self.log("start", run=run.id, attempt=attempt), self.finished)

    def finished(self, run, final, facts):
        self.log("attempt", run=run.id, final=final, **facts)
        self.show.result(run.id, final, facts, self.record)

    def go(self):
        """(status, why) of the whole, which are in the journal and the reports then."""
        status, why = COMPLETE, ""
        try:
            self.all()
        except Interrupted:
            status, why = INTERRUPTED, f"interrupted by {signal.Signals(self.signal).name}"
        except LauncherError as e:
            status, why = STOPPED, str(e)
        except OSError as e:
            status, why = STOPPED, f"{e.filename or self.o.out}: {e.strerror}"
            self.journal.release()
        self.log("end", status=status, why=why)
        remark = self.write()
        return status, why, remark
