# SPDX-License-Identifier: Apache-2.0
"""golden/numerics compiled by every compiler here, optimised and not, for this processor and for any: all must print the frozen hashes."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("HTX_BUILD", SOURCE / "build"))
VECTORS = os.environ.get("HTX_HASH_VECTORS", "1000000")
FROZEN = SOURCE / "tests/sweep/golden_hashes.txt"
RULES = ["-std=c++20", "-ffp-contract=off", "-fno-fast-math"]  # as CMakeLists.txt has them
COMPILERS = ("g++", "clang++-19")
FLAGS = (["-O3", "-march=native"], ["-O2"], ["-O0"])


def hashes(compiler: str, flags: list[str], rules: list[str], folder: str, vectors: str) -> str:
    program = Path(folder) / "golden_hash"
    subprocess.run([compiler, *flags, *rules, f"-I{SOURCE}", f"-I{BUILD}/generated", f"{SOURCE}/tests/sweep/golden_hash.cpp",
                    f"{SOURCE}/golden/numerics/rope.cpp", "-o", str(program)], check=True)
    return subprocess.run([str(program), vectors], check=True, capture_output=True, text=True).stdout


class Compilers(unittest.TestCase):
    def test_same_bits_everywhere(self):
        here = [c for c in COMPILERS if shutil.which(c)]
        if len(here) < 2:
            self.skipTest(f"only {here} of {COMPILERS} is here (scripts/setup installs both)")
        first = FROZEN.read_text() if VECTORS == "1000000" else None
        for compiler in here:
            for flags in FLAGS:
                with tempfile.TemporaryDirectory() as folder, self.subTest(compiler=compiler, flags=flags):
                    got = hashes(compiler, flags, RULES, folder, VECTORS)
                    first = first or got
                    self.assertEqual(got, first)
                    print(f"{compiler} {' '.join(flags)}: {len(got.splitlines())} operations, {VECTORS} vectors each, the same hashes")

    def test_fused_arithmetic_shows(self):
        """The check bites: where the compiler may fuse a product and a sum, hashes change."""
        if not shutil.which("clang++-19"):
            self.skipTest("clang++-19 is missing; scripts/setup installs it")
        if " fma " not in Path("/proc/cpuinfo").read_text():
            self.skipTest("this processor cannot fuse")
        with tempfile.TemporaryDirectory() as folder:
            got = hashes("clang++-19", ["-O3", "-mfma"], ["-std=c++20", "-ffp-contract=fast"], folder, "1000000").splitlines()
        changed = {g.split()[0] for g, f in zip(got, FROZEN.read_text().splitlines()) if g != f}
        self.assertIn("rmsnorm", changed)
        self.assertNotIn("mul", changed)


if __name__ == "__main__":
    unittest.main()
