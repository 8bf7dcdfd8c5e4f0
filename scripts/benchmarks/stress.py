"""Sections about many at once: connections, create, background."""

import base64
import os
import shutil
import statistics
import subprocess
import time
from functools import partial
from pathlib import Path

from .load import Load
from .rounds import Entry, summarize
from .servers import Strongroom
from .speed import ENCRYPT, encrypt_requests, openbao_entries
from .tables import Goal, figure, table

CONNECTIONS, RATE = 5000, 5000


def connections(arena):
    """Many open connections, each asking seldom."""
    options = {"connections": CONNECTIONS, "rate": RATE}
    strongroom = partial(encrypt_requests, arena.strongroom, 32)
    entries = [
        Entry("Strongroom", ENCRYPT, arena.strongroom.target, strongroom, '"CiphertextBlob":"', options),
        Entry("bare NIO", ENCRYPT, arena.bare.target, strongroom, '"CiphertextBlob":"', options),
        openbao_entries(arena.openbao, arena.openbao.target, [ENCRYPT])[0],
    ]
    summaries = arena.contest(entries, **options, warm_up=0.5)
    rows = [
        [server, *map(figure, (found.rate, found.p50, found.p99, found.best_p99, found.cpu))]
        for (server, _), found in summaries.items()
    ]
    columns = ["server", "requests/s", "p50 ms", "p99 ms", "best p99 ms", "server CPU µs/request"]
    text = (
        f"{CONNECTIONS:,} connections, {RATE:,} requests/s of {ENCRYPT} on all together; latency counts from "
        f"when a request was due.\n\n{table(columns, rows)}"
    )
    goal = Goal(f"p99 with {CONNECTIONS:,} connections", summaries["Strongroom", ENCRYPT].p99, 5, unit=" ms")
    return text, [goal]


CROWD = 64
# About what an fsync takes on an SSD without protection against a loss of power, or on a network volume.
SLOW_DISK_MILLISECONDS = 2


def create(arena):
    """Durable changes: how many clients share an fsync, on this disk and on one whose fsync takes longer."""
    fastest = fsync_milliseconds(arena.folder)
    texts = [f"Every answer follows an fsync, which takes {fastest:.2f} ms here without neighbours."]
    goals = []
    disks = {"this disk": arena.strongroom}
    if library := slow_disk(arena.folder):
        environment = {
            "LD_PRELOAD": str(library),
            "SLOW_DISK_MICROSECONDS": str(1000 * SLOW_DISK_MILLISECONDS),
        }
        slow = arena.started(Strongroom, arena.folder / "slow-disk", environment=environment)
        disks[f"fsync {SLOW_DISK_MILLISECONDS} ms longer"] = slow
    else:
        texts.append("There is no C compiler, so no slower disk was measured.")
    entries = {
        (disk, clients): create_entry(disks[disk], disk, clients) for disk in disks for clients in (1, CROWD)
    }
    summaries = arena.contest(list(entries.values()))
    rows = [
        [name, *map(figure, (found.rate, found.p50, found.p99, found.cpu))]
        for (_, name), found in summaries.items()
    ]
    texts.append(table(["operation", "requests/s", "p50 ms", "p99 ms", "server CPU µs/request"], rows))
    for disk in disks:
        alone, together = (summaries[entries[disk, clients].key] for clients in (1, CROWD))
        factor = together.rate / alone.rate
        texts.append(f"{disk}: {CROWD} clients together reach {factor:.1f} times the rate of one.")
        goals.append(Goal(f"CreateKey, {disk}: rate of {CROWD} clients ÷ one's", factor, 10, at_least=True))
    return "\n\n".join(texts), goals


def create_entry(server, disk, clients):
    name = f"CreateKey, {disk}, {clients} {'client' if clients == 1 else 'clients'}"

    def requests():
        return server.repeated("CreateKey", {})

    return Entry("Strongroom", name, server.target, requests, '"KeyMetadata":{', {"connections": clients})


