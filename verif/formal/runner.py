# SPDX-License-Identifier: Apache-2.0
"""Runs tasks side by side; what was proven stays proven until a file, a tool or the way of proving changes."""
import concurrent.futures
import errno
import hashlib
import json
import os
import pathlib
import re
import shutil
import time

from . import catalogue, engine, netlist, process, replay, sources, trace

DECIDES = ("engine.py", "netlist.py", "cones.py", "sources.py", "properties.py", "cover_map.v")  # files of ours that a verdict depends on
TOOLS = ("yosys", "yosys-abc", "verilator")
SMT_TOOLS = ("yosys-smtbmc", "z3")


def missing_tool(tasks):
    """What to say about the first tool that is not there, or nothing."""
    for t in (*TOOLS, *(SMT_TOOLS if any(t.proof.mode == "smt" for t in tasks) else ())):
        if not shutil.which(t):
            return f"{t} is missing; " + ("to prove " + ", ".join(sorted({k.proof.name for k in tasks if k.proof.mode == "smt"})) + ": apt-get install z3"
                                          if t == "z3" else "scripts/setup installs it")
    return ""


def versions():
    found = []
    for command in [["yosys", "-V"]] + ([["z3", "--version"]] if shutil.which("z3") else []):
        found.append(process.run(command, process.Budget(60)).text.strip())
    return " ".join(found)


def key(task, files, tools):
    """Everything a verdict depends on."""
    h = hashlib.sha256(repr((tools, task.params, task.proof.mode, task.proof.depth, task.proof.cover, task.proof.cut, task.proof.bounds, task.proof.joint, task.proof.rtl_asserts)).encode())
    for f in [*files, task.proof.file, *(catalogue.HERE / name for name in DECIDES)]:
        h.update(f.name.encode() + b"\0" + f.read_bytes() + b"\0")
    return h.hexdigest()


def one(task, rtl, out, limit, fresh, tools, waves=True):
    """A plain table: what the report and the JSON show of this task."""
    folder = out / task.name
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    result = {"name": task.name, "proof": task.proof.name, "block": task.proof.block, "mode": task.proof.mode, "depth": 0,
              "engine": task.proof.mode + (" joint" if task.proof.joint else ""), "bounds": sorted(task.proof.bounds),
              "rules": len(task.proof.rules.rules), "assertions": 0, "covers": {}, "seconds": 0.0, "verdict": engine.ERROR, "why": "",
              "failing": [], "replay": None, "cached": False}
    result["rtl"] = "" if rtl == catalogue.ROOT / "rtl" else str(rtl)
    budget = process.Budget(limit or task.proof.limit)
    try:
        files = sources.prepare(rtl, task.proof.file, task.sizes, folder, task.proof.cut)
        result["key"] = key(task, files, tools)
        before = known(folder)
        if not fresh and before and before["key"] == result["key"] and before["verdict"] in engine.GOOD:
            return {**before, "cached": True}
        if netlist.build(task, files, folder, budget).timed_out:
            result |= {"verdict": engine.UNDECIDED, "why": f"yosys was not ready within {budget.limit} s"}
        else:
            o = engine.prove(task, folder, budget)
            result |= {"verdict": o.verdict, "depth": o.depth, "why": o.why, "assertions": o.assertions, "covers": o.covers}
            if o.verdict == engine.FAILED:
                result["failing"] = [describe(task, *f) for f in o.failing]
                if waves:  # a proof that failed late must still be able to show why
                    result["replay"] = show(task, files, folder, process.Budget(max(300, budget.limit)), o)
    except (catalogue.Bad, OSError, ValueError) as e:
        if getattr(e, "errno", 0) in (errno.ENOSPC, errno.EDQUOT):  # no other proof would come further
            raise
        result["why"] = str(e).replace(f"{task.name}: ", "", 1)
    except process.Missing as e:
        result["why"] = f"{e} is missing; scripts/setup installs it"
    result["seconds"] = round(budget.used, 1)
    result["wall"] = round(time.monotonic() - began, 1)
    (folder / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return result


def known(folder):
    try:
        return json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def describe(task, label, file, line):
    return {"rule": engine.said(task, (label, file, line)), "text": replay.text(task, file, line), "file": file, "line": line}


def show(task, files, folder, budget, outcome):
    """The counterexample as a C++ test and as waves, run."""
    t = trace.find(task, files, folder, budget, outcome.depth)
    if not t:
        return {"ok": False, "why": f"no trace found within {budget.limit} s"}
    r = replay.replay(task, files, t, netlist.ports(folder, "trace"), folder, budget)
    return {"ok": r.ok, "why": r.why, "step": r.step, "file": r.file, "line": r.line, "test": str(r.test), "fst": str(r.fst), "folder": str(folder),
            "start_values": len(t.start), "text": replay.text(task, r.file, r.line) if r.file else ""}


def replay_again(tasks, folder, rtl):
    """A kept counterexample against `rtl`: (exit code, what to say)."""
    folder = pathlib.Path(folder).resolve()
    before = known(folder)
    task = next((t for t in tasks if before and t.name == before["name"]), None)
    if not task:
        raise catalogue.Bad(f"{folder}: no proof's folder (build/formal/NAME is one)")
    sized = folder / "rtl"
    sized.mkdir(exist_ok=True)
    code, text = replay.again(task, sources.prepare(rtl, task.proof.file, task.sizes, sized), folder, process.Budget(600))
    m = re.search(r"step (\d+) of (\d+) (\S+):(\d+)", text)
    if code == 1 and m:
        return 1, f"{task.name}: fails in clock {m[1]}: {replay.text(task, m[3], int(m[4]))}"
    return (0, f"{task.name}: no assertion fails") if code == 0 else (2, text)


def run(tasks, rtl, out, jobs, limit, fresh, progress, waves=True):
    """Results in the order of `tasks`; None for what an interrupt left out."""
    tools = versions()
    results = {}
    pool = concurrent.futures.ThreadPoolExecutor(jobs)
    # the longest first, so that no processor is idle at the end
    order = sorted(tasks, key=lambda t: -t.proof.limit)

    def work(task):
        progress.begins(task)
        return one(task, rtl, out, limit, fresh, tools, waves)

    futures = {pool.submit(work, t): t for t in order}
    try:
        waiting = set(futures)
        while waiting:
            done, waiting = concurrent.futures.wait(waiting, timeout=0.5, return_when=concurrent.futures.FIRST_COMPLETED)
            for f in done:
                results[futures[f].name] = f.result()
                progress.ends(futures[f], f.result())
            progress.tick()
    except (KeyboardInterrupt, process.Stopped):
        process.stop_all()
        pool.shutdown(wait=True, cancel_futures=True)
        return [results.get(t.name) for t in tasks], True
    except Exception:  # a full disk: what runs would only run into it too
        process.stop_all()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown()
    return [results[t.name] for t in tasks], False


def default_jobs():
    return len(os.sched_getaffinity(0))


def rtl_folder(path):
    path = pathlib.Path(path).resolve()
    if not path.is_dir():
        raise catalogue.Bad(f"{path}: no such folder")
    return path
