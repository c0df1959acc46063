# SPDX-License-Identifier: Apache-2.0
"""The CI files of both services as one structure, and the rules they have to keep; each rule returns its findings, one line each."""
import dataclasses
import os
import pathlib
import re
import shlex
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
GITHUB = [ROOT / ".github/workflows/ci.yml", ROOT / ".github/workflows/nightly.yml"]
GITLAB = [ROOT / ".gitlab-ci.yml"]
LONGEST = 360  # minutes after which GitHub ends a job


@dataclasses.dataclass
class Job:
    name: str
    commands: list            # shell lines, matrix values filled in
    needs: list
    minutes: list             # time limit of each row of the matrix
    artifacts: list           # (name, path)
    reports: list             # paths that the service reads
    actions: list
    rows: list                # the matrix


class Loader(yaml.SafeLoader):
    """YAML 1.2's idea of `on`, and a key that stands twice is an error."""


Loader.yaml_implicit_resolvers = {k: [r for r in v if r[0] != "tag:yaml.org,2002:bool"] for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"true|false"), "tf")


def no_key_twice(loader, node):
    keys = [loader.construct_object(k) for k, _ in node.value if k.value != "<<"]
    twice = {k for k in keys if keys.count(k) > 1}
    if twice:
        raise yaml.YAMLError(f"line {node.start_mark.line + 1}: key {sorted(twice)} stands twice")
    loader.flatten_mapping(node)
    return dict(loader.construct_pairs(node, deep=True))


Loader.add_constructor("tag:yaml.org,2002:map", no_key_twice)


def load(text):
    return yaml.load(text, Loader)


def fill(command, row):
    for key, value in {**row, "run_number": "7", "CI_PIPELINE_IID": "7"}.items():
        command = re.sub(rf"\$\{{\{{ (?:matrix|github)\.{key} \}}\}}|\${key}\b", str(value).strip(), command)
    return command


def github(doc):
    jobs = []
    for name, j in doc["jobs"].items():
        rows = j.get("strategy", {}).get("matrix", {}).get("include", [{}])
        lines = [s["run"] for s in j["steps"] if "run" in s]
        uploads = [s["with"] for s in j["steps"] if "upload-artifact" in s.get("uses", "")]
        minutes = [int(fill(str(j.get("timeout-minutes", 0)), row)) for row in rows]
        needs = j.get("needs", [])
        jobs.append(Job(name, [fill(line, row) for row in rows for line in lines], [needs] if isinstance(needs, str) else needs, minutes,
                        [(fill(u["name"], row), u["path"]) for row in rows for u in uploads], [],
                        [s["uses"] for s in j["steps"] if "uses" in s], rows))
    return jobs


def gitlab(doc):
    plain = {k: v for k, v in doc.items() if k not in ("stages", "workflow", "default")}
    jobs = []
    for name, j in plain.items():
        if name.startswith("."):
            continue
        whole = {**doc["default"], **plain.get(j.get("extends"), {}), **j}
        rows = whole.get("parallel", {}).get("matrix", [{}])
        hours = re.fullmatch(r"(\d+) hours", whole.get("timeout", ""))
        a = whole.get("artifacts", {})
        reports = a.get("reports", {})
        jobs.append(Job(name, [fill(line, row) for row in rows for line in [*whole["before_script"], *whole["script"]]], whole.get("needs", []),
                        [60 * int(hours[1]) if hours else 0], [(name, p) for p in a.get("paths", [])],
                        [*([reports["junit"]] if "junit" in reports else []),
                         *([reports["coverage_report"]["path"]] if "coverage_report" in reports else [])], [], rows))
    return jobs


def graph(jobs):
    """Every job that is needed exists, and none needs itself in the end."""
    by_name, findings = {j.name: j for j in jobs}, []
    for j in jobs:
        findings += [f"{j.name}: needs '{n}', which is no job" for n in j.needs if n not in by_name]
        seen, todo = set(), list(j.needs)
        while todo:
            n = todo.pop()
            if n == j.name:
                findings.append(f"{j.name}: needs itself")
                break
            if n not in seen and n in by_name:
                seen.add(n)
                todo += by_name[n].needs
    return findings


