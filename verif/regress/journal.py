# SPDX-License-Identifier: Apache-2.0
"""The journal: one JSON line an event, on the disk before the next one happens. Every report is made from it and from nothing else."""
import errno
import fcntl
import json
import os
import pathlib
import time

NAME = "journal.jsonl"
RESERVE = 4 << 20  # bytes put aside, so that a full disk does not keep the last words from being written


class Journal:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.fd = os.open(folder / NAME, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o644)
        fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held while the runner lives
        self.reserve = folder / ".reserve"
        with open(self.reserve, "wb") as f:
            try:
                os.posix_fallocate(f.fileno(), 0, RESERVE)
            except OSError as e:
                if e.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
                    raise

    def add(self, kind, **facts):
        """Appends an event and returns it."""
        event = {"kind": kind, "time": round(time.time(), 3), **facts}
        line = (json.dumps(event) + "\n").encode()
        size = os.fstat(self.fd).st_size
        try:
            if os.write(self.fd, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), NAME)
            os.fsync(self.fd)
        except OSError:
            os.ftruncate(self.fd, size)
            raise
        return event

    def release(self):
        """Gives the reserve back to the disk."""
        self.reserve.unlink(missing_ok=True)

    def close(self):
        self.release()
        os.close(self.fd)


def read(folder):
    """(events, damaged lines, whether its runner is alive). A last line cut short by a kill is no event."""
    events, damaged = [], 0
    with open(pathlib.Path(folder, NAME), "rb") as f:
        for line in f:
            try:
                event = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                event = None
            if isinstance(event, dict) and "kind" in event:
                events.append(event)
            else:
                damaged += 1
        try:
            fcntl.flock(f, fcntl.LOCK_SH | fcntl.LOCK_NB)
            alive = False
        except OSError:
            alive = True
    return events, damaged, alive
