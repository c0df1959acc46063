# SPDX-License-Identifier: Apache-2.0
"""Proves that the RTL keeps the rules of docs/formal.md: all proofs of verif/formal/proofs.toml, side by side.

A proof is named alone (`fifo`) or with its parameters (`fifo.WIDTH2.DEPTH3`). Exit code 0: all proven; 1: a rule does not hold,
a cover point cannot be reached, or a proof was not decided within its time; 2: something could not be run.
A rule that does not hold leaves a C++ test and an FST of the shortest way to break it; both paths are printed."""
import pathlib
import signal
import sys

from verif.command_line import Parser

from . import catalogue, document, process, report, runner


def arguments(argv):
    p = Parser(__doc__, prog="formal")
    p.add_argument("names", nargs="*", metavar="NAME", help="proofs to run (default: all)")
    p.add_argument("--list", action="store_true", help="show the proofs and their rules, and run nothing")
    p.add_argument("--quick", action="store_true", help="only the proofs marked quick")
    p.add_argument("--jobs", type=int, default=runner.default_jobs(), metavar="N", help="proofs at a time (default: processors)")
    p.add_argument("--timeout", type=int, metavar="S", help="seconds of processor time a proof (default: its own limit)")
    p.add_argument("--fresh", action="store_true", help="prove again what is known to be proven")
    p.add_argument("--no-replay", action="store_true", help="verdicts alone: a rule that fails leaves no test and no waves")
    p.add_argument("--rtl", default=catalogue.ROOT / "rtl", metavar="DIR", help="the RTL (default: rtl)")
    p.add_argument("--out", default=catalogue.ROOT / "build/formal", metavar="DIR", help="where results go (default: build/formal)")
    p.add_argument("--catalogue", type=pathlib.Path, metavar="FILE", help="another proofs.toml, its property modules beside it")
    p.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the report there too (default: formal.json in --out)")
    p.add_argument("--replay", metavar="FOLDER", help="run the counterexample kept in this proof's folder again, on --rtl; exit code 1 while it fails")
    p.add_argument("--doc", action="store_true", help="write the tables of docs/formal.md from the catalogue and the results in --out")
    a = p.parse_args(argv)
    if a.jobs < 1 or a.timeout is not None and a.timeout < 1:
        p.error("--jobs and --timeout are positive")
    return a


def show(tasks):
    for proof in {t.proof.name: t.proof for t in tasks}.values():
        names = [t.name for t in tasks if t.proof is proof]
        how = {"pdr": "for ever", "induction": f"for ever, by induction over {proof.depth} clocks", "smt": f"for ever, by induction over {proof.depth} clocks", "bmc": f"to depth {proof.depth}"}[proof.mode]
        how += "".join(f", {rule} to depth {d}" for rule, d in proof.bounds.items())
        print(f"{proof.name}  ({how}; {', '.join(names)})\n  {proof.what}")
        for kind, items in (("given", proof.rules.assumes), ("rule", proof.rules.rules), ("reached", proof.rules.covers)):
            for i in items:
                print(f"    {kind:7} {i.label}: {i.text}")


def short(path):
    path = pathlib.Path(path)
    return str(path.relative_to(pathlib.Path.cwd())) if path.is_relative_to(pathlib.Path.cwd()) else str(path)


def main(argv=None):
    a = arguments(argv)
    try:
        tasks = catalogue.select(catalogue.load(a.catalogue), a.names, a.quick)
        if a.list:
            show(tasks)
            return 0
        out = pathlib.Path(a.out).resolve()
        if a.doc:
            return document.write(tasks, out / "formal.json")
        if missing := runner.missing_tool(tasks):
            raise catalogue.Bad(missing)
        rtl = runner.rtl_folder(a.rtl)
        if a.json and not a.json.parent.is_dir():
            raise catalogue.Bad(f"{a.json.parent}: no such folder")
        if a.replay:
            code, said = runner.replay_again(tasks, a.replay, rtl)
            print(said, file=sys.stderr if code == 2 else sys.stdout)
            return code
        out.mkdir(parents=True, exist_ok=True)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        progress = report.Progress(len(tasks))
        results, interrupted = runner.run(tasks, rtl, out, a.jobs, a.timeout, a.fresh, progress, not a.no_replay)
    except catalogue.Bad as e:
        print(f"formal: {e}", file=sys.stderr)
        return 2
    except OSError as e:
        print(f"formal: {e.filename or a.out}: {e.strerror}", file=sys.stderr)
        return 2
    except process.Missing as e:
        print(f"formal: {e} is missing; scripts/setup installs it", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        process.stop_all()
        print("formal: interrupted", file=sys.stderr)
        return 2
    progress.clear()
    done = [r for r in results if r]
    for path in filter(None, (out / "formal.json", a.json)):
        try:
            report.write_json(path, done, interrupted)
        except OSError as e:
            print(f"formal: {path}: {e.strerror}", file=sys.stderr)
            return 2
    if done:
        print(report.table(done))
    text = report.details(done, short)
    if text:
        print("\n" + text)
    if interrupted:
        print(f"formal: interrupted, {len(tasks) - len(done)} of {len(tasks)} proofs not run", file=sys.stderr)
    print(f"\n{sum(r['rules'] for r in done)} rules in {len(done)} proofs; {short(out / 'formal.json')}")
    return report.exit_code(done, interrupted)