def fsync_milliseconds(folder, count=200):
    """What two pages take to the disk, in a file written before, as a log is: the fastest tenth, because the
    others waited for a core as well."""
    path = folder / "fsync"
    path.write_bytes(bytes(count * 8192))
    times = []
    with open(path, "r+b", buffering=0) as file:
        os.fsync(file.fileno())
        for _ in range(count):
            started = time.perf_counter()
            file.write(os.urandom(8192))
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - started)
    path.unlink()
    return 1000 * statistics.quantiles(times, n=10)[0]


def slow_disk(folder):
    """The library that makes an fsync take longer; None where nothing compiles it."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    library = folder / "slow-disk.so"
    source = Path(__file__).parent / "slow-disk.c"
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


ALONE, PAIRS, SIGNATURES = "alone", "beside RSA-4096 key generation", "beside RSA-4096 signing"
PACES = {"every connection at once": {}, "2,000 requests/s": {"rate": 2000}}


def background(arena):
    """Whether long operations delay short ones."""
    seconds, warm_up = max(2, arena.options.seconds), 0.3
    # Otherwise a background that is refused would look like one that does no harm.
    arena.strongroom.call("GenerateDataKeyPair", {"KeyId": arena.strongroom.key(), "KeyPairSpec": "RSA_4096"})
    companies = {PAIRS: key_pairs(arena), SIGNATURES: signatures(arena)}
    results = {(pace, company): [] for pace in PACES for company in (ALONE, *companies)}
    for number in range(1, arena.options.rounds + 1):
        for (pace, company), found in results.items():
            arena.progress(f"round {number}: Encrypt, {pace}, {company}")
            beside = companies[company](seconds + 2 * warm_up) if company in companies else None
            try:
                options = {"seconds": seconds, "warm_up": warm_up, "patience": 3, **PACES[pace]}
                found.append(encrypt(arena, options))
                if beside:
                    beside.wait(patient=True)
            finally:
                if beside:
                    beside.cancel()
    summaries = {key: summarize(found) for key, found in results.items()}
    rows = [
        [
            pace,
            company,
            *map(figure, (found.rate, found.p50, found.p99, found.best_p99)),
            str(sum(result.unanswered for result in results[pace, company])),
        ]
        for (pace, company), found in summaries.items()
    ]
    columns = ["load", "company", "requests/s", "p50 ms", "p99 ms", "best p99 ms", "given up"]
    text = (
        "Encrypt of 32 B, alone and beside 4 clients that ask for RSA-4096 key pairs, or for signatures, "
        "without a pause. A request is given up 3 s after the end of its round and counts as so long.\n\n"
        f"{table(columns, rows)}"
    )
    return text, [
        Goal(
            f"p99 of Encrypt, {pace}: {company} ÷ alone",
            summaries[pace, company].p99 / summaries[pace, ALONE].p99,
            3,
        )
        for pace in PACES
        for company in companies
        # At a slow pace signatures keep processors busy that are idle otherwise; what that does to a p99
        # is the host's affair more than the server's.
        if company == PAIRS or not PACES[pace]
    ]


def encrypt(arena, options):
    load = Load(
        arena.folder,
        arena.strongroom.target,
        encrypt_requests(arena.strongroom, 32),
        expect='"CiphertextBlob":"',
        connections=arena.options.connections,
        **options,
    )
    try:
        return load.wait(patient=True)
    finally:
        load.cancel()


def key_pairs(arena):
    """Begins, for so many seconds, to ask for key pairs."""
    body = {"KeyId": arena.strongroom.key(), "KeyPairSpec": "RSA_4096"}
    return asking(arena, "GenerateDataKeyPair", body, '"PublicKey":"')


def signatures(arena):
    """Begins, for so many seconds, to ask for signatures."""
    body = {
        "KeyId": arena.strongroom.key("RSA_4096", "SIGN_VERIFY"),
        "Message": base64.b64encode(bytes(32)).decode(),
        "SigningAlgorithm": "RSASSA_PSS_SHA_256",
    }
    return asking(arena, "Sign", body, '"Signature":"')


def asking(arena, operation, body, expect):
    server = arena.strongroom
    requests = server.repeated(operation, body, count=100)

    def begin(seconds):
        return Load(
            arena.folder,
            server.target,
            requests,
            expect=expect,
            connections=4,
            seconds=seconds,
            warm_up=0,
            patience=60,
        )

    return begin
