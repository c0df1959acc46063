# SPDX-License-Identifier: Apache-2.0
"""The functional golden on a large random model: tokens a second, beside what memory gives and beside llama.cpp on the same file."""
import json
import shlex
import statistics
import tempfile

from verif.bench import random_model
from verif.bench.measure import Failed, call, figures_of

TOKENS = 100


def llama(command, under, model, threads):
    """(tokens a second, what it says of its version) of llama-bench: decoding alone, from an empty context."""
    said = call(*under, *command, "-m", model, "-t", threads, "-p", 0, "-n", TOKENS, "-r", 1, "-o", "json")
    try:
        r = json.loads(said)[0]
        return r["avg_ts"], f"{r['build_commit']} ({r['build_number']})"
    except (ValueError, LookupError, TypeError):
        raise Failed(f"{shlex.join(map(str, command))}: printed no figures of a benchmark but '{said[:60].strip()}'") from None


def rows(build, runs, under, llama_bench):
    """(name, value, unit, command) of each figure, the median of `runs`; what is compared runs in turn, so that all see the same machine."""
    under = shlex.split(under)
    version = None
    with tempfile.TemporaryDirectory() as folder:
        model = f"{folder}/random.gguf"
        _, a = random_model.options([model])
        million, need = random_model.write(a.file, a) / 1e6, random_model.bytes_a_token(a)
        golden, memory, other = {1: [], 2: []}, {1: [], 2: []}, {1: [], 2: []}
        hashes = set()
        for _ in range(runs):
            for threads in (1, 2):
                memory[threads].append(float(call(*under, build / "verif/bench/memory_bandwidth", threads)))
                r = figures_of(*under, build / "htx", "run", model, "--prompt", "", "--tokens", TOKENS, "--ignore-eos", "--threads", threads, "--json")
                golden[threads].append(r["positions"] / r["wall_seconds"])
                hashes.add(r["logits_hash"])
                if llama_bench:
                    speed, version = llama(shlex.split(llama_bench), under, model, threads)
                    other[threads].append(speed)
    if len(hashes) != 1:
        raise Failed(f"the logits of {runs} runs with one and two threads differ: {sorted(hashes)}")
    name = f"{million:.0f} million 4-bit weights, {{}} thread(s): "
    made = f"scripts/random_model random.gguf && {' '.join([*under, 'htx'])} run random.gguf --prompt '' --tokens {TOKENS} --ignore-eos --threads {{}} --json"
    for threads in (1, 2):
        speed, give = statistics.median(golden[threads]), statistics.median(memory[threads])
        at = name.format(threads)
        yield at + "tokens a second", speed, "tokens/s", made.format(threads)
        yield at + "memory gives", give / 1e9, "GB/s", f"memory_bandwidth {threads}"
        yield at + f"of what memory gives", 100 * speed * need / give, "%", made.format(threads)
        if llama_bench:
            theirs = statistics.median(other[threads])
            text = f"llama-bench -m random.gguf -t {threads} -p 0 -n {TOKENS} -r 1; {version}"
            yield at + "llama.cpp, tokens a second", theirs, "tokens/s", text
            yield at + "over llama.cpp", speed / theirs, "times", text
