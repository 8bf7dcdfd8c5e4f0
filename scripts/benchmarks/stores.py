"""Sections about the size of the store: memory, million."""

import json
import random
import shutil
import time
from pathlib import Path

from . import BenchmarkFailed
from .load import Load
from .machine import resident_megabytes
from .servers import Strongroom
from .tables import Goal, figure, table

FILLERS = 64


def memory(arena):
    """Resident memory with ten thousand keys."""
    count = 10_000
    server = Strongroom(arena.folder / "memory")
    try:
        megabytes = {"empty": resident_megabytes(server.pid)}
        arena.progress(f"creating {count:,} keys")
        create_keys(arena, server, count)
        megabytes[f"{count:,} keys created"] = resident_megabytes(server.pid)
        keys = all_keys(server)
        if len(keys) != count:
            raise BenchmarkFailed(f"{count} keys were made and {len(keys)} are there")
        use_each(arena, server, keys)
        megabytes["and each used"] = resident_megabytes(server.pid)
        server.stop()
        server.server.start()
        use_each(arena, server, keys)
        used = megabytes["after a restart, each used"] = resident_megabytes(server.pid)
    finally:
        server.stop()
    rows = [[state, figure(size)] for state, size in megabytes.items()]
    return table(["state", "resident MB"], rows), [
        Goal(f"resident memory with {count:,} keys loaded", used, 100, unit=" MB")
    ]


def million(arena):
    """A store of a million keys, filled through the API and kept for the next run."""
    options = arena.options
    kept = Path(options.store_cache) / f"keys-{options.keys}"
    sample = filled(arena, kept, options.keys)
    copy = arena.folder / "million"
    arena.progress("copying the store")
    shutil.copytree(kept / "server", copy)
    chosen = random.Random(1).sample(sample, min(1000, len(sample)))
    started = time.monotonic()
    server = Strongroom(copy)
    start = time.monotonic() - started
    try:
        sizes = {"started": resident_megabytes(server.pid)}
        first = use_each(arena, server, chosen, connections=1)
        sizes[f"{len(chosen):,} keys used"] = resident_megabytes(server.pid)
        again = use_each(arena, server, chosen, connections=1)
        use_each(arena, server, sample)
        sizes[f"{len(sample):,} keys used"] = resident_megabytes(server.pid)
    finally:
        server.stop()
    rows = [
        ["start until ready, s", figure(start)],
        ["first use of a key, median ms", figure(first.p50)],
        ["first use of a key, p99 ms", figure(first.p99)],
        ["second use of the same, median ms", figure(again.p50)],
        *([f"resident MB, {state}", figure(size)] for state, size in sizes.items()),
    ]
    text = (
        f"{options.keys:,} keys, store of {folder_gigabytes(kept / 'server'):.1f} GB; the system's file "
        f"cache may hold parts of it. First uses are of {len(chosen):,} random keys, one after another.\n\n"
        + table(["what", "measured"], rows)
    )
    return text, [
        Goal(f"start with {options.keys:,} keys", start, 2, unit=" s"),
        Goal("first use of a key at the median", first.p50, 5, unit=" ms"),
    ]


def filled(arena, kept, count):
    """Fills a store, from where an earlier run was cut off, and gives a sample of its keys."""
    sample, progress = kept / "sample.json", kept / "progress"
    if sample.exists():
        return json.loads(sample.read_text())
    kept.mkdir(parents=True, exist_ok=True)
    server = Strongroom(kept / "server")
    try:
        done = int(progress.read_text()) if progress.exists() else 0
        started = time.monotonic()
        first = done
        while done < count:
            # A batch is short of the five minutes that a signature lives.
            batch = min(20_000, count - done)
            create_keys(arena, server, batch)
            done += batch
            progress.write_text(str(done))
            rate = (done - first) / (time.monotonic() - started)
            arena.progress(f"{done:,} keys, {rate:,.0f}/s, {(count - done) / rate:,.0f} s to go")
        arena.progress("listing the keys")
        keys = all_keys(server)
        if len(keys) < count:
            raise BenchmarkFailed(f"{count} keys were made and {len(keys)} are there")
        chosen = random.Random(0).sample(keys, min(30_000, count))
    finally:
        server.stop()
    sample.write_text(json.dumps(chosen))
    return chosen


def create_keys(arena, server, count):
    return counted(
        arena, server, server.repeated("CreateKey", {}), count, '"KeyMetadata":{', connections=FILLERS
    )


def use_each(arena, server, keys, connections=32):
    """Encrypts once under each key."""
    requests = server.requests("Encrypt", [{"KeyId": key, "Plaintext": "c2VjcmV0"} for key in keys])
    return counted(arena, server, requests, len(keys), '"CiphertextBlob":"', connections=connections)


def counted(arena, server, requests, count, expect, **options):
    load = Load(arena.folder, server.target, requests, expect=expect, count=count, seconds=280, **options)
    try:
        result = load.wait()
    finally:
        load.cancel()
    if result.requests != count:
        raise BenchmarkFailed(f"{result.requests} of {count} requests were answered in time")
    return result


def all_keys(server):
    keys, marker = [], {}
    while True:
        answer = server.call("ListKeys", {"Limit": 1000, **marker})
        keys += [key["KeyId"] for key in answer["Keys"]]
        if not answer["Truncated"]:
            return keys
        marker = {"Marker": answer["NextMarker"]}


def folder_gigabytes(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e9
