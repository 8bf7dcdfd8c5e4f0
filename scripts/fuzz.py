#!/usr/bin/env python3
"""Feeds changed and invented bytes to everything that takes bytes from outside, and fails on what breaks.

Without options: a fixed number of inputs a target, from a fixed seed, in a minute or two, as in `make test`.
With --seconds: for so long, going on from what earlier runs found. docs/fuzzing.md says more.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build-fuzz"
FUZZING = ROOT / "Fuzzing"

SEED = 1
# The longest an input may take, in seconds, and the most memory a target may take, in megabytes.
INPUT_SECONDS = 2
MEMORY_MEGABYTES = 1_024
# The longest a target may take in `make test`, on a machine that is too busy for its number of inputs: two
# minutes for all on two cores.
TARGET_SECONDS = 12
# Inputs a target, measured to take 5 to 12 seconds each when the machine does nothing else.
RUNS = {
    "json": 200_000,
    "encodings": 30_000,
    "names": 70_000,
    "signature": 30_000,
    "policy": 20_000,
    "wildcards": 120_000,
    "ciphertext": 100_000,
    "keyring": 150_000,
    "der": 20_000,
    "trail": 8_000,
    "backup": 60_000,
    "http": 100_000,
    "token": 15_000,
    "session": 60_000,
    "pattern": 30_000,
    "endpoint": 80_000,
    "gateway": 2_500,
    "query": 1_500,
    "door": 40_000,
    "kes-ciphertext": 40_000,
    "kes-configuration": 6_000,
    "kes-names": 60_000,
    "kes-http": 100_000,
    "kes-http2": 50_000,
}


@dataclass
class Outcome:
    target: str
    seconds: float
    succeeded: bool
    said: list
    finding: str | None

    @property
    def summary(self):
        coverage = re.findall(r"cov: (\d+)", "\n".join(self.said))
        runs = re.findall(r"^Done (\d+) runs", "\n".join(self.said), re.MULTILINE)
        details = [f"{runs[-1]} inputs"] if runs else []
        details += [f"{coverage[-1]} edges"] if coverage else []
        result = "ok" if self.succeeded else "FAILED"
        return f"{self.target}: {result} in {self.seconds:.0f} s {' '.join(details)}"


def main():
    options = arguments()
    library = None if options.engine == "seeded" else libfuzzer()
    if library is None and options.engine == "libfuzzer":
        sys.exit("this toolchain has no libFuzzer")
    engine = "libfuzzer" if library else "seeded"
    print(f"fuzzing with {'libFuzzer' if library else 'a seeded generator: the toolchain has no libFuzzer'}")
    program = build(engine, library)
    if options.input:
        return reproduce(program, options)
    targets = options.target or list(RUNS)
    jobs = max(1, min(os.cpu_count() or 1, 4, len(targets)))
    started = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        outcomes = list(pool.map(lambda target: fuzz(program, engine, target, options, jobs), targets))
    return report(outcomes, time.monotonic() - started)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=int, help="how long to fuzz, all targets together")
    parser.add_argument("--engine", choices=["auto", "libfuzzer", "seeded"], default="auto")
    parser.add_argument("--target", action="append", choices=list(RUNS), help="may be given several times")
    parser.add_argument("--input", type=Path, help="try this one input on the one target given")
    options = parser.parse_args()
    if options.input and len(options.target or []) != 1:
        parser.error("--input needs one --target")
    return options


def libfuzzer():
    """The archive of libFuzzer without a main, or None where the toolchain has none."""
    said = subprocess.run(["swiftc", "-print-target-info"], capture_output=True, text=True, check=True).stdout
    resources = Path(json.loads(said)["paths"]["runtimeResourcePath"])
    name = f"libclang_rt.fuzzer_no_main-{platform.machine()}.a"
    roots = [resources / "clang" / "lib", *resources.parent.glob("clang/*/lib")]
    return next((path for root in roots for path in root.glob(f"*/{name}")), None)


def build(engine, library):
    """Builds the program of all targets; the two engines have a build folder each."""
    scratch = BUILD if engine == "libfuzzer" else BUILD.with_name(".build-fuzz-seeded")
    environment = {**os.environ}
    if library:
        environment |= {"STRONGROOM_LIBFUZZER": str(library), "STRONGROOM_FUZZ_ADDRESS": "1"}
    command = ["swift", "build", "-c", "release", "--product", "fuzz", "--package-path", FUZZING]
    command += ["--scratch-path", scratch]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return scratch / "release" / "fuzz"


def fuzz(program, engine, target, options, jobs):
    """Runs one target and says what came of it."""
    work, findings = BUILD / "work" / target, BUILD / "findings" / target
    if options.seconds is None:
        # What earlier runs left must not decide what this one does.
        shutil.rmtree(work, ignore_errors=True)
    for folder in (work, findings):
        folder.mkdir(parents=True, exist_ok=True)
    flags = [f"-artifact_prefix={findings}/", f"-timeout={INPUT_SECONDS}"]
    if engine == "libfuzzer":
        flags += [f"-rss_limit_mb={MEMORY_MEGABYTES}", "-print_final_stats=0", "-verbosity=1"]
    flags.append(f"-dict={FUZZING / 'Dictionaries' / f'{target}.dict'}")
    if options.seconds is None:
        flags += [f"-seed={SEED}", f"-runs={RUNS[target]}", f"-max_total_time={TARGET_SECONDS}"]
    else:
        count = len(options.target or RUNS)
        flags.append(f"-max_total_time={max(1, options.seconds * jobs // count)}")
    started = time.monotonic()
    ran = run(program, target, *flags, work, FUZZING / "Corpus" / target)
    said = ran.stdout.splitlines()
    outcome = Outcome(target, time.monotonic() - started, ran.returncode == 0, said, finding(said))
    print(outcome.summary, flush=True)
    return outcome


def run(program, *command):
    """Runs the program with a directory for its files, in memory where there is such a place."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="strongroom-fuzz-", dir=memory) as scratch:
        return run_in(scratch, program, *command)


def run_in(scratch, program, *command):
    environment = {
        **os.environ,
        "STRONGROOM_FUZZ_SCRATCH": scratch,
        # Swift keeps tagged pointers that the leak checker does not see as such.
        "ASAN_OPTIONS": "detect_leaks=0:quarantine_size_mb=32",
        # libFuzzer prints a trace of its own, and faster.
        "SWIFT_BACKTRACE": "enable=no",
    }
    return subprocess.run(
        [program, *command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def finding(said):
    """The file with the input that broke something."""
    written = [match[1] for line in said if (match := re.search(r"Test unit written to (\S+)", line))]
    return written[-1] if written else None


def reproduce(program, options):
    ran = run(program, options.target[0], f"-timeout={INPUT_SECONDS}", options.input.resolve())
    print(ran.stdout)
    return ran.returncode


def report(outcomes, seconds):
    failed = [outcome for outcome in outcomes if not outcome.succeeded]
    for outcome in failed:
        print(f"\n== {outcome.target}")
        print("\n".join(line for line in outcome.said if not line.startswith("#"))[-6_000:])
        if outcome.finding:
            path = os.path.relpath(outcome.finding, ROOT)
            print(f"the input is {path}; to see it again:")
            print(f"scripts/fuzz.py --target {outcome.target} --input {path}")
    counts = [f"{len(failed)} failed"] if failed else []
    print(", ".join([*counts, f"{len(outcomes) - len(failed)} passed"]) + f" in {seconds:.1f}s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
