# SPDX-License-Identifier: Apache-2.0
"""Writes a counterexample as a C++ test, builds it with Verilator, runs it: the same assertion must fail in the same clock.

The test holds the inputs of every clock in a table, drives the property module with the RTL in it, writes an FST, and exits
with 1 while the assertion fails: once the RTL is right it exits with 0, and can be kept."""
import dataclasses
import pathlib
import re
import shutil

from . import process

MAIN = pathlib.Path(__file__).with_name("replay_main.cpp")


@dataclasses.dataclass(frozen=True)
class Replayed:
    ok: bool
    why: str        # what differs, when not ok
    step: int
    file: str
    line: int
    test: pathlib.Path
    fst: pathlib.Path


def places(task, folder):
    """The test, and the waves it writes."""
    return folder / f"{task.proof.name}_replay.cpp", folder / f"{task.proof.name}.fst"


def verilate(task, files, build, test):
    top = task.proof.top
    parameters = [f"-G{k}={v}" for k, v in task.parameters]
    return ["verilator", "--cc", "--exe", "--assert", "--trace-fst", "--flatten", "--public-flat-rw", "--no-timing", "-Wno-fatal", "-Wno-lint",
            "-Wno-style", "--top-module", top, "--prefix", "Vtop", "--Mdir", build, "-CFLAGS", "-O0 -std=c++20 -DVL_USER_STOP",
            *parameters, *files, task.proof.file, test]


def make(build, log, budget, *more):
    return process.run(["make", "-C", build, "-f", "Vtop.mk", *more, "-j", "2", "OPT_FAST=-O0", "OPT_SLOW=-O0", "OPT_GLOBAL=-O0",
                        *(["OBJCACHE=ccache"] if shutil.which("ccache") else [])], budget, log)


def again(task, files, folder, budget):
    """The kept test against `files`, in a build folder of its own: exit code of the program (1: the rule fails), its words; or None."""
    test, fst = places(task, folder)
    build = folder / "replay_again"
    shutil.rmtree(build, ignore_errors=True)
    log = folder / "replay_again.log"
    build.mkdir()
    for kept in (folder / "replay").glob("verilated*.[od]"):  # the simulator's own code is the same, and most of the time
        shutil.copy2(kept, build)
    if not test.exists():
        return None, f"{test} does not exist: no counterexample was found there"
    if process.run(verilate(task, files, build, test), budget, log).code or make(build, log, budget, "-o", "Vtop.mk").code:
        return None, f"it does not build with this RTL (does a register of the trace still exist?); see {log}"
    r = process.run([build / "Vtop", fst.with_name(f"{fst.stem}_again.fst")], budget, log)
    return r.code, r.text.strip()


def replay(task, files, trace, widths, folder, budget):
    build, (test, fst) = folder / "replay", places(task, folder)
    shutil.rmtree(build, ignore_errors=True)
    fst.unlink(missing_ok=True)
    common = verilate(task, files, build, test)
    test.write_text("", encoding="utf-8")

    def failed(why, log):
        return Replayed(False, f"{why}; see {log}", -1, "", 0, test, fst)

    log = folder / "replay_build.log"
    r = process.run(common, budget, log)
    header = build / "Vtop___024root.h"
    if r.code or not header.exists():
        return failed("Verilator does not read it", log)
    test.write_text(source(task, trace, widths, header.read_text(encoding="utf-8"), fst, common), encoding="utf-8")
    if make(build, log, budget).code:
        return failed("it does not build", log)
    log = folder / "replay.log"
    r = process.run([build / "Vtop", fst], budget, log)
    m = re.search(r"^REPLAY step (\d+) of (\d+) (\S+):(\d+)$", r.text, re.M)
    if r.code != 1 or not m:
        return failed("no assertion fails when it runs", log)
    step, file, line = int(m[1]), m[3], int(m[4])
    same = [f for f in trace.failing if (pathlib.Path(f[1]).name, f[2]) == (pathlib.Path(file).name, line)]
    why = "" if step == len(trace.steps) - 1 and same else f"{pathlib.Path(file).name}:{line} fails in clock {step}, expected " \
        + f"{', '.join(f'{pathlib.Path(f[1]).name}:{f[2]}' for f in trace.failing)} in clock {len(trace.steps) - 1}"
    return Replayed(not why, why, step, file, line, test, fst)


def words(value, width):
    return ", ".join(f"0x{value >> (32 * i) & 0xffffffff:x}u" for i in range((width + 31) // 32))


def member(name, top):
    """Verilator's name of a signal below the top: dots, brackets and double underscores are spelt out."""
    word = re.fullmatch(r"(.*?)(\[\d+\])?", name)
    path = re.sub(r"\[(\d+)\]", r"__BRA__\1__KET__", word[1]).replace("__", "___05F") if "__" in word[1] else word[1]
    path = re.sub(r"\[(\d+)\](?=\.)", r"__BRA__\1__KET__", path)
    return f"{top}__DOT__" + path.replace(".", "__DOT__"), word[2] or ""


def source(task, trace, widths, header, fst, command):
    names = [n for n in widths if n != "clk_i"]
    rows = "\n".join(f"  {{{', '.join(words(s.get(n, 0), widths[n]) for n in names)}}},  // clock {i}" for i, s in enumerate(trace.steps))
    drive, at = [], 0
    for n in names:
        drive.append(f"  put(top.{n}, row + {at}, {(widths[n] + 31) // 32});  // {widths[n]} bit{'s' * (widths[n] > 1)}")
        at += (widths[n] + 31) // 32
    start = []
    for name, value in trace.start:
        signal, index = member(name, task.proof.top)
        if re.search(rf"\b{signal}\b", header):
            count = max(1, (value.bit_length() + 31) // 32)
            start.append(f"  {{ const uint32_t v[] = {{{words(value, 32 * count)}}}; put(r.{signal}{index}, v, {count}); }}")
    rules = "".join(f"//   {text(task, f, n)}\n" for _, f, n in trace.failing)
    out = MAIN.read_text(encoding="utf-8")
    shown = " ".join(f"'{c}'" if " " in str(c) else str(c) for c in command)
    for key, value in {"TASK": task.name, "RULES": rules, "WORDS": str(at), "ROWS": rows, "DRIVE": "\n".join(drive),
                       "START": "\n".join(start) or "  (void)r;  // it depends on no start value", "FST": fst.name,
                       "COMMAND": shown}.items():
        out = out.replace(f"@{key}@", value.rstrip("\n"))
    return out


def text(task, file, line):
    """A rule in English; an assertion of the RTL is its own source line."""
    if pathlib.Path(file) == task.proof.file:
        return next((f"{r.label}: {r.text}" for r in task.proof.rules.rules if r.line == line), f"line {line}")
    try:
        return f"{pathlib.Path(file).name}:{line}: " + pathlib.Path(file).read_text(encoding="utf-8").splitlines()[line - 1].strip()
    except (OSError, IndexError):
        return f"{file}:{line}"
