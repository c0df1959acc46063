#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""End-to-end tests: what a user types, and what must come of it. usage: e2e.py CASE --build DIR --source DIR"""
import argparse
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

STORY = ("there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. "
         "She wanted to play with it, but it was too high")


class Cases:
    """Each public method is a case; an assertion that fails names what was seen."""

    def __init__(self, build, source):
        self.build, self.source = build, source
        self.htx = build / "htx"
        self.tiny = source / "golden/models/htx-tiny.gguf"
        self.shared = pathlib.Path(os.environ.get("HTX_SHARED_MODELS", source / "../shared/models"))

    def call(self, *args, code=0, timeout=800):
        r = subprocess.run([str(a) for a in args], capture_output=True, text=True, timeout=timeout, errors="replace")
        assert r.returncode == code, f"{args}: exit code {r.returncode}, not {code}\n{r.stdout[-3000:]}\n{r.stderr[-3000:]}"
        return r

    def decode(self, model, engine, **options):
        args = [self.htx, "run", model, "--engine", engine, "--json", "--ignore-eos"]
        for name, value in options.items():
            args += [f"--{name}", value]
        j = json.loads(self.call(*args).stdout)
        assert j["ok"]
        return j

    def outside(self, name="stories260K.gguf"):
        path = self.shared / name
        if not path.exists():
            print(f"SKIPPED: {path} is absent (set HTX_SHARED_MODELS)")
            sys.exit(77)
        return path

    @staticmethod
    def result(j):
        return j["tokens"], j["logits_hash"]

    # ------------------------------------------------------------------------------------------------ agreement
    def engines_agree(self):
        want = self.result(self.decode(self.tiny, "golden", tokens=6))
        for lanes in (1, 8):
            for engine in ("cycle", "rtl", "lockstep"):
                got = self.result(self.decode(self.tiny, engine, tokens=6, lanes=lanes))
                assert got == want, f"{engine} with {lanes} lanes: {got}, golden: {want}"

    def lanes_and_chips_agree(self):
        want = self.result(self.decode(self.tiny, "golden", tokens=40))
        for lanes in range(1, 9):
            for chips in (1, 2, 3, 6):
                got = self.result(self.decode(self.tiny, "golden", tokens=40, lanes=lanes, chips=chips))
                assert got == want, f"golden, {lanes} lanes x {chips} chips: {got} != {want}"
        short = self.result(self.decode(self.tiny, "golden", tokens=2))
        for lanes in range(1, 9):
            got = self.result(self.decode(self.tiny, "cycle", tokens=2, lanes=lanes))
            assert got == short, f"cycle, {lanes} lanes: {got} != {short}"

    def check_lockstep(self, model, lanes, tokens, **options):
        want = self.result(self.decode(model, "golden", tokens=tokens, **options))
        j = self.decode(model, "lockstep", tokens=tokens, lanes=lanes, **options)
        assert self.result(j) == want, "tokens or logits differ from the functional golden"
        assert len(j["tokens"]) == tokens
        # loading, decoding and the register accesses around them: every clock was compared
        assert j["clocks_compared"] >= j["clocks"] + j["load_clocks"] - 8, j
        print(f"{j['clocks_compared']} clocks compared, {j['clocks_per_token']:.0f} a token, "
              f"{j['clocks_per_cpu_second']:.0f} a CPU second")

    def lockstep_1_lane(self):
        self.check_lockstep(self.tiny, 1, 64)

    def lockstep_8_lanes(self):
        self.check_lockstep(self.tiny, 8, 64)

    def outside_model_lockstep(self):
        self.check_lockstep(self.outside(), 1, 64)

    def four_bit_weights(self):
        self.check_lockstep(self.outside(), 8, 12, weights="q4_0")
        self.check_lockstep(self.outside("stories260K-Q4_0.gguf"), 1, 6)

    def outside_model_story(self):
        model = self.outside()
        text = self.decode(model, "float", tokens=70, prompt="Once upon a time")["text"]
        assert STORY in text, text
        for engine in ("golden",):
            assert STORY.split(".")[0] in self.decode(model, engine, tokens=70, prompt="Once upon a time")["text"]

    # ------------------------------------------------------------------------------------------------ refusals
    def refuse(self, *args, words):
        r = self.call(self.htx, *args, code=2)
        lines = [l for l in r.stderr.splitlines() if l.strip()]
        assert len(lines) == 1, f"not one line: {r.stderr}"
        for word in words:
            assert word in lines[0], f"'{word}' is missing in: {lines[0]}"

    def refused_files(self):
        good = bytearray(self.tiny.read_bytes())
        with tempfile.TemporaryDirectory() as folder:
            def file(name, data):
                path = pathlib.Path(folder) / name
                path.write_bytes(data)
                return path
            self.refuse("run", file("magic.gguf", b"GGUX" + good[4:]), words=["magic.gguf", "magic"])
            self.refuse("run", file("short.gguf", good[:len(good) // 2]), words=["short.gguf"])
            self.refuse("run", file("empty.gguf", b""), words=["empty.gguf"])
            huge = bytearray(good)
            struct.pack_into("<Q", huge, 8, 1 << 60)
            self.refuse("run", file("counts.gguf", huge), words=["counts.gguf"])
            infinite = bytearray(good)
            infinite[-200:] = struct.pack("<f", float("inf")) * 50  # the last tensor of the shipped model is an fp32 norm
            self.refuse("run", file("inf.gguf", infinite), words=["inf.gguf", "tensor"])
            self.refuse("run", pathlib.Path(folder) / "absent.gguf", words=["absent.gguf"])
            self.refuse("run", folder, words=[folder])
        self.refuse("run", self.tiny, "--tokens", "5000", words=["context"])

    def refused_arguments(self):
        for args in (["run"], ["run", self.tiny, "--lanes", "9"], ["run", self.tiny, "--engine", "magic"], ["fly"], [],
                     ["run", self.tiny, "--tokens", "0"], ["run", self.tiny, "--weights", "q5"],
                     ["run", self.tiny, "--engine", "rtl", "--chips", "2"],
                     ["run", self.tiny, "--engine", "rtl", "--rtl-lib", "/nonexistent.so"]):
            self.call(self.htx, *args, code=2)
        self.call(self.source / "scripts/lockstep", "--rtl", "/nonexistent", code=2)
        self.call(self.source / "scripts/lockstep", "--lanes", "twelve", code=2)

    # ------------------------------------------------------------------------------------------------ any copy of rtl/
    def lockstep_script(self, rtl, code, *more):
        env = dict(os.environ, HTX_BUILD=str(self.build))
        r = subprocess.run([str(self.source / "scripts/lockstep"), "--rtl", str(rtl), "--tokens", "2", *more], capture_output=True,
                           text=True, timeout=800, env=env)
        assert r.returncode == code, f"exit code {r.returncode}, not {code}\n{r.stdout[-2000:]}\n{r.stderr[-4000:]}"
        return r.stdout + r.stderr

    def copy_rtl(self, folder):
        rtl = pathlib.Path(folder) / "rtl"
        shutil.copytree(self.source / "rtl", rtl)
        return rtl

    def other_rtl_copy(self):
        with tempfile.TemporaryDirectory() as folder:
            rtl = self.copy_rtl(folder)
            (rtl / "fp/htx_fmul.sv").write_text((rtl / "fp/htx_fmul.sv").read_text() + "\n// a remark changes nothing\n")
            text = self.lockstep_script(rtl, 0)
            assert "every one matched" in text, text

    def planted_bug_is_located(self):
        with tempfile.TemporaryDirectory() as folder:
            rtl = self.copy_rtl(folder)
            file = rtl / "lane/htx_accum.sv"
            text = file.read_text()
            assert text.count(".a_i(acc_q)") == 1, "no place for the bug in htx_accum.sv"
            file.write_text(text.replace(".a_i(acc_q)", ".a_i({acc_q[31:1], 1'b0})"))  # an accumulator loses its last bit
            failures = pathlib.Path(folder) / "failures"
            report = self.lockstep_script(rtl, 1, "--failures", failures)
            self.failure_folder(failures, report)
            for word in ("DIVERGENCE at clock", "htx_accum of lane 0", "acc_data", " ulp)", "expected", "actual", "layer", "tile", "row", "last events", "replay",
                         "--seed"):
                assert word in report, f"'{word}' is missing in the report:\n{report}"

    def failure_folder(self, folder, report):
        """Waves of the window alone, whose signals are those of the saved layout, and the words of the report."""
        clock = int(re.search(r"DIVERGENCE at clock (\d+)", report)[1])
        assert f"clocks {clock - 1000} to {clock + 8}" in report, report
        first, *names = self.call(self.htx.parent / "fst_list", folder / "rtl.fst").stdout.splitlines()
        assert first == f"{10 * (clock - 1000)} {10 * (clock + 8) + 5}", first
        names = {n.replace(" ", "") for n in names}
        shown = [l for l in (folder / "rtl.gtkw").read_text().splitlines() if l.startswith("TOP.")]
        assert len(shown) > 10 and not set(shown) - names, sorted(set(shown) - names)
        assert "u_accum.acc_data[31:0]" in shown[1], shown[:3]
        compare = (folder / "compare.vcd").read_text()
        assert f"#{10 * clock}\n" in compare and "$scope module accum_0 $end" in compare
        declared = re.search(r"\$scope module accum_0 \$end\n\$var wire 1 (\S+) differs", compare)[1]
        changes = re.findall(rf"^([01]){re.escape(declared)}$|^#(\d+)$", compare, re.M)
        times, differs = [], None
        for value, time in changes:
            if time:
                now = int(time)
            elif value == "1":
                times.append(now)
        assert times and times[0] == 10 * clock, times
        assert "DIVERGENCE" in (folder / "report.txt").read_text() and "htx_accum of lane 0" in (folder / "events.txt").read_text()
        assert os.access(folder / "replay.sh", os.X_OK) and "htx run" in (folder / "replay.sh").read_text()

    def unreadable_rtl(self):
        with tempfile.TemporaryDirectory() as folder:
            rtl = self.copy_rtl(folder)
            (rtl / "lane/htx_accum.sv").write_text("module htx_accum (\n")
            self.lockstep_script(rtl, 2)
            empty = pathlib.Path(folder) / "empty"
            empty.mkdir()
            self.lockstep_script(empty, 2)

    # ------------------------------------------------------------------------------------------------ the rest of the tool
    def compile_and_disasm(self):
        with tempfile.TemporaryDirectory() as folder:
            image = pathlib.Path(folder) / "m.htx"
            self.call(self.htx, "compile", self.tiny, "-o", image, "--lanes", 3)
            from_image = self.call(self.htx, "disasm", image).stdout
            assert from_image == self.call(self.htx, "disasm", self.tiny, "--lanes", 3).stdout
            for word in ("EMBED", "MATVEC", "SCORE", "PV", "VQUANT", "NEXT"):
                assert word in from_image, f"{word} is missing:\n{from_image}"
            damaged = bytearray(image.read_bytes())
            damaged[len(damaged) // 2] ^= 1
            image.write_bytes(damaged)
            self.refuse("disasm", image, words=["m.htx"])
            self.refuse("compile", self.tiny, "-o", "/nonexistent/m.htx", words=["/nonexistent/m.htx"])
            if os.path.exists("/dev/full"):
                self.refuse("compile", self.tiny, "-o", "/dev/full", words=["/dev/full"])

    def product(self):
        j = json.loads(self.call(self.htx, "product", "--rows", 512, "--cols", 1024, "--engine", "lockstep", "--lanes", 8, "--json").stdout)
        assert j["ok"] and j["clocks_compared"] > j["clocks"], j
        assert 0.5 < j["useful_share"] <= 1, j

    def help(self):
        text = self.call(self.htx, "--help").stdout
        for word in ("run", "quality", "compile", "disasm", "First steps", "Exit codes"):
            assert word in text
        assert re.match(r"htx \d+\.\d+\.\d+", self.call(self.htx, "--version").stdout)
        for script in ("demo", "test", "setup", "lockstep", "bench"):
            assert "usage" in self.call(self.source / "scripts" / script, "--help").stdout


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("case")
    p.add_argument("--build", type=pathlib.Path, required=True)
    p.add_argument("--source", type=pathlib.Path, required=True)
    a = p.parse_args()
    getattr(Cases(a.build, a.source), a.case)()


if __name__ == "__main__":
    main()