def limits(jobs):
    return [f"{j.name}: time limit of {m} minutes" for j in jobs for m in j.minutes if not 0 < m <= LONGEST]


def artifacts(jobs):
    """What is kept is what a command of that job writes, below build/; and no two have one name."""
    findings, names = [], set()
    for j in jobs:
        written = {a[i + 1] for a in map(shlex.split, j.commands) for i, word in enumerate(a[:-1]) if word in ("--out", "--json")}
        findings += [f"{j.name}: keeps {path}, which nothing writes" for _, path in j.artifacts if path not in written]
        findings += [f"{j.name}: writes {path}, which is not kept" for path in written - {p for _, p in j.artifacts}]
        findings += [f"{j.name}: {path} is not below build/" for path in written if not path.startswith("build/")]
        findings += [f"{j.name}: reads {path} of nothing that is kept" for path in j.reports if not any(path.startswith(p + "/") for _, p in j.artifacts)]
        for name in {n for n, _ in j.artifacts}:
            if name in names:
                findings.append(f"{j.name}: another artefact has the name {name}")
            names.add(name)
        if len(j.rows) > 1 and j.actions and len({n for n, _ in j.artifacts}) not in (0, len(j.rows)):
            findings.append(f"{j.name}: rows of the matrix share an artefact's name")
    return findings


def pinned(jobs):
    good = r"actions/(?:checkout|upload-artifact)@(?:v[1-9]\d*|[0-9a-f]{40})"
    return [f"{j.name}: {a} is not one of the two actions at a major version or commit" for j in jobs for a in j.actions if not re.fullmatch(good, a)]


def harmless(doc, text):
    """Reads the repository and no more; no secret, nothing a stranger wrote gets into a shell."""
    findings = [f"'{word}' has no place here" for word in ("secrets.", "github.event", "github.head_ref", "pull_request_target", "write-all", ": write",
                                                           "--update-baselines", "--raise-floors", "HTX_ANY_VERSION", "allow_failure", "continue-on-error")
                if word in text]
    if "jobs" in doc and doc.get("permissions") != {"contents": "read"}:
        findings.append("permissions are not {contents: read}")
    allowed = r"\$\{\{ (matrix\.(minutes|tests|part|seeds)|github\.(run_number|ref)) \}\}"
    findings += [f"{e} is not one of the expressions allowed" for e in re.findall(r"\$\{\{.*?\}\}", text) if not re.fullmatch(allowed, e)]
    return findings


def called(jobs):
    return sorted({c for j in jobs for c in j.commands})


def help_of(script, words=()):
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "300"}
    return subprocess.run([str(script), *words, "--help"], capture_output=True, text=True, timeout=120, env=env, stdin=subprocess.DEVNULL)


def commands(lines, root=ROOT):
    """Each line calls .ci/run or a script, which is there, can be run, and knows the options; values that it can judge are good."""
    findings, helps = [], {}
    for line in lines:
        words = shlex.split(line)
        script = root / words[0]
        if not re.fullmatch(r"\.ci/run|scripts/[\w./]+", words[0]) or re.search(r"[|&;<>`$\n]", line):
            findings.append(f"{line}: is not one call of .ci/run or a script")
        elif not os.access(script, os.X_OK):
            findings.append(f"{line}: {words[0]} does not exist, or cannot be run")
        elif words[1:]:
            if words[0] not in helps:
                helps[words[0]] = help_of(script).stdout
            unknown = [w for w in words[1:] if w.startswith("--") and not re.search(rf"(?<![\w-]){re.escape(w)}(?![\w-])", helps[words[0]])]
            findings += [f"{line}: {words[0]} has no option {w}" for w in unknown]
            # argparse judges the values before it comes to --help; a shell script would run
            if not unknown and "python" in script.read_text(encoding="utf-8").partition("\n")[0]:
                r = help_of(script, words[1:])
                if r.returncode:
                    findings.append(f"{line}: {(r.stderr.strip().splitlines() or ['exit code'])[-1]}")
    return findings
