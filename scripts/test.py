#!/usr/bin/env python3
"""Runs everything that CI checks, stage by stage, and ends with a line that counts the tests.

A stage that fails does not keep the later ones from running, except where they could not mean anything.
Needs Swift, make and Python 3.11 or newer; everything else it installs.
"""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv" / "bin" / "python"
RUFF = str(ROOT / ".venv" / "bin" / "ruff")
VECTORS = "import cryptography_vectors, os; print(os.path.dirname(cryptography_vectors.__file__))"
MODEL = (
    "import botocore.session, json, sys; "
    "json.dump(botocore.session.get_session().get_component('data_loader')"
    ".load_service_model(sys.argv[1], 'service-2'), sys.stdout)"
)


@dataclass
class Stage:
    name: str
    seconds: float
    succeeded: bool
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def summary(self):
        counted = self.passed + self.failed + self.skipped
        counts = f", {self.passed} passed, {self.failed} failed, {self.skipped} skipped" if counted else ""
        return f"{self.name}: {'ok' if self.succeeded else 'FAILED'} in {self.seconds:.0f} s{counts}"


def main():
    stages = []

    def stage(name, *command, count=None, **variables):
        stages.append(run(name, command, count, variables))
        return stages[-1].succeeded

    stage(
        "format",
        "swift",
        "format",
        "lint",
        "--strict",
        "--parallel",
        "--recursive",
        "Sources",
        "Tests",
        "Package.swift",
        "Fuzzing/Sources",
        "Fuzzing/Package.swift",
    )
    if stage("system packages", "scripts/install-system") and stage("clients", "scripts/install-clients"):
        stage("Python format", RUFF, "format", "--check")
        stage("Python lint", RUFF, "check")
        if stage("build", "swift", "build", "--build-tests"):
            stage(
                "unit tests",
                str(PYTHON),
                "Tests/Clients/support/postgresql.py",
                "swift",
                "test",
                "--skip-build",
                count=count_swift,
                STRONGROOM_VECTORS=output_of(VECTORS),
                STRONGROOM_KMS_MODEL=str(service_model("kms")),
                STRONGROOM_IAM_MODEL=str(service_model("iam")),
                STRONGROOM_CLOUDTRAIL_MODEL=str(service_model("cloudtrail")),
                STRONGROOM_EVENTS_MODEL=str(service_model("events")),
                STRONGROOM_SECRETS_MODEL=str(service_model("secretsmanager")),
                STRONGROOM_SNS_MODEL=str(service_model("sns")),
                STRONGROOM_STS_MODEL=str(service_model("sts")),
            )
        server = stage("release build", "scripts/release", "strongroom")
        kes = stage("release build of kes", "scripts/release", "kes")
        if server and kes:
            stage("script tests", str(PYTHON), "-m", "pytest", "-q", "scripts", count=count_pytest)
            stage("real clients", str(PYTHON), "-m", "pytest", "-q", "Tests/Clients", count=count_pytest)
        # Its last line counts targets as pytest's counts tests.
        stage("fuzzing", "scripts/fuzz.py", count=count_pytest)
    return report(stages)


def run(name, command, count, variables):
    """Runs a command, shows what it says, and counts the tests that it tells of."""
    print(f"\n== {name}: {' '.join(command)}", flush=True)
    started, said = time.monotonic(), []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout:
            said.append(line)
            sys.stdout.write(line)
            sys.stdout.flush()
    result = Stage(name, time.monotonic() - started, process.returncode == 0)
    if not result.succeeded:
        result.failures = failures(said)
    if count:
        result.passed, result.failed, result.skipped = count(said)
        if result.passed == 0:
            result.succeeded = False
    return result


def failures(lines):
    """The lines that name what failed and why, of Swift Testing, pytest or a compiler; the last fifteen."""
    telling = re.compile(
        r"\W*Test .*(recorded an issue| failed after )|(FAILED|ERROR) |.*\berror: |.*: FAILED"
    )
    return [line.rstrip() for line in lines if telling.match(line)][-15:]


def count_swift(lines):
    """The tests of a `swift test`, told by the line that Swift Testing ends with."""
    total = failed = skipped = 0
    for line in lines:
        if match := re.search(r"Test run with (\d+) tests?\b.* (passed|failed) after", line):
            total += int(match[1])
        elif re.match(r"\W*\s*Test (?!run with)(?!case).* failed after ", line):
            failed += 1
        elif re.match(r"\W*\s*Test .* skipped", line):
            skipped += 1
    return max(0, total - failed - skipped), failed, skipped


def count_pytest(lines):
    """The tests of a pytest run, told by its last line."""
    for line in reversed(lines):
        if re.search(r"\b(passed|failed|errors?|skipped)\b.* in [\d.]+s", line):
            counts = [count_before(word, line) for word in ("passed", "failed", "errors?", "skipped")]
            return counts[0], counts[1] + counts[2], counts[3]
    return 0, 0, 0


def count_before(word, line):
    match = re.search(rf"(\d+) {word}\b", line)
    return int(match[1]) if match else 0


def output_of(program, *arguments):
    return subprocess.run(
        [PYTHON, "-c", program, *arguments], capture_output=True, text=True, check=True
    ).stdout.strip()


def service_model(service):
    """The model of a service as a file of plain JSON: botocore keeps it compressed."""
    path = ROOT / ".venv" / f"{service}-service-2.json"
    path.write_text(output_of(MODEL, service))
    return path


def report(stages):
    print()
    for stage in stages:
        print(stage.summary)
    for stage in stages:
        for line in stage.failures:
            print(f"{stage.name}: {line}")
    passed = sum(stage.passed for stage in stages)
    # A stage that fails without naming a test counts as one.
    failed = sum(max(stage.failed, 0 if stage.succeeded else 1) for stage in stages)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
