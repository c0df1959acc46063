# SPDX-License-Identifier: Apache-2.0
"""Files that are there as a whole or not at all."""
import os
import pathlib


def write(path, text):
    path = pathlib.Path(path)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with open(new, "w", encoding="utf-8", errors="replace") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        os.replace(new, path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
