"""The section about looking up events of the audit trail."""

import json
import subprocess
from pathlib import Path

from . import BenchmarkFailed
from .load import BINARY
from .tables import Goal, figure, table

QUERIES = {
    "key": "by the ARN of a key, newest 50",
    "absent_key": "by the ARN of a key that has no event",
    "name": "by event name, newest 50",
    "rare_name": "by a name that ten events have",
    "user": "by user name, newest 50",
    "event": "by event id, of the oldest events",
    "all": "newest 50 of all",
}


def lookup(arena):
    """Ten million events, kept for the next run as the million keys are."""
    count = arena.options.events
    kept = Path(arena.options.store_cache) / f"events-{count}"
    kept.mkdir(parents=True, exist_ok=True)
    arena.progress(f"filling and indexing {count:,} events, unless that was done")
    done = subprocess.run(
        [BINARY, "lookup", "--directory", kept / "trail", "--events", str(count)],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise BenchmarkFailed(done.stderr.strip())
    measured = json.loads(done.stdout)
    rows = [
        ["following the trail, µs an event", figure(measured["follow_seconds"] / measured["events"] * 1e6)],
        ["indexing what had no index, s", figure(measured["index_seconds"])],
    ]
    for name, title in QUERIES.items():
        rows.append([f"{title}, first lookup of a process, ms", figure(measured[f"{name}_first_ms"])])
        rows.append([f"{title}, again, ms", figure(measured[f"{name}_ms"])])
    slowest = max(measured["key_first_ms"], measured["name_first_ms"])
    return table(["what", "measured"], rows), [
        Goal(f"newest page by key or name of {count:,} events", slowest, 1000, unit=" ms")
    ]
