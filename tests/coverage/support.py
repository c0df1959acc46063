# SPDX-License-Identifier: Apache-2.0
"""A small module, built once with the monitors, and what its runs cover."""
import os
import pathlib
import shutil
import subprocess
import tempfile

from verif.coverage import data, merge, monitors, rtl

HERE = pathlib.Path(__file__).resolve().parent
HOME = rtl.ROOT / "verif/coverage"
TRANSITIONS = {("htx_sample", "state_q"): {("S_A", "S_B"), ("S_A", "S_C"), ("S_B", "S_C"), ("S_C", "S_A")}}


class Sample:
    """The built program; run(words) is the items of one run."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.dir = pathlib.Path(self.folder.name)
        self.module = rtl.Module(HERE / "htx_sample.sv")
        monitors.main(self.dir / "monitors.sv", HERE / "htx_sample.sv")
        cxx = shutil.which("clang++-19") or "g++"
        sources = [HERE / "htx_sample.sv", HERE / "htx_sample_cover.sv", HOME / "htx_toggle.sv", HOME / "htx_fsm.sv", self.dir / "monitors.sv"]
        made = self.dir / "o"
        self.call_tool(["verilator", "--cc", "--Mdir", made, "--top-module", "htx_sample", "--no-timing", "--assert", "--x-initial", "unique", "--coverage-line",
                        "--coverage-user", "-Wno-fatal", *sources])
        root = next(line.split("=", 1)[1].strip() for line in (made / "Vhtx_sample.mk").read_text().splitlines() if line.startswith("VERILATOR_ROOT"))
        own = [pathlib.Path(root, "include", f"verilated{part}.cpp") for part in ("", "_cov", "_threads")]
        self.call_tool([cxx, "-std=c++20", "-O0", "-w", "-DVM_COVERAGE=1", f"-I{made}", f"-I{root}/include", f"-I{root}/include/vltstd", *made.glob("*.cpp"), *own,
                        HERE / "sample_main.cpp", HOME / "runtime.cpp", "-Wl,--wrap=_ZN13VerilatedSymsD2Ev", "-lfmt", "-lpthread", "-o", made / "Vhtx_sample"])
        self.runs = 0

    @staticmethod
    def call_tool(command):
        r = subprocess.run(command, capture_output=True, text=True)
        if r.returncode:
            raise RuntimeError(r.stderr[-3000:] + r.stdout[-2000:])

    def call(self, words, folder):
        """The process alone: its exit code."""
        env = {k: v for k, v in os.environ.items() if k != "HTX_RUN_FOLDER"}
        return subprocess.run([self.dir / "o/Vhtx_sample", *words.split()], env={**env, **({"HTX_RUN_FOLDER": str(folder)} if folder else {})}, capture_output=True).returncode

    def data(self, words):
        self.runs += 1
        folder = self.dir / str(self.runs)
        folder.mkdir()
        if self.call(words, folder):
            raise RuntimeError("the sample failed")
        (file,) = folder.glob("coverage-*.dat")
        return data.read(file, HERE)

    def items(self, **tests):
        """name -> Item, of tests given as words; a branch without statements has its kind behind its line's text."""
        merged = merge.Merged({"htx_sample": self.module}, {})
        for name, words in tests.items():
            merged.add(name, self.data(words))
        merge_path = merge.rtl_path
        try:
            merge.rtl_path = lambda m: m.path.name
            return {f"{i.kind} {i.name}" + (f" ({i.note})" if i.kind == "line" and i.note.startswith("no ") else ""): i
                    for i in merged.items(TRANSITIONS, lambda module, point: point)}
        finally:
            merge.rtl_path = merge_path
