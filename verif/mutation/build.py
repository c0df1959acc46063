# SPDX-License-Identifier: Apache-2.0
"""One build of the RTL with many mutants in it: the chip, a library that `htx` loads, and the benches of its blocks."""
import fnmatch
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

from verif.mutation import rewrite
from verif.mutation.common import CampaignError, digest, note

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Part:
    """Some of the campaign's mutants in one RTL. Modules in `netlists` are Yosys' netlists, the others mutated sources."""

    def __init__(self, name, numbered, netlists, options):
        self.name, self.numbered, self.netlists, self.o = name, numbered, netlists, options
        self.folder = options.work / name
        self.rtl = self.folder / "rtl"
        self.library = self.folder / f"htx_mutants_L{options.lanes}C{options.columns}.so"
        self.seconds, self.benches = 0.0, []

    def generate(self, elaborated):
        self.folder.mkdir(parents=True, exist_ok=True)
        rewrite.write(self.o.rtl, self.rtl, [(n, c) for n, c in self.numbered if c.engine == "source"])
        if self.netlists:
            mine = [(n, c) for n, c in self.numbered if c.engine == "netlist"]
            elaborated.write(self.netlists, mine, self.rtl, self.name)

    def made_from(self, rtl):
        o, parts = self.o, []
        for base in (rtl, ROOT / "golden/chip", ROOT / "scripts/gen", o.build / "generated/htx"):
            for f in sorted(base.rglob("*")):
                if f.suffix in (".sv", ".probe", ".py", ".hpp") and f.parent != o.build / "generated/htx/rtl":  # readers of the benches' models
                    parts += [f.relative_to(base), f.read_bytes()]
        for f in ("verif/rtl_machine.cpp", "verif/rtl_machine.hpp", "verif/instances.txt", "scripts/build_rtl"):
            parts.append((ROOT / f).read_bytes())
        return digest(o.lanes, o.columns, *parts)

    def build(self):
        """The chip; only when what it is made from has changed."""
        o, mark = self.o, self.library.with_suffix(".stamp")
        made_from = self.made_from(self.rtl)
        # A verdict is of one mutant, whatever else is drawn; a netlist's name is unique among those that Yosys sampled by one seed.
        self.stamp = digest(self.made_from(o.rtl), *sorted(self.netlists), o.seed if self.netlists else "",
                            *((ROOT / f"verif/mutation/{f}.py").read_bytes() for f in ("tokens", "structure", "operators", "rewrite", "netlist")))
        if self.library.exists() and mark.exists() and mark.read_text() == made_from:
            return
        mark.unlink(missing_ok=True)
        note(f"building the chip with {len(self.numbered)} mutants in it ({self.name})")
        began = time.monotonic()
        cmd = [ROOT / "scripts/build_rtl", "--rtl", self.rtl, "--lanes", str(o.lanes), "--columns", str(o.columns), "--out", self.library,
               "--include", o.build / "generated", "--jobs", str(o.jobs), f"--opt={o.opt}"]
        if subprocess.run(cmd).returncode:
            raise CampaignError("the chip with the mutants in it does not build")
        mark.write_text(made_from)
        self.seconds += time.monotonic() - began

    def build_benches(self, needed):
        """The tests of single blocks that hold one of the `needed` modules, over the same RTL: a source tree of links with the
        mutated rtl/ in it."""
        source, build = self.folder / "src", self.folder / "benches"
        began = time.monotonic()
        shutil.rmtree(source, ignore_errors=True)
        (source / "tests").mkdir(parents=True)
        for name in ("golden", "scripts", "verif", "docs"):
            (source / name).symlink_to(ROOT / name)
        golden = {f.stem: f for f in sorted(self.o.build.resolve().glob("golden/*/libhtx_*.a"))}  # as built: no mutant reaches it
        libraries = "".join(f"add_library({n[3:]} STATIC IMPORTED GLOBAL)\nset_target_properties({n[3:]} PROPERTIES IMPORTED_LOCATION {f})\n"
                            for n, f in golden.items()) + ("target_link_libraries(htx_chip INTERFACE htx_numerics fmt::fmt)\n"
                                                           f"include_directories({self.o.build.resolve()}/generated {ROOT})\n")  # headers of other tests, too
        # mutants and netlists are not tidy, and compiling costs more than running
        for name, edits in (("CMakeLists.txt", {'"-O3 -DNDEBUG"': '"-O1 -DNDEBUG"', "foreach(part golden verif tests)": libraries + "foreach(part tests)"}),
                            ("cmake/HtxVerilate.cmake", {" -Wall": " -Wno-fatal -Wno-lint -Wno-style", "set(fast -O3)": "set(fast -O1)", "set(slow -O1)": "set(slow -O0)"})):
            text = (ROOT / name).read_text(encoding="utf-8")
            for old, new in edits.items():
                if old not in text:
                    raise CampaignError(f"{name} has no {old.strip()} to replace")
                text = text.replace(old, new)
            (source / name).parent.mkdir(exist_ok=True)
            (source / name).write_text(text, encoding="utf-8")
        for f in (ROOT / "cmake").iterdir():
            if not (source / "cmake" / f.name).exists():
                (source / "cmake" / f.name).symlink_to(f)
        (source / "rtl").symlink_to(self.rtl)
        (source / "tests/CMakeLists.txt").symlink_to(ROOT / "tests/CMakeLists.txt")
        for d in bench_folders(needed):
            (source / "tests" / d.name).symlink_to(d)
        query = build / ".cmake/api/v1/query"
        query.mkdir(parents=True, exist_ok=True)
        (query / "codemodel-v2").touch()
        log = self.folder / "benches.log"
        compiler = ["-DCMAKE_CXX_COMPILER=clang++-19", "-DCMAKE_C_COMPILER=clang-19"] if shutil.which("clang++-19") else []
        with open(log, "w") as out:
            note(f"building the benches of single blocks ({self.name}; log: {log})")
            if subprocess.run(["cmake", "-S", source, "-B", build, "-G", "Ninja", *compiler], stdout=out, stderr=out).returncode:
                raise CampaignError(f"the benches with the mutants in them cannot be configured (log: {log})")
            found = smallest(benches(build), needed, self.netlists, self.o.lanes)
            r = subprocess.run(["cmake", "--build", build, "-j", str(self.o.jobs), "--target", *(b.name for b in found), "--", "-k", "0"],
                               stdout=out, stderr=out)
        self.benches = [b for b in found if b.program.exists()] if r.returncode else found
        if r.returncode and not self.netlists:
            raise CampaignError(f"a bench with the mutants in it does not build (log: {log})")
        for b in found:
            if b not in self.benches:
                note(f"{b.name} does not build over netlists and judges none of them")
        self.seconds += time.monotonic() - began


