#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""End-to-end tests: what a user types, and what must come of it. usage: e2e.py CASE --build DIR --source DIR"""
import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import signal
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
        self.experts_model = source / "golden/models/htx-tiny-moe.gguf"
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
        """RTL with 1 and 8 lanes, as every build has them (tests/chip: with 2); a chip of 3 or 5 lanes, which divides no
        power of two, costs minutes to build, so there the cycle golden stands for it."""
        want = self.result(self.decode(self.tiny, "golden", tokens=6))
        for lanes, engines in {1: ("cycle", "rtl", "lockstep"), 3: ("cycle",), 5: ("cycle",), 8: ("cycle", "rtl", "lockstep")}.items():
            for engine in engines:
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

    def columns_agree(self):
        """The query heads of a group meet its keys and values together: the same logits in fewer clocks."""
        want, clocks = self.result(self.decode(self.tiny, "golden", tokens=40)), {}
        for columns in (1, 2, 4, 8):
            j = self.decode(self.tiny, "cycle", tokens=40, lanes=2, columns=columns)
            assert self.result(j) == want, f"{columns} columns: {self.result(j)} != {want}"
            clocks[columns] = j["clocks"]
        assert clocks[2] < clocks[1], clocks
        self.check_lockstep(self.tiny, 2, 40, columns=4)

    def prompt_passes(self):
        """A prompt's tokens in columns: the same keys, values and logits, with the weights read once for all of them."""
        for model in (self.tiny, self.experts_model):
            for prompt in (STORY, "Once"):
                want, clocks = self.result(self.decode(model, "golden", tokens=5, prompt=prompt)), {}
                for columns in (1, 2, 3, 4, 8):
                    j = self.decode(model, "cycle", tokens=5, prompt=prompt, lanes=2, columns=columns)
                    assert self.result(j) == want, f"{model.name}, {columns} columns: {self.result(j)} != {want}"
                    clocks[columns] = j["clocks"]
                print(f"{model.name}, prompt of {j['prompt_tokens']}: clocks by columns {clocks}")
                if prompt == STORY:
                    assert clocks[8] < clocks[4] < clocks[2] < clocks[1], clocks
            self.check_lockstep(model, 2, 3, columns=4, prompt=STORY)

    def check_lockstep(self, model, lanes, tokens, **options):
        want = self.result(self.decode(model, "golden", tokens=tokens, **{k: v for k, v in options.items() if k != "columns"}))
        j = self.decode(model, "lockstep", tokens=tokens, lanes=lanes, **options)
        assert self.result(j) == want, "tokens or logits differ from the functional golden"
        assert len(j["tokens"]) == tokens
        assert j["positions"] == j["prompt_tokens"] + tokens - 1, j
        # loading, decoding and the register accesses around them: every clock was compared
        assert j["clocks_compared"] >= j["clocks"] + j["load_clocks"] - 8, j
        print(f"{j['clocks_compared']} clocks compared, {j['clocks_per_token']:.0f} a token, "
              f"{j['clocks_per_cpu_second']:.0f} a CPU second")

    def lockstep_1_lane(self):
        self.check_lockstep(self.tiny, 1, 64)

    def lockstep_8_lanes(self):
        self.check_lockstep(self.tiny, 8, 64)

    def experts(self):
        """The sibling with experts: one hash on every split, clock by clock on the RTL of 1 and 8 lanes; three row groups an expert leave
        lanes without a row."""
        want = self.result(self.decode(self.experts_model, "golden", tokens=40))
        for lanes in range(1, 9):
            for chips in (1, 2, 3, 6):
                got = self.result(self.decode(self.experts_model, "golden", tokens=40, lanes=lanes, chips=chips))
                assert got == want, f"golden, {lanes} lanes x {chips} chips: {got} != {want}"
        want = self.result(self.decode(self.experts_model, "golden", tokens=3))
        for lanes in range(2, 8):
            got = self.result(self.decode(self.experts_model, "cycle", tokens=3, lanes=lanes))
            assert got == want, f"cycle, {lanes} lanes: {got} != {want}"
        for lanes in (1, 8):
            self.check_lockstep(self.experts_model, lanes=lanes, tokens=12)

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

    # ------------------------------------------------------------------------------------------------ bent models
    def bent(self, folder, name, *changes):
        """A copy of the shipped model with bytes overwritten: (offset, bytes)."""
        data = bytearray(self.tiny.read_bytes())
        for at, what in changes:
            data[at:at + len(what) or None] = what
        path = pathlib.Path(folder) / name
        path.write_bytes(data)
        return path

    def value_at(self, key):
        """Offset of a key's value in the shipped model, behind the number of its type."""
        data, name = self.tiny.read_bytes(), key.encode()
        at = data.index(struct.pack("<Q", len(name)) + name)
        return at + 8 + len(name) + 4

    def loud(self, folder, value):
        """A model whose last norm, the file's last tensor, has one block of `value`: huge ones overflow fp32."""
        return self.bent(folder, f"loud-{value:g}.gguf", (self.tiny.stat().st_size - 128, struct.pack("<f", value) * 32))

    # ------------------------------------------------------------------------------------------------ stopped decodes
    def stopped_decode(self):
        """Numbers that stop being numbers: counts of what really ran, and no figure over what did not."""
        with tempfile.TemporaryDirectory() as folder:
            def golden(value):
                r = subprocess.run([str(self.htx), "run", self.loud(folder, value), "--tokens", "12", "--ignore-eos", "--json"],
                                   capture_output=True, text=True)
                return json.loads(r.stdout)
            # The largest that works, then a little more: the decode stops, in the middle if the loudest position is not the first.
            low, high = 1.0, 3e38
            while high / low > 1.01:
                middle = (low * high) ** 0.5
                low, high = (middle, high) if golden(middle)["ok"] else (low, middle)
            for value in (high, 3e38):
                model, want = self.loud(folder, value), golden(value)
                assert not want["ok"] and model.name in want["report"] and "not finite" in want["report"], want
                assert want["positions"] == want["prompt_tokens"] - 1 + len(want["tokens"]), want
                for engine in ("cycle", "lockstep"):
                    args = [self.htx, "run", model, "--tokens", 12, "--ignore-eos", "--engine", engine, "--failures", f"{folder}/failures"]
                    j = json.loads(self.call(*args, "--json", code=1).stdout)
                    assert not j["ok"] and "ERROR" in j["report"] and "divergence" not in j, j
                    for key in ("positions", "prompt_tokens", "tokens"):
                        assert j[key] == want[key], f"{engine}: {key} is {j[key]}, golden: {want[key]}"
                    assert not {k for k in j if "share" in k or "occupancy" in k or "per_token" in k or k == "useful_bytes"}, j.keys()
                    if engine == "lockstep":
                        assert j["clocks_compared"] >= j["clocks"] + j["load_clocks"] - 8, j
                    text = self.call(*args, code=1).stderr
                    prompt = min(want["positions"], want["prompt_tokens"])
                    of = f"'s {want['prompt_tokens']}" if prompt < want["prompt_tokens"] else ""
                    assert re.search(rf"^tokens +{len(want['tokens'])} generated after {prompt} of the prompt{of}$", text, re.M), text
                    assert "tokens a second" not in text and " % " not in text, text
                    assert ("clocks compared" in text) == (engine == "lockstep") and "every one matched" not in text, text
            for command in ("run", "quality"):  # the model ran, so it is no bad input; alike in both
                args = [self.htx, command, model, "--json"] + (["--sequences", "1", "--tokens", "3"] if command == "quality" else [])
                r = self.call(*args, code=1)
                j = json.loads(r.stdout)
                assert not j["ok"] and model.name in (j.get("error") or j["report"]), r.stdout
                assert "not finite" in self.call(*args[:-1] if command == "run" else args, code=1).stderr

    # ------------------------------------------------------------------------------------------------ refusals
    def refuse(self, *args, words):
        r = self.call(self.htx, *args, code=2)
        lines = [l for l in r.stderr.splitlines() if l.strip()]
        assert len(lines) == 1, f"not one line: {r.stderr}"
        for word in words:
            assert word in lines[0], f"'{word}' is missing in: {lines[0]}"
        if "--json" in args:
            j = json.loads(r.stdout)
            assert j == {"ok": False, "error": j["error"]} and "htx: " + j["error"] == lines[0], r.stdout
        else:
            assert r.stdout == "", r.stdout

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
            for command in (["run"], ["quality"]):
                self.refuse(*command, pathlib.Path(folder) / "absent.gguf", "--json", words=["absent.gguf"])
            self.refuse("product", "--rows", 33, "--engine", "cycle", "--json", words=["--rows"])
            # what only the compiler and the tokenizer find, who do not know the file's name
            context = self.bent(folder, "long.gguf", (self.value_at("llama.context_length"), struct.pack("<I", 140025)))
            self.refuse("compile", context, "-o", f"{folder}/x.htx", words=["long.gguf: too big: context: 140025 of 131072"])
            self.refuse("disasm", context, words=["long.gguf: too big"])
            self.refuse("run", context, "--tokens", 100000, "--engine", "cycle", "--lanes", 3, words=["long.gguf: too big: context"])
            self.refuse("compile", self.tiny, "-o", f"{folder}/x.htx", "--context", 100000, words=[self.tiny.name + ": context 100000 exceeds"])
            types = self.value_at("tokenizer.ggml.token_type") + 12  # an array: type and number of its elements first
            mute = self.bent(folder, "mute.gguf", (types + 4 * (3 + 0xc3), struct.pack("<i", 5)),  # byte C3 unused
                             (self.value_at("tokenizer.ggml.unknown_token_id"), struct.pack("<I", 0xffffffff)))
            self.refuse("run", mute, "--prompt", "caf\u00e9", words=["mute.gguf: text: the vocabulary has no token for"])
            text = pathlib.Path(folder) / "text"
            text.write_text("caf\u00e9 caf\u00e9", encoding="utf-8")
            self.refuse("quality", mute, "--text", text, words=["mute.gguf: text: the vocabulary has no token for"])
        self.refuse("run", self.tiny, "--tokens", "5000", words=[self.tiny.name, "context"])

    # ------------------------------------------------------------------------------------------------ KV cache, sampling, counters
    def kv_goes_on(self):
        """Saved by one engine, loaded by another with other lanes: as if nothing had been between."""
        want = self.decode(self.tiny, "golden", tokens=9)
        with tempfile.TemporaryDirectory() as d:
            files = []
            for n, (engine, lanes) in enumerate((("golden", 1), ("cycle", 3), ("rtl", 1), ("lockstep", 8))):
                file = pathlib.Path(d) / f"{n}.kv"
                first = self.decode(self.tiny, engine, tokens=5, lanes=lanes, **{"save-kv": file})
                assert first["tokens"] == want["tokens"][:5]
                files.append(file.read_bytes())
                assert files[0] == files[n], f"{engine} with {lanes} lanes saved something else than golden"
            for engine, options in (("golden", {"lanes": 8}), ("golden", {"lanes": 5, "chips": 3}), ("cycle", {"lanes": 2}), ("rtl", {"lanes": 8}),
                                    ("lockstep", {"lanes": 1}), ("cycle", {"lanes": 3, "load": "direct"})):
                j = self.decode(self.tiny, engine, tokens=4, **options, **{"load-kv": file, "save-kv": pathlib.Path(d) / "end.kv"})
                assert j["tokens"] == want["tokens"][5:] and j["logits_hash"] == want["logits_hash"], f"{engine} {options}: {j}"
                assert j["positions"] == 4, j["positions"]
                end = (pathlib.Path(d) / "end.kv").read_bytes()
                files[0] = end if len(files[0]) != len(end) else files[0]
                assert files[0] == end, f"{engine} {options} ends with other keys and values"

    def kv_refused(self):
        with tempfile.TemporaryDirectory() as d:
            d = pathlib.Path(d)
            good = d / "good.kv"
            self.decode(self.tiny, "golden", tokens=3, **{"save-kv": good})
            bytes_ = good.read_bytes()
            for name, content in {"empty": b"", "cut": bytes_[:-1], "magic": b"X" + bytes_[1:], "flip": bytes_[:200] + bytes([bytes_[200] ^ 1]) + bytes_[201:],
                                  "longer": bytes_ + b"x"}.items():
                (d / name).write_bytes(content)
                self.refuse("run", self.tiny, "--load-kv", d / name, words=[name])
            self.refuse("run", self.tiny, "--load-kv", good, "--weights", "q4_0", words=["good.kv"]) if self.weights_matter() else None
            self.refuse("run", self.tiny, "--load-kv", d / "none", words=["none"])
            self.refuse("run", self.tiny, "--load-kv", good, "--prompt", "x", words=["--prompt"])
            self.refuse("run", self.tiny, "--save-kv", d / "no" / "x.kv", words=["no such folder"])
            full = self.call(self.htx, "run", self.tiny, "--save-kv", "/dev/full", "--tokens", "2", code=2)  # the text has been printed
            assert full.stderr.splitlines()[-1] == "htx: /dev/full: cannot be written", full.stderr
            self.refuse("run", self.tiny, "--engine", "float", "--save-kv", d / "x.kv", words=["float"])
            self.refuse("run", self.tiny, "--load-kv", good, "--tokens", "2000", words=["context"])

    def weights_matter(self):
        """Whether --weights changes the shipped model, whose matrices may all stand quantised in the file."""
        return len({self.decode(self.tiny, "golden", tokens=4, weights=w)["logits_hash"] for w in ("q8_0", "q4_0")}) == 2

    def sampling(self):
        how = {"temperature": 1.2, "top-k": 50, "top-p": 0.95, "seed": 3}
        want = self.decode(self.tiny, "golden", tokens=12, **how)
        greedy = self.decode(self.tiny, "golden", tokens=12)
        assert want["tokens"] != greedy["tokens"], "nothing was drawn"
        assert self.result(want) != self.result(self.decode(self.tiny, "golden", tokens=12, **(how | {"seed": 4})))
        one = self.decode(self.tiny, "golden", tokens=12, **(how | {"top-k": 1}))
        assert self.result(one) == self.result(greedy), "of one token there is no choice"
        for engine, lanes in (("golden", 8), ("cycle", 3), ("rtl", 1), ("lockstep", 1)):
            got = self.decode(self.tiny, engine, tokens=12, lanes=lanes, **how)
            assert self.result(got) == self.result(want), f"{engine}: {got['tokens']}, golden: {want['tokens']}"
            assert got["positions"] == want["positions"]
        with tempfile.TemporaryDirectory() as d:
            file = pathlib.Path(d) / "a.kv"
            self.decode(self.tiny, "cycle", tokens=5, **how, **{"save-kv": file})
            rest = self.decode(self.tiny, "lockstep", tokens=7, **how, **{"load-kv": file})
            assert rest["tokens"] == want["tokens"][5:] and rest["logits_hash"] == want["logits_hash"], rest
        for args in (["--temperature", "-1"], ["--temperature", "x"], ["--top-k", "5"], ["--temperature", "1", "--top-p", "0"], ["--temperature", "1", "--top-p", "1.5"]):
            self.refuse("run", self.tiny, *args, words=["htx: "])

    def timeline(self):
        """Spans of a unit follow each other, and the vector unit works while a lane streams."""
        with tempfile.TemporaryDirectory() as d:
            file = pathlib.Path(d) / "t.json"
            for engine in ("cycle", "lockstep"):
                j = self.decode(self.tiny, engine, tokens=2, lanes=1, timeline=file)
                events = json.loads(file.read_text())["traceEvents"]
                spans, names = {}, {}
                for e in events:
                    if e["ph"] == "M":
                        names[e["pid"], e["tid"], e["name"]] = e["args"]["name"]
                    else:
                        spans.setdefault(names[e["pid"], e["tid"], "thread_name"], []).append((e["args"]["from clock"], e["args"]["clocks"], e["name"]))
                for track, found in spans.items():
                    assert all(a + n <= b for (a, n, _), (b, _, _) in zip(found, found[1:])), track
                assert len(spans["position"]) == j["positions"] and len(spans) == 7, (j["positions"], {k: len(v) for k, v in spans.items()})
                counters = j["counters"]
                drawn = sum(n for _, n, _ in spans["vector unit"])  # the counter sees a burst of commands a clock earlier
                assert 0 <= counters["vector_busy"] - drawn <= len(spans["vector unit"]), (drawn, counters)
                assert any(name.startswith("layer 1: ") for _, _, name in spans["dot: rows"]), spans["dot: rows"][:9]
                busy = {c for a, n, _ in spans["vector unit"] for c in range(a, a + n)}
                asked = {c for a, n, _ in spans["stream: bursts asked for"] for c in range(a, a + n)}
                assert len(busy & asked) > len(busy) / 4, "weights are not asked for while the vector unit works"
            self.refuse("run", self.tiny, "--timeline", file, "--engine", "golden", words=["--timeline"])
            self.refuse("run", self.tiny, "--timeline", pathlib.Path(d) / "no/t.json", "--engine", "cycle", words=["no such folder"])

    def counters(self):
        """The same figures from cycle golden and RTL, and they add up."""
        for lanes in (1, 8):
            a, b = (self.decode(self.tiny, engine, tokens=3, lanes=lanes) for engine in ("cycle", "rtl"))
            assert a["counters"] == b["counters"] and a["clocks"] == b["clocks"], (a["counters"], b["counters"])
            c = a["counters"]
            assert len(c["lanes"]) == lanes
            assert 0 < c["both_busy"] < min(c["lanes_busy"], c["vector_busy"]) and c["lanes_busy"] + c["vector_busy"] - c["both_busy"] < a["clocks"], c
            assert sum(l["reads"] + l["writes"] for l in c["lanes"]) * 2 == a["bus_beats"], (c, a["bus_beats"])
            assert sum(l["writes"] for l in c["lanes"]) > 0, c  # few positions: not every lane has a page
            for l in c["lanes"]:
                assert l["reads"] > 0 and l["waited"] > 0 and l["starved"] + l["waited"] < a["clocks"], l

    def refused_arguments(self):
        for args in (["run"], ["run", self.tiny, "--lanes", "9"], ["run", self.tiny, "--engine", "magic"], ["fly"], [],
                     ["run", self.tiny, "--tokens", "0"], ["run", self.tiny, "--weights", "q5"],
                     ["run", self.tiny, "--engine", "rtl", "--chips", "2"],
                     ["run", self.tiny, "--engine", "rtl", "--rtl-lib", "/nonexistent.so"]):
            self.refuse(*args, words=["htx: "])
        self.call(self.source / "scripts/lockstep", "--rtl", "/nonexistent", code=2)
        with tempfile.TemporaryDirectory() as folder:  # of an RTL that cannot be built, so that a build would show
            (pathlib.Path(folder) / "x.sv").write_text("module x (\n")
            for name, value in (("--lanes", "twelve"), ("--weights", "q5"), ("--seed", "-1"), ("--seed", "4294967296"), ("--tokens", "0")):
                r = self.call(self.source / "scripts/lockstep", "--rtl", folder, name, value, code=2)
                assert r.stderr.splitlines()[-1].startswith(f"lockstep: {name} takes") and "building the chip" not in r.stderr, r.stderr

    def output_that_cannot_be_written(self):
        """The exit code says it; nothing aborts."""
        if not os.path.exists("/dev/full"):
            print("SKIPPED: no /dev/full here")
            sys.exit(77)
        run = ["run", self.tiny, "--tokens", 2]
        with tempfile.TemporaryDirectory() as folder:
            stopped = ["run", self.loud(folder, 3e38), "--tokens", 2]
            for stream, args, code in (("stderr", run, 2), ("stdout", run, 2), ("stdout", run + ["--json"], 2), ("stdout", ["--help"], 2),
                                       ("stderr", ["run", "/nonexistent"], 2), ("stderr", ["fly"], 2), ("stderr", stopped, 1),
                                       ("stderr", ["run", "/nonexistent", "--json"], 2), ("stdout", ["run", "/nonexistent", "--json"], 2)):
                with open("/dev/full", "w") as full:
                    other = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: full}
                    r = subprocess.run([str(a) for a in [self.htx, *args]], text=True, **other)
                assert r.returncode == code, f"{args} with {stream} full: exit code {r.returncode}, not {code}"

    def names_that_are_no_utf8(self):
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(os.fsencode(folder), b"m\xff.gguf")
            shutil.copyfile(self.tiny, name)
            for args in (["quality", name, "--sequences", "1", "--tokens", "3"], ["run", name, "--tokens", "2"],
                         ["product", "--engine", "rtl", "--rows", "32", "--cols", "32", "--rtl-lib", name]):
                r = subprocess.run([self.htx, *args, "--json"], capture_output=True)
                assert r.returncode == (2 if args[0] == "product" else 0), r
                j = json.loads(r.stdout.decode("utf-8"))
                assert "m\ufffd.gguf" in (j.get("model") or j["error"]), j

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
            clock, compared = (int(re.search(p, report)[1]) for p in (r"DIVERGENCE at clock (\d+)", r"clocks compared +(\d+), the last one differs"))
            library = re.search(r"^  build +(\S+\.so)", report, re.M)[1]
            j = json.loads(self.call(self.htx, "run", self.tiny, "--tokens", 2, "--engine", "lockstep", "--rtl-lib", library, "--no-waves", "--json",
                                     code=1).stdout)
            values = re.search(r"acc_data +expected ([0-9a-f]+) actual ([0-9a-f]+)", report)
            assert j["divergence"] == {"clock": clock, "block": "htx_accum", "lane": 0, "signal": "acc_data", "expected": values[1],
                                       "actual": values[2]}, j["divergence"]
            assert j["clocks_compared"] == compared and 0 < compared <= clock + 1 and j["load_clocks"] > 0 and "clocks" not in j, j

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
            text = self.lockstep_script(rtl, 2)
            assert "htx_accum.sv" in text and "syntax error" in text, text
            assert "verilator_bin" not in text and "--top-module" not in text, f"a whole command line:\n{text}"
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
            original = self.tiny.read_bytes()
            model = pathlib.Path(folder) / "c.gguf"
            model.write_bytes(original)
            (pathlib.Path(folder) / "link").symlink_to("c.gguf")
            for same in (model, f"{folder}/./c.gguf", f"{folder}/link"):
                self.refuse("compile", model, "-o", same, words=["is the model itself"])
            assert model.read_bytes() == original
            whole = image.read_bytes()
            def small_disk():  # in the child: files end at 100 kB, and a write beyond that fails
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))
            before = sorted(os.listdir(folder))
            for target in ("m.htx", "new.htx"):
                r = subprocess.run([str(self.htx), "compile", str(model), "-o", f"{folder}/{target}"], capture_output=True, text=True,
                                   preexec_fn=small_disk)
                assert r.returncode == 2 and f"{target}: cannot write" in r.stderr, r
            assert image.read_bytes() == whole and sorted(os.listdir(folder)) == before, "half a file is left"
            damaged = bytearray(whole)
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

    def info(self):
        text = self.call(self.htx, "info", self.tiny).stdout
        for words in ("4 layers, width 128, 4 query heads of 32 over 2 key-value heads", "Q8_0      Q8_0", "kept exactly"):
            assert words in text, text
        j = json.loads(self.call(self.htx, "info", self.tiny, "--json", "--weights", "q4_0").stdout)
        assert j["ok"] and len(j["tensors"]) == 1 + 4 * 7 and all(t["rms_relative"] == 0 for t in j["tensors"]), j
        self.refuse("info", self.source / "README.md", words=["not a GGUF file"])
        floats = self.call(self.htx, "info", self.outside(), "--weights", "q4_0", "--tensors").stdout
        row = re.search(r"^blk\.0\.ffn_down\.weight +F32 +Q4_0 +64 x 172 +(\d+\.\d+) %$", floats, re.M)
        assert row and 5 < float(row[1]) < 15, floats

    def special(self):
        """A special token's text is text, unless asked for."""
        def prompt_tokens(*more):
            return json.loads(self.call(self.htx, "run", self.tiny, "--prompt", "</s>Once", "--tokens", 1, "--json", *more).stdout)["prompt_tokens"]
        assert prompt_tokens("--special") < prompt_tokens()

    def help(self):
        text = self.call(self.htx, "--help").stdout
        for word in ("run", "quality", "compile", "disasm", "First steps", "Exit codes"):
            assert word in text
        version = int(re.search(r"VERSION_VALUE = 32'h([0-9a-f]+);", (self.source / "rtl/common/htx_pkg.sv").read_text())[1], 16)
        assert self.call(self.htx, "--version").stdout == f"htx {version >> 16 & 255}.{version >> 8 & 255}.{version & 255}\n"
        for script in ("demo", "test", "setup", "lockstep", "bench"):
            assert "usage" in self.call(self.source / "scripts" / script, "--help").stdout


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("case")
    p.add_argument("--build", type=pathlib.Path, required=True)
    p.add_argument("--source", type=pathlib.Path, required=True)
    a = p.parse_args()
    getattr(Cases(a.build, a.source), a.case)()
    print(f"{a.case}: ok")


if __name__ == "__main__":
    main()
