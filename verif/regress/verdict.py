# SPDX-License-Identifier: Apache-2.0
"""From how a run ended to its verdict. PASS needs a sign of success and no sign of failure; what is unclear never passes."""
import pathlib
import re
import signal

PASS, FAIL, TIMEOUT, ENVIRONMENT, XFAIL, XPASS = "PASS", "FAIL", "TIMEOUT", "ENVIRONMENT", "XFAIL", "XPASS"
SKIPPED, NOT_RUN = "SKIPPED", "NOT RUN"
ALL = (FAIL, TIMEOUT, ENVIRONMENT, XPASS, NOT_RUN, XFAIL, SKIPPED, PASS)  # the order of the reports: what wants work first
GOOD = (PASS, XFAIL, SKIPPED)
FAILED = (FAIL, TIMEOUT, ENVIRONMENT, XPASS)
MEANING = {
    PASS: "sign of success, no sign of failure, the exit code that was asked for",
    FAIL: "the design or the check is wrong: sign of failure, wrong exit code, crash, or no sign of success",
    TIMEOUT: "still running at its time limit",
    ENVIRONMENT: "the tool failed, not the design, in every attempt",
    XFAIL: "failed as its known issue says",
    XPASS: "has a known issue, but passed: the entry is out of date; counts as a failure",
    SKIPPED: "the test says that it cannot run here",
    NOT_RUN: "the regression ended before this run did",
}
# Signals that somebody else sends: the kernel short of memory, an operator, a cluster. The others are the program's own crashes.
FOREIGN = {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGXCPU, signal.SIGXFSZ, signal.SIGPWR}
TEXT_LIMIT = 600


def read_log(folder):
    """The log as text: one line ending, no colours."""
    try:
        text = pathlib.Path(folder, "log.txt").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.replace("\r\n", "\n").replace("\r", "\n"))


def sign(patterns, log):
    """What the first match of any pattern says, or ''."""
    for pattern in filter(None, patterns):
        if m := re.search(pattern, log, re.MULTILINE):
            return m[0].strip()[:TEXT_LIMIT] or m.re.pattern
    return ""


def last_line(log):
    lines = [line for line in log.splitlines() if line.strip()]
    return f"; last line: {lines[-1].strip()[:200]}" if lines else "; it printed nothing"


def raw(test, catalogue, outcome, log, limit):
    if outcome.get("error"):
        return ENVIRONMENT, outcome["error"]
    if outcome.get("stopped"):
        return ENVIRONMENT, f"stopped from outside by {outcome['stopped']}"
    if outcome.get("timed_out"):
        return TIMEOUT, f"ran longer than its limit of {limit:g} s{last_line(log)}"
    if outcome.get("log_overflow"):
        return FAIL, "printed more than the log may hold"
    number, code = outcome.get("signal"), outcome.get("exit")
    if number in FOREIGN:
        return ENVIRONMENT, f"killed by {signal.Signals(number).name}, which somebody else sent (short of memory?)"
    failure = sign((*test.failure, *catalogue.failure), log)
    if number:
        name = signal.Signals(number).name if number in list(signal.Signals) else f"signal {number}"
        return FAIL, f"crashed with {name}" + (f": {failure}" if failure else last_line(log))
    if code == test.exit and not failure and sign((test.success,), log):
        return PASS, sign((test.notice,), log)
    if code in (126, 127):
        return ENVIRONMENT, f"exit code {code}, a command was not found or could not be started{last_line(log)}"
    if code is not None and code - 128 in FOREIGN:  # as a shell reports it
        return ENVIRONMENT, f"exit code {code}, something it ran was killed by {signal.Signals(code - 128).name}{last_line(log)}"
    if code != 0 and (trouble := sign(catalogue.environment, log)):
        return ENVIRONMENT, trouble
    if not failure and code in (0, 77) and (why := sign((test.skip,), log)):  # 77: what test tools agree on
        return SKIPPED, why
    if failure:
        return FAIL, failure
    if code != test.exit:
        return FAIL, f"exit code {code}, not {test.exit}{last_line(log)}"
    return FAIL, f"exit code {code} without the sign of success /{test.success}/{last_line(log)}"


def judge(test, catalogue, outcome, log, limit):
    """(verdict, text): the text is one for the reports, and what the buckets are made from."""
    verdict, text = raw(test, catalogue, outcome, log, limit)
    if test.known_issue:
        if verdict == PASS:
            return XPASS, f"passed in spite of its known issue: {test.known_issue['reason']}"
        if verdict in (FAIL, TIMEOUT) and re.search(test.known_issue["failure"], text, re.MULTILINE):
            return XFAIL, f"{test.known_issue['reason']} ({text.splitlines()[0]})"
    return verdict, text
