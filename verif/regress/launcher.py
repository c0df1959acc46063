# SPDX-License-Identifier: Apache-2.0
"""What a launcher is: it takes job folders, each once, and says of each, once, how it ended."""
import json
import pathlib

WRAPPER = str(pathlib.Path(__file__).resolve().with_name("one_run.py"))


class LauncherError(Exception):
    """The launcher cannot go on."""


class Launcher:
    name = ""

    def room(self):
        """How many more jobs it takes now."""
        raise NotImplementedError

    def submit(self, folders):
        """Starts the job in each folder (job.json, see one_run.py)."""
        raise NotImplementedError

    def poll(self):
        """Yields (folder, outcome) of jobs that ended; outcome is result.json, or {"error": why there is none}. A job is given up by the
        launcher when it is yielded, not before: who stops asking in the middle gets the others from the next call."""
        raise NotImplementedError

    def stop(self):
        """Ends all jobs and returns when they are gone. poll() may be called once more, for those that were quicker."""
        raise NotImplementedError

    def parent(self):
        """The process that a job must not outlive, or 0."""
        return 0


def read_result(folder):
    try:
        return json.loads(pathlib.Path(folder, "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
