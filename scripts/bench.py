#!/usr/bin/env python3
"""Measures Strongroom beside OpenBao and beside servers that do nothing, in one run.

One native load generator sends all of them prepared requests over the same number of kept-alive connections
and checks every answer; Strongroom's are signed anew for every round. Rounds take turns between servers and
operations; the figures are medians over the rounds. A server's CPU time is its process's own, user and
kernel, between the edges of the measured time. Everything shares one machine: requests per second is what
server and generator managed together, CPU time per request is what the server is to blame for.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests" / "Clients"))

from benchmarks import (  # noqa: E402
    BenchmarkFailed,
    kes,
    lookup,
    policies,
    secrets,
    speed,
    stores,
    stress,
)
from benchmarks.arena import Arena  # noqa: E402
from benchmarks.load import allow_open_files  # noqa: E402
from benchmarks.machine import description  # noqa: E402
from benchmarks.servers import Nginx, OpenBao, Strongroom  # noqa: E402
from benchmarks.tables import goals_table  # noqa: E402

SECTIONS = {
    "main": ("Everyday operations, HTTP", speed.main),
    "tls": ("Everyday operations, TLS", speed.tls),
    "sign": ("Signing", speed.sign),
    "secrets": ("Values of secrets", secrets.secrets),
    "policies": ("Many policies", policies.policies),
    "kes": ("KES, mTLS", kes.speed),
    "kes-connections": ("KES, many connections", kes.connections),
    "kes-keys": ("KES, a hundred thousand keys", kes.keys),
    "connections": ("Many connections", stress.connections),
    "create": ("Durable changes", stress.create),
    "memory": ("Memory", stores.memory),
    "million": ("A million keys", stores.million),
    "lookup": ("The event history", lookup.lookup),
    "background": ("Long operations in the background", stress.background),
}
# It takes minutes to fill the store.
ONLY_WHEN_NAMED = {"lookup", "million"}


def main():
    options = arguments()
    allow_open_files()
    goals, failures, started = [], [], time.monotonic()
    with tempfile.TemporaryDirectory(dir=options.directory, prefix="strongroom-bench-") as directory:
        arena = Arena(Path(directory), options)
        try:
            versions = {
                "Strongroom": Strongroom.version(),
                "OpenBao": OpenBao.version(),
                "nginx": Nginx.version(),
            }
            show(description(directory, versions))
            show(
                f"{options.connections} connections where nothing else is said, median of {options.rounds} "
                f"rounds of {options.seconds:g} s, CPU time also of the best round."
            )
            for name in options.only:
                title, measure = SECTIONS[name]
                try:
                    text, reached = measure(arena)
                except BenchmarkFailed as failure:
                    # The other sections still mean something.
                    failures.append(name)
                    text, reached = f"Failed: {failure}", []
                show(f"## {title}\n\n{text}")
                goals += reached
        finally:
            arena.close()
    show(f"## Goals\n\n{goals_table(goals)}")
    show(f"Took {time.monotonic() - started:.0f} s.")
    if failures:
        sys.exit(f"not measured: {', '.join(failures)}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    default = [name for name in SECTIONS if name not in ONLY_WHEN_NAMED]
    parser.add_argument(
        "--only",
        type=sections,
        default=default,
        metavar="SECTION,…",
        help=f"of {', '.join(SECTIONS)} (default: all but {', '.join(sorted(ONLY_WHEN_NAMED))})",
    )
    parser.add_argument("--seconds", type=float, default=1.2, help="length of a round (default: 1.2)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each operation (default: 3)")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--directory", type=Path, help="where the servers keep their data for the run")
    parser.add_argument("--keys", type=int, default=1_000_000, help="keys in the store of section million")
    parser.add_argument("--events", type=int, default=10_000_000, help="events of section lookup")
    parser.add_argument(
        "--store-cache",
        type=Path,
        default=Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "strongroom-bench",
        help="where the store of section million is kept between runs (default: %(default)s)",
    )
    options = parser.parse_args()
    if options.rounds < 1 or options.seconds <= 0 or options.connections < 1 or options.keys < 1:
        parser.error("rounds, seconds, connections and keys must be over 0")
    return options


def sections(text):
    names = text.split(",")
    if unknown := [name for name in names if name not in SECTIONS]:
        raise argparse.ArgumentTypeError(f"there is no section {', '.join(unknown)}")
    return names


def show(text):
    print(f"{text}\n", flush=True)


if __name__ == "__main__":
    main()