class Bench:
    """A test program of a block, and the RTL modules it simulates."""

    def __init__(self, name, program, modules):
        self.name, self.program, self.modules = name, program, modules


def bench_folders(needed):
    """Folders of tests/ with GoogleTest programs that Verilate one of the modules: known by the files that their CMakeLists.txt names."""
    found = []
    for f in sorted(ROOT.glob("tests/*/CMakeLists.txt")):
        text = f.read_text(encoding="utf-8")
        files = re.findall(r"[\w*]+\.sv\b", text) if "htx_verilate(" in text and "gtest_discover_tests(" in text else []
        if any(fnmatch.fnmatch(f"{m}.sv", pattern) for m in needed for pattern in files):
            found.append(f.parent)
    return found


def smallest(found, needed, netlists=(), lanes=0):
    """For each module the benches that simulate it with the fewest others. Of a bench in several sizes, named by their lanes, a netlist
    fits that of the chip's lanes; of others the smallest, that and the largest judge their own block, and one its parts."""
    chosen = []
    for m in needed:
        mine = [b for b in found if m in b.modules]
        fewest = min((len(b.modules) for b in mine), default=0)
        mine = [b for b in mine if len(b.modules) == fewest]
        fits = [b for b in mine if re.search(rf"[a-z]{lanes}_", b.name)]
        own = any(m.startswith("htx_" + re.match("[a-z]+", b.name)[0]) for b in mine)
        chosen += fits if fits and m in netlists else [mine[0], *fits, mine[-1]] if own else mine[len(mine) // 2:][:1]
    return [b for b in found if b in chosen]


def benches(build):
    """Every GoogleTest program of a configured build that links a Verilated model, from CMake's own description of the build."""
    reply = build / ".cmake/api/v1/reply"
    targets = {}
    for f in reply.glob("target-*.json"):
        t = json.loads(f.read_text(encoding="utf-8"))
        targets[t["id"]] = t
    found = []
    for t in targets.values():
        linked = " ".join(f["fragment"] for f in t.get("link", {}).get("commandFragments", []))
        if t["type"] != "EXECUTABLE" or not t["paths"]["source"].startswith("tests/") or "gtest" not in linked:
            continue
        modules, seen, todo = set(), set(), [t["id"]]
        while todo:
            now = todo.pop()
            if now in seen or now not in targets:
                continue
            seen.add(now)
            todo += [d["id"] for d in targets[now].get("dependencies", [])]
            where = build / targets[now]["paths"]["build"] / "CMakeFiles" / f"{targets[now]['name']}.dir"
            for listing in where.glob("V*.dir/*__verFiles.dat"):
                modules |= set(re.findall(r"/rtl/\w+/(htx_\w+)\.sv\"", listing.read_text(encoding="utf-8")))
        if modules:
            found.append(Bench(t["name"], build / t["artifacts"][0]["path"], {m for m in modules if not m.endswith("_pkg")}))
    return sorted(found, key=lambda b: b.name)


def programs(options):
    """htx and random_programs, unless they were named."""
    o = options
    if o.targets:
        setup = 'cd "$1"; . scripts/common.sh; shift; build "$@"'  # configures a build folder that is not there yet
        env = {**os.environ, "HTX_BUILD": str(o.build)}
        if subprocess.run(["bash", "-c", setup, "mutate", str(ROOT), *o.targets], env=env, stdout=sys.stderr).returncode:
            raise CampaignError("the programs that run the mutants do not build")
    for program in (o.htx, o.random):
        if not program.exists():
            raise CampaignError(f"{program} is missing")


def tests_stamp():
    """What the benches are made from, besides the RTL."""
    files = [f for d in ("golden", "tests", "verif") for f in sorted((ROOT / d).rglob("*")) if f.suffix in (".cpp", ".hpp", ".txt", ".probe")]
    return digest(*(p for f in files for p in (f.relative_to(ROOT), f.read_bytes())))
