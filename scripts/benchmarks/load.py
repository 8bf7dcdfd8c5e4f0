"""Runs the load generator, `strongroom-bench load`, and reads its report."""

import json
import os
import resource
import statistics
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import ROOT, BenchmarkFailed

BINARY = Path(os.environ.get("STRONGROOM_BENCH", ROOT / ".build" / "release" / "strongroom-bench"))


@dataclass(frozen=True)
class Target:
    """Where to send requests, and the processes whose CPU time counts."""

    address: str
    pids: tuple = ()
    authorities: Path | None = None
    # PEM files of the certificate that clients show, and of its key.
    identity: tuple | None = None

    @property
    def tls_flags(self):
        flags = {"tls-authorities": self.authorities} if self.authorities else {}
        if self.identity:
            flags |= {"tls-certificate": self.identity[0], "tls-key": self.identity[1]}
        return flags


@dataclass(frozen=True)
class Result:
    """One round. Times of a request in milliseconds, CPU time in microseconds per request."""

    rate: float
    p50: float
    p99: float
    cpu: float
    client_cpu: float
    requests: int
    seconds: float
    unanswered: int = 0


class Load:
    """A load that runs beside the caller until it is waited for."""

    def __init__(self, folder, target, requests, *, expect="", **options):
        """`options` are flags of the generator, such as connections=32, seconds=2, rate=5000, count=100.

        `mode` is another of its commands, `switch` a flag without a value.
        """
        self.file = Path(folder) / f"requests-{id(self)}"
        self.file.write_bytes(packed(requests))
        flags = {"address": target.address, "requests": self.file, "expect": expect, **options}
        mode = flags.pop("mode", "load")
        switches = [f"--{flags.pop('switch')}"] if "switch" in flags else []
        command = [BINARY, mode, *switches]
        for name, value in (flags | target.tls_flags).items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        for pid in target.pids:
            command += ["--pid", str(pid)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def wait(self, patient=False):
        """The result; raises BenchmarkFailed if any request was not answered as it should have been.

        When `patient`, requests may have been given up: their latency is how long they were waited for.
        """
        said, complaint = self.process.communicate()
        self.file.unlink()
        if self.process.returncode != 0:
            raise BenchmarkFailed(complaint.strip())
        return read_report(said, patient)

    def cancel(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        self.file.unlink(missing_ok=True)


def read_report(text, patient=False):
    report = json.loads(text)
    if report["errors"]:
        raise BenchmarkFailed(f"{report['errors']}: {report['first_error']}")
    if not patient and (report["unanswered"] or not report["requests"]):
        raise BenchmarkFailed(f"{report['requests']} requests answered, {report['unanswered']} never")
    return Result(
        rate=report["requests_per_second"],
        p50=report["latency"]["p50"] / 1e3,
        p99=report["latency"]["p99"] / 1e3,
        cpu=report.get("server_microseconds_per_request", 0.0),
        client_cpu=report["client_microseconds_per_request"],
        requests=report["requests"],
        seconds=report["seconds"],
        unanswered=report["unanswered"],
    )


def packed(requests):
    """The generator's file format: each request behind its length."""
    return b"".join(struct.pack("<I", len(request)) + request for request in requests)


def library_speeds(seconds, processes=1):
    """CPU microseconds of primitives, each measured for so many seconds by so many processes at once.

    Gives {(primitive, implementation): microseconds}.
    """
    command = [BINARY, "library", "--seconds", str(seconds)]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    reports = [run.communicate()[0] for run in runs]
    if any(run.returncode for run in runs):
        raise BenchmarkFailed("the library could not be measured")
    found = {}
    for report in reports:
        for speed in json.loads(report):
            found.setdefault((speed["primitive"], speed["implementation"]), []).append(speed["microseconds"])
    return {measured: statistics.fmean(speeds) for measured, speeds in found.items()}


def allow_open_files():
    """Raises the limit of open files for this process and the servers it starts."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
